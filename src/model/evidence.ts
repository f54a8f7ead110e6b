import type { Finding, MeasuredFinding } from './finding.js';
import type { Labels } from './series.js';
import type { EpochMs } from './time.js';

/** Counts of one stratum: `k` of `n` for a ratio, `k` events in exposure `n` for a rate. */
export interface Count {
  readonly k: number;
  readonly n: number;
}

/**
 * What a signal saw, cut into the window's strata (null: the stratum holds no data).
 * `buckets` holds cumulative counts per upper bound of `bounds`, whose last is Infinity.
 */
export type Evidence =
  | { readonly kind: 'counts'; readonly strata: readonly (Count | null)[] }
  | {
      readonly kind: 'buckets';
      readonly bounds: readonly number[];
      readonly strata: readonly (readonly number[] | null)[];
    }
  | { readonly kind: 'numbers'; readonly strata: readonly (number | null)[] }
  | { readonly kind: 'instant'; readonly value: number | null }
  /** `isAtLeast`: of some of the values only the lower end is known, and it stands for them. */
  | { readonly kind: 'raw'; readonly values: readonly number[]; readonly isAtLeast?: boolean };

/** Evidence of one arm and one series (after `across`), with what is wrong with it. */
export interface Observation {
  /** Labels of the series under `across: each`; empty otherwise. */
  readonly labels: Labels;
  readonly evidence: Evidence;
  /** Newest sample, or null when there is none. */
  readonly newest: EpochMs | null;
  /** Series seen in the window and gone at its end, by their labels. */
  readonly ended: readonly string[];
  /** Trouble that makes the evidence unusable as it stands. */
  readonly trouble: readonly Trouble[];
  /** Remarks that the report must carry: extrapolated counts, counter resets, series summed. */
  readonly notes: readonly string[];
  /** True when the backend extrapolated the counts: fewer events were seen than they say. */
  readonly isExtrapolated?: boolean;
  /** What is wrong, page by page, where pages were probed or looked up in a log. */
  readonly findings?: readonly Finding[];
  /** The same, of which those count that break the limit. */
  readonly measured?: readonly MeasuredFinding[];
  /** A part that was never seen and counts as 0: that may break a limit, and cannot hold one. */
  readonly unseen?: Trouble;
  /** What the evidence may be as well: a verdict that is not the same for each of these is none. */
  readonly otherwise?: Doubt;
}

/** What could not be found out, and the evidence that it would make one way and the other. */
export interface Doubt {
  readonly evidence: readonly Evidence[];
  readonly text: string;
  readonly next: string;
  /** True where a breach that was measured stands, whatever else may be. */
  readonly isOfPasses?: boolean;
}

/** Trouble with evidence that no judge may pass over. */
export interface Trouble {
  readonly code: 'not-a-number' | 'bad-never-seen' | 'partial' | 'step-too-short' | 'no-data';
  readonly text: string;
  readonly next?: string;
}
