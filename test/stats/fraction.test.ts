/** Fractions: what a decimal means, and on which side of it a share lies, to the last event. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareShare, complement, fractionOf, numberOf, times } from '../../src/stats/fraction.js';

describe('a decimal', () => {
  test.each([
    ['99.9', { num: 999, den: 10 }],
    ['0.001', { num: 1, den: 1000 }],
    ['14.4', { num: 72, den: 5 }],
    ['-5', { num: -5, den: 1 }],
    ['1e-3', { num: 1, den: 1000 }],
    ['2e3', { num: 2000, den: 1 }],
  ])('%s', (text, wanted) => {
    expect(fractionOf(text)).toEqual(wanted);
  });
  test.each(['', 'x', '1.', '.5', '0x10', '1e99', '0.12345678901234567890'])('"%s" is none', (text) => {
    expect(fractionOf(text)).toBeUndefined();
  });
  test('reads back what a number prints', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 6 }), (whole, digits) => {
        const value = whole / 10 ** digits;
        const fraction = fractionOf(String(value));
        return fraction !== undefined && numberOf(fraction) === value;
      }),
    );
  });
});

test('1 - 99.9 % is exactly 1 of 1000, which its binary number is not', () => {
  const objective = times(fractionOf('99.9') ?? { num: 0, den: 1 }, { num: 1, den: 100 });
  const budget = complement(objective ?? { num: 0, den: 1 });
  expect(budget).toEqual({ num: 1, den: 1000 });
  expect(1 - 0.999).not.toBe(0.001);
  expect(compareShare(1, 1000, budget)).toBe(0);
  expect(compareShare(1, 999, budget)).toBe(1);
  expect(compareShare(1, 1001, budget)).toBe(-1);
});

test('whole counts are compared exactly', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 40 }), fc.integer({ min: 1, max: 1e6 }), (k, den) => {
      const n = k * Math.min(den, 4000);
      return (
        compareShare(k, n, { num: 1, den: Math.min(den, 4000) }) === 0 &&
        compareShare(k + 1, n, { num: 1, den: Math.min(den, 4000) }) === 1 &&
        compareShare(k, n + 1, { num: 1, den: Math.min(den, 4000) }) === -1
      );
    }),
  );
});

test('counts that a backend extrapolated are compared as numbers', () => {
  expect(compareShare(1.5, 100, { num: 1, den: 100 })).toBe(1);
  expect(compareShare(0.5, 100, { num: 1, den: 100 })).toBe(-1);
});
