/** Single values of a gate file: names, limits, takes, percentages. */
import * as z from 'zod';
import { strict } from '../contracts/schema.js';
import type { Result } from '../model/failure.js';
import type { Limit } from '../model/limit.js';
import { parseLimit } from './limit.js';
import { parseTake } from './take.js';

const ID = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

export const id = z
  .string()
  .regex(ID, 'a name is lower case letters, digits and dashes')
  .meta({ description: 'A name: lower case letters, digits and dashes.' });
/** Names of variables, arms and segments; they stand in {{…}}. */
export const name = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_-]*$/, 'a name is letters, digits, dashes and underscores');
export const text = z.string().min(1, 'an empty text says nothing');
export const scalar = z
  .union([z.string(), z.number(), z.boolean()], { error: 'a single value is expected' })
  .transform(String);

/** Parses a string by one of the grammar's readers, keeping its message and mend. */
function parsed<T>(
  read: (text: string) => Result<T>,
  meta: { description?: string; examples: string[] },
): z.ZodPipe<z.ZodString, z.ZodTransform<T, string>> {
  return z
    .string()
    .transform((written, context): T => {
      const result = read(written);
      if (result.ok) return result.value;
      for (const failure of result.failures) {
        const message = failure.mend === undefined ? failure.message : `${failure.message}\n${failure.mend}`;
        context.addIssue({ code: 'custom', message, params: { code: failure.code } });
      }
      return z.NEVER;
    })
    .meta(meta);
}

export interface WrittenLimit {
  readonly text: string;
  readonly limit: Limit;
}

const oneLimit = parsed<WrittenLimit>(
  (written) => {
    const result = parseLimit(written);
    return result.ok ? { ok: true, value: { text: written.trim(), limit: result.value } } : result;
  },
  {
    // No description: editors would show it in the place of that of "pass" and "warn".
    examples: ['>= 97%', '<= 450ms', '>= baseline - 1pp', '<= baseline * 1.1', 'between 1 and 5'],
  },
);

const limits = (description: string) =>
  z.array(oneLimit).min(1, 'list at least one limit').meta({ description });

/** A limit, or `all:`/`any:` of limits. */
export const limit = z.union(
  [
    oneLimit,
    strict({ all: limits('All of them must hold.') }).transform((node) => group('all', node.all)),
    strict({ any: limits('One of them must hold.') }).transform((node) => group('any', node.any)),
  ],
  {
    error:
      'a limit is expected\nwrite it like ">= 97%", or several as { all: [LIMIT, LIMIT] } or { any: [LIMIT, LIMIT] }',
  },
);

function group(kind: 'all' | 'any', parts: readonly WrittenLimit[]): WrittenLimit {
  return {
    text: `${kind} of ${parts.map((part) => part.text).join(', ')}`,
    limit: { kind, limits: parts.map((part) => part.limit) },
  };
}

export const take = parsed(
  (written) => {
    const result = parseTake(written);
    return result.ok ? { ok: true, value: { text: written.trim(), take: result.value } } : result;
  },
  {
    description: 'How time becomes one number.',
    examples: [
      'p95',
      'share <= 500ms',
      'mean',
      'slope',
      'apdex(300ms)',
      'share ok',
      'p95 ttfb',
      'share hit',
      'share current',
      'recovery >= 70% for 5 steps',
    ],
  },
);

export const tolerate = z
  .string('a tolerance such as "2 of 5 steps" is expected')
  .transform((written, context) => {
    const match = /^(\d+)\s+of\s+(\d+)\s+steps$/.exec(written.trim());
    if (match === null) {
      context.addIssue({
        code: 'custom',
        message: `"${written}" is no tolerance\nwrite it like "2 of 5 steps"`,
      });
      return z.NEVER;
    }
    return { breaches: Number(match[1]), steps: Number(match[2]) };
  })
  .meta({ description: 'Steps in a row that may break the limit.', examples: ['2 of 5 steps'] });

/** A percentage such as `5%`, as a share of 1. */
export const percent = z
  .string('a percentage such as 5% is expected')
  .transform((written, context) => {
    const match = /^(\d+(?:\.\d+)?)\s*%$/.exec(written.trim());
    const share = Number(match?.[1]) / 100;
    if (match === null || share > 1) {
      context.addIssue({ code: 'custom', message: `"${written}" is no percentage\nwrite it like "5%"` });
      return z.NEVER;
    }
    return share;
  })
  .meta({ description: 'A percentage.', examples: ['5%'] });

/** Percentage points such as `1pp`, as a share of 1. */
export const points = z
  .string('percentage points such as 1pp are expected')
  .transform((written, context) => {
    const match = /^(\d+(?:\.\d+)?)\s*pp$/.exec(written.trim());
    const share = Number(match?.[1]) / 100;
    if (match === null || share <= 0 || share >= 1) {
      context.addIssue({
        code: 'custom',
        message: `"${written}" are no percentage points\nwrite them like "1pp"`,
      });
      return z.NEVER;
    }
    return share;
  })
  .meta({ description: 'Percentage points.', examples: ['1pp'] });
