import * as z from 'zod';
import { pageSchema } from '../contracts/page.js';
import { optional } from '../contracts/schema.js';
import { FAILURE_CODES, type Failure } from '../model/failure.js';
import type { Measurement } from '../model/measurement.js';
import type { Answer, Series } from '../model/series.js';
import { type EpochMs, formatDuration, parseDuration } from '../model/time.js';
import type { Window } from '../model/window.js';
import type { Match } from './match.js';

/** Version of the recorded form. */
export const FORM_VERSION = 1;

const offset = z.string();
const series = z.strictObject({
  labels: z.record(z.string(), z.string()),
  /** One value per step from the first on, `_` for a gap; or one per instant of `at`. */
  values: z.string(),
  /** Milliseconds relative to the instant of evaluation, when the samples are not one per step. */
  at: optional(() => z.string()),
  newest: optional(() => offset),
  uncounted: optional(() => z.number()),
});

export const recordedSchema = z.strictObject({
  schemaVersion: z.literal(FORM_VERSION),
  match: z.strictObject({
    backend: z.string(),
    use: z.string(),
    query: z.string(),
    from: offset,
    to: offset,
    step: offset,
  }),
  response: optional(() =>
    z.strictObject({
      durationMs: z.number(),
      warnings: optional(() => z.array(z.string())),
      notes: optional(() => z.array(z.string())),
      sampleInterval: optional(() => z.string()),
      extrapolated: optional(() => z.boolean()),
      additive: optional(() => z.boolean()),
      series: z.array(series),
      /** Facts of probed pages, in the order of their list. */
      pages: optional(() => z.array(pageSchema())),
    }),
  ),
  error: optional(() =>
    z.strictObject({
      code: z.enum(FAILURE_CODES),
      message: z.string(),
      mend: optional(() => z.string()),
      detail: optional(() => z.array(z.string())),
      attempts: optional(() => z.number()),
      durationMs: z.number(),
    }),
  ),
});

export type Recorded = z.output<typeof recordedSchema>;
type RecordedSeries = z.output<typeof series>;

/** Writes a measurement in the recorded form: times relative to `asOf`, values as compact text. */
export function toForm(match: Match, measurement: Measurement, window: Window, asOf: EpochMs): Recorded {
  const head = { schemaVersion: FORM_VERSION, match } as const;
  if (measurement.state === 'failed') {
    const { code, message, mend, detail, attempts } = measurement.failure;
    return {
      ...head,
      error: {
        code,
        message,
        ...(mend !== undefined && { mend }),
        ...(detail !== undefined && { detail: [...detail] }),
        ...(attempts !== undefined && { attempts }),
        durationMs: measurement.durationMs,
      },
    };
  }
  const { answer, durationMs } = measurement;
  return {
    ...head,
    response: {
      durationMs,
      ...(answer.warnings !== undefined && { warnings: [...answer.warnings] }),
      ...(answer.notes !== undefined && { notes: [...answer.notes] }),
      ...(answer.sampleIntervalMs !== undefined && {
        sampleInterval: formatDuration(answer.sampleIntervalMs),
      }),
      ...(answer.isExtrapolated !== undefined && { extrapolated: answer.isExtrapolated }),
      ...(answer.isAdditive !== undefined && { additive: answer.isAdditive }),
      series: answer.series.map((each) => toSeries(each, window, asOf)),
      ...(answer.pages !== undefined && { pages: [...answer.pages] }),
    },
  };
}

function toSeries(each: Series, window: Window, asOf: EpochMs): RecordedSeries {
  const more = {
    ...(each.newest !== undefined && { newest: formatDuration(each.newest - asOf) }),
    ...(each.uncounted !== undefined && { uncounted: each.uncounted }),
  };
  const labels = { ...each.labels };
  const steps = stepIndices(each.times, window);
  if (steps === undefined) {
    return {
      labels,
      at: each.times.map((t) => t - asOf).join(' '),
      values: each.values.map(print).join(' '),
      ...more,
    };
  }
  const cells: string[] = [];
  steps.forEach((index, i) => {
    while (cells.length < index) cells.push('_');
    cells.push(print(each.values[i] ?? Number.NaN));
  });
  return { labels, values: cells.join(' '), ...more };
}

/** Index of the step whose end each time is, rising; undefined when a time is no step's end. */
function stepIndices(times: readonly EpochMs[], window: Window): readonly number[] | undefined {
  const indices = times.map((t) => (t - window.from) / window.stepMs - 1);
  const isAligned = indices.every(
    (index, i) => Number.isInteger(index) && index >= 0 && index > (indices[i - 1] ?? -1),
  );
  return isAligned ? indices : undefined;
}

function print(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

/** Reads the recorded form back. Throws a RangeError on text that is none. */
export function fromForm(recorded: Recorded, window: Window, asOf: EpochMs): Measurement {
  const { response, error } = recorded;
  if (error !== undefined) {
    const { code, message, mend, detail, attempts, durationMs } = error;
    const failure: Failure = {
      code,
      message,
      ...(mend !== undefined && { mend }),
      ...(detail !== undefined && { detail }),
      ...(attempts !== undefined && { attempts }),
    };
    return { state: 'failed', failure, durationMs };
  }
  if (response === undefined) throw new RangeError('neither "response" nor "error"');
  const answer: Answer = {
    series: response.series.map((each) => fromSeries(each, window, asOf)),
    ...(response.pages !== undefined && { pages: response.pages }),
    ...(response.warnings !== undefined && { warnings: response.warnings }),
    ...(response.notes !== undefined && { notes: response.notes }),
    ...(response.sampleInterval !== undefined && { sampleIntervalMs: duration(response.sampleInterval) }),
    ...(response.extrapolated !== undefined && { isExtrapolated: response.extrapolated }),
    ...(response.additive !== undefined && { isAdditive: response.additive }),
  };
  return { state: 'taken', answer, durationMs: response.durationMs };
}

function fromSeries(each: RecordedSeries, window: Window, asOf: EpochMs): Series {
  const cells = words(each.values);
  const at = each.at === undefined ? undefined : words(each.at).map((text) => asOf + number(text));
  if (at !== undefined && at.length !== cells.length)
    throw new RangeError(`${at.length} instants for ${cells.length} values`);
  const times: EpochMs[] = [];
  const values: number[] = [];
  cells.forEach((cell, i) => {
    if (cell === '_') return;
    times.push(at?.[i] ?? window.from + (i + 1) * window.stepMs);
    values.push(number(cell));
  });
  const more = {
    ...(each.newest !== undefined && { newest: asOf + duration(each.newest) }),
    ...(each.uncounted !== undefined && { uncounted: each.uncounted }),
  };
  return { labels: each.labels, times, values, ...more };
}

function words(text: string): readonly string[] {
  const trimmed = text.trim();
  if (trimmed === '') return [];
  // What the recorder writes has one space between two words; a pattern takes ten times as long to split it.
  return /[^\S ]| {2}/.test(trimmed) ? trimmed.split(/\s+/) : trimmed.split(' ');
}

function number(text: string): number {
  const value = text === 'NaN' ? Number.NaN : Number(text);
  if (Number.isNaN(value) && text !== 'NaN') throw new RangeError(`"${text}" is no number`);
  return value;
}

function duration(text: string): number {
  const isNegative = text.startsWith('-');
  const ms = parseDuration(isNegative ? text.slice(1) : text);
  if (ms === undefined) throw new RangeError(`"${text}" is no duration`);
  return isNegative ? -ms : ms;
}
