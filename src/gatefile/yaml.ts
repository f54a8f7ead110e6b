import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
} from 'yaml';
import { type Failure, failed, ok, type Result } from '../model/failure.js';
import type { Span } from '../model/span.js';
import { placeAt, type SourceText } from './source.js';

export type Path = readonly (string | number)[];

const MAX_DEPTH = 40;
const MAX_ALIASES = 50;
/** Names that reach an object's prototype instead of a key. */
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** A parsed file: its plain value, and the place of any path in it. */
export interface YamlFile {
  readonly file: string;
  readonly folder: string;
  readonly value: unknown;
  /** The place of the value at a path, or of its nearest ancestor. */
  readonly spanOf: (path: Path) => Span;
  /** The place of the key at a path. */
  readonly keySpanOf: (path: Path) => Span;
}

/** Parses one YAML document; all syntax errors at once, each with its place. */
export function parseYaml(source: SourceText): Result<YamlFile> {
  const { file, text } = source;
  const lines = new LineCounter();
  let doc: Document.Parsed;
  try {
    doc = parseDocument(text, {
      lineCounter: lines,
      version: '1.2',
      uniqueKeys: true,
      prettyErrors: false,
      stringKeys: true,
    });
  } catch (error) {
    if (error instanceof RangeError) return failed(tooDeep(file));
    throw error;
  }
  const span = (start: number, end: number): Span =>
    spanBetween(file, lines, start, Math.max(end, start + 1));
  if (doc.errors.length > 0) {
    return failed(...doc.errors.map((error) => syntaxFailure(error, span(error.pos[0], error.pos[1]), text)));
  }
  if (doc.contents === null || (isScalar(doc.contents) && doc.contents.value === null)) {
    return failed({
      code: 'gatefile.empty',
      message: `${file} is empty`,
      span: placeAt(file, 1, 1),
      mend: 'a gate starts with "gate: NAME"; see docs/gatefile.md',
    });
  }
  const unsafe = unsafeNodes(doc, span, file);
  if (unsafe.length > 0) return failed(...unsafe);
  try {
    const value: unknown = doc.toJS({ maxAliasCount: MAX_ALIASES });
    const place = placer(doc, span);
    return ok({ file, folder: source.folder, value, spanOf: place.value, keySpanOf: place.key });
  } catch (error) {
    if (error instanceof RangeError) return failed(tooDeep(file));
    if (error instanceof ReferenceError) {
      const message = 'aliases expand to too much';
      return failed({
        code: 'gatefile.syntax',
        message,
        span: placeAt(file, 1, 1),
        mend: 'write the values out instead of nesting anchors',
      });
    }
    throw error;
  }
}

function tooDeep(file: string): Failure {
  return {
    code: 'gatefile.syntax',
    message: `nested deeper than ${MAX_DEPTH} levels`,
    span: placeAt(file, 1, 1),
    mend: 'a gate needs fewer than ten',
  };
}

function syntaxFailure(error: { code: string; message: string }, span: Span, text: string): Failure {
  if (error.code === 'DUPLICATE_KEY') {
    const key = /^[^\s:]+/.exec(lineOf(text, span).slice(span.col - 1))?.[0] ?? '';
    return {
      code: 'gatefile.duplicate-key',
      message: `key "${key}" stands twice in one mapping`,
      span,
      mend: 'keep one of the two; the other would be ignored',
    };
  }
  if (error.code === 'MULTIPLE_DOCS') {
    return {
      code: 'gatefile.many-documents',
      message: 'a second document starts here',
      span,
      mend: 'one gate, one file: move it to a file of its own',
    };
  }
  if (error.code === 'TAB_AS_INDENT' || lineOf(text, span).startsWith('\t')) {
    return { code: 'gatefile.syntax', message: 'a tab is used to indent', span, mend: 'indent with spaces' };
  }
  const message = error.message.split('\n')[0] ?? error.message;
  return {
    code: 'gatefile.syntax',
    message: message.charAt(0).toLowerCase() + message.slice(1),
    span,
    mend: 'mend the YAML; quote strings that hold ": ", "#", "{" or "*"',
  };
}

function lineOf(text: string, span: Span): string {
  return text.split('\n')[span.line - 1] ?? '';
}

/** Keys that reach a prototype, nesting without end, merge keys and custom tags. */
function unsafeNodes(
  doc: Document.Parsed,
  span: (start: number, end: number) => Span,
  file: string,
): readonly Failure[] {
  const failures: Failure[] = [];
  visit(doc, (_key, node, path) => {
    if (path.filter(isCollection).length > MAX_DEPTH) {
      failures.push(tooDeep(file));
      return visit.BREAK;
    }
    if (isPair(node) && isScalar(node.key)) {
      const [start, end] = node.key.range ?? [0, 1];
      const name = String(node.key.value);
      if (FORBIDDEN_KEYS.has(name)) {
        failures.push({
          code: 'gatefile.invalid',
          message: `"${name}" cannot be used as a key`,
          span: span(start, end),
          mend: 'choose another name',
        });
      }
      if (name === '<<') {
        failures.push({
          code: 'gatefile.unknown-key',
          message: 'merge keys ("<<") are not part of YAML 1.2',
          span: span(start, end),
          mend: 'write the keys out, or use vars',
        });
      }
    }
    return undefined;
  });
  return failures;
}

function placer(
  doc: Document.Parsed,
  span: (start: number, end: number) => Span,
): { value: (path: Path) => Span; key: (path: Path) => Span } {
  const spanOfNode = (node: Node | null | undefined): Span | undefined =>
    node?.range ? span(node.range[0], node.range[1]) : undefined;
  const resolve = (node: unknown): unknown => (isAlias(node) ? node.resolve(doc) : node);
  const walk = (path: Path): { node: Node | undefined; pair: Pair | undefined; depth: number } => {
    let node: unknown = resolve(doc.contents);
    let pair: Pair | undefined;
    let depth = 0;
    for (const step of path) {
      let next: unknown;
      if (isMap(node)) {
        const found = node.items.find(
          (item) => isScalar(item.key) && String(item.key.value) === String(step),
        );
        if (found === undefined) break;
        pair = found;
        next = resolve(found.value) ?? found.key;
      } else if (isSeq(node)) next = resolve(node.items[Number(step)]);
      if (next === undefined || next === null) break;
      node = next;
      depth += 1;
    }
    return { node: node as Node | undefined, pair, depth };
  };
  const keySpan = (pair: Pair | undefined): Span | undefined =>
    isScalar(pair?.key) ? spanOfNode(pair.key) : undefined;
  const value = (path: Path): Span => {
    const { node, pair } = walk(path);
    const own = spanOfNode(node) ?? span(0, 1);
    // A block that spans lines is named by its key: a caret under thirty lines points at nothing.
    return isCollection(node) && own.endLine > own.line ? (keySpan(pair) ?? own) : own;
  };
  const key = (path: Path): Span => {
    const { pair, depth } = walk(path);
    return (depth === path.length ? keySpan(pair) : undefined) ?? value(path);
  };
  return { value, key };
}

function spanBetween(file: string, lines: LineCounter, start: number, end: number): Span {
  const first = lines.linePos(start);
  const last = lines.linePos(end);
  return {
    file,
    line: Math.max(1, first.line),
    col: Math.max(1, first.col),
    endLine: Math.max(1, last.line),
    endCol: Math.max(1, last.col),
  };
}
