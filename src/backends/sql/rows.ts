import type { QueryUse } from '../../contracts/backend.js';
import { suggest } from '../../contracts/suggest.js';
import { BackendError } from '../../model/failure.js';
import type { Series } from '../../model/series.js';
import type { Window } from '../../model/window.js';
import { cutPoints } from '../shared/cut.js';
import { type AnswerSource, decodeRows, labelPaths, numbered, type Row } from '../shared/points.js';
import { pathTo, type SqlQuery } from './query.js';
import { instantText } from './timestamp.js';

/** Numbers wider than a double, decimals and timestamps come as text. */
export type Cell = string | number | null;

/** What a statement answered. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

const MEND = 'name the column that holds it: "time:", "value:" or "labels:"; or CAST it in the statement';

/** The column that events are counted by where the statement gives none. */
const EVENT = 'one for each row';

/**
 * Reads rows into the series that a signal wants.
 *
 * NULL is no data, never 0. A time without a zone is UTC: every session runs in it. Rows that hold nothing but a time
 * and labels are events where counts are wanted: each counts 1.
 *
 * @throws BackendError with `backend.answer-shape`
 */
export function seriesOfTable(
  table: Table,
  query: SqlQuery,
  use: QueryUse,
  window: Window,
  source: AnswerSource,
): readonly Series[] {
  const { columns } = table;
  const time = query.shape.time?.text;
  const labels = labelPaths(query.shape.labels).map(([, path]) => path.text);
  const value = query.shape.value?.text ?? loneValue(columns, [...labels, time], use, source);
  const wanted = [time, value === EVENT ? undefined : value, ...labels].flatMap((name) => name ?? []);
  const indices = new Map(wanted.map((name) => [name, indexOf(name, columns, source)]));
  const rows = function* (): Generator<Row> {
    for (const { row, at } of numbered(table.rows)) {
      const cells = Array.isArray(row) ? row : [];
      const named = [...indices].map(([name, index]): [string, unknown] => {
        const cell: unknown = cells[index];
        return [name, name === time && typeof cell === 'string' ? instantText(cell) : cell];
      });
      yield { at, row: Object.fromEntries(value === EVENT ? [...named, [EVENT, 1]] : named) };
    }
  };
  const shape = { ...query.shape, value: pathTo(value) };
  const series = decodeRows(rows(), shape, { ...source, mend: MEND }, (at) => `row ${at} of the answer`);
  const lag = query.isStamp === 'start' ? window.stepMs : 0;
  const ended = series.map(({ labels: own, points }) => ({
    labels: own,
    // NULL is as no row: nullif(count(*), 0) says so of a total.
    points: points.flatMap(({ time, value: held }) =>
      held === undefined ? [] : [{ time: time === undefined ? undefined : time + lag, value: held }],
    ),
  }));
  return cutPoints(ended, use, window, source);
}

function loneValue(
  columns: readonly string[],
  others: readonly (string | undefined)[],
  use: QueryUse,
  source: AnswerSource,
): string {
  const left = columns.filter((name) => !others.includes(name));
  const [only] = left;
  if (only !== undefined && left.length === 1) return only;
  if (left.length === 0 && use === 'counts' && columns.length > 0) return EVENT;
  throw new BackendError({
    code: 'backend.answer-shape',
    message:
      left.length === 0
        ? `"${source.backend}" answered no column that could be the value`
        : `"${source.backend}" answered ${left.length} columns that could be the value: ${left.join(', ')}`,
    mend: 'name the column of the value with "value:", and what tells series apart with "labels:"',
  });
}

function indexOf(name: string, columns: readonly string[], source: AnswerSource): number {
  const index = columns.indexOf(name);
  if (index < 0) {
    const near = suggest(name, columns);
    throw new BackendError({
      code: 'backend.answer-shape',
      message: `the answer of "${source.backend}" has no column "${name}"`,
      mend: near === undefined ? `it has: ${columns.join(', ')}` : `did you mean "${near}"?`,
    });
  }
  if (columns.indexOf(name, index + 1) < 0) return index;
  throw new BackendError({
    code: 'backend.answer-shape',
    message: `the answer of "${source.backend}" has two columns called "${name}"`,
    mend: 'give them names of their own with AS',
  });
}
