import type { Variables } from '../../contracts/backend.js';
import {
  expandPlaceholders,
  placeholdersIn,
  unknownVariable,
  withSymbolicBuiltIns,
} from '../../contracts/placeholders.js';
import { type Failure, failed, ok, type Result } from '../../model/failure.js';
import { strataOf, type Window } from '../../model/window.js';
import type { BoundValue, Dialect } from './dialect.js';
import { type Piece, piecesOf } from './lex.js';

/** One statement with its parameters: what a server is sent. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly string[];
  /** As it was written, raw variables put in: what a person is shown. */
  readonly written: string;
  /** Names and values of the variables that went in as parameters. */
  readonly used: Readonly<Record<string, string>>;
  /** Where an offset of `sql` lies in `written`. */
  readonly writtenOffset: (offset: number) => number;
}

/** A statement of our own, without variables. */
export function plainStatement(sql: string): Statement {
  return { sql, parameters: [], written: sql, used: {}, writtenOffset: (offset) => offset };
}

/**
 * Puts variables into a statement as parameters; their values never become a part of its text.
 *
 * `{{from}}` and `{{to}}` are instants, `{{step}}` and `{{window}}` numbers of seconds. Raw variables are pasted first,
 * since they may open or close a quoted text. A placeholder in a comment stays what it is.
 */
export function bindStatement(
  template: string,
  variables: Variables,
  window: Window,
  dialect: Dialect,
): Result<Statement> {
  const raw = [...variables].filter(([, variable]) => variable.isRaw);
  const pasted = pasteRaw(template, new Map(raw));
  const pieces = piecesOf(pasted, dialect.quoting);
  const single = oneStatement(pieces);
  if (!single.ok) return single;
  const binder = binderOf(variables, window, dialect);
  const failures = refusalsOf(single.value, dialect);
  const out: Part[] = [];
  let codeBefore = '';
  for (const piece of single.value) {
    const parts = partsOf(piece, codeBefore, dialect, binder, failures);
    if (piece.kind !== 'comment') codeBefore += piece.kind === 'code' ? piece.text : "''";
    out.push(...parts);
  }
  if (failures.length > 0) return failed(...failures);
  return ok({
    sql: out.map(({ sql }) => sql).join(''),
    parameters: binder.parameters,
    written: pasted,
    used: binder.used,
    writtenOffset: offsetMap(out),
  });
}

function refusalsOf(pieces: readonly Piece[], { refuse }: Dialect): Failure[] {
  return pieces.flatMap(({ kind, text }) =>
    kind === 'code' || kind === 'comment' ? (refuse?.(kind, text) ?? []) : [],
  );
}

/** A part of what is sent, and where it stands in what was written; `isSame` when it is the same text there. */
interface Part {
  readonly sql: string;
  readonly start: number;
  readonly isSame: boolean;
}

function pasteRaw(template: string, raw: Variables): string {
  const names = placeholdersIn(template).map(({ name }) => name);
  if (!names.some((name) => raw.has(name))) return template;
  const others = names.map((name) => [name, { value: `{{${name}}}`, isRaw: true }] as const);
  const pasted = expandPlaceholders(template, new Map([...others, ...raw]), ok);
  return pasted.ok ? pasted.value : template;
}

/** The pieces up to a closing semicolon; nothing but blanks and comments may follow it. */
function oneStatement(pieces: readonly Piece[]): Result<readonly Piece[]> {
  const at = pieces.findIndex(({ kind, text }) => kind === 'code' && text.includes(';'));
  const last = pieces[at];
  const kept =
    last === undefined
      ? pieces
      : [...pieces.slice(0, at), { ...last, text: last.text.slice(0, last.text.indexOf(';')) }];
  const isBlank = ({ kind, text }: Piece) => kind === 'comment' || text.trim() === '';
  if (kept.every(isBlank)) {
    return failed({ code: 'gatefile.query', message: 'there is no statement', mend: 'write a SELECT' });
  }
  const [first = ''] = /[^\s(]+/.exec(kept.find((piece) => !isBlank(piece))?.text ?? '') ?? [];
  if (!/^(?:select|with|values|table|from)\b/i.test(first)) {
    return failed({
      code: 'gatefile.query',
      message: `a gate only reads, and this statement begins with ${JSON.stringify(first.slice(0, 40))}`,
      mend: 'write one SELECT, or WITH … SELECT',
    });
  }
  const behind = last === undefined ? '' : last.text.slice(last.text.indexOf(';') + 1);
  const after = [behind, ...(at < 0 ? [] : pieces.slice(at + 1).map(textOfCode))].join('');
  const isMore = /[^\s;]/.test(after);
  if (!isMore) return ok(kept);
  return failed({
    code: 'gatefile.query',
    message: 'more than one statement: something follows the ";"',
    mend: 'write one SELECT; several belong into several signals, or into WITH',
  });
}

function textOfCode({ kind, text }: Piece): string {
  return kind === 'comment' ? '' : text;
}

interface Binder {
  readonly parameters: string[];
  readonly used: Record<string, string>;
  /** Undefined for a name that nothing defines. */
  readonly bind: (name: string) => string | undefined;
  /** A number of seconds, which may stand in a quoted text as well. */
  readonly number: (name: string) => string | undefined;
  readonly unknown: (name: string) => Failure;
}

function binderOf(variables: Variables, window: Window, dialect: Dialect): Binder {
  const parameters: string[] = [];
  const used: Record<string, string> = {};
  const placed = new Map<string, string>();
  const seconds: Readonly<Record<string, number>> = {
    step: window.stepMs / 1000,
    window: (strataOf(window) * window.stepMs) / 1000,
  };
  const number = (name: string) => (Object.hasOwn(seconds, name) ? String(seconds[name]) : undefined);
  const place = (name: string, value: BoundValue): string => {
    const before = dialect.isNumbered ? placed.get(name) : undefined;
    if (before !== undefined) return before;
    const { sql, parameter } = dialect.place(value, parameters.length + 1);
    if (parameter !== undefined) parameters.push(parameter);
    placed.set(name, sql);
    return sql;
  };
  return {
    parameters,
    used,
    number,
    bind: (name) => {
      if (name === 'from' || name === 'to') return place(name, { kind: 'instant', ms: window[name] });
      const variable = variables.get(name);
      if (variable === undefined) return number(name);
      used[name] = variable.value;
      return place(name, { kind: 'text', text: variable.value });
    },
    unknown: (name) => unknownVariable(name, withSymbolicBuiltIns(variables, window)),
  };
}

function partsOf(
  piece: Piece,
  codeBefore: string,
  dialect: Dialect,
  binder: Binder,
  failures: Failure[],
): readonly Part[] {
  const { kind, text, start } = piece;
  const same: Part = { sql: text, start, isSame: true };
  if (kind === 'comment') return [same];
  const found = placeholdersIn(text);
  if (kind === 'code') return codeParts(piece, found, binder, failures);
  const quoted = found.filter(({ name }) => binder.number(name) === undefined);
  failures.push(...quoted.map(({ name }) => insideQuotes(name, kind)));
  if (found.length > 0) {
    const filled = text.replaceAll(
      /\{\{\s*([^{}]*?)\s*\}\}/g,
      (whole, name: string) => binder.number(name) ?? whole,
    );
    return [{ sql: filled, start, isSame: false }];
  }
  const rewritten = kind === 'text' ? (dialect.rewriteText?.(text, codeBefore) ?? text) : text;
  return rewritten === text ? [same] : [{ sql: rewritten, start, isSame: false }];
}

function codeParts(
  { text, start }: Piece,
  found: ReturnType<typeof placeholdersIn>,
  binder: Binder,
  failures: Failure[],
): readonly Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const { name, offset } of found) {
    const end = text.indexOf('}}', offset) + 2;
    parts.push({ sql: text.slice(at, offset), start: start + at, isSame: true });
    const bound = binder.bind(name);
    if (bound === undefined) failures.push(binder.unknown(name));
    else parts.push({ sql: bound, start: start + offset, isSame: false });
    at = end;
  }
  parts.push({ sql: text.slice(at), start: start + at, isSame: true });
  return parts;
}

function insideQuotes(name: string, kind: 'text' | 'name'): Failure {
  return {
    code: 'gatefile.query',
    message: `"{{${name}}}" stands inside ${kind === 'text' ? 'a quoted text' : 'a quoted name'}, where no parameter can`,
    mend:
      kind === 'text'
        ? `write {{${name}}} without quotes: it goes in as a parameter, whatever it holds`
        : `write the name out, or say "raw: true" on the variable "${name}"`,
  };
}

function offsetMap(parts: readonly Part[]): (offset: number) => number {
  return (offset) => {
    let at = 0;
    for (const { sql, start, isSame } of parts) {
      if (offset < at + sql.length) return isSame ? start + offset - at : start;
      at += sql.length;
    }
    const last = parts.at(-1);
    return last === undefined ? 0 : last.start + (last.isSame ? last.sql.length : 0);
  };
}
