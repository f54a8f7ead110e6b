import { lnBinomial } from './binomial.js';
import { lnChanceOfSum, momentsByRecurrence } from './conditional-exact.js';
import { lnSaddlepoint, momentsBySaddlepoint } from './conditional-saddlepoint.js';
import { tiltTo } from './conditional-tilt.js';
import { type Family, NO_SCORE } from './family.js';
import type { Pair } from './pair.js';
import { scoreOf } from './score-of.js';

/**
 * Where the variance of the sum of both arms is larger than this, the saddlepoint form replaces the sum over all
 * tables; its error in the log-likelihood is then below 5e-7 (test/stats/conditional.test.ts), its cost that of a few logarithms.
 */
const SADDLEPOINT_FROM = 64;

/**
 * Successes of the judged arm, given those of both: the non-central hypergeometric distribution, in θ = ln odds ratio.
 * The success rate that both arms share in the interval cancels, whatever it is.
 *
 * Counts are whole numbers, successes at most as many as trials.
 *
 * @see Cox 1970; Liao and Rosen 2001 on summing outwards from the mode
 */
export const conditional: Family<Pair> = {
  lnLikelihood: (pair, thetas) => {
    assertPair(pair);
    const result = new Float64Array(thetas.length);
    if (saysNothing(pair)) return result;
    const [{ k: yc, n: nc }, { k: yb, n: nb }] = [pair.judged, pair.baseline];
    for (let i = 0; i < result.length; i += 1) {
      const tilt = tiltTo(yc + yb, nc, nb, thetas[i] ?? 0);
      const lnSum =
        tilt.variance < SADDLEPOINT_FROM ? lnChanceOfSum(yc + yb, nc, nb, tilt) : lnSaddlepoint(nc, nb, tilt);
      result[i] = lnBinomial(yc, nc, tilt.pc, tilt.qc) + lnBinomial(yb, nb, tilt.pb, tilt.qb) - lnSum;
    }
    return result;
  },
  extreme: (pair) => {
    assertPair(pair);
    if (saysNothing(pair)) return 'both';
    const [{ k: yc, n: nc }, { k: yb, n: nb }] = [pair.judged, pair.baseline];
    if (yc === 0 || yb === nb) return 'least';
    return yc === nc || yb === 0 ? 'most' : 'neither';
  },
  score: (pair, theta) => {
    assertPair(pair);
    if (saysNothing(pair)) return NO_SCORE;
    if (theta === 0) return scoreOf('binomial', pair);
    const { mean, variance } = conditionalMoments(pair, theta);
    return { u: pair.judged.k - mean, v: variance };
  },
};

/** Expected successes of the first arm under θ, given those of both, and their variance. */
export function conditionalMoments(
  pair: Pair,
  theta: number,
): { readonly mean: number; readonly variance: number } {
  assertPair(pair);
  const [{ k: yc, n: nc }, { k: yb, n: nb }] = [pair.judged, pair.baseline];
  if (saysNothing(pair)) return { mean: yc, variance: 0 };
  const tilt = tiltTo(yc + yb, nc, nb, theta);
  return tilt.variance < SADDLEPOINT_FROM
    ? momentsByRecurrence(yc + yb, nc, nb, tilt)
    : momentsBySaddlepoint(nc, nb, tilt);
}

/** An empty arm, or no success at all, or no failure: only one table is possible, under any effect. */
function saysNothing({ judged: { k: yc, n: nc }, baseline: { k: yb, n: nb } }: Pair): boolean {
  const s = yc + yb;
  return nc === 0 || nb === 0 || s === 0 || s === nc + nb;
}

function assertPair({ judged: { k: yc, n: nc }, baseline: { k: yb, n: nb } }: Pair): void {
  if (!isBinomial(yc, nc) || !isBinomial(yb, nb)) {
    throw new RangeError(`no counts of successes in trials: ${yc} of ${nc}, ${yb} of ${nb}`);
  }
}

function isBinomial(y: number, n: number): boolean {
  return Number.isSafeInteger(y) && Number.isSafeInteger(n) && y >= 0 && y <= n;
}
