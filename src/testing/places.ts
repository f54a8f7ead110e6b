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
  const upTo = places.spanOfText(path, text.slice(0, offset + length));
  const isFound = upTo.line === upTo.endLine && upTo.endCol - upTo.col === offset + length;
  // What is quoted over several lines, or is one word alone, is not found by its beginning.
  return isFound
    ? { ...upTo, col: upTo.endCol - length }
    : offset === 0
      ? whole
      : places.spanOfText(path, text.slice(offset, offset + length));
}
