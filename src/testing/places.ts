import type { Span } from '../model/span.js';

export type Path = readonly (string | number)[];

/** Where the words of a test file stand. */
export interface Places {
  readonly file: string;
  readonly spanOf: (path: Path) => Span;
  readonly keySpanOf: (path: Path) => Span;
  readonly spanOfText: (path: Path, text: string) => Span;
  /** The value at a path as it stands in the file: to YAML, `0x29` is the number 41. */
  readonly writtenAt: (path: Path) => string;
}

/** The place of a word inside the text at a path, which the same word may stand in before. */
export function placeOfWord(
  places: Places,
  path: Path,
  text: string,
  { offset, length }: { readonly offset: number; readonly length: number },
): Span {
  const whole = places.spanOf(path);
  // Escapes, and texts over several lines, stand otherwise in the file than they read.
  const start = places.writtenAt(path).indexOf(text);
  if (whole.line !== whole.endLine || start < 0)
    return places.spanOfText(path, text.slice(offset, offset + length));
  const col = whole.col + start + offset;
  return { ...whole, col, endCol: col + length };
}
