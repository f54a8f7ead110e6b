import { Buffer, isUtf8 } from 'node:buffer';
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

/** Decodes a file of a sane size: UTF-8, with or without a byte order mark. */
export function decode(file: string, bytes: Uint8Array): Result<string> {
  if (bytes.length > MAX_FILE_BYTES) {
    return failed({
      code: 'gatefile.too-large',
      message: `${file} is larger than 1 MiB, which no gate file is`,
      span: placeAt(file, 1, 1),
      mend: 'check the path, or split the gates over several files',
    });
  }
  // A strict TextDecoder says the same, and takes 0.2 ms to make.
  if (!isUtf8(bytes)) return failed(notUtf8(file, bytes));
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return ok(text.startsWith('\ufeff') ? text.slice(1) : text);
}

function notUtf8(file: string, bytes: Uint8Array): Failure {
  const mark = (bytes[0] ?? 0) * 256 + (bytes[1] ?? 0);
  if (mark === 0xfffe || mark === 0xfeff) {
    return {
      code: 'gatefile.encoding',
      message: `${file} is UTF-16 text, not UTF-8`,
      span: placeAt(file, 1, 1),
      mend: 'save it as UTF-8',
    };
  }
  // Up to the first bad byte the decoded text encodes to the very same bytes; a U+FFFD in the file is no trouble.
  const lossy = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const again = new TextEncoder().encode(lossy);
  const offset = again.findIndex((byte, i) => byte !== bytes[i]);
  const before = new TextDecoder().decode(bytes.subarray(0, offset));
  const byte = (bytes[offset] ?? 0).toString(16).toUpperCase().padStart(2, '0');
  return {
    code: 'gatefile.encoding',
    message: `${file} is not UTF-8 text: byte ${offset + 1} is 0x${byte}`,
    span: placeIn(file, before, before.length),
    mend: 'save it as UTF-8',
  };
}

/** Characters that YAML forbids or cuts lines at, and its parser does not. */
export function textTrouble(file: string, text: string): readonly Failure[] {
  // The parser lets control characters through, and a terminal would obey them in a report.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
  const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f]/.exec(text);
  if (control !== null) {
    const code = (control[0].codePointAt(0) ?? 0).toString(16).padStart(4, '0').toUpperCase();
    const isWide = control[0] === '\0' && control.index === 1;
    return [
      {
        code: 'gatefile.encoding',
        message: `control character U+${code} in the text`,
        span: placeIn(file, text, control.index),
        mend: isWide
          ? 'the file looks like UTF-16: save it as UTF-8'
          : 'remove it; inside a quoted string write it as an escape',
      },
    ];
  }
  const lone = /\r(?!\n)/.exec(text);
  if (lone === null) return [];
  return [
    {
      code: 'gatefile.encoding',
      message: 'a line ends in a carriage return alone',
      span: placeIn(file, text, lone.index),
      mend: 'save it with line feeds (LF or CRLF) at the ends of lines',
    },
  ];
}

/** A one-character place. */
export function placeAt(file: string, line: number, col: number): Span {
  return { file, line, col, endLine: line, endCol: col + 1 };
}

function placeIn(file: string, text: string, offset: number): Span {
  const before = text.slice(0, offset);
  return placeAt(file, before.split('\n').length, offset - before.lastIndexOf('\n'));
}
