import type { Gate } from '../contracts/gate.js';
import { settingsOfAll } from '../model/hash.js';
import type { Judgement } from '../model/judgement.js';
import type { Reason } from '../model/reason.js';
import {
  type ExposureResult,
  type GateReport,
  type GateResult,
  REPORT_SCHEMA_VERSION,
} from '../model/report.js';
import { type EpochMs, formatDuration, formatInstant } from '../model/time.js';
import {
  type Ballot,
  type FoldedVerdict,
  foldGate,
  scoreOf,
  VERDICTS,
  type Verdict,
  worst,
} from '../model/verdict.js';
import type { Measurements } from './collect.js';
import { exposureNote, exposureOf, holdComparisons } from './exposure.js';
import { answersOf, judgeCriterion } from './judge.js';
import { type Ruled, type RunPolicy, rule } from './policy.js';
import { criterionResult } from './report-criterion.js';
import { windowOf } from './report-parts.js';

/** What a run is, besides its gates and answers. */
export interface RunFacts {
  readonly version: string;
  readonly mode: GateReport['mode'];
  readonly recordedAt: string | null;
  readonly asOf: EpochMs;
  readonly policy: RunPolicy;
  readonly notes: readonly string[];
}

/** The document without its exit code, which is the command line's to say. */
export type Outcome = Omit<GateReport, 'exitCode'>;

/** Judges all gates and folds them into one document; pure and synchronous. */
export function reportOn(gates: readonly Gate[], measurements: Measurements, facts: RunFacts): Outcome {
  const results = gates.map((gate) => gateResult(gate, measurements, facts));
  const verdict = worst(results.map((result) => result.verdict));
  const criteria = results.flatMap((result) => result.criteria);
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    tool: { name: 'gatekeeper', version: facts.version },
    mode: facts.mode,
    recordedAt: facts.recordedAt,
    asOf: formatInstant(facts.asOf),
    verdict,
    reasons: reasonsOf(results),
    counts: Object.fromEntries(
      VERDICTS.map((each) => [each, criteria.filter((one) => one.verdict === each).length]),
    ) as Record<Verdict, number>,
    settings: settingsOfAll(gates),
    gates: results,
    notes: facts.notes,
  };
}

const WORST_FIRST: readonly Verdict[] = ['fail', 'error', 'inconclusive', 'skipped', 'warn', 'pass'];

function reasonsOf(gates: readonly GateResult[]): GateReport['reasons'] {
  const rows = gates.flatMap((gate) => [
    ...(gate.reason === null
      ? []
      : [{ key: gate.id, verdict: gate.verdict as Verdict, code: gate.reason.code, text: gate.reason.text }]),
    ...gate.criteria.flatMap((criterion) =>
      criterion.reason === null || criterion.advisory
        ? []
        : [
            {
              key: criterion.key,
              verdict: criterion.verdict,
              code: criterion.reason.code,
              text: criterion.reason.text,
            },
          ],
    ),
  ]);
  return rows.sort((a, b) => WORST_FIRST.indexOf(a.verdict) - WORST_FIRST.indexOf(b.verdict));
}

/** What a gate says, before it is written down. */
export interface GateVerdict {
  readonly verdict: FoldedVerdict;
  readonly reason: Reason | null;
  readonly ruled: readonly Ruled[];
  readonly ballots: readonly Ballot[];
  readonly exposure: ExposureResult | null;
}

/** Judges one gate and folds its criteria; pure and synchronous. */
export function judgeGate(gate: Gate, measurements: Measurements, policy: RunPolicy): GateVerdict {
  const alone = gate.criteria.flatMap((criterion) => judgeCriterion(criterion, gate, measurements));
  const exposure = exposureOf(gate, alone);
  const judged = holdComparisons(alone, exposure);
  const ruled = rule(gate, judged, policy);
  const ballots = ruled.map((each) => ({
    verdict: each.verdict,
    isAdvisory: each.criterion.isAdvisory,
    isCritical: each.criterion.isCritical && !isOutvotable(each.judgement),
    weight: each.criterion.weight,
    isByPolicy: each.isByPolicy,
  }));
  return { ...settle(gate, ruled, foldGate(ballots, gate.score ?? undefined)), ruled, ballots, exposure };
}

function gateResult(gate: Gate, measurements: Measurements, facts: RunFacts): GateResult {
  const { ruled, ballots, exposure, ...standing } = judgeGate(gate, measurements, facts.policy);
  return {
    id: gate.id,
    file: gate.file,
    about: gate.about,
    component: gate.component,
    owners: gate.owners,
    runbook: gate.runbook,
    verdict: standing.verdict,
    reason: standing.reason,
    settings: gate.settings,
    window: {
      ...windowOf(gate.window),
      full: gate.isWindowFull,
      since: gate.since === null ? null : formatInstant(gate.since),
    },
    arms: gate.arms.map((arm) => ({
      name: arm.name,
      variables: arm.variables,
      shift: arm.shiftMs === 0 ? null : formatDuration(arm.shiftMs),
    })),
    exposure,
    score: gate.score === null ? null : { points: scoreOf(ballots) ?? null, ...gate.score },
    policy: gate.policy,
    criteria: ruled.map((each) => criterionResult(each, gate, measurements)),
    notes: [
      ...gate.notes,
      ...deployNote(gate),
      ...exposureNote(gate, exposure),
      ...unlistedNotes(gate, measurements),
      ...notesOfAnswers(gate, measurements),
    ],
  };
}

/** A measured fail that its own judge calls small enough for a score to outvote. */
function isOutvotable({ verdict, isOutvotable: isSmall }: Judgement): boolean {
  return verdict === 'fail' && isSmall === true;
}

/** The gate-wide policies that act after the fold. */
function settle(
  gate: Gate,
  ruled: readonly Ruled[],
  folded: FoldedVerdict,
): { verdict: FoldedVerdict; reason: Reason | null } {
  const blocking = ruled.filter((each) => !each.criterion.isAdvisory);
  const isDecided = blocking.every(
    ({ verdict }) => verdict === 'pass' || verdict === 'warn' || verdict === 'fail',
  );
  if (folded === 'inconclusive' && isDecided) {
    return {
      verdict: folded,
      reason: {
        code: 'all-by-policy',
        text: 'every blocking criterion that passed was let through by an "on:" policy: nothing was measured to pass',
      },
    };
  }
  if (folded === 'inconclusive' && gate.policy.onInconclusive === 'fail' && gate.isWindowFull) {
    return {
      verdict: 'fail',
      reason: {
        code: 'on-inconclusive',
        text: 'the window is full and the gate says "on-inconclusive: fail"',
      },
    };
  }
  return { verdict: folded, reason: null };
}

/** What backends say of their answers, each thing once: several criteria may rest on one source. */
function notesOfAnswers(gate: Gate, measurements: Measurements): readonly string[] {
  const answers = gate.criteria.flatMap((criterion) => answersOf(criterion, measurements));
  return [...new Set(answers.flatMap((answer) => answer.notes ?? []))];
}

function deployNote(gate: Gate): readonly string[] {
  return gate.since === null
    ? [
        `the deploy time was not given: the window starts at ${formatInstant(gate.window.from)}, wherever the deploy was`,
      ]
    : [];
}

function unlistedNotes(gate: Gate, measurements: Measurements): readonly string[] {
  return gate.unlisted.flatMap((check): string[] => {
    const measurement = measurements.get(check.query.key);
    if (measurement === undefined) return [];
    if (measurement.state === 'failed')
      return [`${check.signal}: could not look for traffic in unlisted values of "${check.variable}"`];
    return measurement.answer.series.flatMap((series) => {
      const n = series.values.reduce((sum, value) => sum + (Number.isFinite(value) ? value : 0), 0);
      const value = series.labels[check.variable] ?? '';
      return n > 0
        ? [
            `${check.signal}: ${Math.round(n)} counted in ${check.variable}="${value}", which the gate does not list`,
          ]
        : [];
    });
  });
}
