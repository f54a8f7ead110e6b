import type { Style } from '../../contracts/reporter.js';
import { unreachable } from '../../model/unreachable.js';
import type { Word } from '../words/verdict.js';

export type Brush = (text: string) => string;

/** What is coloured, by meaning; without colour each is the text itself, so colour never carries one alone. */
export interface Paint {
  readonly good: Brush;
  readonly warning: Brush;
  readonly bad: Brush;
  readonly open: Brush;
  readonly strong: Brush;
  readonly faint: Brush;
}

/** All that a layout needs besides the report. */
export interface Canvas {
  readonly style: Style;
  readonly paint: Paint;
  /** Reasons to print line by line, by the key of their criterion; not yet safe, see `reasonLines`. */
  readonly reasons: ReadonlyMap<string, string>;
}

export function brushOf(word: Word, paint: Paint): Brush {
  switch (word) {
    case 'PASS':
      return paint.good;
    case 'WARN':
      return paint.warning;
    case 'FAIL':
    case 'ERROR':
      return paint.bad;
    case 'NO DATA':
    case 'UNDECIDED':
    case 'INCONCLUSIVE':
      return paint.open;
    case 'SKIPPED':
      return paint.faint;
    default:
      return unreachable(word);
  }
}
