/** Units: what converts into what, and by how much. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Condition, evaluate, NO_READING, OPERATORS } from '../../src/model/limit.js';
import { dimensionOf, factorBetween, KNOWN_UNITS } from '../../src/model/unit.js';

test.each([
  ['ms', 's', 1e-3],
  ['s', 'ms', 1000],
  ['us', 'ms', 1e-3],
  ['ns', 'us', 1e-3],
  ['m', 's', 60],
  ['min', 'm', 1],
  ['h', 'm', 60],
  ['d', 'h', 24],
  ['KB', 'B', 1000],
  ['KiB', 'B', 1024],
  ['MiB', 'KiB', 1024],
  ['GiB', 'MiB', 1024],
  ['MB', 'KB', 1000],
  ['GB', 'MB', 1000],
  ['%', 'share', 0.01],
  ['share', '%', 100],
  ['messages', 'messages', 1],
  ['messages/min', 'messages/s', 1 / 60],
  ['messages/h', 'messages/min', 1 / 60],
  ['KiB/s', 'B/s', 1024],
  ['ms/min', 's/s', 1e-3 / 60],
  ['', '', 1],
])('one %s is %s times %d', (from, to, factor) => {
  expect(factorBetween(from, to)).toBeCloseTo(factor, 15);
});

test.each([
  ['ms', 'B'],
  ['s', 'share'],
  ['%', 's'],
  ['messages', 'orders'],
  ['messages', 'messages/s'],
  ['messages/s', 'orders/s'],
  ['s', ''],
  ['KB/s', 'KB'],
  ['pp', 'share'],
  ['B/fortnight', 'B/s'],
])('%s does not convert into %s', (from, to) => {
  expect(factorBetween(from, to)).toBeUndefined();
});

test.each([
  ['ms', 'time'],
  ['GiB', 'bytes'],
  ['%', 'share'],
  ['share', 'share'],
  ['MB/h', 'bytes/time'],
  ['messages', 'own:messages'],
  ['messages/min', 'own:messages/time'],
  ['/s', 'own:/s'],
])('%s measures %s', (unit, dimension) => {
  expect(dimensionOf(unit)).toBe(dimension);
});

test('a limit may be written in every known unit but the word for shares', () => {
  expect(KNOWN_UNITS).toContain('pp');
  expect(KNOWN_UNITS).toContain('%');
  expect(KNOWN_UNITS).not.toContain('share');
});

describe('laws', () => {
  const anyUnit = fc.constantFrom(
    'ns',
    'us',
    'ms',
    's',
    'm',
    'h',
    'd',
    'B',
    'KB',
    'MiB',
    '%',
    'share',
    'MB/s',
    'B/min',
    'x',
  );

  test('there and back is where one started', () => {
    fc.assert(
      fc.property(anyUnit, anyUnit, (from, to) => {
        const there = factorBetween(from, to);
        const back = factorBetween(to, from);
        expect(there === undefined).toBe(back === undefined);
        if (there !== undefined && back !== undefined) expect(there * back).toBeCloseTo(1, 12);
      }),
    );
  });

  test('a way round by a third unit is as long as the straight one', () => {
    fc.assert(
      fc.property(anyUnit, anyUnit, anyUnit, (a, b, c) => {
        const ab = factorBetween(a, b);
        const bc = factorBetween(b, c);
        if (ab === undefined || bc === undefined) return;
        expect((ab * bc) / (factorBetween(a, c) ?? Number.NaN)).toBeCloseTo(1, 12);
      }),
    );
  });

  test('scaling a value and its limits by a unit changes no outcome', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...OPERATORS),
        fc.constantFrom(['s', 'ms'], ['h', 's'], ['GiB', 'B'], ['share', '%'] as const),
        fc.integer({ min: -1000, max: 1000 }),
        fc.integer({ min: -1000, max: 1000 }),
        fc.constantFrom(0, 1, 2),
        (operator, [from = '', to = ''], value, offset, scale) => {
          const factor = factorBetween(from, to) ?? Number.NaN;
          const condition = (by: number): Condition => ({
            kind: 'compare',
            operator,
            bound: { scale, offset: offset * by },
          });
          const reading = (number: number) => ({ value: number, isAtLeast: false });
          const baseline = (by: number) => (scale === 0 ? NO_READING : reading(7 * by));
          expect(evaluate(condition(factor), reading(value * factor), baseline(factor))).toBe(
            evaluate(condition(1), reading(value), baseline(1)),
          );
        },
      ),
    );
  });
});
