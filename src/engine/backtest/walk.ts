import type { Criterion, Gate } from '../../contracts/gate.js';
import { type Labels, labelsText } from '../../model/series.js';
import type { EpochMs } from '../../model/time.js';
import type { Verdict } from '../../model/verdict.js';
import type { Window } from '../../model/window.js';
import type { RunPolicy } from '../policy.js';
import { type GateVerdict, judgeGate } from '../report.js';
import type { History } from './history.js';
import { type Looks, lookCount } from './lines.js';
import { shiftGate } from './shift.js';
import { type Movable, movableOf, slackOf } from './slack.js';

/** What one look said of a gate or a criterion. */
export interface Cell {
  readonly verdict: Verdict;
  readonly reason: string | null;
  readonly value: number | null;
  /** How much looser the limit must be for this look not to fail; undefined where that was not tried. */
  readonly slack?: number;
}

export interface WalkedCriterion {
  readonly key: string;
  readonly criterion: Criterion;
  readonly movable: Movable | string;
  /** By look; undefined where the series was not there. */
  readonly cells: readonly (Cell | undefined)[];
}

export interface WalkedGate {
  readonly gate: Gate;
  readonly cells: readonly Cell[];
  readonly criteria: readonly WalkedCriterion[];
}

export interface Walked {
  /** The instant of each look. */
  readonly instants: readonly EpochMs[];
  readonly gates: readonly WalkedGate[];
}

/** Looks that are judged again with looser limits, a criterion: each is some ten judgements. */
const MOST_TRIED = 400;

/**
 * Judges every look as `check` would have.
 *
 * @param pause awaited now and then, so that signals are heard and progress is drawn
 */
export async function walk(
  gates: readonly Gate[],
  looks: Looks,
  history: History,
  policy: RunPolicy,
  pause: (done: number, all: number) => Promise<void>,
): Promise<Walked> {
  const count = lookCount(looks);
  const rows = gates.map((gate) => ({ gate, cells: [] as Cell[], criteria: new Map<string, Row>() }));
  for (let look = 0; look < count; look += 1) {
    const shiftMs = look * looks.everyMs;
    const measurements = history.at(shiftMs);
    for (const row of rows) {
      const gate = shiftGate(row.gate, shiftMs);
      const judged = judgeGate(gate, measurements, policy);
      row.cells.push({ verdict: judged.verdict, reason: reasonOf(judged), value: null });
      for (const each of judged.ruled) {
        const found = rowOf(row.criteria, each.criterion, each.series);
        const cell = {
          verdict: each.verdict,
          reason: each.reason?.code ?? null,
          value: Number.isFinite(each.judgement.value) ? each.judgement.value : null,
        };
        const { movable } = found;
        if (each.verdict !== 'fail' || typeof movable === 'string' || isOverspent(found)) {
          found.cells[look] = cell;
          continue;
        }
        found.cells[look] = { ...cell, slack: slackOf(movable, each, gate, measurements) };
        found.tried += 1;
      }
    }
    if (look % 50 === 0) await pause(look, count);
  }
  return {
    instants: Array.from({ length: count }, (_, look) => looks.from + look * looks.everyMs),
    gates: rows.map(({ gate, cells, criteria }) => ({
      gate,
      cells,
      criteria: [...criteria.values()].map(({ key, criterion, movable, cells: own }) => ({
        key,
        criterion,
        movable,
        cells: Array.from({ length: count }, (_, look) => own[look]),
      })),
    })),
  };
}

/** The gate's own reason, or that of the first criterion which made it what it is. */
export function reasonOf({ verdict, reason, ruled }: GateVerdict): string | null {
  const own = ruled.find((each) => each.verdict === verdict && !each.criterion.isAdvisory);
  return reason?.code ?? own?.reason?.code ?? null;
}

interface Row {
  readonly key: string;
  readonly criterion: Criterion;
  readonly movable: Movable | string;
  readonly cells: Cell[];
  tried: number;
}

function rowOf(rows: Map<string, Row>, criterion: Criterion, series: Labels | null): Row {
  const key = keyOf(criterion, series);
  const row = rows.get(key) ?? { key, criterion, movable: movableOf(criterion), cells: [], tried: 0 };
  rows.set(key, row);
  return row;
}

/** A criterion and its series under "across: each". */
export function keyOf({ key }: Criterion, series: Labels | null): string {
  return series === null ? key : `${key}${labelsText(series)}`;
}

/** A point estimate costs nothing to try. */
function isOverspent({ criterion, tried }: Row): boolean {
  const isFree = criterion.evidence === 'point' && criterion.rule.tolerate === null;
  return !isFree && tried >= MOST_TRIED;
}

/** The window that a gate has at a look. */
export function gateWindowAt({ window }: Gate, shiftMs: number): Window {
  return { ...window, from: window.from + shiftMs, to: window.to + shiftMs };
}
