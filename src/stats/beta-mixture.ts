import { lnBetaDensity, lnBetaRegularized } from './beta.js';
import { lnBeta } from './gamma.js';
import { type Interval, intersection } from './mixture.js';
import { bisect } from './root.js';

/** y successes in n trials, of one interval. */
export interface Share {
  readonly y: number;
  readonly n: number;
}

/** A beta prior over the share; 1 and 1 favour none. */
export interface BetaPrior {
  readonly a: number;
  readonly b: number;
}

const UNIFORM: BetaPrior = { a: 1, b: 1 };

/**
 * ln of the e-value against a share of p0, from all trials so far: how much more the prior makes of them than p0 does.
 *
 * @param y from 0 to n; may be fractional
 * @param p0 0..1
 * @see Robbins 1970
 */
export function lnBetaEvidence(y: number, n: number, p0: number, prior: BetaPrior = UNIFORM): number {
  const { a, b } = prior;
  if (p0 <= 0) return y > 0 ? Number.POSITIVE_INFINITY : lnBeta(a, b + n) - lnBeta(a, b);
  if (p0 >= 1) return y < n ? Number.POSITIVE_INFINITY : lnBeta(a + n, b) - lnBeta(a, b);
  return lnBetaDensity(p0, a, b) - lnBetaDensity(p0, a + y, b + n - y);
}

/**
 * The same with the prior cut off at p0: evidence that the share lies below, against every share of p0 and above; or the other
 * way round.
 *
 * @param p0 inside 0..1
 */
export function lnBetaEvidenceOnSide(
  y: number,
  n: number,
  p0: number,
  side: 'above' | 'below',
  prior: BetaPrior = UNIFORM,
): number {
  if (side === 'above') return lnBetaEvidenceOnSide(n - y, n, 1 - p0, 'below', { a: prior.b, b: prior.a });
  const { a, b } = prior;
  return (
    lnBetaEvidence(y, n, p0, prior) + lnBetaRegularized(p0, a + y, b + n - y) - lnBetaRegularized(p0, a, b)
  );
}

/**
 * The shares against which the evidence has at no interval reached 1/α. Where looks contradict each other, which has a chance of
 * α, lower lies above upper.
 */
export function betaConfidenceSequence(
  strata: readonly Share[],
  alpha: number,
  prior: BetaPrior = UNIFORM,
): Interval {
  let [y, n] = [0, 0];
  return intersection([
    { lower: 0, upper: 1 },
    ...strata.map((stratum) => {
      y += stratum.y;
      n += stratum.n;
      return betaConfidenceInterval(y, n, alpha, prior);
    }),
  ]);
}

/** The shares against which the evidence of all trials so far has not reached 1/α. */
export function betaConfidenceInterval(
  y: number,
  n: number,
  alpha: number,
  prior: BetaPrior = UNIFORM,
): Interval {
  if (n === 0) return { lower: 0, upper: 1 };
  const missing = (p0: number): number => lnBetaEvidence(y, n, p0, prior) + Math.log(alpha);
  const centre = y / n;
  return {
    lower: missing(0) > 0 ? bisect(missing, 0, centre) : 0,
    upper: missing(1) > 0 ? bisect(missing, centre, 1) : 1,
  };
}
