import type { Take } from '../../model/take.js';
import { unreachable } from '../../model/unreachable.js';
import { wilson } from '../../stats/interval.js';
import { bucketCountAtMost, bucketQuantile } from '../../stats/summary.js';
import { type Estimate, NOTHING } from './found.js';

/** Reads quantiles and shares off the bucket counts of the whole window. */
export function estimateBuckets(
  take: Take,
  bounds: readonly number[],
  strata: readonly (readonly number[] | null)[],
): Estimate {
  const counts = bounds.map((_, i) => strata.reduce((sum, stratum) => sum + (stratum?.[i] ?? 0), 0));
  const n = counts.at(-1) ?? 0;
  if (n <= 0 && take.kind !== 'count') return NOTHING;
  switch (take.kind) {
    case 'count':
      return { ...NOTHING, value: strata.every((stratum) => stratum === null) ? null : n, n };
    case 'quantile': {
      const found = bucketQuantile(bounds, counts, take.quantile);
      return found === undefined
        ? NOTHING
        : { ...NOTHING, value: found.value, n, isAtLeast: found.isAtLeast };
    }
    case 'share-at-most':
    case 'share-above': {
      const { count, edges } = bucketCountAtMost(bounds, counts, take.bound);
      const k = take.kind === 'share-at-most' ? count : n - count;
      return {
        ...NOTHING,
        value: k / n,
        n,
        interval: wilson(k, n),
        notes: edges === null ? [] : [noEdge(take.bound, edges)],
      };
    }
    case 'apdex': {
      const satisfied = bucketCountAtMost(bounds, counts, take.threshold);
      const tolerated = bucketCountAtMost(bounds, counts, 4 * take.threshold);
      const notes = [
        ...(satisfied.edges === null ? [] : [noEdge(take.threshold, satisfied.edges)]),
        ...(tolerated.edges === null ? [] : [noEdge(4 * take.threshold, tolerated.edges)]),
      ];
      return { ...NOTHING, value: (satisfied.count + tolerated.count) / (2 * n), n, notes };
    }
    case 'total':
    case 'instant':
    case 'first':
    case 'last':
    case 'mean':
    case 'min':
    case 'max':
    case 'sum':
    case 'slope':
    case 'age':
    case 'recovery':
    case 'findings':
    case 'regressions':
    case 'share-ok':
    case 'share-current':
    case 'share-hit':
    case 'page-quantile':
    case 'age-quantile':
    case 'new-patterns':
    case 'since-crawl':
      return NOTHING;
    default:
      return unreachable(take);
  }
}

function noEdge(bound: number, [low, high]: readonly [number, number]): string {
  const above = high === Number.POSITIVE_INFINITY ? 'no edge above' : `next above ${high}`;
  return `${bound} is no bucket edge (next below ${low}, ${above}): the share is interpolated`;
}
