import { BackendError } from '../../model/failure.js';

/** Whose answer it is, for messages; `mask` hides its secrets before a text is cut. */
export interface AnswerSource {
  readonly backend: string;
  readonly mask?: (text: string) => string;
  /** What to do about an answer of another shape, where it is not JSON. */
  readonly mend?: string;
}

/** Where something was found, written only when a message needs it. */
export type Where = string | (() => string);

/** The failure of an answer that holds something else than was asked for; it shows what. */
export function shapeError(
  where: Where,
  wanted: string,
  found: unknown,
  source: AnswerSource,
  mend?: string,
): BackendError {
  const shown = describeFound(found, source.mask);
  return new BackendError({
    code: 'backend.answer-shape',
    message: `${typeof where === 'string' ? where : where()} of "${source.backend}" should be ${wanted}, but is ${shown}`,
    mend: mend ?? source.mend ?? 'point "json:" (and "value:", for rows) at a number or at a list of rows',
  });
}

const LONGEST_TEXT = 80;
const MOST_KEYS = 4;

/** What was found, in a few words: never more than its first level, and never a whole answer. */
export function describeFound(found: unknown, mask: (text: string) => string = (text) => text): string {
  if (found === undefined) return 'nothing';
  if (Array.isArray(found)) return `a list of ${found.length}`;
  if (typeof found !== 'object' || found === null)
    return shorten(typeof found === 'string' ? mask(found) : found);
  const entries = Object.entries(found);
  const shown = entries
    .slice(0, MOST_KEYS)
    .map(([key, value]) => `${shorten(mask(key))}: ${brief(value, mask)}`);
  return `the object {${shown.join(', ')}${entries.length > MOST_KEYS ? ', …' : ''}}`;
}

function brief(value: unknown, mask: (text: string) => string): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : '[…]';
  if (typeof value === 'object' && value !== null) return '{…}';
  return shorten(typeof value === 'string' ? mask(value) : value);
}

function shorten(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}…`;
}
