import type { Evidence } from '../../model/evidence.js';
import type { Take } from '../../model/take.js';
import { estimateBuckets } from './buckets.js';
import { estimateCounts, isCounted } from './counts.js';
import { type Estimate, NOTHING } from './found.js';
import { estimateNumbers, estimateRaw } from './numbers.js';

/** Reduces the whole window to one number. */
export function estimate(take: Take, evidence: Evidence, stepMs: number): Estimate {
  switch (evidence.kind) {
    case 'counts':
      return estimateCounts(take, evidence.strata, stepMs);
    case 'buckets':
      return estimateBuckets(take, evidence.bounds, evidence.strata);
    case 'numbers':
      return estimateNumbers(take, evidence.strata, stepMs);
    case 'instant':
      return evidence.value === null ? NOTHING : { ...NOTHING, value: evidence.value, n: 1 };
    case 'raw':
      return estimateRaw(take, evidence.values, evidence.isAtLeast ?? false);
  }
}

/** Takes of what was found in the whole window, which has no steps. */
function isWhole(take: Take): boolean {
  return isCounted(take) || ['share-ok', 'share-hit', 'share-current', 'recovery'].includes(take.kind);
}

/**
 * What each stratum alone says of the judged number, for `tolerate` and for charts.
 *
 * @returns none at all where one stratum cannot say it: the slope of one step, the age of its data, when it recovered
 */
export function perStratum(take: Take, evidence: Evidence, stepMs: number): readonly Estimate[] {
  switch (evidence.kind) {
    case 'counts':
      if (isWhole(take)) return [];
      return evidence.strata.map((count) => {
        if (count === null || count.n <= 0) return NOTHING;
        return { ...NOTHING, value: take.kind === 'count' ? count.n : count.k / count.n, n: count.n };
      });
    case 'buckets':
      return evidence.strata.map((counts) =>
        counts === null ? NOTHING : estimateBuckets(take, evidence.bounds, [counts]),
      );
    case 'numbers':
      return take.kind === 'slope' || take.kind === 'age' || take.kind === 'recovery'
        ? []
        : evidence.strata.map((value) => (value === null ? NOTHING : estimateNumbers(take, [value], stepMs)));
    case 'instant':
    case 'raw':
      return [];
  }
}
