import type { PreparedQuery } from '../contracts/backend.js';
import type { Answer, Series } from '../model/series.js';
import type { EpochMs } from '../model/time.js';
import { unreachable } from '../model/unreachable.js';
import { strataOf, stratumAt } from '../model/window.js';
import type { Cell } from './notation.js';
import type { Entry, Row } from './series.js';
import type { Target } from './targets.js';

/** How far an instant query looks back for its value, as Prometheus does; its left edge is open. */
const LOOK_BACK_MS = 300_000;

/** What the entries answer to a question, in the shape in which the backend would. */
export function answerTo(target: Target, entries: readonly Entry[]): Answer {
  const { query } = target;
  const series = entries.flatMap((entry) =>
    entry.rows.flatMap((row) => {
      const one = seriesOf(row, timeOf(target, entry), query);
      return one.times.length > 0 ? [one] : [];
    }),
  );
  if (query.use !== 'counts' && query.use !== 'buckets') return { series, ...lacking(query, series) };
  // Counters of one thing may be added up; what a query grouped may not, and was extrapolated.
  return query.counting === 'extrapolated' ? { series, isExtrapolated: true } : { series, isAdditive: true };
}

/** Says which of the listed series the entries lack: one that is left out by mistake must not look like one that is not there. */
function lacking({ listed }: PreparedQuery, series: readonly Series[]): Pick<Answer, 'warnings'> {
  if (listed === undefined) return {};
  const given = new Set(series.map(({ labels }) => labels[listed.label]));
  const left = listed.values.filter((value) => !given.has(value));
  const [first] = left;
  if (first === undefined) return {};
  const more = left.length === 1 ? '' : ` and ${left.length - 1} more`;
  return { warnings: [`the test says nothing of ${first}${more}`] };
}

/** The instant that a value of an entry stands for: the end of its step. */
function timeOf({ origin, stepMs }: Target, { fromMs }: Entry): (i: number) => EpochMs {
  return (i) => origin + fromMs + (i + 1) * stepMs;
}

function seriesOf(row: Row, time: (i: number) => EpochMs, query: PreparedQuery): Series {
  const { window } = query;
  switch (query.use) {
    case 'counts':
    case 'buckets':
      return counted(row, time, query);
    case 'steps':
    case 'raw':
    case 'unlisted':
      return pick(row, time, (t) => t > window.from && t <= window.to);
    case 'seen':
      return newestOf(pick(row, time, (t) => t <= window.to));
    case 'instant': {
      // One value alone is that of the window's end, wherever it lies.
      const at = row.cells.length === 1 ? () => window.to : time;
      const last = row.cells.findLastIndex((cell, i) => cell !== null && at(i) <= window.to);
      const isEnded = row.cells[last] === 'stale';
      return newestOf(pick(row, at, (t) => !isEnded && t > window.to - LOOK_BACK_MS && t <= window.to));
    }
    default:
      return unreachable(query.use);
  }
}

function pick(
  { labels, cells }: Row,
  time: (i: number) => EpochMs,
  isWanted: (t: EpochMs) => boolean,
): Series {
  const times: EpochMs[] = [];
  const values: number[] = [];
  cells.forEach((cell: Cell, i) => {
    if (typeof cell !== 'number' || !isWanted(time(i))) return;
    times.push(time(i));
    values.push(cell);
  });
  return { labels, times, values };
}

function newestOf(series: Series): Series {
  return { ...series, times: series.times.slice(-1), values: series.values.slice(-1) };
}

/** Counts by the steps of the question, which may be longer than those of the gate: an error budget asks for days. */
function counted(row: Row, time: (i: number) => EpochMs, { window }: PreparedQuery): Series {
  const inside = pick(row, time, (t) => t > window.from && t <= window.to);
  const isOnePerStep =
    inside.times.length <= strataOf(window) &&
    inside.times.every((t) => (t - window.from) % window.stepMs === 0);
  if (isOnePerStep) return inside;
  const sums = new Map<number, number>();
  inside.times.forEach((t, i) => {
    const stratum = stratumAt(window, t);
    sums.set(stratum, (sums.get(stratum) ?? 0) + (inside.values[i] ?? 0));
  });
  return {
    labels: row.labels,
    times: [...sums.keys()].map((stratum) => window.from + (stratum + 1) * window.stepMs),
    values: [...sums.values()],
  };
}
