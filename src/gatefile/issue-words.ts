import type * as z from 'zod';
import { suggest } from '../contracts/suggest.js';

/** What stands in the file where the trouble is. */
export interface Found {
  readonly value: unknown;
  /** The key it stands under. */
  readonly key: string;
}

interface Words {
  readonly message: string;
  readonly mend?: string | undefined;
}

/** The longest value that is quoted back to the user. */
const QUOTED = 60;

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

/** How a value of a type is written. */
const SHAPES: Readonly<Record<string, string>> = {
  string: 'write one text',
  number: 'write it without quotes and unit',
  int: 'write it without quotes and unit',
  boolean: 'write true or false',
  array: 'write it as [A, B]',
  object: 'write it as { KEY: VALUE }',
  record: 'write it as { KEY: VALUE }',
};

/** An issue in the words of the file; a schema's own words come first. */
export function wordsOf(issue: z.core.$ZodIssue, found: Found): Words {
  // The mend travels in the message, after a line break.
  const [own = '', mend] = issue.message.split('\n');
  const isOwn = !/^(?:Invalid|Too|Expected)\b/.test(own);
  switch (issue.code) {
    case 'custom':
      return { message: own, mend };
    case 'invalid_type':
      return {
        message: `${isOwn ? own : `${TYPES[issue.expected] ?? issue.expected} is expected`}, not ${quote(found.value)}`,
        mend: mend ?? (isOwn ? undefined : mendType(issue.expected, found)),
      };
    case 'invalid_value':
      return isOwn ? { message: own, mend } : wordsOfValue(issue.values.map(String), found);
    case 'invalid_key': {
      const [inner = own] = (issue.issues[0]?.message ?? own).split('\n');
      return { message: `"${found.key}" is no name: ${inner}` };
    }
    case 'too_small':
      return isOwn
        ? { message: own, mend }
        : { message: `${quote(found.value)} is too small`, mend: `write ${issue.minimum} or more` };
    case 'too_big':
      return isOwn
        ? { message: own, mend }
        : { message: `${quote(found.value)} is too large`, mend: `write ${issue.maximum} or less` };
    default:
      return isOwn
        ? { message: `${own}, not ${quote(found.value)}`, mend }
        : { message: `${quote(found.value)} cannot stand here: ${own}`, mend };
  }
}

function wordsOfValue(values: readonly string[], { value, key }: Found): Words {
  const near = typeof value === 'string' ? suggest(value, values) : undefined;
  return {
    message: `${quote(value)} is no value of "${key}"`,
    mend: near === undefined ? `write ${values.join(', ')}` : `did you mean "${near}"?`,
  };
}

function mendType(expected: string, { value, key }: Found): string | undefined {
  const isPlain = typeof value === 'number' || typeof value === 'boolean';
  if (expected === 'string' && isPlain) return `put it in quotes: "${value}"`;
  if (value === null) return `write ${TYPES[expected] ?? 'a value'} behind "${key}:"`;
  return SHAPES[expected];
}

/** What was found, short and in one line. */
export function quote(value: unknown): string {
  if (value === null || value === undefined) return 'an empty value';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  // JSON would write NaN and Infinity as null.
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text;
}
