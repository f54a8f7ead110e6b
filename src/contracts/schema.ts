import * as z from 'zod';
// From its own door: `z.core` as a value would bring all of it, 250 kB that are loaded at each start.
import { $constructor } from 'zod/v4/core';
import { parseDuration } from '../model/time.js';
import { SecretValue } from './secrets.js';
import { suggest } from './suggest.js';

// Compiled parsers pay off after some hundred parses; a run makes a few, and is 5 ms faster without. The memoizer walks
// each schema for references to itself, and none has any: that would make all that `optional` leaves unmade, for 3 ms.
z.config({
  jitless: true,
  memoizer: { attach: () => {}, guard: () => {}, alloc: (_schema, _payload, empty) => empty },
});

const Optional: $constructor<z.ZodOptional> = z.ZodOptional;
const LateOptional = $constructor<z.ZodOptional>('LateOptional', (schema, def) => {
  Optional.init(schema, def);
  // Zod asks what is inside for its default even where the key is absent; there is none.
  schema._zod.optin = 'optional';
  schema._zod.parse = (payload, context) =>
    payload.value === undefined ? payload : def.innerType._zod.run(payload, context);
});

/**
 * An optional key, whose schema is made when a file has the key: a gate uses a few of a hundred, and making them all takes
 * longer than checking them.
 *
 * @param make  makes the schema, without a default
 * @param about what `.meta()` would take; that would make a second schema
 */
export function optional<S extends z.ZodType>(make: () => S, about?: z.core.GlobalMeta): z.ZodOptional<S>;
export function optional(make: () => z.ZodType, about?: z.core.GlobalMeta): z.ZodOptional {
  const inner = once(make);
  const schema = new LateOptional({
    type: 'optional',
    get innerType() {
      return inner();
    },
  });
  if (about !== undefined) z.globalRegistry.add(schema, about);
  return schema;
}

/** A schema that is made when it is first asked for, and stays the same. */
export function once<S extends z.ZodType>(make: () => S): () => S {
  let made: S | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

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
