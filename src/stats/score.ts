import type { ScoreTerm } from './family.js';
import { lnNormalCdf } from './normal.js';

/**
 * ln of the e-value of a normal prior over the effect, from the score alone: what mixture.ts gives where the information is large.
 * Below an information of about 10 it may be much too large; take the exact form there.
 *
 * @param term sums over strata, at the effect that is tested
 * @param precision of the prior, 1/tau²
 * @param dispersion variance of the score over v; the precision then stands for 1/(dispersion tau²)
 * @see Robbins 1970, normal mixture
 */
export function scoreEvidence({ u, v }: ScoreTerm, precision: number, dispersion: number = 1): number {
  return 0.5 * Math.log(precision / (v + precision)) + (u * u) / (2 * dispersion * (v + precision));
}

/**
 * The same with a half-normal prior: evidence that the effect lies above the one tested. For the other side turn the sign of u.
 */
export function scoreEvidenceAbove({ u, v }: ScoreTerm, precision: number, dispersion: number = 1): number {
  return (
    Math.LN2 +
    scoreEvidence({ u, v }, precision, dispersion) +
    lnNormalCdf(u / Math.sqrt(dispersion * (v + precision)))
  );
}

/** Sums of terms after each. */
export function runningScores(terms: readonly ScoreTerm[]): readonly ScoreTerm[] {
  let [u, v] = [0, 0];
  return terms.map((term) => {
    u += term.u;
    v += term.v;
    return { u, v };
  });
}

/**
 * Half the width of the confidence sequence about u/v.
 *
 * @returns infinite without information
 */
export function scoreHalfWidth(v: number, precision: number, alpha: number, dispersion: number = 1): number {
  if (v === 0) return Number.POSITIVE_INFINITY;
  const lnRatio = Math.log((v + precision) / precision);
  return Math.sqrt(dispersion * (v + precision) * (lnRatio - 2 * Math.log(alpha))) / v;
}

/** The precision of a normal prior that makes the confidence sequence narrowest at information v. */
export function bestPrecision(v: number, alpha: number): number {
  const threshold = -2 * Math.log(alpha);
  return v / (threshold + Math.log1p(threshold));
}
