import type { Pair } from './pair.js';

/**
 * Odds ratio of both arms that all strata share, by Mantel and Haenszel.
 *
 * @returns NaN where no stratum has successes in one arm and failures in the other; Infinity where only one order of them is seen
 * @see Mantel and Haenszel 1959
 */
export function mantelHaenszelOddsRatio(pairs: readonly Pair[]): number {
  let [above, below] = [0, 0];
  for (const { judged, baseline } of pairs) {
    const [{ k: yc, n: nc }, { k: yb, n: nb }] = [judged, baseline];
    if (nc + nb === 0) continue;
    above += (yc * (nb - yb)) / (nc + nb);
    below += (yb * (nc - yc)) / (nc + nb);
  }
  return above / below;
}

/** The share whose odds are e^theta times those of another share, 0..1. */
export function shareAtOddsRatio(share: number, theta: number): number {
  if (share === 0 || share === 1) return share;
  return 1 / (1 + ((1 - share) / share) * Math.exp(-theta));
}

/** ln of the ratio of the odds of two shares. */
export function lnOddsRatio(share: number, other: number): number {
  return Math.log(share / (1 - share)) - Math.log(other / (1 - other));
}
