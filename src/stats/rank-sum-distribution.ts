/**
 * Chances of Mann and Whitney's U for two samples of n and m distinct values from one distribution.
 *
 * @param n with m at most 400 in product: counts are then exact
 * @returns the chance of each U, 0 to n * m
 * @see Mann and Whitney 1947
 */
export function rankSumChances(n: number, m: number): Float64Array {
  const size = n * m;
  // Coefficients of the Gaussian binomial: the product of (1 - q^(m + i)) / (1 - q^i).
  const ways = new Float64Array(size + 1);
  ways[0] = 1;
  for (let i = 1; i <= n; i += 1) {
    for (let u = size; u >= m + i; u -= 1) ways[u] = (ways[u] ?? 0) - (ways[u - m - i] ?? 0);
    for (let u = i; u <= size; u += 1) ways[u] = (ways[u] ?? 0) + (ways[u - i] ?? 0);
  }
  const total = ways.reduce((sum, count) => sum + count, 0);
  return ways.map((count) => count / total);
}
