/** Numbers for people: rounded, but never until two that differ look the same. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countText, percentText, rulerFor } from '../../src/reporters/words/number.js';

function pair(unit: string, value: number, bound: number, isWritten = true): [string, string] {
  const ruler = rulerFor(unit, value, bound, isWritten);
  return [ruler.text(value), ruler.text(bound)];
}

describe('a value beside its bound', () => {
  test.each<[string, number, number, string, string]>([
    ['share', 0.931, 0.97, '93.1 %', '97.0 %'],
    ['share', 1, 1, '100 %', '100 %'],
    ['share', 0.96996, 0.97, '96.996 %', '97.000 %'],
    ['share', 0.99996, 0.999, '99.996 %', '99.9 %'],
    ['share', 0.00001, 0.01, '0.001 %', '1.0 %'],
    ['share', 0.0014, 0.005, '0.14 %', '0.5 %'],
    ['share', 0.972, 0.9995, '97.20 %', '99.95 %'],
    ['%', 88.9, 90, '88.9 %', '90.0 %'],
    ['s', 0.412, 0.45, '412 ms', '450 ms'],
    ['s', 0.95, 1.2, '950 ms', '1,200 ms'],
    ['s', 1.24, 2, '1.24 s', '2 s'],
    ['s', 0.99996, 1, '999.96 ms', '1,000 ms'],
    ['s', 2460, 600, '41 min', '10 min'],
    ['s', 0.003, 60, '3 ms', '60 s'],
    ['ms', 412.25, 450, '412 ms', '450 ms'],
    ['B', 1_530_000, 2_000_000, '1.53 MB', '2 MB'],
    ['messages/min', 7.25, 5, '7.25 messages/min', '5 messages/min'],
    ['/min', 12, 5, '12/min', '5/min'],
    ['', 1834, 1500, '1,834', '1,500'],
    ['EUR', 4.0996, 4.1, '4.0996 EUR', '4.1 EUR'],
    ['', 0, 5, '0', '5'],
    ['', -3.5, 0, '-3.5', '0'],
    ['', 1e21, 1e20, '1.00e21', '1.00e20'],
  ])('in %s, %d beside %d', (unit, value, bound, left, right) => {
    expect(pair(unit, value, bound)).toEqual([left, right]);
  });

  const UNITS = ['share', '%', 's', 'ms', 'us', 'B', 'B/s', 'messages', ''];
  const finite = fc.double({ noNaN: true, min: -1e300, max: 1e300 });
  const ordinary = fc.double({ noNaN: true, min: -1e6, max: 1e6 });
  const near = ordinary.chain((value) =>
    fc
      .integer({ min: -9, max: 9 })
      .map((steps): [number, number] => [value, value + steps * Number.EPSILON * value]),
  );

  test('two numbers that differ are two texts, in the same order', () => {
    const pairs = fc.oneof(near, fc.tuple(ordinary, ordinary), fc.tuple(finite, finite));
    fc.assert(
      fc.property(fc.constantFrom(...UNITS), pairs, fc.boolean(), (unit, [value, bound], isWritten) => {
        const [left, right] = pair(unit, value, bound, isWritten);
        expect(left === right).toBe(value === bound);
        const order = Math.sign(amount(left) - amount(right));
        expect([0, Math.sign(value - bound)]).toContain(order);
      }),
      { numRuns: 4000 },
    );
  });

  test('what is shown is near what is', () => {
    fc.assert(
      fc.property(fc.constantFrom(...UNITS), ordinary, ordinary, (unit, value, bound) => {
        const shown = amount(pair(unit, value, bound)[0]);
        const base =
          unit === '%' ? value / 100 : unit === 'ms' ? value / 1e3 : unit === 'us' ? value / 1e6 : value;
        expect(Math.abs(shown - base)).toBeLessThanOrEqual(0.06 * Math.abs(base) + 1e-300);
      }),
    );
  });

  test('a limit keeps the digits it was written with', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 99_999 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (thousandths, value) => {
          const [, bound] = pair('share', value, thousandths / 100_000);
          expect(Number(bound.replace(' %', ''))).toBeCloseTo(thousandths / 1000, 9);
        },
      ),
    );
  });

  /** A text as a number in the base unit. */
  function amount(text: string): number {
    const [, digits = '', suffix = ''] = /^(-?[\d.,]+(?:e-?\d+)?) ?(.*)$/.exec(text) ?? [];
    const factors: Record<string, number> = {
      '%': 0.01,
      ms: 1e-3,
      us: 1e-6,
      min: 60,
      h: 3600,
      d: 86_400,
      KB: 1e3,
      MB: 1e6,
      GB: 1e9,
      'KB/s': 1e3,
      'MB/s': 1e6,
      'GB/s': 1e9,
    };
    return Number(digits.replaceAll(',', '')) * (factors[suffix] ?? 1);
  }
});

describe('distances and differences', () => {
  test('of shares are in points', () => {
    const ruler = rulerFor('share', 0.931, 0.97, true);
    expect(ruler.distance(0.931 - 0.97)).toBe('3.9 pp');
    expect(ruler.difference(0.931 - 0.976)).toBe('-4.5 pp');
    expect(ruler.difference(0.003)).toBe('+0.3 pp');
  });

  test('are never told as nothing when they are something', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('share', 's', 'B', ''),
        fc.double({ min: 1e-9, max: 1, noNaN: true }),
        (unit, apart) => {
          expect(rulerFor(unit, 0.5, 0.5 + apart, false).distance(apart)).toMatch(/[1-9]/);
        },
      ),
    );
  });
});

test.each([
  [18_402, '18,402'],
  [0, '0'],
  [3, '3'],
  [1508.39, '1,508'],
  [2.5, '2.5'],
  [999, '999'],
  [1e18, '1.00e18'],
  [Number.NaN, 'unknown'],
])('the count %d is %s', (count, text) => {
  expect(countText(count)).toBe(text);
});

test('a coverage that is nearly full is not full', () => {
  expect(percentText(0.99999)).toBe('99.999 %');
  expect(percentText(1)).toBe('100 %');
});
