/** Mann and Whitney's test with its shift, against R's distribution, published numbers and all differences laid out. */
import fc from 'fast-check';
import { pwilcox, qwilcox } from 'lib-r-math.js';
import { describe, expect, test } from 'vitest';
import { differencesOf } from '../../src/stats/difference-quantile.js';
import { mannWhitney } from '../../src/stats/mann-whitney.js';
import { rankSumChances } from '../../src/stats/rank-sum-distribution.js';
import { expectNear, uniform } from './support/near.js';

const INF = Number.POSITIVE_INFINITY;

/** Hollander and Wolfe 1973, p. 69: permeability of a membrane at two ages. */
const AT_TERM = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
const EARLY = [1.15, 0.88, 0.9, 0.74, 1.21];

describe('the exact test', () => {
  test("of Hollander and Wolfe's permeability, as R has it", () => {
    const found = mannWhitney(AT_TERM, EARLY);
    expect(found.method).toBe('exact');
    expect(found.u).toBe(35);
    // wilcox.test(x, y, conf.int = TRUE): W = 35, p = 0.2544; 0.1272 for greater; shift 0.305, interval -0.15 to 0.76.
    expect(found.p).toBeCloseTo(0.2544, 4);
    expect(found.pGreater).toBeCloseTo(0.1272, 4);
    expect(found.shift).toBeCloseTo(0.305, 12);
    expect(found.interval.lower).toBeCloseTo(-0.15, 12);
    expect(found.interval.upper).toBeCloseTo(0.76, 12);
    expect(found.effect).toBeCloseTo(0.7, 12);
  });

  test('of 5 and 4 values that barely mix', () => {
    const found = mannWhitney([1, 2, 3, 4, 7], [5, 6, 8, 9]);
    expect(found.u).toBe(2);
    expect(found.p).toBeCloseTo(2 * pwilcox(2, 5, 4), 12);
    expect(mannWhitney([1, 2, 3, 5, 7], [4, 6, 8, 9]).p).toBeCloseTo(0.1111111, 7);
  });

  test('of two values an arm cannot be sure, however far apart they are', () => {
    const found = mannWhitney([100, 101], [1, 2]);
    expect(found.p).toBeCloseTo(1 / 3, 12);
    expect(found.interval).toEqual({ lower: -INF, upper: INF });
    expect(found.shift).toBe(99);
  });

  test('has the chances of R, up to 400 pairs', () => {
    for (const [n, m] of [
      [1, 1],
      [1, 400],
      [4, 100],
      [7, 5],
      [20, 20],
    ] as const) {
      const chances = rankSumChances(n, m);
      expect(chances).toHaveLength(n * m + 1);
      let sum = 0;
      chances.forEach((chance, u) => {
        sum += chance;
        expectNear(sum, pwilcox(u, n, m), 1e-12);
      });
    }
  });

  test('bounds the shift by the quantile of R', () => {
    fc.assert(
      fc.property(distinct(8), distinct(9), fc.constantFrom(0.05, 0.1, 0.3), (x, y, alpha) => {
        const shifted = y.map((value) => value + 0.001);
        const fewest = qwilcox(alpha / 2, x.length, y.length);
        const all = differences(x, shifted);
        const { interval } = mannWhitney(x, shifted, alpha);
        expect(interval.lower).toBe(fewest < 1 ? -INF : all[fewest - 1]);
        expect(interval.upper).toBe(fewest < 1 ? INF : all[all.length - fewest]);
      }),
    );
  });

  /** Whole numbers without ties. */
  function distinct(most: number): fc.Arbitrary<number[]> {
    return fc.uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: most });
  }
});

describe('the normal approximation', () => {
  // scipy.stats.mannwhitneyu(x, y, use_continuity=True, method='asymptotic') of SciPy 1.17.
  test.each([
    {
      name: 'with ties',
      x: [1, 2, 2, 3, 5, 5, 5, 8],
      y: [2, 3, 5, 6, 6, 8, 9],
      u: 15.5,
      p: 0.15845068048384114,
    },
    { name: 'with few values and ties', x: [1, 1], y: [1, 2], u: 1, p: 0.6170750774519738 },
  ])('$name', ({ x, y, u, p }) => {
    const found = mannWhitney(x, y);
    expect(found.method).toBe('normal');
    expect(found.u).toBe(u);
    expect(found.p).toBeCloseTo(p, 10);
  });

  test('of one and the same value everywhere finds nothing', () => {
    expect(mannWhitney([4, 4, 4], [4, 4])).toEqual({
      u: 3,
      p: 1,
      pGreater: 1,
      pLess: 1,
      method: 'normal',
      effect: 0.5,
      shift: 0,
      interval: { lower: 0, upper: 0 },
    });
  });

  test('is near the exact one where it takes over', () => {
    const x = Array.from({ length: 20 }, (_, i) => (i * 37) % 101);
    const y = Array.from({ length: 20 }, (_, i) => ((i * 53) % 103) + 0.5);
    const exact = mannWhitney(x, y);
    const more = mannWhitney([...x, 50.25], y);
    expect([exact.method, more.method]).toEqual(['exact', 'normal']);
    expect(Math.abs(exact.p - more.p)).toBeLessThan(0.05);
  });

  test('rejects a shift just outside its interval, and none inside', () => {
    fc.assert(
      fc.property(sample(40), sample(45), (x, y) => {
        fc.pre(x.length * y.length > 400);
        const { interval } = mannWhitney(x, y, 0.1);
        for (const [end, outwards] of [
          [interval.lower, -1],
          [interval.upper, 1],
        ] as const) {
          const at = (shift: number): number =>
            mannWhitney(
              x.map((value) => value - shift),
              y,
            ).p;
          expect(at(end + outwards * 1e-7)).toBeLessThan(0.1);
          expect(at(end - outwards * 1e-7)).toBeGreaterThanOrEqual(0.1);
        }
      }),
      { numRuns: 30 },
    );
  });

  /** Values without ties, nor differences that are alike. */
  function sample(most: number): fc.Arbitrary<number[]> {
    return fc.uniqueArray(uniform(0, 1), { minLength: 15, maxLength: most });
  }
});

describe('laws', () => {
  const values = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 30 });

  test('u counts the pairs in which x is larger', () => {
    fc.assert(
      fc.property(values, values, (x, y) => {
        const { u, effect } = mannWhitney(x, y);
        expect(u).toBe(differences(x, y).reduce((sum, d) => sum + (d > 0 ? 1 : d === 0 ? 0.5 : 0), 0));
        expect(effect).toBe(u / (x.length * y.length));
      }),
    );
  });

  test('swapped arms turn everything round', () => {
    fc.assert(
      fc.property(values, values, (x, y) => {
        const one = mannWhitney(x, y);
        const other = mannWhitney(y, x);
        expect(other.u).toBe(x.length * y.length - one.u);
        expect(other.p).toBeCloseTo(one.p, 12);
        expect(other.pLess).toBeCloseTo(one.pGreater, 12);
        expect(other.shift + 0).toBe(-one.shift + 0);
        expect(other.interval.lower + 0).toBe(-one.interval.upper + 0);
      }),
    );
  });

  test('the unit does not matter', () => {
    fc.assert(
      fc.property(values, values, fc.constantFrom(0.25, 1024, 2 ** -30), (x, y, unit) => {
        const one = mannWhitney(x, y);
        const scaled = mannWhitney(
          x.map((value) => value * unit),
          y.map((value) => value * unit),
        );
        expect(scaled.shift).toBe(one.shift * unit);
        expect(scaled.interval.lower).toBe(one.interval.lower * unit);
        expect(scaled.interval.upper).toBe(one.interval.upper * unit);
        expect(scaled.p).toBe(one.p);
      }),
    );
  });

  test('a shift of one arm shifts the estimate and its interval', () => {
    // In 2048ths, so that sums are exact; odd ones on one side, so that no shift makes a tie.
    const even = fc.uniqueArray(fc.integer({ min: -999, max: 999 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(even, even, fc.integer({ min: -99, max: 99 }), (x, y, by) => {
        const arm = x.map((value) => value / 1024);
        const other = y.map((value) => (value + 0.5) / 1024);
        const one = mannWhitney(arm, other);
        const shifted = mannWhitney(
          arm.map((value) => value + by / 1024),
          other,
        );
        expect(shifted.shift).toBe(one.shift + by / 1024);
        expect(shifted.interval.lower).toBe(one.interval.lower + by / 1024);
        expect(shifted.interval.upper).toBe(one.interval.upper + by / 1024);
      }),
    );
  });

  test.each([
    { name: 'an empty arm', x: [], y: [1] },
    { name: 'no number', x: [1, Number.NaN], y: [1] },
    { name: 'an infinite value', x: [1], y: [-INF, 3] },
  ])('$name is refused', ({ x, y }) => {
    expect(() => mannWhitney(x, y)).toThrow(RangeError);
  });
});

describe('order statistics of differences', () => {
  test('are those of all differences laid out', () => {
    const numbers = fc.array(fc.oneof(fc.integer({ min: -4, max: 4 }), uniform(-3, 3)), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(numbers, numbers, (x, y) => {
        const all = differences(x, y);
        const found = differencesOf(Float64Array.from(x).sort(), Float64Array.from(y).sort());
        expect(all.map((_, i) => found.kth(i + 1))).toEqual(all);
        const middle = all.length >> 1;
        const median = all.length % 2 === 1 ? all[middle] : ((all[middle - 1] ?? 0) + (all[middle] ?? 0)) / 2;
        expectNear(found.median(), median ?? 0, 1e-14);
      }),
    );
  });

  // Enough for thinned arms, and for counting instead of laying out.
  const SIZES = { n: 2000, m: 1700 };
  test.each([
    { name: 'smooth', value: (z: number) => z },
    { name: 'long-tailed', value: (z: number) => Math.exp(4 * z) },
    { name: 'in a few steps', value: (z: number) => Math.round(z * 3) },
    { name: 'nearly all one and the same', value: (z: number) => (Math.abs(z) > 2.5 ? z : 0) },
    { name: 'in two heaps far apart', value: (z: number) => (z > 0.3 ? 1e9 + z : z) },
  ])('of large arms, $name', ({ value }) => {
    const arm = (size: number, offset: number): Float64Array =>
      Float64Array.from({ length: size }, (_, i) => {
        // A sequence that fills the unit evenly, stretched to a bell.
        const share = ((i + offset) * 0.618_033_988_75) % 1;
        return value(Math.log((share + 1e-6) / (1 - share + 1e-6)));
      }).sort();
    const [x, y] = [arm(SIZES.n, 1), arm(SIZES.m, 0.37)];
    const laidOut = differences(x, y);
    const found = differencesOf(x, y);
    for (const k of [1, 2, 999, 1_000_000, 1_700_000, 1_700_001, 2_500_000, 3_399_999, 3_400_000]) {
      expect(found.kth(k)).toBe(laidOut[k - 1]);
    }
    expect(found.median()).toBeCloseTo(((laidOut[1_699_999] ?? 0) + (laidOut[1_700_000] ?? 0)) / 2, 12);
  });
});

function differences(x: ArrayLike<number>, y: ArrayLike<number>): Float64Array {
  const all = new Float64Array(x.length * y.length);
  for (let i = 0; i < x.length; i += 1) {
    for (let j = 0; j < y.length; j += 1) all[i * y.length + j] = (x[i] ?? 0) - (y[j] ?? 0);
  }
  return all.sort();
}
