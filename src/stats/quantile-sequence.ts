import { lnBetaEvidence } from './beta-mixture.js';
import { bisect } from './root.js';
import { bestPrecision } from './score.js';

/** Ranks in the sorted values, counted from 1, between which a quantile lies; undefined where there is no such value yet. */
export interface RankInterval {
  readonly lower: number | undefined;
  readonly upper: number | undefined;
}

/**
 * Confidence sequence of a quantile by the ranks of its bounds, whatever the distribution.
 *
 * @param t how many values there are
 * @param p which quantile, inside 0..1
 * @param decideAt t at which it is to be narrowest
 * @see Howard and Ramdas, arXiv 1906.09712
 */
export function quantileRanks(t: number, p: number, alpha: number, decideAt: number): RankInterval {
  const below = rankRadius(t, 1 - p, p, alpha, decideAt);
  const above = rankRadius(t, p, 1 - p, alpha, decideAt);
  const lower = Math.floor(t * (p - below) + 1);
  const upper = Math.ceil(t * (p + above));
  return { lower: lower >= 1 ? lower : undefined, upper: upper <= t ? upper : undefined };
}

/**
 * How far the share of values below a quantile may stray from what it should be, at any time.
 *
 * @param g how much a value adds that lies on the side the share is compared with
 * @param h 1 - g
 * @returns a share; infinite while even the farthest one is likely enough
 */
export function rankRadius(t: number, g: number, h: number, alpha: number, decideAt: number): number {
  const prior = betaPriorOf(g, h, alpha, decideAt);
  // The evidence of h t - s values on one side, where h t are expected.
  const missing = (s: number): number => lnBetaEvidence(h * t - s, t, h, prior) + Math.log(alpha);
  if (missing(h * t) < 0) return Number.POSITIVE_INFINITY;
  return bisect(missing, 0, h * t) / t;
}

/** The beta prior about a share of h that makes the sequence narrowest at a time. */
function betaPriorOf(
  g: number,
  h: number,
  alpha: number,
  decideAt: number,
): { readonly a: number; readonly b: number } {
  const spread = g * h;
  const r = Math.max(bestPrecision(spread * decideAt, alpha) - spread, 1e-3 * spread);
  return { a: r / g, b: r / h };
}
