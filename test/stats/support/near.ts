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
