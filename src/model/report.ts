import type { AnomalyEvidence } from './anomaly.js';
import type { BurnEvidence } from './burn.js';
import type { Finding } from './finding.js';
import type { KayentaFinding } from './kayenta.js';
import type { RankEvidence } from './ranks.js';
import type { Reason } from './reason.js';
import type { Labels } from './series.js';
import type { FoldedVerdict, Verdict } from './verdict.js';

/** Version of the result document; additive within a major. */
export const REPORT_SCHEMA_VERSION = '1.0.0';

/** The one document that every reporter prints. Instants are RFC 3339 in UTC; absent values are null, never NaN. */
export interface GateReport {
  readonly schemaVersion: string;
  readonly tool: { readonly name: 'gatekeeper'; readonly version: string };
  readonly mode: 'live' | 'replay';
  /** When a replayed set was recorded. */
  readonly recordedAt: string | null;
  /** The instant the run was evaluated at: every window of it ends at or before. */
  readonly asOf: string;
  readonly verdict: FoldedVerdict;
  readonly exitCode: number;
  /** Why the exit code is what it is, worst first; `key` names gate or criterion. */
  readonly reasons: readonly {
    readonly key: string;
    readonly verdict: Verdict;
    readonly code: string;
    readonly text: string;
  }[];
  readonly counts: Readonly<Record<Verdict, number>>;
  /** Hash of what must stay the same at every look: `check --settings HASH` holds a rollout to it. */
  readonly settings: string;
  readonly gates: readonly GateResult[];
  /** Remarks on the whole run, such as loosening flags. */
  readonly notes: readonly string[];
}

export interface GateResult {
  readonly id: string;
  readonly file: string;
  readonly about: string | null;
  readonly component: string | null;
  readonly owners: ReportOwners;
  readonly runbook: string | null;
  readonly verdict: FoldedVerdict;
  readonly reason: Reason | null;
  readonly settings: string;
  readonly window: ReportWindow & { readonly full: boolean; readonly since: string | null };
  /** The judged arm first; a gate without arms has one, called `current`. */
  readonly arms: readonly {
    readonly name: string;
    readonly variables: Labels;
    readonly shift: string | null;
  }[];
  /** How traffic was split, where the gate declares it. */
  readonly exposure: ExposureResult | null;
  readonly score: { readonly points: number | null; readonly pass: number; readonly warn: number } | null;
  /** The gate-wide policy, with its defaults. */
  readonly policy: {
    readonly falseAlarm: number;
    readonly falsePass: number;
    readonly onInconclusive: 'inconclusive' | 'fail';
  };
  readonly criteria: readonly CriterionResult[];
  /** Remarks: deploy time not given, traffic in unlisted segments, limits that are no bucket edge. */
  readonly notes: readonly string[];
}

export interface ExposureResult {
  /** Declared share of the judged arm, 0..1, and how far off it may be. */
  readonly traffic: number;
  readonly within: number;
  readonly limit: string;
  /** Signal whose totals counted the traffic. */
  readonly signal: string;
  /** `fail`: certainly another share, every comparison is open; `pass`: certainly within. */
  readonly verdict: 'pass' | 'fail' | 'inconclusive';
  /** Share that was seen, with its 95 % range at every look. */
  readonly share: number | null;
  readonly interval: readonly [number, number] | null;
  /** Requests of both arms. */
  readonly n: number;
}

export interface ReportOwners {
  readonly decide: readonly string[];
  readonly stop: readonly string[];
  readonly escalate: readonly { readonly to: string; readonly after: string | null }[];
}

export interface ReportWindow {
  readonly from: string;
  readonly to: string;
  readonly step: string;
}

export interface CriterionResult {
  /** `gate.criterion[path=edge]`, unique in the report. */
  readonly key: string;
  readonly id: string;
  readonly signal: string;
  readonly kind: string;
  readonly about: string | null;
  /** How time was reduced, as written: `p95`, `share <= 500ms`; null where counts are totalled. */
  readonly take: string | null;
  readonly segment: Labels | null;
  /** Labels of the series under `across: each`. */
  readonly series: Labels | null;
  readonly component: string | null;
  /** Who may stop exposure, or the component's owner: the first to call. */
  readonly owner: string | null;
  readonly runbook: string | null;
  readonly advisory: boolean;
  readonly critical: boolean;
  readonly verdict: Verdict;
  readonly reason: Reason | null;
  /** What the judge said, where a waiver, a policy or a fallback changed it. */
  readonly judged: { readonly verdict: Verdict; readonly reason: Reason | null } | null;
  readonly waiver: { readonly by: string; readonly because: string; readonly until: string | null } | null;
  readonly value: number | null;
  readonly unit: string;
  /** The pass limit as written, and its bound as a number in `unit` where there is just one. */
  readonly limit: string;
  readonly bound: number | null;
  readonly warn: string | null;
  readonly n: number;
  readonly minSamples: number;
  readonly interval: readonly [number, number] | null;
  /** The word of `evidence:` that judged it. */
  readonly judge: string;
  /** Null where the point estimate decided. */
  readonly evidence: ReportEvidence | null;
  readonly window: ReportWindow;
  /** Share of strata that hold data, 0..1. */
  readonly coverage: number | null;
  readonly newest: string | null;
  readonly baseline: {
    readonly arm: string;
    readonly value: number | null;
    readonly n: number;
    readonly window: ReportWindow;
  } | null;
  /** The judged number per stratum of each arm, null where a stratum holds no data: for charts. */
  readonly strata: {
    readonly judged: readonly (number | null)[];
    readonly baseline: readonly (number | null)[] | null;
  } | null;
  readonly queries: readonly ReportQuery[];
  readonly source: { readonly file: string; readonly line: number; readonly column: number };
  /** What is wrong, page by page; absent where no pages were probed. */
  readonly findings?: readonly Finding[];
  readonly notes: readonly string[];
}

/** Evidence beyond a point estimate; see SequentialEvidence, HistoryEvidence and RankEvidence. */
export interface ReportEvidence {
  readonly test: string;
  readonly estimate: number | null;
  readonly interval: readonly [number, number] | null;
  /** Null for evidence of history and of ranks, which holds for one look. */
  readonly logE: { readonly fail: number | null; readonly pass: number | null } | null;
  /** Null where no limit is tested: burn rates, anomalies. */
  readonly alpha: number | null;
  /** Null where nothing holds it down: Kayenta's judge passes what it cannot tell apart. */
  readonly falsePass: number | null;
  readonly strata: number;
  readonly n: { readonly canary: number; readonly baseline: number | null };
  readonly dispersion: number | null;
  /** The end of the step after which it first decided. */
  readonly firstCrossing: { readonly side: 'fail' | 'pass'; readonly at: string } | null;
  readonly needed: { readonly n: number; readonly time: string } | null;
  /** Earlier windows asked for, and where 95 % of windows would lie if nothing had changed; null without history. */
  readonly history: {
    readonly asked: number;
    readonly expected: readonly [number, number] | null;
  } | null;
  /** Of evidence of ranks, whose estimate and interval are of the shift from the baseline; null without. */
  readonly ranks: Pick<RankEvidence, 'larger' | 'p'> | null;
  readonly kayenta: (Omit<KayentaFinding, 'isCritical'> & { readonly critical: boolean }) | null;
  /** Rows of an error budget and what is left of it; null without. */
  readonly burn: BurnEvidence | null;
  /** What was found against the series' own past; null without. */
  readonly anomaly: Omit<AnomalyEvidence, 'alarm'> | null;
  readonly settingsHash: string;
}

export interface ReportQuery {
  readonly arm: string;
  /** What the answer is used as: `good`, `total`, `value`, `newest` … */
  readonly part: string;
  readonly backend: string;
  /** The query as it was asked, variables expanded, secrets masked. */
  readonly text: string;
  readonly state: 'taken' | 'failed';
  readonly durationMs: number;
  readonly series: number;
  readonly failure: { readonly code: string; readonly message: string } | null;
}
