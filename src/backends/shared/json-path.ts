import * as z from 'zod';
import { failed, ok, type Result } from '../../model/failure.js';

/** A checked way into a JSON value: names go into objects, indices into lists. */
export interface JsonPath {
  /** As it was written. */
  readonly text: string;
  readonly steps: readonly (string | number)[];
}

/** One step at a time: `name`, `.name`, `[0]`, `[-1]`, `["any name"]` or `['any name']`. */
const NAME = /[^\s.[\]"'*?{}()]+/y;
const INDEX = /\[(-?\d{1,9})\]/y;
const QUOTED = /\[("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\]/y;

const MEND = 'write it like data.p95, rows[0].value, rows[-1] or data["a.b"]';

/**
 * Reads a path such as `data.p95`, `rows[-1].value` or `data["a.b"]`.
 *
 * There are no wildcards, slices or filters: a path leads to one place, and what it finds there is judged.
 */
export function parseJsonPath(text: string): Result<JsonPath> {
  const steps: (string | number)[] = [];
  let at = 0;
  while (at < text.length) {
    const isDotted = text[at] === '.' && at > 0;
    const step = isDotted
      ? nameAt(text, at + 1)
      : (bracketAt(text, at) ?? (at === 0 ? nameAt(text, 0) : undefined));
    if (step === undefined) return broken(text, at);
    if (typeof step.key === 'string' && !step.isQuoted && /^\d+$/.test(step.key))
      return bareNumber(text, step.key);
    steps.push(step.key);
    at = step.end;
  }
  return steps.length === 0 ? broken(text, 0) : ok({ text, steps });
}

interface Step {
  readonly key: string | number;
  readonly end: number;
  readonly isQuoted: boolean;
}

function nameAt(text: string, at: number): Step | undefined {
  NAME.lastIndex = at;
  const name = NAME.exec(text)?.[0];
  return name === undefined ? undefined : { key: name, end: at + name.length, isQuoted: false };
}

function bracketAt(text: string, at: number): Step | undefined {
  INDEX.lastIndex = at;
  const index = INDEX.exec(text);
  if (index !== null) return { key: Number(index[1]), end: INDEX.lastIndex, isQuoted: false };
  QUOTED.lastIndex = at;
  const quoted = QUOTED.exec(text)?.[1];
  if (quoted === undefined) return undefined;
  const key = unquote(quoted);
  return key === undefined ? undefined : { key, end: QUOTED.lastIndex, isQuoted: true };
}

/** The text inside double quotes (JSON's escapes) or single quotes (only `\'` and `\\`). */
function unquote(quoted: string): string | undefined {
  if (quoted.startsWith("'")) return quoted.slice(1, -1).replaceAll(/\\(.)/g, '$1');
  try {
    return String(JSON.parse(quoted));
  } catch {
    return undefined;
  }
}

function broken(text: string, at: number): Result<never> {
  const message =
    text === ''
      ? 'a JSON path must not be empty'
      : `"${text}" is no JSON path: ${at < text.length ? `"${text.slice(at)}" is not understood` : 'it ends too early'}`;
  return failed({ code: 'gatefile.query', message, mend: MEND });
}

/** `rows.0` could mean the first row or a key called 0; a path that finds nothing would only say "no data". */
function bareNumber(text: string, digits: string): Result<never> {
  return failed({
    code: 'gatefile.query',
    message: `"${digits}" in the JSON path "${text}" is neither a name nor an index`,
    mend: `write [${digits}] for a place in a list, or ["${digits}"] for a name`,
  });
}

/**
 * What the path leads to, or undefined where there is nothing.
 *
 * Own properties alone: `constructor`, `__proto__` and a list's `length` lead nowhere, unless the JSON text has them.
 */
export function pick(value: unknown, path: JsonPath): unknown {
  let here: unknown = value;
  for (const step of path.steps) {
    if (typeof step === 'number') here = Array.isArray(here) ? here.at(step) : undefined;
    else here = isObject(here) && Object.hasOwn(here, step) ? here[step] : undefined;
  }
  return here;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A JSON path as a key of a query, parsed when the gate file is loaded. */
export const jsonPath = z
  .string('a JSON path such as data.p95 is expected')
  .transform((text, context): JsonPath => {
    const parsed = parseJsonPath(text);
    if (parsed.ok) return parsed.value;
    for (const { message, mend } of parsed.failures)
      context.addIssue({ code: 'custom', message: `${message}\n${mend}` });
    return z.NEVER;
  })
  .meta({
    description: 'Where the value stands in the JSON answer: dotted names, [index], [-1], ["a.b"].',
    examples: ['data.p95', 'rows[-1].value', 'data["a.b"]'],
  });
