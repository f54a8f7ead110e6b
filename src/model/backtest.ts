import type { EpochMs } from './time.js';
import type { Verdict } from './verdict.js';

/** Version of the document that `gatekeeper backtest --report json` writes. */
export const BACKTEST_SCHEMA_VERSION = '1.0';

/** A time in which something was wrong, as people labelled it. */
export interface Incident {
  readonly id: string;
  readonly about: string | null;
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** Gates that are meant to see it; empty means all. */
  readonly gates: readonly string[];
}

/** What became of a gate or a criterion over all looks. */
export interface BacktestTrack {
  readonly counts: Readonly<Record<Verdict, number>>;
  /** Looks that were inconclusive, in error or skipped, of all; 0..1. */
  readonly undecided: number;
  /** Reasons of the undecided looks, the commonest first. */
  readonly reasons: readonly { readonly code: string; readonly looks: number }[];
  readonly alarms: {
    /** Runs of failing looks, none of whose windows touches an incident. */
    readonly false: number;
    readonly perWeek: number;
    /** The longest first, twenty at most. */
    readonly longest: readonly { readonly from: string; readonly to: string; readonly looks: number }[];
  };
  readonly incidents: readonly IncidentOutcome[];
}

export interface IncidentOutcome {
  readonly id: string;
  /** `blind`: looked at, and no look could decide; `unseen`: no look touched it. */
  readonly outcome: 'caught' | 'missed' | 'blind' | 'unseen';
  /** From its begin to the first failing look; null unless caught. */
  readonly delaySeconds: number | null;
}

/** A limit that would have been quieter, judged on the same history. */
export interface LimitMove {
  readonly aim: 'half' | 'none';
  /** The number that the limit must be moved to, in the criterion's unit: a fixed bound, or an offset to the baseline. */
  readonly bound: number;
  /** How far that is from where it stands, in the criterion's unit. */
  readonly by: number;
  readonly falseAlarms: number;
  readonly perWeek: number;
  /** Incidents that the criterion caught and would catch no more. */
  readonly missed: readonly string[];
}

export interface BacktestCriterion extends BacktestTrack {
  readonly key: string;
  readonly limit: string;
  readonly unit: string;
  readonly evidence: string;
  readonly advisory: boolean;
  /** Whether `bound` of a move is an offset to the baseline. */
  readonly isRelative: boolean;
  readonly moves: readonly LimitMove[];
  /** Why there is no move though there are false alarms; null where there are moves, or none is needed. */
  readonly unmoved: string | null;
  /** The value at each look, null where there is none; for the chart. */
  readonly values: readonly (number | null)[];
  readonly verdicts: readonly (Verdict | null)[];
}

export interface BacktestGate extends BacktestTrack {
  readonly id: string;
  readonly settings: string;
  readonly window: { readonly for: string; readonly step: string };
  readonly criteria: readonly BacktestCriterion[];
}

/** The one document of a backtest; every format prints it. */
export interface BacktestReport {
  readonly schemaVersion: typeof BACKTEST_SCHEMA_VERSION;
  readonly tool: { readonly name: 'gatekeeper'; readonly version: string };
  readonly mode: 'live' | 'replay';
  readonly recordedAt: string | null;
  readonly from: string;
  readonly to: string;
  readonly every: string;
  readonly looks: number;
  readonly incidents: readonly {
    readonly id: string;
    readonly about: string | null;
    readonly from: string;
    readonly to: string;
  }[];
  readonly gates: readonly BacktestGate[];
  readonly notes: readonly string[];
}
