import * as z from 'zod';
import { parseDuration } from '../model/time.js';
import { SecretValue } from './secrets.js';
import { suggest } from './suggest.js';

// Compiled parsers pay off after some hundred parses; a run makes a few, and is 5 ms faster without.
z.config({ jitless: true });

/** Keys that a later version will know, refused by name instead of being taken for a misspelling. */
export type LaterKeys = readonly string[];

/**
 * An object without unknown keys; the message of an unknown key names the nearest known one.
 *
 * The mend travels in the issue's message after a line break: `unknown key "windw"\ndid you mean "window"?`.
 */
export function strict<S extends z.core.$ZodLooseShape>(
  shape: S,
  later: LaterKeys = [],
): z.ZodObject<S, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined;
      const keys = issue.keys as readonly string[];
      return keys.map((key) => unknownKeyMessage(key, known, later)).join('\f');
    },
  });
}

function unknownKeyMessage(key: string, known: readonly string[], later: LaterKeys): string {
  if (later.includes(key))
    return `"${key}" is not yet supported by this version\nremove it; nothing of it would be judged`;
  const near = suggest(key, known);
  return `unknown key "${key}"\n${near === undefined ? `known here: ${known.join(', ')}` : `did you mean "${near}"?`}`;
}

/** A duration such as `30m` or `1h30m`, as milliseconds. */
export const duration = z
  .string('a duration such as 30m, 1h30m or 500ms is expected')
  .transform((text, context) => {
    const ms = parseDuration(text);
    if (ms === undefined) {
      context.addIssue({
        code: 'custom',
        message: `"${text}" is no duration\nwrite it like 30s, 5m, 1h30m or 500ms`,
      });
      return z.NEVER;
    }
    return ms;
  })
  .meta({ description: 'A duration: 30s, 5m, 1h30m, 500ms, 7d.', examples: ['30m', '1h30m', '500ms'] });

/** A secret: `{ env: NAME }` or `{ file: path }`, resolved by the loader before the block is checked. */
export const secret = z
  .custom<SecretValue>((value) => value instanceof SecretValue, {
    error: 'a secret must be { env: NAME } or { file: path }, so that it is never written down here',
  })
  .meta({ title: 'secret', description: 'Where a secret is read from; masked in every output.' });

/** A string, or a secret, for headers and parameters. */
export const stringOrSecret = z.union([z.string(), secret]);
