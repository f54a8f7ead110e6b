import { type Document, isScalar, LineCounter, parseDocument } from 'yaml';
import { type Failure, failed, ok, type Result } from '../model/failure.js';
import type { Span } from '../model/span.js';
import { CONFIG_FILE, GATE_ENDING, TEST_ENDING } from './names.js';
import { placeAt, type SourceText, textTrouble } from './source.js';
import type { YamlFile, YamlText } from './yaml-file.js';
import { placesIn } from './yaml-places.js';
import { unsafeNodes } from './yaml-safety.js';
import { syntaxFailures } from './yaml-syntax.js';

export type { Path, YamlFile } from './yaml-file.js';

/** Parses one YAML document; all syntax errors at once, each with its place. */
export function parseYaml(source: SourceText): Result<YamlFile> {
  const { file, text } = source;
  const trouble = textTrouble(file, text);
  if (trouble.length > 0) return failed(...trouble);
  const lines = new LineCounter();
  const yaml: YamlText = {
    file,
    text,
    span: (start, end) => spanBetween(file, lines, start, Math.max(end, start + 1)),
  };
  const doc = parseDocument(text, {
    lineCounter: lines,
    version: '1.2',
    // Comparing each key with all others takes 8 s for a megabyte of keys; `unsafeNodes` finds them with a set.
    uniqueKeys: false,
    prettyErrors: false,
    stringKeys: true,
  });
  if (doc.errors.length > 0) return failed(...syntaxFailures(doc, yaml));
  if (doc.contents === null || (isScalar(doc.contents) && doc.contents.value === null))
    return failed(emptyFile(source));
  const unsafe = unsafeNodes(doc, yaml);
  if (unsafe.length > 0) return failed(...unsafe);
  return ok({ file, folder: source.folder, value: plainValue(doc), ...placesIn(doc, yaml) });
}

/** The document as data; aliases were counted before, so that they are written out without a limit here. */
function plainValue(doc: Document.Parsed): unknown {
  return doc.toJS({ maxAliasCount: -1 });
}

function emptyFile({ file, text }: SourceText): Failure {
  return {
    code: 'gatefile.empty',
    message: emptiness(file, text),
    span: placeAt(file, 1, 1),
    mend: beginningOf(file),
  };
}

function beginningOf(file: string): string {
  if (file.endsWith(TEST_ENDING))
    return 'a test file starts with "tests:" or "series:"; see docs/gate-tests.md';
  if (file.endsWith(CONFIG_FILE))
    return 'write "backends:", "owners:", "window:" or "fixtures:", or remove it';
  const gate = 'a gate starts with "gate: NAME"; see docs/gatefile.md';
  return file.endsWith(GATE_ENDING) ? gate : `${gate}; a list of incidents with "incidents:"`;
}

function emptiness(file: string, text: string): string {
  if (text.trim() === '') return `${file} is empty`;
  const isComments = text.split('\n').every((line) => /^\s*(?:#|$)/.test(line));
  return isComments ? `${file} holds nothing but comments` : `${file} says nothing`;
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
