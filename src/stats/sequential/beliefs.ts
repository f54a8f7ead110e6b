/** Times the variance of independent requests; the first is independence itself. */
const FACTORS = [1, 2, 3, 5, 10, 20] as const;
const LN_FACTORS = FACTORS.map(Math.log);

/** Belief, before any stratum is seen, that arms share shocks which leave their difference alone. */
const SHOCKS = 0.1;
/** Belief that each arm has scatter of its own; the rest is belief in independence. */
const OWN = 0.22;
/** Part of the latter with shared shocks on top. */
const BOTH = 0.1;

/** Pearson's statistic of strata, and its terms. */
export interface Pearson {
  readonly residual: number;
  readonly terms: number;
}

/**
 * What each of `FACTORS` is believed of the difference between two arms, from the scatter of both arms together.
 *
 * Scatter of an arm's own shows in the difference of the arms and in their sum alike, shared shocks in the sum alone. So
 * a calm sum speaks for independence, and a wild one leaves open which of both it is. The shocks of one arm alone are
 * scatter of its own. The beliefs were chosen by simulation (bench/peeking.ts): false fails stay at 5 % from 1.5 to 20 times
 * the variance of independent requests, while detection is as early as by the exact mixture.
 *
 * @param together of both arms; null for one arm alone
 * @param rarity at least 1: how many times less is believed in scatter that is no independence
 * @returns up to a common constant
 */
export function believed(together: Pearson | null, rarity: number): readonly number[] {
  const independent = 1 - (SHOCKS + OWN) / rarity;
  if (together === null) {
    return FACTORS.map((_, own) => (own === 0 ? independent : (SHOCKS + OWN) / rarity / WILD));
  }
  const likely = likelihoods(together.residual, together.terms);
  return PRIOR.map((row, own) => {
    let belief = 0;
    for (let more = 0; more < row.length; more += 1) {
      const prior = own === 0 && more === 0 ? independent : (row[more] ?? 0) / rarity;
      belief += prior * (likely[own + more] ?? 0);
    }
    return belief;
  });
}

const WILD = FACTORS.length - 1;
/** Of each scatter of the difference: the belief in it together with this or more scatter of the sum. */
const PRIOR: readonly (readonly number[])[] = FACTORS.map((_, own) =>
  FACTORS.slice(own).map((_, more) => {
    if (own === 0) return SHOCKS / WILD;
    return more === 0 ? (OWN * (1 - BOTH)) / WILD : (OWN * BOTH) / ((WILD * (WILD - 1)) / 2);
  }),
);

/** ln of how likely Pearson's statistic of `terms` terms is, averaged over beliefs; up to a constant. */
export function lnHeld(beliefs: readonly number[], residual: number, terms: number): number {
  const most = mostLikely(residual, terms);
  let sum = 0;
  for (let i = 0; i < FACTORS.length; i += 1) {
    sum += (beliefs[i] ?? 0) * Math.exp(lnLikely(i, residual, terms) - most);
  }
  return most + Math.log(sum);
}

/** Of the sums, in units of the largest; never 0, so that no scatter of the difference is ruled out for good. */
function likelihoods(residual: number, terms: number): readonly number[] {
  const most = mostLikely(residual, terms);
  return FACTORS.map((_, i) => Math.max(1e-300, Math.exp(lnLikely(i, residual, terms) - most)));
}

function mostLikely(residual: number, terms: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < FACTORS.length; i += 1) most = Math.max(most, lnLikely(i, residual, terms));
  return most;
}

function lnLikely(index: number, residual: number, terms: number): number {
  return -(terms * (LN_FACTORS[index] ?? 0) + residual / (FACTORS[index] ?? 1)) / 2;
}
