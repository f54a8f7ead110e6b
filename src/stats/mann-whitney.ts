import { differencesOf } from './difference-quantile.js';
import type { Interval } from './mixture.js';
import { normalCdf, normalQuantile } from './normal.js';
import { rankSumChances } from './rank-sum-distribution.js';

/** Up to this many pairs, and without ties, chances are counted out. */
const EXACT_UP_TO = 400;

export interface MannWhitney {
  /** pairs in which x is larger, and half of those that are tied */
  readonly u: number;
  /** chance of a u as far off, or farther, if both came from one distribution; two-sided */
  readonly p: number;
  /** the same for x being the larger one alone, and for its being the smaller one */
  readonly pGreater: number;
  readonly pLess: number;
  readonly method: 'exact' | 'normal';
  /** chance that a value of x is larger than one of y, ties half: the common-language effect size */
  readonly effect: number;
  /** Hodges and Lehmann's estimate of how much x lies above y: the median of all differences */
  readonly shift: number;
  /** of the shift; infinite where so few values cannot bound it */
  readonly interval: Interval;
}

export type RankTest = Pick<MannWhitney, 'u' | 'pGreater' | 'pLess' | 'method'>;

/**
 * Mann and Whitney's test alone, one-sided each way.
 *
 * @throws RangeError when an arm is empty, or a value is not finite
 */
export function rankTest(x: ArrayLike<number>, y: ArrayLike<number>): RankTest {
  const [a, b] = [sorted(x), sorted(y)];
  const { u, ties } = pairsOf(a, b);
  const { method, less, greater } = tailsOf(a, b, u, ties);
  return { u, pGreater: greater, pLess: less, method };
}

/**
 * Mann and Whitney's test, with the shift that it estimates. Two arms of 100,000 values are fine: their differences are never laid
 * out.
 *
 * @param alpha chance of the interval to miss
 * @throws RangeError when an arm is empty, or a value is not finite
 * @see Mann and Whitney 1947; Hodges and Lehmann 1963
 */
export function mannWhitney(x: ArrayLike<number>, y: ArrayLike<number>, alpha: number = 0.05): MannWhitney {
  const [a, b] = [sorted(x), sorted(y)];
  const pairs = a.length * b.length;
  const { u, ties } = pairsOf(a, b);
  const tails = tailsOf(a, b, u, ties);
  const fewest = tails.fewestAccepted(alpha);
  const differences = differencesOf(a, b);
  return {
    u,
    p: Math.min(1, 2 * Math.min(tails.less, tails.greater)),
    pGreater: tails.greater,
    pLess: tails.less,
    method: tails.method,
    effect: u / pairs,
    shift: differences.median(),
    interval:
      fewest < 1
        ? { lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY }
        : { lower: differences.kth(fewest), upper: differences.kth(pairs + 1 - fewest) },
  };
}

interface Tails {
  readonly method: 'exact' | 'normal';
  readonly less: number;
  readonly greater: number;
  /** The smallest u that a two-sided test would not reject. */
  readonly fewestAccepted: (alpha: number) => number;
}

function tailsOf(x: Float64Array, y: Float64Array, u: number, ties: number): Tails {
  const isExact = ties === 0 && x.length * y.length <= EXACT_UP_TO;
  return isExact ? exactTails(x.length, y.length, u) : normalTails(x, y, u, ties);
}

function exactTails(n: number, m: number, u: number): Tails {
  const chances = rankSumChances(n, m);
  const upTo = (end: number): number => chances.subarray(0, end + 1).reduce((sum, chance) => sum + chance, 0);
  return {
    method: 'exact',
    less: Math.min(1, upTo(u)),
    // The distribution is its own mirror.
    greater: Math.min(1, upTo(n * m - u)),
    fewestAccepted: (alpha) => {
      let [sum, fewest] = [0, -1];
      while (sum < (alpha / 2) * (1 - 1e-12) && fewest < n * m) {
        fewest += 1;
        sum += chances[fewest] ?? 0;
      }
      return fewest;
    },
  };
}

/** With corrections for ties and for continuity. */
function normalTails(x: Float64Array, y: Float64Array, u: number, ties: number): Tails {
  const [n, m] = [x.length, y.length];
  const centre = (n * m) / 2;
  const all = n + m;
  const spread = Math.sqrt(((n * m) / 12) * (all + 1 - ties / (all * (all - 1))));
  // Where all values are one and the same there is no spread, and no difference.
  const tail = (z: number): number => (spread > 0 ? normalCdf(z / spread) : 1);
  return {
    method: 'normal',
    less: tail(u - centre + 0.5),
    greater: tail(centre - u + 0.5),
    fewestAccepted: (alpha) => Math.ceil(centre - 0.5 + normalQuantile(alpha / 2) * spread),
  };
}

/**
 * Pairs in which x is larger, ties half, and Σ(t³ - t) over the sizes t of groups of equal values.
 *
 * @param x rising
 * @param y rising
 */
export function pairsOf(x: Float64Array, y: Float64Array): { readonly u: number; readonly ties: number } {
  let i = 0;
  let j = 0;
  let u = 0;
  let ties = 0;
  while (i < x.length || j < y.length) {
    const isFromX = j >= y.length || (i < x.length && (x[i] ?? 0) <= (y[j] ?? 0));
    const value = (isFromX ? x[i] : y[j]) ?? 0;
    const fromX = i;
    const fromY = j;
    while (i < x.length && x[i] === value) i += 1;
    while (j < y.length && y[j] === value) j += 1;
    u += (i - fromX) * (fromY + (j - fromY) / 2);
    const t = i - fromX + j - fromY;
    ties += t * (t * t - 1);
  }
  return { u, ties };
}

function sorted(values: ArrayLike<number>): Float64Array {
  // Unlike `from`, which asks an iterator for each value, this copies memory.
  const copy = new Float64Array(values).sort();
  // Sorting puts what is not finite at the ends.
  if (copy.length === 0 || !Number.isFinite(copy[0]) || !Number.isFinite(copy.at(-1))) {
    throw new RangeError(`no sample of finite values: ${copy.length} of them`);
  }
  return copy;
}
