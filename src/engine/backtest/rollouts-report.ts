import type { Incident } from '../../model/backtest.js';
import {
  ROLLOUTS_SCHEMA_VERSION,
  type RolloutLook,
  type RolloutResult,
  type RolloutsGate,
  type RolloutsReport,
  type RolloutTimes,
} from '../../model/rollouts.js';
import { formatDuration, formatInstant } from '../../model/time.js';
import { touches } from './alarms.js';
import type { Looks } from './lines.js';
import type { BacktestFacts } from './report.js';
import { isDecision, type LookInRollout, type WalkedRollout } from './rollouts.js';
import { keyOf, reasonOf } from './walk.js';

/** Folds all rollouts into one document; pure. */
export function rolloutsReport(
  walked: readonly WalkedRollout[],
  { from, to, everyMs }: Looks,
  incidents: readonly Incident[],
  { version, mode, recordedAt, notes }: BacktestFacts,
): RolloutsReport {
  const ids = [...new Set(walked.flatMap(({ looks }) => [...looks.keys()]))];
  return {
    schemaVersion: ROLLOUTS_SCHEMA_VERSION,
    tool: { name: 'gatekeeper', version },
    mode,
    recordedAt,
    from: formatInstant(from),
    to: formatInstant(to),
    every: formatDuration(everyMs),
    incidents: incidents.map((each) => ({
      id: each.id,
      about: each.about,
      from: formatInstant(each.from),
      to: formatInstant(each.to),
    })),
    gates: ids.flatMap((id) => gateOf(id, walked, incidents)),
    notes,
  };
}

function gateOf(
  id: string,
  walked: readonly WalkedRollout[],
  incidents: readonly Incident[],
): readonly RolloutsGate[] {
  const own = incidents.filter(({ gates }) => gates.length === 0 || gates.includes(id));
  const rollouts = walked.map((rollout) => resultOf(rollout, id, own));
  const [first] = walked.flatMap(({ looks }) => looks.get(id) ?? []);
  if (first === undefined) return [];
  const { gate } = first;
  const { stepMs } = gate.window;
  const of = (outcome: RolloutResult['outcome']): readonly RolloutResult[] =>
    rollouts.filter((each) => each.outcome === outcome);
  const calm = rollouts.filter((each) => each.incidents.length === 0);
  return [
    {
      id,
      settings: gate.settings,
      window: { for: formatDuration(gate.fullStrata * stepMs), step: formatDuration(stepMs) },
      passed: of('passed').length,
      stopped: of('stopped').length,
      undecided: of('undecided').length,
      calm: calm.length,
      falseStops: calm.filter(({ outcome }) => outcome === 'stopped').length,
      missed: of('passed').filter((each) => each.incidents.length > 0).length,
      timeToPass: timesOf(of('passed')),
      timeToStop: timesOf(of('stopped')),
      rollouts,
    },
  ];
}

function resultOf(
  { deploy, looks: byGate }: WalkedRollout,
  id: string,
  incidents: readonly Incident[],
): RolloutResult {
  const looks = byGate.get(id) ?? [];
  const last = looks.at(-1);
  const isDecided = last !== undefined && isDecision(last.judged);
  return {
    id: deploy.id,
    since: formatInstant(deploy.since),
    outcome: !isDecided ? 'undecided' : last.judged.verdict === 'fail' ? 'stopped' : 'passed',
    reason: last === undefined ? null : reasonOf(last.judged),
    afterSeconds: isDecided ? (last.at - deploy.since) / 1000 : null,
    incidents:
      last === undefined
        ? []
        : incidents.filter((each) => touches(last.gate.window, each)).map((each) => each.id),
    looks: looks.map(lookOf),
  };
}

function lookOf({ at, judged }: LookInRollout): RolloutLook {
  return {
    at: formatInstant(at),
    verdict: judged.verdict,
    reason: reasonOf(judged),
    criteria: judged.ruled.map(({ criterion, series, verdict, reason, judgement: { value } }) => ({
      key: keyOf(criterion, series),
      verdict,
      reason: reason?.code ?? null,
      value: Number.isFinite(value) ? value : null,
    })),
  };
}

/** The middle one and the longest; null where there is none. */
function timesOf(rollouts: readonly RolloutResult[]): RolloutTimes | null {
  const seconds = rollouts.flatMap(({ afterSeconds }) => afterSeconds ?? []).sort((a, b) => a - b);
  const longest = seconds.at(-1);
  if (longest === undefined) return null;
  return { medianSeconds: seconds[Math.floor((seconds.length - 1) / 2)] ?? longest, longestSeconds: longest };
}
