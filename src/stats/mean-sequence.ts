import { bestPrecision, scoreHalfWidth } from './score.js';
import { momentsOf, varianceOf } from './spread.js';

/** Total of both arms at which one expects to decide: there the sequence is narrowest. */
const DECIDE_AT = 5000;

/**
 * Half the width of the asymptotic confidence sequence about an estimate.
 *
 * It takes requests for independent and alike over time: with a ramp of traffic, or requests that share a fate, it fails healthy
 * releases. paired-t.ts does not.
 *
 * @param standardError of the estimate
 * @param n total of both arms
 * @see Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, arXiv 2103.06476
 */
export function asymptoticHalfWidth(
  standardError: number,
  n: number,
  alpha: number,
  decideAt: number = DECIDE_AT,
): number {
  const growth = n * tuning(alpha, decideAt);
  return standardError * Math.sqrt((2 * (growth + 1) * Math.log(Math.sqrt(growth + 1) / alpha)) / growth);
}

/** Distance from the estimate to a bound on one side. */
export function asymptoticBoundDistance(
  standardError: number,
  n: number,
  alpha: number,
  decideAt: number = DECIDE_AT,
): number {
  const growth = n * tuning(2 * alpha, decideAt);
  return (
    standardError * Math.sqrt((2 * (growth + 1) * Math.log1p(Math.sqrt(growth + 1) / (2 * alpha))) / growth)
  );
}

/** ρ², the variance of the mixing distribution. */
function tuning(alpha: number, decideAt: number): number {
  const threshold = -2 * Math.log(alpha);
  return (threshold + Math.log1p(threshold)) / decideAt;
}

export interface Estimate {
  readonly value: number;
  readonly standardError: number;
}

/**
 * Ratio of two sums over units (users, hosts) that are independent where requests are not: delta method.
 *
 * @param units numerator and denominator of each
 * @returns undefined with fewer than two units, or denominators that sum to 0
 */
export function ratioOfSums(
  units: readonly (readonly [above: number, below: number])[],
): Estimate | undefined {
  const above = momentsOf(
    units.map(([value]) => value),
    'propagate',
  );
  const below = momentsOf(
    units.map(([, value]) => value),
    'propagate',
  );
  if (units.length < 2 || below.mean === 0) return undefined;
  const value = above.mean / below.mean;
  // The variance of above - value * below is the sum of the three terms of the usual formula, without their cancellation.
  const residuals = momentsOf(
    units.map(([top, bottom]) => top - value * bottom),
    'propagate',
  );
  const variance = varianceOf(residuals, 'sample') / units.length;
  return { value, standardError: Math.sqrt(variance) / Math.abs(below.mean) };
}

/**
 * Half the width of the confidence sequence about the mean of values in 0..1, whatever their distribution.
 *
 * @param t how many there are
 * @param decideAt t at which it is to be narrowest
 * @see Robbins 1970; Howard, Ramdas, McAuliffe and Sekhon 2021
 */
export function boundedMeanHalfWidth(t: number, alpha: number, decideAt: number): number {
  // A value in 0..1 varies by no more than 1/4; the half-width is that of the sum over t, not over its variance.
  return scoreHalfWidth(t / 4, bestPrecision(decideAt / 4, alpha), alpha) / 4;
}
