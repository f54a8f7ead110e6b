import type { Failure, Result } from '../model/failure.js';
import { failed, ok } from '../model/failure.js';
import type { Span } from '../model/span.js';

/** Larger files are no gates; the cap keeps a mistaken path from being parsed for minutes. */
export const MAX_FILE_BYTES = 1024 * 1024;

/** A file's text with the name it is shown by. */
export interface SourceText {
  /** Path as the user would write it. */
  readonly file: string;
  /** Absolute folder, where relative paths in the file start. */
  readonly folder: string;
  readonly text: string;
}

/** Decodes a file: UTF-8 without control characters, of a sane size. */
export function decode(file: string, bytes: Uint8Array): Result<string> {
  const span = placeAt(file, 1, 1);
  if (bytes.length > MAX_FILE_BYTES) {
    const message = `${file} is ${(bytes.length / 1024 / 1024).toFixed(1)} MiB; a gate file holds at most 1 MiB`;
    return failed({
      code: 'gatefile.too-large',
      message,
      span,
      mend: 'check the path, or split the gates over several files',
    });
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return failed({
      code: 'gatefile.encoding',
      message: `${file} is not UTF-8 text`,
      span: badByte(file, bytes),
      mend: 'save it as UTF-8',
    });
  }
  const failures = controlCharacters(file, text);
  return failures.length > 0 ? failed(...failures) : ok(text);
}

/** The line and column of the first byte that is not UTF-8. */
function badByte(file: string, bytes: Uint8Array): Span {
  const lossy = new TextDecoder('utf-8').decode(bytes);
  const offset = Math.max(0, lossy.indexOf('\uFFFD'));
  const before = lossy.slice(0, offset);
  const line = before.split('\n').length;
  return placeAt(file, line, offset - before.lastIndexOf('\n'));
}

function controlCharacters(file: string, text: string): readonly Failure[] {
  // YAML forbids them, the parser lets them through, and a terminal would obey them in a report.
  const match = /(?![\t\n\r\u0085])\p{Cc}/u.exec(text);
  if (match === null) return [];
  const before = text.slice(0, match.index);
  const code = (match[0].codePointAt(0) ?? 0).toString(16).padStart(4, '0');
  return [
    {
      code: 'gatefile.encoding',
      message: `control character U+${code.toUpperCase()} in the text`,
      span: placeAt(file, before.split('\n').length, match.index - before.lastIndexOf('\n')),
      mend: 'remove it; inside a quoted string write it as an escape',
    },
  ];
}

/** A one-character place. */
export function placeAt(file: string, line: number, col: number): Span {
  return { file, line, col, endLine: line, endCol: col + 1 };
}
