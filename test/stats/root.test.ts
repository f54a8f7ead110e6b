/** Roots in a bracket. */
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { bisect, brent } from '../../src/stats/root.js';
import { expectSameDigits } from './support/near.js';

const CASES = [
  { name: 'of a line', f: (x: number) => 2 * x - 3, low: 0, high: 10, is: 1.5 },
  { name: 'that falls', f: (x: number) => 1 - x ** 3, low: -5, high: 9, is: 1 },
  { name: 'of a cosine', f: Math.cos, low: 1, high: 2, is: Math.PI / 2 },
  { name: 'near 0', f: (x: number) => Math.log(x) + 60, low: 1e-300, high: 1, is: Math.exp(-60) },
  {
    name: 'of what is flat around it',
    f: (x: number) => (x - 0.3) ** 9,
    low: 0,
    high: 1,
    is: 0.3,
    share: 1e-2,
  },
  { name: 'of a step', f: (x: number) => (x < 0.7 ? -1 : 1), low: 0, high: 1, is: 0.7 },
  { name: 'at the lower end', f: (x: number) => x - 2, low: 2, high: 3, is: 2 },
  { name: 'at the upper end', f: (x: number) => x - 3, low: 2, high: 3, is: 3 },
  { name: 'between ends given backwards', f: (x: number) => x * x - 2, low: 2, high: 0, is: Math.SQRT2 },
];

describe.each([
  { method: 'bisection', solve: bisect },
  { method: "Brent's method", solve: brent },
])('a root by $method', ({ solve }) => {
  test.each(CASES)('$name', ({ f, low, high, is, share = 3e-15 }) => {
    expectSameDigits(solve(f, low, high), is, share);
  });

  test.each([
    { name: 'one sign', f: (x: number) => x * x + 1 },
    { name: 'no number', f: () => Number.NaN },
  ])('needs a change of sign: $name', ({ f }) => {
    expect(() => solve(f, -1, 1)).toThrow(RangeError);
  });

  test('is as exact as it is asked to be', () => {
    const root = Math.cbrt(5);
    const f = (x: number): number => x ** 3 - 5;
    expect(Math.abs(solve(f, 0, 10, { relative: 0, absolute: 0.01 }) - root)).toBeLessThan(0.01);
    expect(Math.abs(solve(f, 0, 10, { relative: 1e-5 }) - root)).toBeLessThan(2e-5);
  });

  test('of any polynomial of degree 3 that rises', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -50, max: 50, noNaN: true }),
        fc.double({ min: 0, max: 20, noNaN: true }),
        (root, bend) => {
          const f = (x: number): number => (x - root) * (1 + bend * (x - root) ** 2);
          expect(Math.abs(solve(f, -60, 70) - root)).toBeLessThan(1e-12);
        },
      ),
    );
  });
});

test('a bracket may end in infinite values for bisection', () => {
  expectSameDigits(
    bisect((x) => Math.log(x), 0, 5),
    1,
    1e-15,
  );
});

test("Brent's method asks a tenth as often as bisection", () => {
  const f = vi.fn((x: number) => Math.exp(x) - 2);
  bisect(f, -5, 5);
  expect(f.mock.calls.length).toBeGreaterThan(45);
  f.mockClear();
  brent(f, -5, 5);
  expect(f.mock.calls.length).toBeLessThan(15);
});

test('the steps are counted', () => {
  const f = vi.fn((x: number) => x ** 3 - 0.3);
  expect(bisect(f, 0, 1, { steps: 4 })).toBe(0.65625);
  expect(f).toHaveBeenCalledTimes(6);
  f.mockClear();
  brent(f, 0, 1, { steps: 3 });
  expect(f).toHaveBeenCalledTimes(5);
});
