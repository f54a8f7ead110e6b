/** A quotient of whole numbers, so that counts can be compared with it exactly. */
export interface Quotient {
  readonly num: number;
  readonly den: number;
}

/** A page stops a release, a ticket is a warning. */
export const BURN_SEVERITIES = ['page', 'ticket'] as const;
export type BurnSeverity = (typeof BURN_SEVERITIES)[number];

/** One row of the table: burns faster than `factor` over the long window and over the short one. */
export interface BurnRow {
  readonly name: string;
  readonly severity: BurnSeverity;
  readonly longMs: number;
  readonly shortMs: number;
  /** How many times as fast as the budget lasts for its period. */
  readonly factor: number;
  /** Share of bad events at that speed. */
  readonly limit: Quotient;
  /** Events below which a single bad one would be too many. */
  readonly fewest: number;
}

/** What a criterion asks of an error budget. */
export interface BurnRule {
  /** Share of good events that is promised, 0..1. */
  readonly objective: number;
  /** Share of bad events that is allowed. */
  readonly budget: Quotient;
  readonly periodMs: number;
  /** What the signal's first count holds. */
  readonly counts: 'good' | 'bad';
  readonly rows: readonly BurnRow[];
  /** What must be left of the period's budget; null where nothing is asked. */
  readonly remaining: BurnRemaining | null;
}

export interface BurnRemaining {
  readonly text: string;
  readonly operator: '>' | '>=';
  /** Share of the budget; below 0 it may be overspent by as much. */
  readonly least: number;
  /** Share of bad events at which just that is left. */
  readonly limit: Quotient;
  readonly fewest: number;
}

/** What one window of a row saw. */
export interface BurnSpan {
  /** Its length, shorter than in the table where the release is younger. */
  readonly window: string;
  /** Null without events, or where the data cannot be used. */
  readonly burn: number | null;
  readonly bad: number;
  readonly n: number;
}

/** What became of the rows and of the budget: for the report. */
export interface BurnEvidence {
  readonly objective: number;
  readonly period: string;
  readonly rows: readonly {
    readonly name: string;
    readonly severity: BurnSeverity;
    readonly factor: number;
    /** Events that each window needs. */
    readonly needed: number;
    readonly long: BurnSpan;
    readonly short: BurnSpan;
    readonly state: 'burns' | 'quiet' | 'open';
  }[];
  /** Null where nothing is asked of it. */
  readonly remaining: {
    /** Share of the budget that is left, below 0 when it is overspent. */
    readonly share: number | null;
    readonly bad: number;
    readonly n: number;
    readonly needed: number;
    readonly state: 'enough' | 'spent' | 'open';
  } | null;
}
