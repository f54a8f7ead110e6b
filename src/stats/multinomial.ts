import { lnGamma } from './gamma.js';
import { normalCdf } from './normal.js';

/**
 * ln of the e-value against fixed shares of classes (arms of a split, kinds of status), by a Dirichlet prior.
 *
 * @param counts of all intervals so far
 * @param shares as many as counts, sum 1
 * @param concentration of the prior, one a class; a multiple of the shares looks for small departures from them
 * @throws RangeError when the lengths differ
 * @see Lindon and Malek, arXiv 2011.03567
 */
export function dirichletEvidence(
  counts: readonly number[],
  shares: readonly number[],
  concentration: readonly number[] = counts.map(() => 1),
): number {
  assertLengths(counts, shares, concentration);
  let lnE = 0;
  let [n, total] = [0, 0];
  counts.forEach((count, i) => {
    const alpha = concentration[i] ?? 0;
    n += count;
    total += alpha;
    lnE += lnGamma(alpha + count) - lnGamma(alpha);
    if (count > 0) lnE -= count * Math.log(shares[i] ?? 0);
  });
  return lnE + lnGamma(total) - lnGamma(total + n);
}

/** Departure of counts from fixed shares, and the chance of one as large: a check at one time, fixed before. */
export interface ChiSquared {
  readonly statistic: number;
  readonly degrees: number;
  readonly p: number;
}

/**
 * Pearson's test.
 *
 * @param shares as many as counts, sum 1, above 0
 * @throws RangeError when the lengths differ
 */
export function chiSquaredTest(counts: readonly number[], shares: readonly number[]): ChiSquared {
  assertLengths(counts, shares, shares);
  const n = counts.reduce((sum, count) => sum + count, 0);
  let statistic = 0;
  if (n > 0) {
    counts.forEach((count, i) => {
      const expected = n * (shares[i] ?? 0);
      statistic += (count - expected) ** 2 / expected;
    });
  }
  const degrees = counts.length - 1;
  return { statistic, degrees, p: chiSquaredTail(statistic, degrees) };
}

/** Chance of a chi-squared variable with so many degrees of freedom to lie above x. */
export function chiSquaredTail(x: number, degrees: number): number {
  if (degrees === 0 || x <= 0) return x > 0 ? 0 : 1;
  // Two degrees more add one Poisson term: from the tail of one degree, or of two, upwards.
  const isOdd = degrees % 2 === 1;
  let tail = isOdd ? 2 * normalCdf(-Math.sqrt(x)) : Math.exp(-x / 2);
  for (let k = isOdd ? 1 : 2; k < degrees; k += 2) {
    tail += Math.exp((k / 2) * Math.log(x / 2) - x / 2 - lnGamma(k / 2 + 1));
  }
  return Math.min(1, tail);
}

function assertLengths(...lists: readonly (readonly number[])[]): void {
  const lengths = lists.map((list) => list.length);
  if (new Set(lengths).size > 1) throw new RangeError(`lists of different lengths: ${lengths.join(', ')}`);
}
