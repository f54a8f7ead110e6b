import type { Pair } from '../pair.js';
import { scoreOf } from '../score-of.js';
import { type Family, type Line, lnBlock, project, tiedTo } from './block.js';
import { isGivenSum, lnConditional } from './conditional.js';
import { beyond, effectsFor, lnMixture, pausedBelow } from './effects.js';

/** Weight that each stratum keeps in the next one's guess of the common rate: drift is followed, noise is not. */
const MEMORY = 0.9;
const FLOOR = 1e-6;
/** Share of the stake on "no difference", where that lies beyond the line. */
const EQUAL = 0.5;

/**
 * Evidence that the judged arm lies beyond the line, against every pair of rates on the other side.
 *
 * An e-process: whatever the rates on the allowed side, and however they drift between strata, the chance that
 * exp of any of the returned numbers ever reaches 1/alpha is at most alpha. Strata in which an arm is empty say nothing.
 *
 * Where the line says "no difference" (for rates: any ratio), each stratum is weighed given the sum of its events, which
 * knows no common rate. Elsewhere the alternative comes from earlier strata and its nearest point on the line is the null.
 *
 * @param side 1: evidence that the judged rate is above the line; -1: below it
 * @param isCounted false where counts are estimates, such as parts of a bucket: rounded to whole events, those of a small
 *   arm and of a large one would be off to different sides. Against the line they may be fractions: its e-value is convex in them
 * @returns ln E after each stratum
 */
export function lnBeyondLine(
  family: Family,
  pairs: readonly Pair[],
  line: Line,
  side: 1 | -1,
  isCounted: boolean = true,
): Float64Array {
  const isConditional = line.offset === 0 && (family === 'poisson' || (line.scale === 1 && isCounted));
  let bets: readonly Bet[] = [];
  let effects: readonly number[] = [];
  let logs: number[] = [];
  const out = new Float64Array(pairs.length);
  const past = new Past(family);
  pairs.forEach((pair, i) => {
    if (pair.judged.n > 0 && pair.baseline.n > 0) {
      if (bets.length === 0) {
        bets = betsFor(family, line, side, scoreOf(family, pair).v);
        effects = bets.map(({ effect }) => effect);
        logs = bets.map(() => 0);
      }
      const least = pausedBelow(logs);
      const rate = past.rate();
      const isGiven = isConditional && (family === 'poisson' || isGivenSum(pair));
      const given = isGiven ? lnConditional(family, pair, effects, Math.log(line.scale)) : undefined;
      for (const [j, bet] of bets.entries()) {
        const log = logs[j] ?? 0;
        if (log >= least) logs[j] = log + (given?.[j] ?? lnAgainstLine(family, pair, line, side, bet, rate));
      }
      past.add(pair.baseline);
    }
    out[i] = bets.length === 0 ? 0 : lnMixture(logs, bets);
  });
  return out;
}

/** One alternative of the mixture, and its share of the stake. */
interface Bet {
  /** Signed distance beyond the line, in log odds or log rates; with `isEqual` the size of a bet given the sum. */
  readonly effect: number;
  /** Bets that there is no difference at all, where that lies beyond the line: the case of a healthy release. */
  readonly isEqual: boolean;
  readonly weight: number;
}

function betsFor(family: Family, { scale, offset }: Line, side: 1 | -1, information: number): readonly Bet[] {
  // With a margin, "just as good" lies beyond the line on the passing side, and is what a healthy release is.
  const gap = scale === 1 ? -offset : offset === 0 ? 1 - scale : 0;
  const isEqualBeyond = side * gap > 0;
  const isRatio = family === 'poisson' && offset === 0;
  const stake = isEqualBeyond ? 1 - EQUAL : 1;
  const spread = effectsFor(information).map(({ effect, weight }) => ({
    effect: side * effect,
    isEqual: false,
    weight: weight * stake,
  }));
  if (!isEqualBeyond) return spread;
  return [{ effect: isRatio ? -Math.log(scale) : 0, isEqual: true, weight: EQUAL }, ...spread];
}

/** ln of the e-value of one stratum for one bet; 0 while there is no past to take the common rate from. */
function lnAgainstLine(
  family: Family,
  pair: Pair,
  line: Line,
  side: 1 | -1,
  bet: Bet,
  rate: number | undefined,
): number {
  if (rate === undefined) return 0;
  const border = line.scale * rate + line.offset;
  // A share has ends that nothing lies beyond; a rate has one, and no unit of its own to keep away from it by.
  const bound =
    family === 'binomial' ? Math.min(1 - FLOOR, Math.max(FLOOR, border)) : Math.max(FLOOR * rate, border);
  const judged = bet.isEqual ? rate : beyond(family, bound, bet.effect);
  // Near the ends of what a share can be, an alternative may fall on the allowed side: it bets nothing then.
  const distance = judged - border;
  if (side * distance <= 0) return 0;
  const { judged: own, baseline: other } = pair;
  const tied = tiedTo(family, rate, distance, line, own.n, other.n);
  if (tied !== undefined) return lnBlock(family, pair, tied.alternative, tied.nearest);
  const alternative = { judged, baseline: rate };
  const nearest = project(family, alternative, line, own.n, other.n);
  return nearest === undefined ? 0 : lnBlock(family, pair, alternative, nearest);
}

/** The common rate as the strata so far tell it. */
class Past {
  readonly #family: Family;
  #events = 0;
  #size = 0;

  constructor(family: Family) {
    this.#family = family;
  }

  add({ k, n }: { readonly k: number; readonly n: number }): void {
    this.#events = this.#events * MEMORY + k;
    this.#size = this.#size * MEMORY + n;
  }

  /** Half an event is added, so that a rate of 0 is never certain. */
  rate(): number | undefined {
    if (this.#size <= 0) return undefined;
    if (this.#family === 'poisson') return (this.#events + 0.5) / this.#size;
    return Math.min(1 - FLOOR, (this.#events + 0.5) / (this.#size + 1));
  }
}
