import { type Moments, NO_MOMENTS, varianceOf, withValue } from './spread.js';

/** Strength of the prior that is right for effects of about one and a half standard deviations of a difference. */
export const PHI = 2;

/**
 * Evidence about the mean of differences, of one interval of time each, such as ln(mean of one arm / mean of the other), valid at
 * every look. Exact for normal differences, whatever their variance and whatever shocks both arms share, so that requests
 * that share a fate within an interval do no harm.
 *
 * @param phi strength of the prior: it is as wide as the mean of phi differences is uncertain
 * @returns ln of the e-value that the mean is `mean0`, after each difference; 0 after the first
 * @throws RangeError when a difference is not finite
 * @see Lindon, Ham, Tingley and Bojinov, arXiv 2210.08589
 */
export function pairedTEvidence(
  differences: readonly number[],
  phi: number = PHI,
  mean0: number = 0,
): Float64Array {
  return Float64Array.from(running(differences), (moments) => {
    const t = tOf(moments, mean0);
    return t === undefined ? 0 : lnTEvidence(t, moments.n, phi);
  });
}

/**
 * Evidence that the mean lies above `mean0` (side 1) or below it (-1). Two-sided evidence is doubled on its side and 0 on the
 * other, which by symmetry keeps its expectation at 1.
 *
 * @returns ln E after each difference; -Infinity while fewer than two, or when the mean lies on the other side
 * @throws RangeError when a difference is not finite
 */
export function pairedTEvidenceBeyond(
  differences: readonly number[],
  mean0: number,
  side: 1 | -1,
): Float64Array {
  return Float64Array.from(running(differences), (moments) => {
    const t = tOf(moments, mean0);
    if (t === undefined || side * t <= 0) return Number.NEGATIVE_INFINITY;
    return Math.LN2 + lnTEvidence(t, moments.n, PHI);
  });
}

/** Student's t; infinite where differences do not vary at all, undefined for fewer than two. */
function tOf(moments: Moments, mean0: number): number | undefined {
  const { n, mean } = moments;
  if (n < 2) return undefined;
  const distance = mean - mean0;
  return distance === 0 ? 0 : distance / Math.sqrt(varianceOf(moments, 'sample') / n);
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
export function tHalfWidth(n: number, alpha: number, phi: number = PHI): number {
  if (n < 2) return Number.POSITIVE_INFINITY;
  const c = phi / (phi + n);
  const k = (alpha * alpha * c) ** (1 / n);
  return k > c ? Math.sqrt(((n - 1) * (1 - k)) / (k - c) / n) : Number.POSITIVE_INFINITY;
}

function running(differences: readonly number[]): readonly Moments[] {
  let moments = NO_MOMENTS;
  return differences.map((difference) => {
    if (!Number.isFinite(difference)) throw new RangeError(`no difference: ${difference}`);
    moments = withValue(moments, difference);
    return moments;
  });
}
