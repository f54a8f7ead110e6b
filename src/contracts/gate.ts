import type { Result } from '../model/failure.js';
import type { Labels } from '../model/series.js';
import type { Span } from '../model/span.js';
import type { EpochMs } from '../model/time.js';
import type { ScorePolicy } from '../model/verdict.js';
import type { Window } from '../model/window.js';
import type { PreparedQuery } from './backend.js';
import type { Judge, Rule } from './judge.js';
import type { Across, PreparedSignal } from './signal.js';

/** One side of a comparison; a gate without arms has one, called `current`. */
export interface Arm {
  readonly name: string;
  readonly variables: Labels;
  readonly shiftMs: number;
  readonly window: Window;
}

/** A part of a signal bound to one arm and segment. */
export interface Question {
  readonly part: string;
  readonly arm: string;
  readonly query: PreparedQuery;
  /** Asked only when this part of the same arm came back without a sample. */
  readonly onlyIfAbsent?: string;
  /** The same question about another window, for a backtest; absent where it can be asked about its own alone. */
  readonly over?: (window: Window) => Result<PreparedQuery>;
}

/** Earlier windows that a criterion learns from: one question per part over all of them. */
export interface EarlierWindows {
  /** Whose past it is, in words. */
  readonly of: string;
  readonly arm: string;
  /** Oldest first, adjacent, each as long as the judged window. */
  readonly windows: readonly Window[];
  readonly questions: readonly Question[];
}

/** A window other than the gate's own that a criterion asks about. */
export interface OtherWindow {
  /** What the judge finds it by. */
  readonly name: string;
  /** `judged`: it must hold usable data of now; `past`: it is compared with. */
  readonly role: 'judged' | 'past';
  readonly window: Window;
  /** They may ask about a longer window that this one is cut out of. */
  readonly questions: readonly Question[];
}

export type MissingPolicy = 'fail' | 'error' | 'inconclusive' | 'warn' | 'pass';

/** What `on:` says: per class of missing evidence, the verdict that stands instead. */
export interface OnPolicies {
  readonly 'no-data'?: MissingPolicy;
  readonly undecided?: MissingPolicy;
  readonly error?: MissingPolicy;
  readonly because?: string;
}

export interface Waiver {
  readonly by: string;
  readonly because: string;
  readonly until: EpochMs | null;
}

/** One criterion and segment: resolved, bound to its queries, ready to be asked and judged. */
export interface Criterion {
  readonly key: string;
  readonly id: string;
  readonly about: string | null;
  readonly signal: string;
  readonly kind: string;
  readonly segment: Labels | null;
  readonly component: string | null;
  readonly owner: string | null;
  readonly runbook: string | null;
  readonly source: Span;
  readonly isAdvisory: boolean;
  readonly isCritical: boolean;
  readonly weight: number;
  /** Id of the criterion that must pass for this one to be merely degraded. */
  readonly fallback: string | null;
  readonly on: OnPolicies;
  readonly waiver: Waiver | null;
  readonly across: Across | undefined;
  /** Most series that `across: each` may answer. */
  readonly atMost: number | null;
  readonly evidence: string;
  /** Share of strata that must hold data, 0..1. */
  readonly coverage: number;
  readonly maxAgeMs: number;
  /** True when series may end inside the window, as when pods scale down. */
  readonly mayEnd: boolean;
  readonly observe: PreparedSignal['observe'];
  /** The judged arm first; the baseline only when the limit needs it. */
  readonly arms: readonly { readonly arm: Arm; readonly questions: readonly Question[] }[];
  /** For evidence of history; null for any other. */
  readonly earlier: EarlierWindows | null;
  /** For burn rates and anomalies; none for any other. */
  readonly windows: readonly OtherWindow[];
  readonly judge: Judge;
  readonly rule: Rule;
  /** Ids of the incidents that taught it; absent where none did. */
  readonly fromIncidents?: readonly string[];
  readonly notes: readonly string[];
}

/** How traffic is meant to be split between the arms, and how that is tested before anything is compared. */
export interface ExposureCheck {
  /** Share that the judged arm gets of what both arms get, 0..1. */
  readonly traffic: number;
  /** How far off it may be, 0..1. */
  readonly within: number;
  /** Signal whose totals count the traffic. */
  readonly signal: string;
  readonly judge: Judge;
  readonly rule: Rule;
}

/** All that a criterion asks: of its arms, of the past, of other windows. */
export function askedOf({
  arms,
  earlier,
  windows,
}: Criterion): readonly { readonly questions: readonly Question[] }[] {
  return [...arms, ...(earlier === null ? [] : [earlier]), ...windows];
}

/** A remark to check while running: traffic in segment values that the file does not list. */
export interface UnlistedCheck {
  readonly signal: string;
  readonly variable: string;
  readonly query: PreparedQuery;
}

/** A gate: resolved, prepared, frozen; the only thing the engine accepts. */
export interface Gate {
  readonly id: string;
  readonly file: string;
  readonly about: string | null;
  readonly component: string | null;
  readonly owners: {
    readonly decide: readonly string[];
    readonly stop: readonly string[];
    readonly escalate: readonly { readonly to: string; readonly after: string | null }[];
  };
  readonly runbook: string | null;
  readonly window: Window;
  readonly isWindowFull: boolean;
  /** Strata of the full window, of which a growing one holds fewer. */
  readonly fullStrata: number;
  readonly since: EpochMs | null;
  /** When the first step will be complete, for a window that is still empty. */
  readonly firstStepAt: EpochMs;
  readonly fullAt: EpochMs;
  readonly arms: readonly Arm[];
  readonly exposure: ExposureCheck | null;
  readonly criteria: readonly Criterion[];
  /** Hash of what must not change between looks: limits, steps, budgets. */
  readonly settings: string;
  readonly unlisted: readonly UnlistedCheck[];
  readonly score: ScorePolicy | null;
  readonly policy: {
    readonly falseAlarm: number;
    readonly falsePass: number;
    readonly onInconclusive: 'inconclusive' | 'fail';
  };
  readonly notes: readonly string[];
}
