import { logSumExp } from '../log-sum.js';

/** Times the variance of independent requests; the first is independence itself. */
const FACTORS = [1, 2, 3, 5, 10] as const;

/** Belief, before any stratum is seen, that arms share shocks which leave their difference alone. */
const SHOCKS = 0.15;
/** Belief that each arm has scatter of its own; the rest is belief in independence. */
const OWN = 0.25;
/** Part of the latter with shared shocks on top. */
const BOTH = 0.1;

/**
 * ln of what each of `FACTORS` is believed of the difference between two arms, from the scatter of both arms together.
 *
 * Scatter of an arm's own shows in the difference of the arms and in their sum alike, shared shocks in the sum alone. So
 * a calm sum speaks for independence, and a wild one leaves open which of both it is. The beliefs were chosen by
 * simulation (bench/peeking.ts): they keep every row of scatter under 5 % of false fails.
 *
 * @param rarity at least 1: how many times less is believed in scatter that is no independence
 * @param residual Pearson's statistic of the sums, of `terms` terms
 * @returns up to a common constant
 */
export function lnBelieved(rarity: number, residual: number, terms: number): readonly number[] {
  // Indices of FACTORS stand for the scatter of the difference and, from there on, that of the sum.
  return FACTORS.map((_, own) =>
    logSumExp(FACTORS.map((factor, sum) => lnPrior(own, sum, rarity) + lnLikely(factor, residual, terms))),
  );
}

function lnPrior(own: number, sum: number, rarity: number): number {
  if (sum < own) return Number.NEGATIVE_INFINITY;
  if (sum === 0) return Math.log(1 - (SHOCKS + OWN) / rarity);
  const wild = FACTORS.length - 1;
  if (own === 0) return Math.log(SHOCKS / wild / rarity);
  const both = (wild * (wild - 1)) / 2;
  return Math.log((own === sum ? (OWN * (1 - BOTH)) / wild : (OWN * BOTH) / both) / rarity);
}

/** The same for one arm, whose shocks are scatter of its own. */
export function lnBelievedAlone(rarity: number): readonly number[] {
  const scatter = (SHOCKS + OWN) / rarity;
  return FACTORS.map((_, own) => Math.log(own === 0 ? 1 - scatter : scatter / (FACTORS.length - 1)));
}

/** ln of how likely Pearson's statistic of `terms` terms is, averaged over beliefs; up to a constant. */
export function lnHeld(lnBeliefs: readonly number[], residual: number, terms: number): number {
  return logSumExp(FACTORS.map((factor, i) => (lnBeliefs[i] ?? 0) + lnLikely(factor, residual, terms)));
}

function lnLikely(factor: number, residual: number, terms: number): number {
  return -(terms * Math.log(factor) + residual / factor) / 2;
}
