import type { Failure } from '../model/failure.js';
import type { Span } from '../model/span.js';
import { widthOf } from '../reporters/pretty/measure.js';

/** Trouble shown at most; the rest is counted. */
const SHOWN = 50;
const WIDEST_LINE = 160;

/**
 * Prints mendable trouble: what happened, where, the line with a caret under it, and how to mend it.
 *
 * @param textOf the text of a file by the name it is shown by
 */
export function renderFailures(
  failures: readonly Failure[],
  textOf: (file: string) => string | undefined,
  ascii: boolean,
): string {
  const blocks = failures.slice(0, SHOWN).map((failure) => renderFailure(failure, textOf, ascii));
  const rest = failures.length - blocks.length;
  return `${blocks.join('\n')}${rest > 0 ? `\nand ${rest} more\n` : ''}`;
}

function renderFailure(
  failure: Failure,
  textOf: (file: string) => string | undefined,
  ascii: boolean,
): string {
  const { span, message, mend, detail } = failure;
  const line = span === undefined ? undefined : textOf(span.file)?.split(/\r?\n/)[span.line - 1];
  const head = span === undefined ? message : `${span.file}:${span.line}:${span.col}  ${message}`;
  const isShown = span !== undefined && line !== undefined && line.trim() !== '';
  const excerpt = isShown
    ? caretLines(span, line, mend, ascii)
    : mend === undefined
      ? []
      : [`   ${visible(mend)}`];
  return [visible(head), ...(detail ?? []).map((each) => `   ${visible(each)}`), ...excerpt, ''].join('\n');
}

function caretLines(span: Span, line: string, mend: string | undefined, ascii: boolean): readonly string[] {
  const bar = ascii ? '|' : '│';
  const number = String(span.line);
  const start = span.col - 1;
  const end = span.endLine === span.line ? span.endCol - 1 : line.length;
  // A long line is cut around the caret, so that the caret stays under what it points at.
  const cut = start > WIDEST_LINE / 2 ? start - 40 : 0;
  const last = cut + WIDEST_LINE;
  const carets = '^'.repeat(Math.max(1, columnsOf(line.slice(start, Math.min(end, last)))));
  const pad = ' '.repeat(columnsOf(line.slice(cut, start)));
  return [
    `   ${number} ${bar} ${shown(line.slice(cut, last))}`,
    `   ${' '.repeat(number.length)} ${bar} ${pad}${carets}${mend === undefined ? '' : `  ${visible(mend)}`}`,
  ];
}

/** Columns on a terminal: a wide character takes two, what was made visible as many as it is written with. */
function columnsOf(text: string): number {
  return widthOf(shown(text));
}

function shown(text: string): string {
  return visible(text.replaceAll('\t', ' '));
}

/** Control characters of user text are shown, not obeyed by the terminal. */
function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is made visible
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length > 2 ? `\\u${code}` : `\\x${code.padStart(2, '0')}`;
  });
}
