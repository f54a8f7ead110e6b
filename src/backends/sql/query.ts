import * as z from 'zod';
import type { QueryUse } from '../../contracts/backend.js';
import { optional, strict } from '../../contracts/schema.js';
import { type Failure, failed, ok, type Result } from '../../model/failure.js';
import type { Window } from '../../model/window.js';
import type { JsonPath } from '../shared/json-path.js';
import { type PointsShape, shapeAsWritten, shapeTrouble } from '../shared/points.js';
import { parseQuery } from '../shared/query.js';
import { timeFormat } from '../shared/times.js';

const column = z.string('the name of a column is expected').min(1, 'it must not be empty');
const sql = z.string('a SELECT is expected').min(1, 'a SELECT is expected');

const mapping = strict({
  sql: sql.meta({ description: 'One SELECT; {{variables}} go in as parameters and take no quotes.' }),
  time: optional(() => column, { description: 'Column of the time.' }),
  'time-is': optional(() => z.enum(['end', 'start'], '"time-is" is "end" or "start"'), {
    description: 'Whether a time names the end of its step, or its start as date_trunc gives it.',
  }),
  value: optional(() => column, {
    description: 'Column of the value; without it, the one that is neither time nor label.',
  }),
  labels: optional(() => z.union([z.array(column).min(1), z.record(column, column)]), {
    description: 'Columns that tell series apart, as a list or as label: column.',
  }),
  'time-format': optional(() => timeFormat),
});
type Mapping = z.output<typeof mapping>;

/** What a SQL backend is asked: a statement, and which of its columns hold what. */
export const sqlQuery = z.union([sql, mapping]);

export interface SqlQuery {
  readonly sql: string;
  readonly shape: PointsShape;
  /** What a row's time is moved by, so that it names the end of what it stands for. */
  readonly isStamp: 'end' | 'start';
  /** The shape as it was written, for a query's text. */
  readonly asWritten: Readonly<Record<string, unknown>>;
}

/** Checks a signal's part; a plain text is short for `{ sql }`. */
export function parseSqlQuery(source: unknown, use: QueryUse, window: Window): Result<SqlQuery> {
  const parsed = parseQuery(mapping, typeof source === 'string' ? { sql: source } : source);
  if (!parsed.ok) return parsed;
  const query = parsed.value;
  const shape = shapeOf(query);
  const trouble = shapeTrouble(shape, use, window) ?? contradiction(query);
  if (trouble !== undefined) return failed(trouble);
  const isStamp = query['time-is'] ?? 'end';
  const asWritten = { ...shapeAsWritten(shape), ...(isStamp === 'start' ? { 'time-is': isStamp } : {}) };
  return ok({ sql: query.sql, shape, isStamp, asWritten });
}

function shapeOf(query: Mapping): PointsShape {
  const { labels } = query;
  const named = Array.isArray(labels)
    ? labels.map((name) => [name, pathTo(name)] as const)
    : Object.entries(labels ?? {}).map(([name, from]) => [name, pathTo(from)] as const);
  return {
    time: query.time === undefined ? undefined : pathTo(query.time),
    value: query.value === undefined ? undefined : pathTo(query.value),
    labels: named.length === 0 ? undefined : Object.fromEntries(named),
    'time-format': query['time-format'],
  };
}

/** A column as the path that the reader of rows takes. */
export function pathTo(column: string): JsonPath {
  return { text: column, steps: [column] };
}

function contradiction({ time, ...query }: Mapping): Failure | undefined {
  if (time !== undefined || (query['time-is'] === undefined && query['time-format'] === undefined))
    return undefined;
  return {
    code: 'gatefile.query',
    message: `"${query['time-is'] === undefined ? 'time-format' : 'time-is'}" says something of a time, and no column is named as one`,
    mend: 'name it: time: COLUMN',
  };
}
