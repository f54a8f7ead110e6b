/**
 * How much likelier a count is where events come at the second mean than where they come at the first, as a logarithm.
 *
 * @param usual means above 0, for the same exposure
 */
export function poissonEvidence(count: number, usual: number, changed: number): number {
  return count * Math.log(changed / usual) - (changed - usual);
}

/**
 * Cumulative sum for a change of level: the evidence since the step at which it is largest, never below 0.
 *
 * @param evidence of each step, as logarithms
 * @see Page 1954; for counts Lucas 1985
 */
export function cusum(evidence: readonly number[]): readonly number[] {
  let sum = 0;
  return evidence.map((step) => {
    sum = Math.max(0, sum + step);
    return sum;
  });
}
