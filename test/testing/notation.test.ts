/** The notation of promtool's unit tests: every row of the table in the design, by its number. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Cell, MOST_CELLS, parseValues } from '../../src/testing/notation.js';

const gaps = (count: number): readonly Cell[] => new Array<Cell>(count).fill(null);

function cellsOf(text: string): readonly Cell[] {
  const parsed = parseValues(text);
  if (!parsed.ok) throw new Error(parsed.trouble.message);
  return parsed.cells;
}

describe('values', () => {
  const rows: readonly (readonly [row: number, text: string, cells: readonly Cell[]])[] = [
    [1, '1 2 3-10x4', [1, 2, 3, -7, -17, -27, -37]],
    [2, '1 2 3-0x4', [1, 2, 3, 3, 3, 3, 3]],
    [3, '1x0', [1]],
    [3, '1+1x0', [1]],
    [4, '1x4', [1, 1, 1, 1, 1]],
    [5, '1 3 _ 5 _x4', [1, 3, null, 5, ...gaps(4)]],
    [6, '_x0', []],
    [7, '1 -1 -3-10x4 7 9 +5', [1, -1, -3, -13, -23, -33, -43, 7, 9, 5]],
    [8, '-2+4x3', [-2, 2, 6, 10]],
    [8, ' 1-2x4', [1, -1, -3, -5, -7]],
    [9, '1 _x3 stale', [1, ...gaps(3), 'stale']],
    [10, '10+10x2 30+20x5', [10, 20, 30, 30, 50, 70, 90, 110, 130]],
    [14, '0x10', new Array<Cell>(11).fill(0)],
    [16, '1_000', [1000]],
    [17, '1 2  ', [1, 2]],
    [17, '', []],
    [18, `1x${MOST_CELLS - 1}`, new Array<Cell>(MOST_CELLS).fill(1)],
    [0, '.5 5. 1e3 1E-2 1e+3x1', [0.5, 5, 1000, 0.01, 1000, 1000]],
    [0, '1e3-10x1', [1000, 990]],
    [0, 'Inf +inf -Inf NaN', [Infinity, Infinity, -Infinity, Number.NaN]],
    [0, '1x010', new Array<Cell>(11).fill(1)],
    [0, '1\n2\t3', [1, 2, 3]],
  ];

  test.each(rows)('row %i: "%s"', (_, text, cells) => {
    expect(cellsOf(text)).toEqual(cells);
  });

  test('row 15: a step is added up, not multiplied', () => {
    expect(cellsOf('0+0.1x10').at(-1)).toBe(0.9999999999999999);
  });

  test('a run of a value is one value more than its count, whatever the step', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.nat(300), (from, by, count) => {
        const step = by < 0 ? String(by) : `+${by}`;
        const cells = cellsOf(`${from}${step}x${count}`);
        expect(cells).toEqual(Array.from({ length: count + 1 }, (_, i) => from + by * i));
      }),
    );
  });
});

describe('what is no value', () => {
  const rows: readonly (readonly [row: number, text: string, word: string, message: string])[] = [
    [11, '1+1', '1+1', 'has a step and does not say how often'],
    [11, '-3-3 -3', '-3-3', 'has a step and does not say how often'],
    [11, '-3 -3-3', '-3-3', 'has a step and does not say how often'],
    [12, '_a4', '_a4', 'is no gap'],
    [12, '_-2', '_-2', 'is no gap'],
    [12, '3+3x4-4', '3+3x4-4', 'is no value'],
    [13, '1 x 3', 'x', 'repeats nothing'],
    [13, 'x3', 'x3', 'repeats nothing'],
    [13, 'stalex3', 'stalex3', '"stale" stands alone'],
    [13, '1x1.5', '1x1.5', 'a number of times that is no whole number'],
    [13, '1x-1', '1x-1', 'a number of times that is no whole number'],
    [16, '010', '010', 'begins with a zero'],
    [16, '1+010x2', '1+010x2', 'begins with a zero'],
    [18, '1x4000000000', '1x4000000000', 'more than 1,000,000 values'],
    [18, `1x${MOST_CELLS}`, `1x${MOST_CELLS}`, 'more than 1,000,000 values'],
    [18, `1x${MOST_CELLS - 1} 2`, '2', 'more than 1,000,000 values'],
    [18, '_x99999999999999999999', '_x99999999999999999999', 'more than 1,000,000 values'],
    [0, '1,2', '1,2', 'is no value'],
    [0, '{{schema:1}}', '{{schema:1}}', 'is no value'],
    [0, '1_', '1_', 'is no value'],
  ];

  test.each(rows)('row %i: "%s"', (_, text, word, message) => {
    const parsed = parseValues(text);
    expect(parsed.ok).toBe(false);
    if (parsed.ok) return;
    const { offset, length } = parsed.trouble;
    expect(text.slice(offset, offset + length)).toBe(word);
    expect(parsed.trouble.message).toContain(message);
    expect(parsed.trouble.mend).not.toBe('');
  });

  test('the second of two like words is pointed at', () => {
    expect(parseValues('1x3 x3')).toMatchObject({ ok: false, trouble: { offset: 4, length: 2 } });
  });

  test.each(['x', '_', '1+', '1x-', '0', 'stale', '1_'])(
    'a megabyte of "%s" and digits is refused in short',
    (start) => {
      const parsed = parseValues(`${start}${'1'.repeat(1_000_000)}!`);
      expect(parsed.ok).toBe(false);
      if (!parsed.ok) expect(parsed.trouble.message.length).toBeLessThan(150);
    },
  );

  test('any text is read or refused, and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789x_+-. eInfaNstl') }), (text) => {
        const parsed = parseValues(text);
        if (parsed.ok) expect(parsed.cells.length).toBeLessThanOrEqual(MOST_CELLS);
        else expect(parsed.trouble.message).not.toBe('');
      }),
    );
  });
});
