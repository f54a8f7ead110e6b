import { betaQuantile } from './beta.js';

/**
 * Quantile of Student's t distribution, through the incomplete beta function.
 *
 * @param p above 0 and below 1
 * @param df degrees of freedom, above 0; need not be whole
 * @see Abramowitz and Stegun 26.7.1
 */
export function studentQuantile(p: number, df: number): number {
  if (!(p > 0 && p < 1 && df > 0)) return Number.NaN;
  if (p > 0.5) return -studentQuantile(1 - p, df);
  const share = betaQuantile(2 * p, df / 2, 0.5);
  return share >= 1 ? 0 : -Math.sqrt((df * (1 - share)) / share);
}
