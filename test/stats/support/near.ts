import fc from 'fast-check';
import { expect } from 'vitest';

/**
 * Asks that a number is the expected one but for rounding.
 *
 * @param share the largest error as a share of the expected number, or as such where that is below 1 in size
 */
export function expectNear(actual: number, expected: number, share: number): void {
  if (actual === expected) return;
  expect(
    Math.abs(actual - expected) / Math.max(1, Math.abs(expected)),
    `${actual}, not ${expected}`,
  ).toBeLessThan(share);
}

/** The same, but the error is a share of the expected number however small that is. */
export function expectSameDigits(actual: number, expected: number, share: number): void {
  if (actual === expected) return;
  expect(Math.abs(actual - expected) / Math.abs(expected), `${actual}, not ${expected}`).toBeLessThan(share);
}

/** Numbers spread evenly, where fc.double would look for odd ones near 0 and at the ends. */
export function uniform(low: number, high: number): fc.Arbitrary<number> {
  return fc.maxSafeNat().map((n) => low + ((high - low) * n) / Number.MAX_SAFE_INTEGER);
}
