/** ln Σ e^x without overflow; -Infinity of nothing. */
export function logSumExp(logs: ArrayLike<number>): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logs.length; i += 1) {
    const log = logs[i] ?? Number.NaN;
    // A NaN wins, which Math.max would see to as well, but slower.
    if (!(log <= most)) most = log;
    if (Number.isNaN(log)) return log;
  }
  if (!Number.isFinite(most)) return most;
  let sum = 0;
  for (let i = 0; i < logs.length; i += 1) sum += Math.exp((logs[i] ?? 0) - most);
  return most + Math.log(sum);
}

/**
 * ln of the weighted mean Σ w e^x / Σ w.
 *
 * @param weights from 0, as many as logs, not all 0
 * @throws RangeError when the lengths differ
 */
export function logMeanExp(logs: ArrayLike<number>, weights: ArrayLike<number>): number {
  if (logs.length !== weights.length) {
    throw new RangeError(`${logs.length} logarithms for ${weights.length} weights`);
  }
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logs.length; i += 1) {
    const log = logs[i] ?? Number.NaN;
    if (Number.isNaN(log)) return log;
    if (log > most && (weights[i] ?? 0) > 0) most = log;
  }
  if (!Number.isFinite(most)) return most;
  let sum = 0;
  let total = 0;
  for (let i = 0; i < logs.length; i += 1) {
    const weight = weights[i] ?? 0;
    total += weight;
    if (weight > 0) sum += weight * Math.exp((logs[i] ?? 0) - most);
  }
  return most + Math.log(sum / total);
}
