import type { Failure } from '../../model/failure.js';
import type { EpochMs } from '../../model/time.js';

/** How a dialect writes what is no code: needed to know where a placeholder stands. */
export interface Quoting {
  /** `\'` inside a quoted text does not end it. */
  readonly hasBackslashes: boolean;
  /** `E'...'`, a text with backslashes in a dialect that has none elsewhere. */
  readonly hasEscapeTexts: boolean;
  /** `$tag$...$tag$`. */
  readonly hasDollarTexts: boolean;
  /** `# ...`. */
  readonly hasHashComments: boolean;
  /** Comments hold comments. */
  readonly hasNestedComments: boolean;
  /** `--` begins a comment before a blank alone: `5--3` is 8. */
  readonly needsBlankAfterDashes: boolean;
}

/** PostgreSQL's way, which DuckDB follows. */
export const POSTGRES_QUOTING: Quoting = {
  hasBackslashes: false,
  hasEscapeTexts: true,
  hasDollarTexts: true,
  hasHashComments: false,
  hasNestedComments: true,
  needsBlankAfterDashes: false,
};

/** A value that goes into a statement beside its text. */
export type BoundValue =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'instant'; readonly ms: EpochMs };

/** What stands in the statement, and what is sent with it. */
export interface Placed {
  readonly sql: string;
  /** Undefined where the value stands in the statement itself, as an escaped literal. */
  readonly parameter: string | undefined;
}

export interface Dialect {
  /** As people call it, for messages. */
  readonly product: string;
  readonly quoting: Quoting;
  /** Whether one parameter may stand in several places: `$1`, unlike `?`. */
  readonly isNumbered: boolean;
  /** @param index of the parameter, from 1 */
  readonly place: (value: BoundValue, index: number) => Placed;
  /** Rewrites a quoted text, quotes and all, given the code in front of it, whose own texts are `''`; for file names. */
  readonly rewriteText?: (text: string, codeBefore: string) => string;
  /** What is wrong with a piece that a session which only reads would run all the same; undefined where nothing is. */
  readonly refuse?: (kind: 'code' | 'comment', text: string) => Failure | undefined;
}
