/**
 * Quantile R-7 (linear between order statistics), the default of R, NumPy and spreadsheets.
 *
 * @param sorted rising, not empty
 * @param q 0..1
 */
export function quantileR7(sorted: ArrayLike<number>, q: number): number {
  const position = (sorted.length - 1) * q;
  const low = Math.floor(position);
  const below = sorted[low] ?? Number.NaN;
  const above = sorted[Math.min(low + 1, sorted.length - 1)] ?? Number.NaN;
  return below + (above - below) * (position - low);
}

export function mean(values: readonly number[]): number {
  // Running mean: no overflow on large sums, exact on constant series.
  let result = 0;
  values.forEach((value, i) => {
    result += (value - result) / (i + 1);
  });
  return values.length === 0 ? Number.NaN : result;
}

/** Standard deviation of a sample (n - 1); NaN with fewer than two values. */
export function standardDeviation(values: readonly number[]): number {
  const centre = mean(values);
  let squares = 0;
  for (const value of values) squares += (value - centre) ** 2;
  return Math.sqrt(squares / (values.length - 1));
}

/**
 * Least-squares slope of y over x.
 *
 * @returns undefined with fewer than two distinct x
 */
export function slope(x: readonly number[], y: readonly number[]): number | undefined {
  const centreX = mean(x);
  const centreY = mean(y);
  let above = 0;
  let below = 0;
  x.forEach((value, i) => {
    above += (value - centreX) * ((y[i] ?? Number.NaN) - centreY);
    below += (value - centreX) ** 2;
  });
  return below > 0 ? above / below : undefined;
}

/**
 * Quantile of a cumulative histogram, linear inside a bucket as Prometheus does it.
 *
 * @param bounds rising upper bounds, the last Infinity
 * @param counts cumulative counts per bound
 * @returns the value; `isAtLeast` when it lies above the last finite bound, which is then the value
 */
export function bucketQuantile(
  bounds: readonly number[],
  counts: readonly number[],
  q: number,
): { readonly value: number; readonly isAtLeast: boolean } | undefined {
  const total = counts.at(-1) ?? 0;
  if (total <= 0) return undefined;
  const rank = q * total;
  const i = counts.findIndex((count) => count >= rank);
  const bound = bounds[i] ?? Number.POSITIVE_INFINITY;
  if (bound === Number.POSITIVE_INFINITY) return { value: bounds[bounds.length - 2] ?? 0, isAtLeast: true };
  const lower = i === 0 ? Math.min(0, bound) : (bounds[i - 1] ?? 0);
  const under = i === 0 ? 0 : (counts[i - 1] ?? 0);
  const inside = (counts[i] ?? 0) - under;
  const value = inside <= 0 ? bound : lower + (bound - lower) * ((rank - under) / inside);
  return { value, isAtLeast: false };
}

/**
 * Count of observations at most `bound`, linear inside a bucket.
 *
 * @returns the count, and the bucket edges around the bound when it is no edge itself
 */
export function bucketCountAtMost(
  bounds: readonly number[],
  counts: readonly number[],
  bound: number,
): { readonly count: number; readonly edges: readonly [number, number] | null } {
  const i = bounds.findIndex((edge) => edge >= bound || isSameEdge(edge, bound));
  const edge = bounds[i] ?? Number.POSITIVE_INFINITY;
  const count = counts[i] ?? counts.at(-1) ?? 0;
  if (isSameEdge(edge, bound)) return { count, edges: null };
  // The first bucket begins at 0; where it ends at or below 0, nothing tells where it begins.
  if (i === 0 && edge <= 0) return { count: 0, edges: [Number.NEGATIVE_INFINITY, edge] };
  const lower = i <= 0 ? 0 : (bounds[i - 1] ?? 0);
  if (bound <= lower) return { count: 0, edges: [lower, edge] };
  const under = i <= 0 ? 0 : (counts[i - 1] ?? 0);
  // Above the last finite edge nothing is known of where observations lie: only those below the edge count.
  if (edge === Number.POSITIVE_INFINITY) return { count: under, edges: [lower, edge] };
  return { count: under + (count - under) * ((bound - lower) / (edge - lower)), edges: [lower, edge] };
}

/** Bucket edges are decimal texts, bounds are converted units: 0.25 and 250 ms may differ in the last bit. */
function isSameEdge(a: number, b: number): boolean {
  // Infinity is near nothing, though its distance to any number is no more than a share of itself.
  return a === b || (Number.isFinite(a) && Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b)));
}
