/** Chances of success of both arms, of which θ is the log odds ratio, and under which s successes are expected. */
export interface Tilt {
  readonly odds: number;
  readonly pc: number;
  readonly qc: number;
  readonly pb: number;
  readonly qb: number;
  /** of the sum of the successes of both arms */
  readonly variance: number;
}

/** @param s successes of both arms, above 0 and below nc + nb */
export function tiltTo(s: number, nc: number, nb: number, theta: number): Tilt {
  const odds = Math.exp(theta);
  // nc·odds·z/(1 + odds·z) + nb·z/(1 + z) = s, where z = pb/qb: a z² + b z - s = 0, with one positive root.
  const a = odds * (nc + nb - s);
  const b = odds * (nc - s) + (nb - s);
  const root = Math.sqrt(b * b + 4 * a * s);
  const z = b > 0 ? (2 * s) / (b + root) : (root - b) / (2 * a);
  const qc = 1 / (1 + odds * z);
  const qb = 1 / (1 + z);
  const pc = odds * z * qc;
  const pb = z * qb;
  return { odds, pc, qc, pb, qb, variance: nc * pc * qc + nb * pb * qb };
}
