/**
 * E-detectors: evidence for a change at some unknown step. As long as nothing has changed, an alarm at `c` and above comes
 * on average once in `c` steps at most, so "one false alarm per 1000 steps" is the limit 1000 itself.
 *
 * Both give natural logarithms, since the evidence of a long incident is beyond any number.
 *
 * @see Shin, Ramdas and Rinaldo 2203.03532
 */

/** CUSUM form, ln of M = max(M, 1) e^step: the evidence of the likeliest step of change. */
export function cusumDetector(evidence: readonly number[]): readonly number[] {
  let ln = 0;
  return evidence.map((step) => {
    ln = Math.max(ln, 0) + step;
    return ln;
  });
}

/** Shiryaev-Roberts form, ln of R = (R + 1) e^step: the evidence of all possible steps of change together. */
export function shiryaevRoberts(evidence: readonly number[]): readonly number[] {
  let ln = Number.NEGATIVE_INFINITY;
  return evidence.map((step) => {
    ln = Math.max(ln, 0) + Math.log1p(Math.exp(-Math.abs(ln))) + step;
    return ln;
  });
}
