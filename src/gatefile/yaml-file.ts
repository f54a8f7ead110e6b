import type { Span } from '../model/span.js';

export type Path = readonly (string | number)[];

/** A parsed file: its plain value, and the place of any path in it. */
export interface YamlFile {
  readonly file: string;
  readonly folder: string;
  readonly value: unknown;
  /** The place of the value at a path, or of its nearest ancestor. */
  readonly spanOf: (path: Path) => Span;
  /** The place of the key at a path. */
  readonly keySpanOf: (path: Path) => Span;
  /** The place of `text` inside the value at a path, so many characters after its begin; the whole value where it does not stand there as written. */
  readonly spanOfText: (path: Path, text: string, after?: number) => Span;
}

/** What finding and naming places in a text takes. */
export interface YamlText {
  readonly file: string;
  readonly text: string;
  /** Offsets into the text as a place; at least one character wide. */
  readonly span: (start: number, end: number) => Span;
}
