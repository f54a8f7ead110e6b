import type { BacktestReport } from './backtest.js';
import type { EpochMs } from './time.js';
import type { Verdict } from './verdict.js';

/** Version of the document that `gatekeeper backtest --deploys` and `--since-every` write. */
export const ROLLOUTS_SCHEMA_VERSION = '1.0';

/** A rollout of the past, or one that is pretended: when it began to take traffic, and what people call it. */
export interface Deploy {
  readonly id: string | null;
  readonly since: EpochMs;
}

/** What a look in a rollout said of one criterion. */
export interface RolloutCriterion {
  readonly key: string;
  readonly verdict: Verdict;
  readonly reason: string | null;
  readonly value: number | null;
}

export interface RolloutLook {
  readonly at: string;
  readonly verdict: Verdict;
  readonly reason: string | null;
  readonly criteria: readonly RolloutCriterion[];
}

/** What a gate came to in one rollout: `stopped` by a fail, `passed` by a pass or a warn, else `undecided`. */
export interface RolloutResult {
  readonly id: string | null;
  readonly since: string;
  readonly outcome: 'passed' | 'stopped' | 'undecided';
  /** Of the last look. */
  readonly reason: string | null;
  /** From the begin of the rollout to the look that decided; null where none did. */
  readonly afterSeconds: number | null;
  /** Ids of the incidents that the window of the last look touches. */
  readonly incidents: readonly string[];
  readonly looks: readonly RolloutLook[];
}

/** How long deciding took. */
export interface RolloutTimes {
  readonly medianSeconds: number;
  readonly longestSeconds: number;
}

export interface RolloutsGate {
  readonly id: string;
  readonly settings: string;
  readonly window: { readonly for: string; readonly step: string };
  readonly passed: number;
  readonly stopped: number;
  readonly undecided: number;
  /** Rollouts whose windows touch no incident, and how many of them were stopped. */
  readonly calm: number;
  readonly falseStops: number;
  /** Rollouts that passed though their window touched an incident. */
  readonly missed: number;
  readonly timeToPass: RolloutTimes | null;
  readonly timeToStop: RolloutTimes | null;
  readonly rollouts: readonly RolloutResult[];
}

/** The one document of a backtest of rollouts; every format prints it. */
export interface RolloutsReport {
  readonly schemaVersion: typeof ROLLOUTS_SCHEMA_VERSION;
  readonly tool: BacktestReport['tool'];
  readonly mode: BacktestReport['mode'];
  readonly recordedAt: string | null;
  readonly from: string;
  readonly to: string;
  readonly every: string;
  readonly incidents: BacktestReport['incidents'];
  readonly gates: readonly RolloutsGate[];
  readonly notes: readonly string[];
}
