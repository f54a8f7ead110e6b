import { conditional } from '../conditional.js';
import type { Pair } from '../pair.js';
import type { Family } from './block.js';

/** Trials of the smaller arm above which earlier strata tell the common rate well enough, and faster. */
const MOST_TRIALS = 4000;

/** True for a stratum that is weighed given the sum of its events: of whole numbers, and not too large. */
export function isGivenSum({ judged, baseline }: Pair): boolean {
  return (
    Math.min(judged.n, baseline.n) <= MOST_TRIALS &&
    [judged.k, judged.n, baseline.k, baseline.n].every(Number.isSafeInteger)
  );
}

/**
 * ln of the likelihood ratios of log odds ratios (shares) or log rate ratios (rates) against `centre`, given the sum of
 * both arms' events. The common rate of the stratum cancels, whatever it is.
 *
 * @param effects distances of the alternatives from `centre`
 * @param centre log ratio on the border of the null; 0 for shares
 * @returns one for each effect; 0 where the stratum says nothing: no events, nothing but events, an empty arm
 */
export function lnConditional(
  family: Family,
  pair: Pair,
  effects: readonly number[],
  centre: number,
): readonly number[] {
  if (family === 'poisson') return effects.map((effect) => lnRateRatio(pair, effect, centre));
  const likelihoods = conditional.lnLikelihood(pair, [0, ...effects]);
  const border = likelihoods[0] ?? 0;
  return effects.map((_, i) => (likelihoods[i + 1] ?? 0) - border);
}

/** Events fall to the judged arm with odds of the exposures times the rate ratio. */
function lnRateRatio({ judged, baseline }: Pair, effect: number, centre: number): number {
  const odds = (judged.n / baseline.n) * Math.exp(centre);
  const beyond = odds * Math.exp(effect);
  return judged.k * effect - (judged.k + baseline.k) * (Math.log1p(beyond) - Math.log1p(odds));
}
