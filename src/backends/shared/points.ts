import * as z from 'zod';
import type { QueryUse } from '../../contracts/backend.js';
import { optional } from '../../contracts/schema.js';
import type { Failure } from '../../model/failure.js';
import { type Labels, labelsText, type Series } from '../../model/series.js';
import { strataOf, type Window } from '../../model/window.js';
import { cutPoints, type Point, type PointSeries } from './cut.js';
import { type AnswerSource, shapeError, type Where } from './found.js';
import { type JsonPath, jsonPath, pick } from './json-path.js';
import { numberOf, type TimeFormat, timeFormat, timeReader } from './times.js';

export type { AnswerSource };

/** Labels by name, or a list of paths whose last name is the label's. */
const labels = z
  .union([
    z
      .array(jsonPath)
      .min(1, 'name at least one label, or leave "labels" out')
      .refine((paths) => new Set(paths.map(lastName)).size === paths.length, {
        error:
          'two of the labels would have the same name\nwrite them as a mapping: labels: { NAME: path, OTHER: path }',
      }),
    z.record(z.string().min(1), jsonPath),
  ])
  .meta({ description: 'What tells series apart: paths inside a row, as a list or as label: path.' });

/** Keys that every query with a JSON answer has in common; spread them into `strict({...})`. */
export const pointsKeys = {
  json: optional(() => jsonPath),
  time: optional(() => jsonPath),
  value: optional(() => jsonPath),
  labels: optional(() => labels),
  'time-format': optional(() => timeFormat),
};

/** Where values, times and labels stand inside a row. */
export interface PointsShape {
  /** From the answer to the number or to the rows. */
  readonly json?: JsonPath | undefined;
  readonly time?: JsonPath | undefined;
  readonly value?: JsonPath | undefined;
  readonly labels?: readonly JsonPath[] | Readonly<Record<string, JsonPath>> | undefined;
  readonly 'time-format'?: TimeFormat | undefined;
}

/** The shape as it was written, for a query's key and text: two shapes of one answer are two questions. */
export function shapeAsWritten(shape: PointsShape): Readonly<Record<string, unknown>> {
  const { json, time, value } = shape;
  const paths = Object.entries({ json, time, value }).flatMap(([key, path]) =>
    path === undefined ? [] : [[key, path.text]],
  );
  const named = labelPaths(shape.labels).map(([name, path]) => [name, path.text]);
  return {
    ...Object.fromEntries(paths),
    ...(named.length === 0 ? {} : { labels: Object.fromEntries(named) }),
    ...(shape['time-format'] === undefined ? {} : { 'time-format': shape['time-format'] }),
  };
}

/**
 * What is wrong with a shape for what the signal wants of it, known before anything is asked.
 *
 * @returns undefined when the shape will do
 */
export function shapeTrouble(shape: PointsShape, use: QueryUse, window: Window): Failure | undefined {
  if (use === 'seen' || use === 'unlisted') {
    return {
      code: 'gatefile.query',
      message: `this backend cannot tell what it has seen outside the query (asked for "${use}")`,
      mend:
        use === 'seen'
          ? 'say "bad-absent: zero" on the ratio if an absent count means none'
          : 'leave "segments" out, or take the counts from a backend that can list them',
    };
  }
  const isCut = use === 'steps' || use === 'counts' || use === 'buckets';
  if (isCut && shape.time === undefined && strataOf(window) !== 1) {
    return {
      code: 'gatefile.query',
      message: 'this signal needs a value for each step of the window, and the query names no time',
      mend: 'give rows with a time and name their fields with "time:" and "value:"',
    };
  }
  if (use === 'buckets' && !labelPaths(shape.labels).some(([name]) => name === 'le')) {
    return {
      code: 'gatefile.query',
      message: 'a histogram needs the upper bound of each bucket as the label "le"',
      mend: 'name the field that holds it: labels: { le: FIELD }',
    };
  }
  return undefined;
}

/**
 * Decodes a JSON answer and cuts it for its use: `decodePoints`, then `cutPoints`.
 *
 * @throws BackendError with `backend.answer-shape`
 */
export function seriesOf(
  json: unknown,
  shape: PointsShape,
  use: QueryUse,
  window: Window,
  source: AnswerSource,
): readonly Series[] {
  return cutPoints(decodePoints(json, shape, source), use, window, source);
}

/**
 * Reads one number, or rows of them, out of a JSON value.
 *
 * Absent and null are no data, never 0; a text is a number only as a whole; "NaN" stays NaN.
 *
 * @throws BackendError with `backend.answer-shape`, which shows what was found instead
 */
export function decodePoints(
  json: unknown,
  shape: PointsShape,
  source: AnswerSource,
): readonly PointSeries[] {
  const picked = shape.json === undefined ? json : pick(json, shape.json);
  const where = shape.json === undefined ? 'the answer' : `"${shape.json.text}" in the answer`;
  if (Array.isArray(picked))
    return decodeRows(numbered(picked), shape, source, (at) => `row ${at} of ${where}`);
  const value = numberIn(picked, where, source);
  return value === undefined ? [] : [{ labels: {}, points: [{ time: undefined, value }] }];
}

/** A row with its number or line, for messages. */
export interface Row {
  readonly row: unknown;
  readonly at: number;
}

/** Rows counted from 1. */
export function* numbered(rows: Iterable<unknown>): Generator<Row> {
  let at = 0;
  for (const row of rows) {
    at += 1;
    yield { row, at };
  }
}

/**
 * Reads rows into series by their labels; a row without a value and a time is left out.
 *
 * @throws BackendError with `backend.answer-shape`
 */
export function decodeRows(
  rows: Iterable<Row>,
  shape: PointsShape,
  source: AnswerSource,
  place: (at: number) => string,
): readonly PointSeries[] {
  const paths = labelPaths(shape.labels);
  const { time: timePath, value: valuePath } = shape;
  const readTime = timeReader(shape['time-format'], source);
  const series = new Map<string, { readonly labels: Labels; readonly points: Point[] }>();
  for (const { row, at } of rows) {
    const inRow = (path: JsonPath | undefined) => () =>
      path === undefined ? place(at) : `"${path.text}" in ${place(at)}`;
    const value = numberIn(valuePath === undefined ? row : pick(row, valuePath), inRow(valuePath), source);
    // A row that says when and not how many: no value for a gauge, and an unknown number where counts are added up.
    if (value === undefined && isAbsent(timePath === undefined ? undefined : pick(row, timePath))) continue;
    const rowLabels = labelsIn(row, paths, inRow, source);
    const time = timePath === undefined ? undefined : readTime(pick(row, timePath), inRow(timePath));
    const key = paths.length === 0 ? '' : labelsText(rowLabels);
    const known = series.get(key);
    if (known === undefined) series.set(key, { labels: rowLabels, points: [{ time, value }] });
    else known.points.push({ time, value });
  }
  return [...series.values()];
}

function isAbsent(found: unknown): boolean {
  return found === undefined || found === null;
}

/** Label names with their paths; of a list, the last name of each path. */
export function labelPaths(written: PointsShape['labels']): readonly (readonly [string, JsonPath])[] {
  if (written === undefined) return [];
  if (!isList(written)) return Object.entries(written);
  return written.map((path) => [lastName(path), path] as const);
}

function lastName(path: JsonPath): string {
  return String(path.steps.at(-1) ?? path.text);
}

function isList(written: NonNullable<PointsShape['labels']>): written is readonly JsonPath[] {
  return Array.isArray(written);
}

/** An absent label is left out, as in Prometheus, where it equals an empty one. */
function labelsIn(
  row: unknown,
  paths: readonly (readonly [string, JsonPath])[],
  inRow: (path: JsonPath) => () => string,
  source: AnswerSource,
): Labels {
  const found: [string, string][] = [];
  for (const [name, path] of paths) {
    const value = pick(row, path);
    if (value === undefined || value === null || value === '') continue;
    if (typeof value === 'object') throw shapeError(inRow(path), 'a label', value, source);
    found.push([name, String(value)]);
  }
  return Object.fromEntries(found);
}

/** A number, undefined for no data, or a failure that shows what was found. */
function numberIn(found: unknown, where: Where, source: AnswerSource): number | undefined {
  if (isAbsent(found)) return undefined;
  const value = typeof found === 'string' ? numberOf(found) : found;
  // JSON.parse makes Infinity of 1e999: a number nobody wrote.
  if (typeof value === 'number' && (Number.isFinite(value) || Number.isNaN(value))) return value;
  throw shapeError(where, 'a number', found, source);
}
