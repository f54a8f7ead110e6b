import type { Quoting } from './dialect.js';

/** `text` is a quoted literal, `name` a quoted identifier. */
export interface Piece {
  readonly kind: 'code' | 'text' | 'name' | 'comment';
  readonly text: string;
  /** In UTF-16 units. */
  readonly start: number;
}

type Rule = readonly [kind: Piece['kind'], pattern: RegExp];

/**
 * Cuts a statement into code, quoted texts, quoted names and comments; together they are the statement again.
 *
 * What is never closed reaches to the end: the server says so in its own words.
 */
export function piecesOf(sql: string, quoting: Quoting): readonly Piece[] {
  const rules = rulesOf(quoting);
  const pieces: Piece[] = [];
  let codeStart = 0;
  let at = 0;
  const endCode = () => {
    if (at > codeStart) pieces.push({ kind: 'code', text: sql.slice(codeStart, at), start: codeStart });
  };
  while (at < sql.length) {
    const found = quotedAt(sql, at, rules, quoting);
    if (found === undefined) {
      at += 1;
      continue;
    }
    endCode();
    pieces.push(found);
    at += found.text.length;
    codeStart = at;
  }
  endCode();
  return pieces;
}

function quotedAt(sql: string, at: number, rules: readonly Rule[], quoting: Quoting): Piece | undefined {
  if (sql.startsWith('/*', at)) {
    const end = quoting.hasNestedComments ? nestedEnd(sql, at) : plainEnd(sql, at);
    return { kind: 'comment', text: sql.slice(at, end), start: at };
  }
  for (const [kind, pattern] of rules) {
    pattern.lastIndex = at;
    const text = pattern.exec(sql)?.[0];
    if (text !== undefined) return { kind, text, start: at };
  }
  return undefined;
}

function rulesOf(quoting: Quoting): readonly Rule[] {
  const plain = /'[^']*(?:''[^']*)*(?:'|$)/y;
  const escaped = /'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)/y;
  return [
    ['comment', quoting.needsBlankAfterDashes ? /--(?=\s|$)[^\n]*/y : /--[^\n]*/y],
    ...(quoting.hasHashComments ? [['comment', /#[^\n]*/y] as const] : []),
    ...(quoting.hasEscapeTexts ? [['text', /(?<!\w)[eE]'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)/y] as const] : []),
    ...(quoting.hasDollarTexts
      ? [['text', /(?<![\w$])\$((?:[A-Za-z_]\w*)?)\$[\s\S]*?(?:\$\1\$|$)/y] as const]
      : []),
    ['text', quoting.hasBackslashes ? escaped : plain],
    ['name', quoting.hasBackslashes ? /"(?:[^"\\]|\\[\s\S]|"")*(?:"|$)/y : /"[^"]*(?:""[^"]*)*(?:"|$)/y],
    ...(quoting.hasBackslashes ? [['name', /`[^`]*(?:``[^`]*)*(?:`|$)/y] as const] : []),
  ];
}

function plainEnd(sql: string, start: number): number {
  const close = sql.indexOf('*/', start + 2);
  return close < 0 ? sql.length : close + 2;
}

function nestedEnd(sql: string, start: number): number {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = start;
  let depth = 0;
  for (let mark = marks.exec(sql); mark !== null; mark = marks.exec(sql)) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return sql.length;
}
