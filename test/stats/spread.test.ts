/** Mean and variance while values arrive, and how far values lie apart. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  medianAbsoluteDeviation,
  momentsOf,
  NO_MOMENTS,
  quartileFences,
  varianceOf,
  withValue,
} from '../../src/stats/spread.js';
import { mean } from '../../src/stats/summary.js';
import { uniform } from './support/near.js';

describe('mean and variance', () => {
  test('of a few values', () => {
    const moments = momentsOf([2, 4, 4, 4, 5, 5, 7, 9], 'propagate');
    expect(moments).toEqual({ n: 8, mean: 5, squares: 32 });
    expect(varianceOf(moments, 'population')).toBe(4);
    expect(varianceOf(moments, 'sample')).toBeCloseTo(32 / 7, 12);
  });

  test('of too few there is no variance', () => {
    expect(varianceOf(NO_MOMENTS, 'population')).toBeNaN();
    expect(varianceOf(withValue(NO_MOMENTS, 3), 'sample')).toBeNaN();
    expect(varianceOf(withValue(NO_MOMENTS, 3), 'population')).toBe(0);
  });

  test('of values far from 0 keeps its digits', () => {
    const moments = momentsOf([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16], 'propagate');
    expect(varianceOf(moments, 'sample')).toBe(30);
  });

  test.each([
    { policy: 'remove', n: 2, is: 3 },
    { policy: 'zero', n: 3, is: 2 },
    { policy: 'propagate', n: 3, is: Number.NaN },
  ] as const)('with a value that is no number: $policy', ({ policy, n, is }) => {
    const moments = momentsOf([2, Number.NaN, 4], policy);
    expect(moments.n).toBe(n);
    expect(moments.mean).toBe(is);
  });

  test('agree with the definition', () => {
    fc.assert(
      fc.property(fc.array(uniform(-100, 100), { minLength: 2, maxLength: 50 }), (values) => {
        const centre = mean(values);
        const moments = momentsOf(values, 'propagate');
        expect(moments.mean).toBeCloseTo(centre, 10);
        const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
        expect(moments.squares).toBeCloseTo(squares, 7);
      }),
    );
  });
});

test.each([
  { values: [1, 1, 2, 2, 4, 6, 9, 50], median: 3, deviation: 2 },
  { values: [5], median: 5, deviation: 0 },
  { values: [9, 1, 5], median: 5, deviation: 4 },
  { values: [7, 7, 7, 7, 100], median: 7, deviation: 0 },
])('the median absolute deviation of $values is $deviation', ({ values, median, deviation }) => {
  const before = [...values];
  expect(medianAbsoluteDeviation(values)).toEqual({ median, deviation });
  expect(values).toEqual(before);
});

test("Tukey's fences", () => {
  expect(quartileFences([1, 2, 3, 4, 5], 1.5)).toEqual([-1, 7]);
  expect(quartileFences([1, 2, 3, 4, 5], 0)).toEqual([2, 4]);
  expect(quartileFences([4], 3)).toEqual([4, 4]);
});
