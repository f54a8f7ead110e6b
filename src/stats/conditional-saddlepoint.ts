import type { Tilt } from './conditional-tilt.js';

/** Cumulants 2 to 6 of the successes of one arm. */
type Cumulants = readonly [number, number, number, number, number];

function cumulants(n: number, p: number, q: number): Cumulants {
  const pq = p * q;
  const skew = q - p;
  const variance = n * pq;
  return [
    variance,
    variance * skew,
    variance * (1 - 6 * pq),
    variance * skew * (1 - 12 * pq),
    variance * (1 - 30 * pq + 120 * pq * pq),
  ];
}

/**
 * ln of the chance that both arms together have exactly as many successes as are expected under the tilt: the normal density
 * at its mean with two terms of correction. The next one falls as the cube of the variance.
 *
 * @see Daniels 1954; Barndorff-Nielsen and Cox 1979
 */
export function lnSaddlepoint(nc: number, nb: number, { pc, qc, pb, qb, variance: k2 }: Tilt): number {
  const [, c3, c4, c5, c6] = cumulants(nc, pc, qc);
  const [, b3, b4, b5, b6] = cumulants(nb, pb, qb);
  const k3 = (c3 + b3) / k2;
  const k4 = (c4 + b4) / k2;
  const k5 = (c5 + b5) / k2;
  const k6 = (c6 + b6) / k2;
  const first = (k4 / 8 - (5 / 24) * k3 * k3) / k2;
  const second =
    (-k6 / 48 +
      (35 / 384) * k4 * k4 +
      (7 / 48) * k3 * k5 -
      (35 / 64) * k3 * k3 * k4 +
      (385 / 1152) * k3 * k3 * k3 * k3) /
    (k2 * k2);
  return -0.5 * Math.log(2 * Math.PI * k2) + first + second - (first * first) / 2;
}

/**
 * Mean and variance of the first arm's successes, given those of both: derivatives by θ of the logarithm of the sum over all
 * tables, by the same approximation without its second correction.
 */
export function momentsBySaddlepoint(
  nc: number,
  nb: number,
  { pc, qc, pb, qb, variance: k2 }: Tilt,
): { readonly mean: number; readonly variance: number } {
  const [c2, c3, c4, c5] = cumulants(nc, pc, qc);
  const [b2, b3, b4, b5] = cumulants(nb, pb, qb);
  // As θ grows by 1, the logits of both arms move by up and -down, so that their sum stays.
  const up = b2 / k2;
  const down = c2 / k2;
  const k3 = c3 + b3;
  const k4 = c4 + b4;
  const slope2 = c3 * up - b3 * down;
  const slope3 = c4 * up - b4 * down;
  const slope4 = c5 * up - b5 * down;
  const slopeUp = (-b3 * down - up * slope2) / k2;
  const bend2 = c4 * up * up + b4 * down * down + k3 * slopeUp;
  const correction =
    slope4 / (8 * k2 * k2) -
    (k4 * slope2) / (4 * k2 ** 3) -
    (5 * k3 * slope3) / (12 * k2 ** 3) +
    (5 * k3 * k3 * slope2) / (8 * k2 ** 4);
  return {
    mean: nc * pc - slope2 / (2 * k2) + correction,
    variance: (c2 * b2) / k2 - (bend2 / k2 - (slope2 / k2) ** 2) / 2,
  };
}
