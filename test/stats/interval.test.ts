/** Intervals, against published numbers. */
import fc from 'fast-check';
import { dbinom } from 'lib-r-math.js';
import { describe, expect, test } from 'vitest';
import { clopperPearson, poissonScore, wilson } from '../../src/stats/interval.js';

describe("Wilson's interval of a share", () => {
  test.each([
    [700, 1000, 0.670876, 0.727593],
    // Newcombe 1998, table I, method 3.
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%d of %d lies in %d to %d', (k, n, low, high) => {
    const digits = low > 0.5 ? 6 : 4;
    const [lower, upper] = wilson(k, n);
    expect(lower).toBeCloseTo(low, digits);
    expect(upper).toBeCloseTo(high, digits);
  });

  test('none of some begins at exactly 0, all of some ends at exactly 1', () => {
    for (let n = 1; n < 300; n += 1) {
      expect(wilson(0, n)[0]).toBe(0);
      expect(wilson(0, n)[1]).toBeGreaterThan(0);
      expect(wilson(n, n)[1]).toBe(1);
      expect(wilson(n, n)[0]).toBeLessThan(1);
    }
  });

  test('a wider z gives a wider interval', () => {
    const [low, high] = wilson(30, 100, 2.5758);
    expect(low).toBeLessThan(wilson(30, 100)[0]);
    expect(high).toBeGreaterThan(wilson(30, 100)[1]);
  });

  const counts = fc
    .tuple(fc.integer({ min: 1, max: 1_000_000 }), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([n, share]) => ({ n, k: Math.round(share * n) }));

  test('holds the share itself and stays in 0..1', () => {
    fc.assert(
      fc.property(counts, ({ k, n }) => {
        const [low, high] = wilson(k, n);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual(k / n + 1e-12);
        expect(high).toBeGreaterThanOrEqual(k / n - 1e-12);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThan(high);
      }),
    );
  });

  test('its ends are where the score test just rejects', () => {
    fc.assert(
      fc.property(counts, ({ k, n }) => {
        for (const bound of wilson(k, n, 1.96)) {
          if (bound <= 0 || bound >= 1) continue;
          const z = Math.abs(k / n - bound) / Math.sqrt((bound * (1 - bound)) / n);
          expect(z).toBeCloseTo(1.96, 4);
        }
      }),
    );
  });

  test('of the failures is the mirror of that of the successes', () => {
    fc.assert(
      fc.property(counts, ({ k, n }) => {
        const [low, high] = wilson(k, n);
        const [mirrorLow, mirrorHigh] = wilson(n - k, n);
        expect(mirrorLow).toBeCloseTo(1 - high, 10);
        expect(mirrorHigh).toBeCloseTo(1 - low, 10);
      }),
    );
  });

  test('narrows with more of the same', () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: 2, max: 50 }), ({ k, n }, times) => {
        const [low, high] = wilson(k, n);
        const [moreLow, moreHigh] = wilson(k * times, n * times);
        expect(moreHigh - moreLow).toBeLessThan(high - low);
      }),
    );
  });
});

describe('the score interval of a Poisson rate', () => {
  test.each([
    [10, 1, 5.432, 18.4095],
    [4, 2, 0.7776, 5.1428],
    [0, 1, 0, 3.8415],
    [0, 10, 0, 0.38415],
  ])('%d events in %d lies in %d to %d', (k, n, low, high) => {
    const [lower, upper] = poissonScore(k, n);
    expect(lower).toBeCloseTo(low, 3);
    expect(upper).toBeCloseTo(high, 3);
  });

  test('its ends are where the score test just rejects, in any unit of exposure', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100_000 }),
        fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
        (k, n) => {
          const [low, high] = poissonScore(k, n);
          expect(low).toBeGreaterThanOrEqual(0);
          expect(low).toBeLessThanOrEqual(k / n);
          expect(high).toBeGreaterThan(k / n);
          for (const rate of [low, high]) {
            if (rate > 0) expect(Math.abs(k - rate * n) / Math.sqrt(rate * n)).toBeCloseTo(1.96, 3);
          }
        },
      ),
    );
  });
});

describe("Clopper and Pearson's interval", () => {
  test.each([
    [7, 10, 0.3475471499400027, 0.9332604888222655],
    [0, 20, 0, 0.1684334709830853],
    [20, 20, 0.8315665290169146, 1],
    [81, 263, 0.25273674558527126, 0.36762192260135135],
    [1, 1_000_000, 2.5317807663794178e-8, 5.571630655166939e-6],
  ])('%d of %d lies in %d to %d', (k, n, low, high) => {
    const [lower, upper] = clopperPearson(k, n);
    expect(lower).toBeCloseTo(low, 13);
    expect(upper).toBeCloseTo(high, 13);
  });

  test('leaves half of α on either side', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }).chain((n) => fc.tuple(fc.nat(n), fc.constant(n))),
        fc.constantFrom(0.05, 0.2),
        ([k, n], alpha) => {
          const [lower, upper] = clopperPearson(k, n, alpha);
          let [atLeast, atMost] = [0, 0];
          for (let i = k; i <= n; i += 1) atLeast += dbinom(i, n, lower);
          for (let i = 0; i <= k; i += 1) atMost += dbinom(i, n, upper);
          if (k > 0) expect(atLeast).toBeCloseTo(alpha / 2, 10);
          if (k < n) expect(atMost).toBeCloseTo(alpha / 2, 10);
        },
      ),
    );
  });
});
