/**
 * Values of a series as text, in the notation of promtool's unit tests: `1 2 3-10x4 _x3 stale`.
 *
 * @see prometheus/promql/parser/generated_parser.y, series_item; the table of its edge cases is test/testing/notation.test.ts
 */

/** A value, null for a gap, or `stale` where the series ended. */
export type Cell = number | null | 'stale';

/** The word that cannot be read, and where it stands in the text. */
export interface NotationTrouble {
  readonly offset: number;
  readonly length: number;
  readonly message: string;
  readonly mend: string;
}

export type Parsed =
  | { readonly ok: true; readonly cells: readonly Cell[] }
  | { readonly ok: false; readonly trouble: NotationTrouble };

/** promtool has no cap: `1x4000000000` takes all memory there is. */
export const MOST_CELLS = 1_000_000;

const DIGITS = String.raw`\d+(?:_\d+)*`;
const NUMBER = String.raw`(?:${DIGITS}(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|[iI][nN][fF]|[nN][aA][nN])`;
const GAP = /^_(?:x(\d+))?$/;
const ITEM = new RegExp(`^([+-]?${NUMBER})(?:([+-]${NUMBER})?x(\\d+))?$`);
const STEP_ALONE = new RegExp(`^[+-]?${NUMBER}[+-]${NUMBER}$`);
const LEADING_ZERO = /^[+-]?0[\d_]/;

/** Reads values; the first word that cannot be read is the trouble. */
export function parseValues(text: string): Parsed {
  const cells: Cell[] = [];
  for (const { 0: word, index: offset } of text.matchAll(/\S+/g)) {
    const refuse = (message: string, mend: string): Parsed => ({
      ok: false,
      trouble: { offset, length: word.length, message, mend },
    });
    const read = readWord(word);
    if (read === undefined) return refuse(...wordsOf(word));
    if (read.count > MOST_CELLS || cells.length + read.count > MOST_CELLS)
      return refuse(
        `"${clip(word)}" makes more than ${MOST_CELLS.toLocaleString('en-US')} values`,
        'a series has one value a step: write as many as the window has steps',
      );
    read.fill(cells);
  }
  return { ok: true, cells };
}

interface Read {
  readonly count: number;
  readonly fill: (cells: Cell[]) => void;
}

function readWord(word: string): Read | undefined {
  if (word === 'stale') return { count: 1, fill: (cells) => cells.push('stale') };
  const gap = GAP.exec(word);
  if (gap !== null) {
    // `_x4` is four gaps, where `1x4` is five values.
    const count = gap[1] === undefined ? 1 : Number(gap[1]);
    return { count, fill: (cells) => repeat(cells, count, () => null) };
  }
  const item = ITEM.exec(word);
  if (item === null) return undefined;
  const [, first = '', step, times] = item;
  if (LEADING_ZERO.test(first) || (step !== undefined && LEADING_ZERO.test(step))) return undefined;
  const count = times === undefined ? 1 : Number(times) + 1;
  const by = step === undefined ? 0 : numberOf(step);
  let value = numberOf(first);
  return {
    count,
    fill: (cells) =>
      repeat(cells, count, (i) => {
        // Added up and not multiplied, as promtool does: 0+0.1x10 ends in 0.9999999999999999.
        if (i > 0 && step !== undefined) value += by;
        return value;
      }),
  };
}

function repeat(cells: Cell[], count: number, cell: (i: number) => Cell): void {
  for (let i = 0; i < count; i += 1) cells.push(cell(i));
}

function numberOf(text: string): number {
  const plain = text.replaceAll('_', '');
  if (/inf$/i.test(plain)) return plain.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return /nan$/i.test(plain) ? Number.NaN : Number(plain);
}

/** A word of a megabyte is told by its beginning. */
const LONGEST_WORD = 40;

function clip(word: string): string {
  return word.length > LONGEST_WORD ? `${word.slice(0, LONGEST_WORD)}\u2026` : word;
}

function wordsOf(long: string): readonly [message: string, mend: string] {
  const word = clip(long);
  if (/^x\d*$/.test(word)) return [`"${word}" repeats nothing`, 'write it right behind the value, as in 1x3'];
  if (word.startsWith('stale'))
    return [`"${word}" is no value: "stale" stands alone`, 'write "stale", and gaps behind it: stale _x3'];
  if (LEADING_ZERO.test(word) || /[+-]0[\d_]/.test(word))
    return [`"${word}" begins with a zero, which promtool takes for octal`, 'leave the zero out'];
  if (STEP_ALONE.test(word))
    return [`"${word}" has a step and does not say how often`, `write how often behind it: ${word}x10`];
  if (/x-?\d*\.?\d*$/.test(word) && !/x\d+$/.test(word))
    return [`"${word}" repeats a number of times that is no whole number`, 'write it like 1x4 or 1+2x4'];
  if (word.startsWith('_')) return [`"${word}" is no gap`, 'write _ for one gap and _x4 for four'];
  return [`"${word}" is no value`, 'values are 1, 0.5, 1e3, Inf, NaN, 1x4, 1+2x4, _, _x4 and stale'];
}
