import { type Family, NO_SCORE } from './family.js';

/** Two arms over one interval: x events, a whole number, in exposure e (requests, seconds, users; the same unit in both). */
export interface CountPair {
  /** of the arm whose effect is asked for */
  readonly xc: number;
  readonly ec: number;
  /** of the arm it is compared with */
  readonly xb: number;
  readonly eb: number;
}

/**
 * Events of one arm, given those of both: binomial, in θ = ln rate ratio. The rate that both arms share in the interval
 * cancels, whatever it does within it. Exposure is known, not counted: where events are some of the trials, conditional.ts
 * says more.
 *
 * @see Lindon and Malek 2022
 */
export const counts: Family<CountPair> = {
  lnLikelihood: (pair, thetas) => {
    assertPair(pair);
    const result = new Float64Array(thetas.length);
    if (saysNothing(pair)) return result;
    const { xc, ec, xb, eb } = pair;
    const lnExposures = Math.log(ec) - Math.log(eb);
    for (let i = 0; i < result.length; i += 1) {
      const lnOdds = lnExposures + (thetas[i] ?? 0);
      // x ln(1/(1 + e^-odds)) + x' ln(1/(1 + e^odds)), without the exponential that may be too large.
      const tail = Math.log1p(Math.exp(-Math.abs(lnOdds)));
      result[i] = -(xc + xb) * tail - (lnOdds < 0 ? xc : xb) * Math.abs(lnOdds);
    }
    return result;
  },
  extreme: (pair) => {
    assertPair(pair);
    if (saysNothing(pair)) return 'both';
    if (pair.xc === 0) return 'least';
    return pair.xb === 0 ? 'most' : 'neither';
  },
  score: (pair, theta) => {
    assertPair(pair);
    if (saysNothing(pair)) return NO_SCORE;
    const { xc, ec, xb, eb } = pair;
    const lnOdds = Math.log(ec) - Math.log(eb) + theta;
    const q = theta === 0 ? ec / (ec + eb) : 1 / (1 + Math.exp(-lnOdds));
    const rest = theta === 0 ? eb / (ec + eb) : 1 / (1 + Math.exp(lnOdds));
    return { u: xc * rest - xb * q, v: (xc + xb) * q * rest };
  },
};

/** No event, or an arm without exposure, whatever events it claims. */
function saysNothing({ xc, ec, xb, eb }: CountPair): boolean {
  return xc + xb === 0 || ec === 0 || eb === 0;
}

function assertPair({ xc, ec, xb, eb }: CountPair): void {
  const isCount = (x: number): boolean => Number.isSafeInteger(x) && x >= 0;
  const isExposure = (e: number): boolean => Number.isFinite(e) && e >= 0;
  if (!isCount(xc) || !isCount(xb) || !isExposure(ec) || !isExposure(eb)) {
    throw new RangeError(`no counts of events in an exposure: ${xc} in ${ec}, ${xb} in ${eb}`);
  }
}
