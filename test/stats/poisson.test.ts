/** The upper tail of Poisson counts, against scipy 1.17.1 (scipy.special.gammainc) and its own sum. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { poissonAtLeast } from '../../src/stats/poisson.js';

describe('the chance of at least k events', () => {
  test.each([
    [1, 0.5, 0.3934693402873665],
    [3, 3, 0.5768099188731566],
    [26, 13.6, 0.0017822097445059709],
    [2.5, 1.2, 0.20852587940567532],
    [0.4, 2, 0.9671471952390333],
    [10, 40, 0.9999999960740678],
    [300, 250, 0.0011623936310546142],
    [5000, 5100.5, 0.9216968804325647],
    [7.25, 0.01, 3.742143951126868e-19],
  ])('at least %d of %d expected is %d', (k, mean, chance) => {
    expect(poissonAtLeast(k, mean) / chance).toBeCloseTo(1, 10);
  });

  test('none is certain, some of none expected impossible, and less than none no question', () => {
    expect(poissonAtLeast(0, 0)).toBe(1);
    expect(poissonAtLeast(0, 7)).toBe(1);
    expect(poissonAtLeast(3, 0)).toBe(0);
    expect(poissonAtLeast(-1, 3)).toBeNaN();
    expect(poissonAtLeast(3, -1)).toBeNaN();
  });

  test('is one less the sum of the fewer', () => {
    const whole = fc.integer({ min: 1, max: 60 });
    const mean = fc.double({ min: 0.01, max: 80, noNaN: true });
    fc.assert(
      fc.property(whole, mean, (k, expected) => {
        let term = Math.exp(-expected);
        let fewer = 0;
        for (let i = 0; i < k; i += 1) {
          fewer += term;
          term *= expected / (i + 1);
        }
        expect(poissonAtLeast(k, expected)).toBeCloseTo(1 - fewer, 10);
      }),
    );
  });

  test('falls with k and rises with the mean, for fractions too', () => {
    const real = fc.double({ min: 0.05, max: 400, noNaN: true });
    fc.assert(
      fc.property(real, real, (k, mean) => {
        const chance = poissonAtLeast(k, mean);
        expect(chance).toBeGreaterThanOrEqual(0);
        expect(chance).toBeLessThanOrEqual(1);
        expect(poissonAtLeast(k + 0.5, mean)).toBeLessThanOrEqual(chance);
        expect(poissonAtLeast(k, mean + 0.5)).toBeGreaterThanOrEqual(chance);
      }),
    );
  });
});
