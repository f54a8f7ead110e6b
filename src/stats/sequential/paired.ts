/** Spread of the prior in units of the differences' own; 2 is right for effects of about one and a half of it. */
const PHI = 2;

/**
 * Evidence of Student's t on differences, valid at every look: that their mean differs from `centre` on one side.
 *
 * Two-sided evidence is doubled on its side and 0 on the other, which by symmetry keeps its expectation at 1.
 * Exact for normal differences, whatever shocks both arms share.
 *
 * @param side 1: the mean is above `centre`; -1: below
 * @returns ln E after each difference; -Infinity while fewer than two, or when the mean lies on the other side
 * @see Lindon et al., arXiv 2210.08589
 */
export function lnPairedT(differences: readonly number[], centre: number, side: 1 | -1): Float64Array {
  const out = new Float64Array(differences.length);
  let mean = 0;
  let squares = 0;
  differences.forEach((difference, i) => {
    const n = i + 1;
    const step = difference - mean;
    mean += step / n;
    squares += step * (difference - mean);
    const nu = n - 1;
    const spread = Math.sqrt(squares / Math.max(1, nu));
    const gap = side * (mean - centre);
    if (nu < 1 || gap <= 0) out[i] = Number.NEGATIVE_INFINITY;
    else {
      const c = PHI / (PHI + n);
      // Differences that do not vary at all give an infinite t: the limit of the formula stands for it.
      const quotient =
        spread > 0
          ? (1 + (c * gap * gap * n) / (spread * spread * nu)) /
            (1 + (gap * gap * n) / (spread * spread * nu))
          : c;
      out[i] = 0.5 * Math.log(c) - ((nu + 1) / 2) * Math.log(quotient) + Math.LN2;
    }
  });
  return out;
}

/**
 * Half width of the 1 - alpha confidence sequence about the mean of `n` differences with standard deviation `spread`.
 *
 * @returns Infinity while `n` is too small for any bound
 */
export function pairedHalfWidth(n: number, spread: number, alpha: number): number {
  const nu = n - 1;
  if (nu < 1) return Number.POSITIVE_INFINITY;
  const c = PHI / (PHI + n);
  const k = (alpha * alpha * c) ** (1 / (nu + 1));
  return k <= c ? Number.POSITIVE_INFINITY : (spread / Math.sqrt(n)) * Math.sqrt((nu * (1 - k)) / (k - c));
}
