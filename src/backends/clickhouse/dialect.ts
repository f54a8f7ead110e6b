import { formatInstant } from '../../model/time.js';
import type { BoundValue, Dialect } from '../sql/dialect.js';

const quoting: Dialect['quoting'] = {
  hasBackslashes: true,
  hasEscapeTexts: false,
  hasDollarTexts: false,
  hasHashComments: false,
  hasNestedComments: true,
  needsBlankAfterDashes: false,
};

/** Servers from 20 on: parameters of the query, sent beside it. */
export const withParameters: Dialect = {
  product: 'ClickHouse',
  quoting,
  isNumbered: true,
  place: (value, index) =>
    value.kind === 'text' ? { sql: `{p${index}:String}`, parameter: value.text } : instantOf(value),
};

/** Older servers know no parameters: an escaped literal. */
export const escaping: Dialect = {
  product: 'ClickHouse',
  quoting,
  isNumbered: true,
  place: (value) =>
    value.kind === 'text' ? { sql: literal(value.text), parameter: undefined } : instantOf(value),
};

/** Quotes and backslashes alone can end a literal or begin an escape. */
function literal(text: string): string {
  return `'${text.replaceAll(/['\\]/g, (character) => `\\${character}`)}'`;
}

/** A number in a zone of its own, so that the server's zone does not matter. Fractions need a newer server. */
function instantOf({ ms }: Extract<BoundValue, { kind: 'instant' }>) {
  const sql =
    ms % 1000 === 0
      ? `toDateTime(${ms / 1000}, 'UTC')`
      : `toDateTime64('${formatInstant(ms).replace('T', ' ').replace('Z', '')}', 3, 'UTC')`;
  return { sql, parameter: undefined };
}
