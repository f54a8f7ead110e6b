import * as z from 'zod';
import { type EpochMs, parseInstant } from '../../model/time.js';
import { type AnswerSource, shapeError, type Where } from './found.js';

/** How times are written; without it they are told apart by how they look, and refused when that is not certain. */
export const timeFormat = z
  .enum(['rfc3339', 'unix-s', 'unix-ms'], 'a time format is one of rfc3339, unix-s, unix-ms')
  .meta({ description: 'How times are written: rfc3339, unix-s (seconds) or unix-ms (milliseconds).' });
export type TimeFormat = z.output<typeof timeFormat>;

/** Whole-string decimal numbers; no hexadecimal, no separators, no unit behind it. */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * The number that a text is as a whole: `12`, `-0.5`, `1e3`, `NaN`.
 *
 * @returns undefined when it is none, or one too large to hold
 */
export function numberOf(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed.toLowerCase() === 'nan') return Number.NaN;
  if (!NUMBER.test(trimmed)) return undefined;
  const value = Number(trimmed);
  return Number.isFinite(value) ? value : undefined;
}

/** 2001-09-09 to 2100: in this range seconds and milliseconds cannot be taken for each other. */
const PLAUSIBLE_SECONDS = { from: 1e9, to: 4_102_444_800 };

/**
 * A reader of times that keeps to the one format it saw first, so that an answer never mixes two.
 *
 * @throws BackendError with `backend.answer-shape`, from the reader
 */
export function timeReader(
  written: TimeFormat | undefined,
  source: AnswerSource,
): (found: unknown, where: Where) => EpochMs {
  let format = written;
  return (found, where) => {
    const guess = guessFormat(found);
    format ??= guess;
    const time = format === undefined ? undefined : timeAs(format, found);
    if (time !== undefined) return time;
    if (written === undefined && guess !== undefined) {
      throw shapeError(where, `a time as ${format} like those before it`, found, source, MEND_TIME);
    }
    throw shapeError(
      where,
      written === undefined ? 'a time' : `a time as ${written}`,
      found,
      source,
      MEND_TIME,
    );
  };
}

const MEND_TIME =
  'times are RFC 3339 with a zone, unix seconds or unix milliseconds; say which with "time-format: rfc3339 | unix-s | unix-ms"';

function guessFormat(found: unknown): TimeFormat | undefined {
  const number = typeof found === 'string' ? numberOf(found) : found;
  if (typeof number === 'number') {
    const { from, to } = PLAUSIBLE_SECONDS;
    if (number >= from && number < to) return 'unix-s';
    return number >= from * 1000 && number < to * 1000 ? 'unix-ms' : undefined;
  }
  return typeof found === 'string' && timeAs('rfc3339', found) !== undefined ? 'rfc3339' : undefined;
}

function timeAs(format: TimeFormat, found: unknown): EpochMs | undefined {
  if (format === 'rfc3339') {
    const text = typeof found === 'string' ? found.trim() : '';
    // parseInstant reads unix seconds as well; here they are another format.
    return text.includes(':') ? parseInstant(text) : undefined;
  }
  const number = typeof found === 'string' ? numberOf(found) : found;
  if (typeof number !== 'number' || !Number.isFinite(number)) return undefined;
  return Math.round(format === 'unix-s' ? number * 1000 : number);
}
