import type { BinomialPair } from './conditional.js';
import { bisect } from './root.js';

/**
 * How far the first share may lie below the second: the null hypothesis is θc ≥ ratio · θb - difference. To ask that the first
 * lies not above the second, hand in the arms the other way round.
 */
export interface Margin {
  readonly ratio: number;
  /** as a share */
  readonly difference: number;
}

interface Shares {
  readonly c: number;
  readonly b: number;
}

/**
 * ln of the e-value against the margin after each interval, exact in percentage points or relative, for blocks of any size.
 * Each block is judged by the shares of the blocks before it, so the first one is spent on learning.
 *
 * @returns as many as pairs
 * @see Turner, Ly and Grünwald, arXiv 2106.02693
 */
export function blockEvidence(pairs: readonly BinomialPair[], margin: Margin): Float64Array {
  let [yc, nc, yb, nb, lnE] = [0, 0, 0, 0, 0];
  return Float64Array.from(pairs, (pair) => {
    const alternative = { c: (yc + 0.5) / (nc + 1), b: (yb + 0.5) / (nb + 1) };
    lnE += lnBlockFactor(pair, alternative, margin);
    yc += pair.yc;
    nc += pair.nc;
    yb += pair.yb;
    nb += pair.nb;
    return lnE;
  });
}

/** ln of the likelihood ratio of a block under the alternative and under what is next to it in the null hypothesis. */
export function lnBlockFactor(pair: BinomialPair, alternative: Shares, margin: Margin): number {
  if (alternative.c >= margin.ratio * alternative.b - margin.difference) return 0;
  const nearest = projection(alternative, pair.nc, pair.nb, margin);
  return (
    lnRatio(pair.yc, pair.nc, alternative.c, nearest.c) + lnRatio(pair.yb, pair.nb, alternative.b, nearest.b)
  );
}

/**
 * The pair of shares on the edge of the null hypothesis that is nearest to the alternative in Kullback-Leibler distance.
 *
 * @param alternative outside the null hypothesis, both shares inside 0..1
 */
export function projection(alternative: Shares, nc: number, nb: number, margin: Margin): Shares {
  const { ratio, difference } = margin;
  const toC = (b: number): number => ratio * b - difference;
  const pull = (b: number): number =>
    ratio * nc * slope(alternative.c, toC(b)) + nb * slope(alternative.b, b);
  const b = bisect(pull, Math.max(0, difference / ratio), Math.min(1, (1 + difference) / ratio));
  return { c: toC(b), b };
}

/** Derivative by `at` of the expected log-likelihood under `share`; infinite at the ends. */
function slope(share: number, at: number): number {
  if (at <= 0) return Number.POSITIVE_INFINITY;
  if (at >= 1) return Number.NEGATIVE_INFINITY;
  return (share - at) / (at * (1 - at));
}

function lnRatio(y: number, n: number, share: number, at: number): number {
  return y * Math.log(share / at) + (n - y) * Math.log((1 - share) / (1 - at));
}
