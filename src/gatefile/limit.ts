import { suggest } from '../contracts/suggest.js';
import { failed, ok, type Result } from '../model/failure.js';
import { type Limit, OPERATORS, type Operator, type Side } from '../model/limit.js';
import type { Quantity } from '../model/unit.js';

const NUMBER = String.raw`[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?`;
const QUANTITY = new RegExp(`^(${NUMBER})\\s*([^\\s\\d+\\-*<>=!,.;:_'][^\\s*<>=!]*(?:\\s+[^\\s]+)*)?$`);
const BASELINE = /^baseline(?:\s*([+*-])\s*(.+))?$/;

const SHAPES =
  'a limit looks like ">= 97%", "<= 450ms", ">= baseline - 1pp", "<= baseline * 1.1" or "between 1 and 5"';

/**
 * Reads a limit: `op side`, or `between side and side`.
 *
 * @returns the limit as written, or one failure of code `gatefile.limit` without a place
 */
export function parseLimit(text: string): Result<Limit> {
  const trimmed = text.trim();
  const range = /^between\s+(.+?)\s+and\s+(.+)$/.exec(trimmed);
  if (range !== null) {
    const low = parseSide(range[1] ?? '');
    const high = parseSide(range[2] ?? '');
    if (!low.ok) return low;
    if (!high.ok) return high;
    return ok({ kind: 'between', low: low.value, high: high.value });
  }
  const operator = [...OPERATORS]
    .sort((a, b) => b.length - a.length)
    .find((each) => trimmed.startsWith(each));
  if (operator === undefined) return withoutOperator(trimmed);
  const side = parseSide(trimmed.slice(operator.length).trim());
  return side.ok ? ok({ kind: 'compare', operator, side: side.value }) : side;
}

function withoutOperator(text: string): Result<never> {
  if (/^[+-]/.test(text)) {
    const amount = text.replace(/^[+-]\s*/, '');
    return trouble(
      `"${text}" can be read two ways`,
      `write "<= ${amount}" for the value itself, or "<= baseline + ${amount}" against the baseline`,
    );
  }
  if (/^(=|=<|=>)/.test(text))
    return trouble(`"${text}" has no known operator`, `operators are ${OPERATORS.join(' ')}`);
  return trouble(`"${text}" says no comparison`, SHAPES);
}

function parseSide(text: string): Result<Side> {
  const baseline = BASELINE.exec(text);
  if (baseline === null) {
    const quantity = parseQuantity(text);
    return quantity.ok ? ok({ kind: 'absolute', quantity: quantity.value }) : quantity;
  }
  const [, sign, rest] = baseline;
  if (sign === undefined || rest === undefined) return ok({ kind: 'baseline' });
  const quantity = parseQuantity(rest.trim());
  if (!quantity.ok) return quantity;
  if (sign === '*') {
    if (quantity.value.unit !== '')
      return trouble(
        `"baseline * ${rest}" multiplies by a quantity`,
        'multiply by a bare number, such as "baseline * 1.1"',
      );
    if (quantity.value.value <= 0)
      return trouble(`"baseline * ${rest}" is never above zero`, 'multiply by a number above 0');
    return ok({ kind: 'baseline-times', factor: quantity.value.value });
  }
  if (quantity.value.value < 0)
    return trouble(`"${text}" has two signs`, 'write the margin without a sign of its own');
  return ok({ kind: 'baseline-offset', sign: sign === '+' ? 1 : -1, quantity: quantity.value });
}

/** Reads a number with an optional unit: `450ms`, `97 %`, `5 messages/min`. */
export function parseQuantity(text: string): Result<Quantity> {
  const match = QUANTITY.exec(text.trim());
  const value = Number(match?.[1]);
  if (match === null || !Number.isFinite(value)) return noQuantity(text.trim());
  return ok({ value, unit: match[2] ?? '' });
}

function noQuantity(text: string): Result<never> {
  const [word = '', ...rest] = text.split(/\s+/);
  // The word itself is no misspelling: what is wrong stands behind it.
  const isBaseline = word !== '' && word !== 'baseline' && suggest(word, ['baseline']) !== undefined;
  return trouble(
    text === '' ? 'a limit ends where its bound should stand' : `"${text}" is no quantity`,
    isBaseline ? `did you mean "${['baseline', ...rest].join(' ')}"?` : SHAPES,
  );
}

function trouble(message: string, mend: string): Result<never> {
  return failed({ code: 'gatefile.limit', message, mend });
}

/** Writes a limit so that reading it gives the same limit. */
export function printLimit(limit: Limit): string {
  switch (limit.kind) {
    case 'compare':
      return `${limit.operator} ${printSide(limit.side)}`;
    case 'between':
      return `between ${printSide(limit.low)} and ${printSide(limit.high)}`;
    case 'all':
    case 'any':
      return `${limit.kind} of [${limit.limits.map(printLimit).join(', ')}]`;
  }
}

function printSide(side: Side): string {
  switch (side.kind) {
    case 'absolute':
      return printQuantity(side.quantity);
    case 'baseline':
      return 'baseline';
    case 'baseline-offset':
      return `baseline ${side.sign > 0 ? '+' : '-'} ${printQuantity(side.quantity)}`;
    case 'baseline-times':
      return `baseline * ${side.factor}`;
  }
}

function printQuantity({ value, unit }: Quantity): string {
  if (unit === '') return String(value);
  return /^[a-zA-Z%]+$/.test(unit) && (unit === '%' || unit === 'pp' || unit.length <= 3)
    ? `${value}${unit}`
    : `${value} ${unit}`;
}

/** A limit that holds exactly where this one does not, when it is a single comparison; for lint. */
export function isUpper(operator: Operator): boolean {
  return operator === '<' || operator === '<=';
}
