import type { Interval } from './mixture.js';
import { type Moments, NO_MOMENTS, varianceOf, withValue } from './spread.js';

/**
 * Evidence about the mean of differences, of one interval of time each, such as ln(mean of one arm / mean of the other). Exact for
 * normal differences, whatever their variance, so that requests that share a fate within an interval do no harm.
 *
 * @param phi strength of the prior: it is as wide as the mean of phi differences is uncertain
 * @returns ln of the e-value that the mean is `mean0`, after each difference; 0 after the first
 * @throws RangeError when a difference is not finite
 * @see Lindon, Ham, Tingley and Bojinov, arXiv 2210.08589
 */
export function pairedTEvidence(
  differences: readonly number[],
  phi: number,
  mean0: number = 0,
): Float64Array {
  return Float64Array.from(running(differences), (moments) => {
    const { n, mean } = moments;
    if (n < 2) return 0;
    const standardError = Math.sqrt(varianceOf(moments, 'sample') / n);
    const distance = mean - mean0;
    return lnTEvidence(distance === 0 ? 0 : distance / standardError, n, phi);
  });
}

/** The same from Student's t of n differences; t may be infinite. */
export function lnTEvidence(t: number, n: number, phi: number): number {
  const c = phi / (phi + n);
  const share = (t * t) / (n - 1);
  const lnRatio = share === Number.POSITIVE_INFINITY ? Math.log(c) : Math.log((1 + c * share) / (1 + share));
  return 0.5 * Math.log(c) - (n / 2) * lnRatio;
}

/**
 * Half the width of the interval about the mean, in standard deviations of a difference.
 *
 * @returns infinite while n is too small to bound the mean
 */
export function tHalfWidth(n: number, phi: number, alpha: number): number {
  if (n < 2) return Number.POSITIVE_INFINITY;
  const c = phi / (phi + n);
  const k = (alpha * alpha * c) ** (1 / n);
  return k > c ? Math.sqrt(((n - 1) * (1 - k)) / (k - c) / n) : Number.POSITIVE_INFINITY;
}

/**
 * Interval of the mean difference after each difference; what they have in common (mixture.ts, `intersection`) is the confidence
 * sequence.
 *
 * @throws RangeError when a difference is not finite
 */
export function pairedTIntervals(
  differences: readonly number[],
  phi: number,
  alpha: number,
): readonly Interval[] {
  return running(differences).map((moments) => {
    const width = tHalfWidth(moments.n, phi, alpha);
    // No spread leaves no doubt, but for the first two.
    const half =
      width === Number.POSITIVE_INFINITY ? width : width * Math.sqrt(varianceOf(moments, 'sample'));
    return { lower: moments.mean - half, upper: moments.mean + half };
  });
}

function running(differences: readonly number[]): readonly Moments[] {
  let moments = NO_MOMENTS;
  return differences.map((difference) => {
    if (!Number.isFinite(difference)) throw new RangeError(`no difference: ${difference}`);
    moments = withValue(moments, difference);
    return moments;
  });
}
