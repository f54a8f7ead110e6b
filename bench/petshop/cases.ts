/** Makes release gates out of the records: one for each fault, and disjoint ones over normal operation. */
import { type Fault, type Recorded, ROW_S, type Row, trafficOf } from './records.js';

/** A release: what the gate may read, and when the release was. */
export interface Case {
  readonly name: string;
  readonly kind: 'fault' | 'before' | 'normal';
  readonly cause: string | null;
  /** Rows on a clock whose five minutes begin at whole ones. */
  readonly rows: readonly Row[];
  /** Unix seconds on that clock; a whole step. */
  readonly since: number;
  /** Seconds from the fault to `since`. */
  readonly lateS: number;
  readonly isDegraded: boolean;
}

/** A row that the fault cuts this early is a row of the fault. */
const SLACK_S = ROW_S / 10;
const GATE_ROWS = 2;
/** 2023-08-21 09:00 to 09:45 UTC: nine rows of the low-traffic record in which three requests in a hundred fail. */
const DEGRADED_FROM = Date.UTC(2023, 7, 21, 9, 0) / 1000;
const DEGRADED_TO = Date.UTC(2023, 7, 21, 9, 45) / 1000;

/**
 * The gate of a fault. Ten minutes of its own past tell the level; a fault comes with no more, so what a window may vary
 * is learnt from the normal operation before, at the same traffic level, or at the nearest where a level has no record.
 */
export function faultCase(fault: Fault, normal: readonly Recorded[]): Case {
  const first = fault.rows[firstAfter(fault)];
  if (first === undefined) throw new Error(`${fault.name} has no row after its injection`);
  return {
    name: fault.name,
    kind: 'fault',
    cause: fault.cause,
    rows: withPast(fault, normal),
    since: wholeStep(first.start),
    lateS: Math.max(0, first.start - fault.injectedAt),
    isDegraded: false,
  };
}

/**
 * The ten minutes before a fault, which are healthy, against normal operation alone: months and a level apart, so no gate
 * anybody would run, but a check on limits that were looked at on the records of normal operation.
 */
export function beforeCase(fault: Fault, normal: readonly Recorded[]): Case | undefined {
  const index = firstAfter(fault) - GATE_ROWS;
  const first = fault.rows[index];
  if (first === undefined) return undefined;
  return {
    name: `${fault.name}, before`,
    kind: 'before',
    cause: null,
    rows: withPast(fault, normal),
    since: wholeStep(first.start),
    lateS: 0,
    isDegraded: false,
  };
}

function firstAfter({ rows, injectedAt }: Fault): number {
  return rows.findIndex((row) => row.start >= injectedAt - SLACK_S);
}

function wholeStep(start: number): number {
  return start - (start % ROW_S);
}

/** The rows of a fault on whole steps, and normal operation moved to lie right before them. */
function withPast(fault: Fault, normal: readonly Recorded[]): readonly Row[] {
  const own = fault.rows.map((row) => ({ ...row, start: wholeStep(row.start) }));
  const past = pastOf(fault, normal)?.rows ?? [];
  const begin = own[0]?.start ?? 0;
  const before = past.map((row, i) => ({ ...row, start: begin - (past.length - i) * ROW_S }));
  return [...before, ...own];
}

function pastOf(fault: Fault, normal: readonly Recorded[]): Recorded | undefined {
  const same = normal.find(({ level }) => level === fault.level);
  if (same !== undefined) return same;
  const traffic = trafficOf(fault);
  const distance = (record: Recorded): number => Math.abs(Math.log(trafficOf(record) / traffic));
  return [...normal].sort((a, b) => distance(a) - distance(b))[0];
}

/** Disjoint gates of ten minutes over normal operation; the past of each is what lies before it in the record. */
export function normalCases(record: Recorded): readonly Case[] {
  const rows = record.rows.map((row) => ({ ...row, start: wholeStep(row.start) }));
  const gates = Math.floor(rows.length / GATE_ROWS);
  return Array.from({ length: gates }, (_, i): Case => {
    const original = record.rows[i * GATE_ROWS]?.start ?? 0;
    return {
      name: `${record.name} ${new Date(original * 1000).toISOString().slice(0, 16)}Z`,
      kind: 'normal',
      cause: null,
      rows,
      since: wholeStep(original),
      lateS: 0,
      isDegraded: original < DEGRADED_TO && original + GATE_ROWS * ROW_S > DEGRADED_FROM,
    };
  });
}
