import type { AnomalyEvidence } from './anomaly.js';
import type { BurnEvidence } from './burn.js';
import type { HistoryEvidence } from './history.js';
import type { RankEvidence } from './ranks.js';
import type { Reason } from './reason.js';
import type { SequentialEvidence } from './sequential.js';
import type { Verdict } from './verdict.js';

/** What one judge says of one criterion, segment and series. */
export interface Judgement {
  readonly verdict: Exclude<Verdict, 'skipped'>;
  /** Null on a pass alone. */
  readonly reason: Reason | null;
  /** The number judged, in the criterion's unit; null when there is none. */
  readonly value: number | null;
  /** 95 % interval of the value, where one can be had from counts. */
  readonly interval: readonly [number, number] | null;
  /** Observations behind the value: requests, events, points. */
  readonly n: number;
  readonly baseline: { readonly value: number | null; readonly n: number } | null;
  /** The pass bound as a number in the criterion's unit, where the limit has just one. */
  readonly bound: number | null;
  /** Evidence that stays valid at every look; null where the point estimate decided. */
  readonly evidence: SequentialEvidence | null;
  /** Evidence against earlier windows, where that decided. */
  readonly history?: HistoryEvidence;
  /** Evidence of the ranks of two arms, where that decided. */
  readonly ranks?: RankEvidence;
  /** True where a score may outvote its fail although the criterion is critical. */
  readonly isOutvotable?: boolean;
  /** What became of an error budget, where that decided. */
  readonly burn?: BurnEvidence;
  /** What was found odd, or not, where a series was judged against its own past. */
  readonly anomaly?: AnomalyEvidence;
  /** The unit of `value` and `bound` and the limit as people read it, where they are not those of the rule. */
  readonly told?: { readonly unit: string; readonly limit: string };
  readonly notes: readonly string[];
}
