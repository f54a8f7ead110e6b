import type { Variables } from '../../contracts/backend.js';
import { expandPlaceholders } from '../../contracts/placeholders.js';
import { type Failure, failed, ok, type Result } from '../../model/failure.js';
import { caretAt } from './caret.js';

type Quote = '"' | "'" | '`';

/** A string literal of PromQL: `from` is its opening quote, `to` is behind its closing one. */
interface Literal {
  readonly from: number;
  readonly to: number;
  readonly quote: Quote;
  readonly isClosed: boolean;
  /** It is the value of a `=~` or `!~` matcher. */
  readonly isRegex: boolean;
}

const COMMENT = /#[^\n]*/g;
const BEFORE_REGEX = /[=!]~\s*$/;
const WORTH_A_LOOK = /["'`#]/g;

function literalsOf(text: string): readonly Literal[] {
  const literals: Literal[] = [];
  let at = 0;
  for (;;) {
    WORTH_A_LOOK.lastIndex = at;
    const found = WORTH_A_LOOK.exec(text);
    if (found === null) return literals;
    const from = found.index;
    if (found[0] === '#') {
      at = endOfLine(text, from);
      continue;
    }
    const quote = found[0] as Quote;
    const close = closingQuote(text, from + 1, quote);
    at = close < 0 ? (quote === '`' ? text.length : endOfLine(text, from)) : close + 1;
    const before = text.slice(literals.at(-1)?.to ?? 0, from).replaceAll(COMMENT, '');
    literals.push({ from, to: at, quote, isClosed: close >= 0, isRegex: BEFORE_REGEX.test(before) });
  }
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/** @returns -1 when the literal is not closed; only a backtick literal may run over a line's end */
function closingQuote(text: string, from: number, quote: Quote): number {
  if (quote === '`') return text.indexOf('`', from);
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === quote) return at;
    else if (text[at] === '\n') return -1;
  }
  return -1;
}

/**
 * Puts a gate's variables into a query. A value that is not raw can never leave the string literal it stands in,
 * and matches itself alone where the literal is a regular expression.
 *
 * @returns one text with runs of white space (outside literals) as one space, and without comments
 */
export function expand(template: string, variables: Variables): Result<string> {
  const literals = literalsOf(template);
  const expanded = expandPlaceholders(template, variables, (value, offset, name) => {
    const literal = literals.find(({ from, to }) => from < offset && offset < to);
    return literal === undefined ? outsideLiteral(name) : inLiteral(value, name, literal);
  });
  if (!expanded.ok) return expanded;
  const found = literalsOf(expanded.value);
  const open = found.find(({ isClosed }) => !isClosed);
  if (open !== undefined) return failed(openLiteral(expanded.value, open));
  return ok(normalise(expanded.value, found));
}

function outsideLiteral(name: string): Result<never> {
  return failed({
    code: 'gatefile.query',
    message: `"{{${name}}}" stands outside a string literal, where its value could change the query`,
    mend: `put it in quotes, as in {${name}="{{${name}}}"}, or say "raw: true" on the variable`,
  });
}

function inLiteral(value: string, name: string, literal: Literal): Result<string> {
  const text = literal.isRegex ? quoteRegex(value) : value;
  if (literal.quote !== '`') return ok(escapeFor(literal.quote, text));
  if (!text.includes('`')) return ok(text);
  return failed({
    code: 'gatefile.query',
    message: `the value of "{{${name}}}" holds a backtick, and a literal in backticks cannot`,
    mend: 'put the literal in double quotes',
  });
}

/** RE2's QuoteMeta: the value as a pattern that matches nothing but itself. */
export function quoteRegex(value: string): string {
  return value.replaceAll(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}

/** A value for between these quotes, in Go's escapes, which PromQL has taken over. */
export function escapeFor(quote: '"' | "'", value: string): string {
  // A control character, a line break above all, ends or breaks a literal.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return value.replaceAll(/[\\"'\u0000-\u001f\u007f]/g, (char) => {
    if (char === '\\' || char === quote) return `\\${char}`;
    if (char === '"' || char === "'") return char;
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

function openLiteral(query: string, literal: Literal): Failure {
  return {
    code: 'gatefile.query',
    message: `a string literal is opened with ${literal.quote} and not closed`,
    mend: `close it with ${literal.quote}`,
    detail: caretAt(query, literal.from),
  };
}

function normalise(text: string, literals: readonly Literal[]): string {
  const between = (from: number, to?: number): string =>
    text.slice(from, to).replaceAll(COMMENT, ' ').replaceAll(/\s+/g, ' ');
  let result = '';
  let at = 0;
  for (const { from, to } of literals) {
    result += between(at, from) + text.slice(from, to);
    at = to;
  }
  // Only white space outside literals is trimmed: a literal at an end brings its quote.
  return (result + between(at)).trim();
}
