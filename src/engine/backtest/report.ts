import {
  BACKTEST_SCHEMA_VERSION,
  type BacktestCriterion,
  type BacktestGate,
  type BacktestReport,
  type Incident,
} from '../../model/backtest.js';
import { formatDuration, formatInstant } from '../../model/time.js';
import { type LookAt, touches, trackOf } from './alarms.js';
import type { Looks } from './lines.js';
import { movesOf } from './moves.js';
import { gateWindowAt, type Walked, type WalkedCriterion, type WalkedGate } from './walk.js';

/** What a backtest is, besides its gates and looks. */
export interface BacktestFacts {
  readonly version: string;
  readonly mode: BacktestReport['mode'];
  readonly recordedAt: string | null;
  readonly notes: readonly string[];
}

/** Folds all looks into one document; pure. */
export function backtestReport(
  walked: Walked,
  looks: Looks,
  incidents: readonly Incident[],
  facts: BacktestFacts,
): BacktestReport {
  return {
    schemaVersion: BACKTEST_SCHEMA_VERSION,
    tool: { name: 'gatekeeper', version: facts.version },
    mode: facts.mode,
    recordedAt: facts.recordedAt,
    from: formatInstant(looks.from),
    to: formatInstant(looks.to),
    every: formatDuration(looks.everyMs),
    looks: walked.instants.length,
    incidents: incidents.map(({ id, about, from, to }) => ({
      id,
      about,
      from: formatInstant(from),
      to: formatInstant(to),
    })),
    gates: walked.gates.map((gate) => gateOf(gate, walked, looks, incidents)),
    notes: facts.notes,
  };
}

function gateOf(
  { gate, cells, criteria }: WalkedGate,
  { instants }: Walked,
  looks: Looks,
  incidents: readonly Incident[],
): BacktestGate {
  const at = instants.map((instant): LookAt => {
    const window = gateWindowAt(gate, instant - looks.from);
    return { instant, window, incidents: incidents.filter((incident) => touches(window, incident)) };
  });
  const own = incidents.filter(({ gates }) => gates.length === 0 || gates.includes(gate.id));
  return {
    id: gate.id,
    settings: gate.settings,
    window: {
      for: formatDuration(gate.fullStrata * gate.window.stepMs),
      step: formatDuration(gate.window.stepMs),
    },
    ...trackOf(cells, at, looks.everyMs, own),
    criteria: criteria.map((each) => criterionOf(each, at, looks, own)),
  };
}

function criterionOf(
  walked: WalkedCriterion,
  at: readonly LookAt[],
  { everyMs }: Looks,
  incidents: readonly Incident[],
): BacktestCriterion {
  const { key, criterion, movable, cells } = walked;
  const { rule } = criterion;
  return {
    key,
    limit: rule.warn === null ? rule.pass.text : `${rule.pass.text}, warn ${rule.warn.text}`,
    unit: rule.unit,
    evidence: criterion.evidence,
    advisory: criterion.isAdvisory,
    isRelative: typeof movable !== 'string' && movable.scale !== 0,
    ...trackOf(cells, at, everyMs, incidents),
    ...movesOf(walked, at, everyMs, incidents),
    values: cells.map((cell) => cell?.value ?? null),
    verdicts: cells.map((cell) => cell?.verdict ?? null),
  };
}
