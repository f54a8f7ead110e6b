import type { Evidence } from '../../model/evidence.js';
import type { Take } from '../../model/take.js';
import { estimateBuckets } from './buckets.js';
import { estimateCounts } from './counts.js';
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
      return estimateRaw(take, evidence.values);
  }
}

/** The judged number of each stratum alone, null where it holds none; for `tolerate` and for charts. */
export function perStratum(take: Take, evidence: Evidence, stepMs: number): readonly (number | null)[] {
  switch (evidence.kind) {
    case 'counts':
      return evidence.strata.map((count) => (count === null || count.n <= 0 ? null : count.k / count.n));
    case 'buckets':
      return evidence.strata.map((counts) =>
        counts === null ? null : estimateBuckets(take, evidence.bounds, [counts]).value,
      );
    case 'numbers':
      return take.kind === 'share-at-most' || take.kind === 'share-above'
        ? evidence.strata.map((value) =>
            value === null ? null : estimateNumbers(take, [value], stepMs).value,
          )
        : evidence.strata;
    case 'instant':
    case 'raw':
      return [];
  }
}
