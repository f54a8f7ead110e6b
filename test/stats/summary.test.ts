/** Quantiles, means, slopes and what is read off buckets. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bucketCountAtMost, bucketQuantile, mean, quantileR7, slope } from '../../src/stats/summary.js';

const INF = Number.POSITIVE_INFINITY;
const finite = fc.double({ min: -1e9, max: 1e9, noNaN: true });

describe('quantile R-7', () => {
  // R: quantile(x, q, type = 7).
  test.each([
    [[5], 0.5, 5],
    [[1, 2], 0.5, 1.5],
    [[1, 2, 3, 4], 0.25, 1.75],
    [[1, 2, 3, 4], 0.5, 2.5],
    [[1, 2, 3, 4, 5], 0.9, 4.6],
    [[1, 2, 3, 4, 10], 0, 1],
    [[1, 2, 3, 4, 10], 1, 10],
  ] as const)('of %j at %d is %d', (sorted, q, value) => {
    expect(quantileR7(sorted, q)).toBeCloseTo(value, 12);
  });

  test('lies between the least and the most, and rises with q', () => {
    fc.assert(
      fc.property(
        fc.array(finite, { minLength: 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, p, q) => {
          const sorted = [...values].sort((a, b) => a - b);
          const slack = 1e-6;
          const [low, high] = [quantileR7(sorted, Math.min(p, q)), quantileR7(sorted, Math.max(p, q))];
          expect(low).toBeLessThanOrEqual(high + slack);
          expect(low).toBeGreaterThanOrEqual((sorted[0] ?? 0) - slack);
          expect(high).toBeLessThanOrEqual((sorted.at(-1) ?? 0) + slack);
        },
      ),
    );
  });
});

describe('the mean', () => {
  test('of nothing is no number', () => {
    expect(mean([])).toBeNaN();
  });

  test('of one and the same is exactly that', () => {
    expect(mean([0.1, 0.1, 0.1])).toBe(0.1);
  });

  test('of large numbers does not overflow', () => {
    expect(mean([1e308, 1e308, 1e308])).toBe(1e308);
  });

  test('is the sum over the count', () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1 }), (values) => {
        const sum = values.reduce((total, value) => total + value, 0);
        expect(Math.abs(mean(values) - sum / values.length)).toBeLessThan(1e-4);
      }),
    );
  });
});

describe('the slope', () => {
  test.each([
    { name: 'of a line is its rise', x: [0, 60, 120], y: [1, 4, 7], is: 0.05 },
    { name: 'of a flat line is 0', x: [0, 1, 2], y: [5, 5, 5], is: 0 },
    { name: 'falls where values fall', x: [0, 1], y: [1, -1], is: -2 },
    { name: 'is the least squares one', x: [1, 2, 3, 4], y: [6, 5, 7, 10], is: 1.4 },
    { name: 'minds gaps in x', x: [0, 1, 4], y: [0, 1, 4], is: 1 },
  ])('$name', ({ x, y, is }) => {
    expect(slope(x, y)).toBeCloseTo(is, 12);
  });

  test.each([
    { name: 'no point', x: [], y: [] },
    { name: 'one point', x: [1], y: [5] },
    { name: 'points at one and the same x', x: [3, 3, 3], y: [1, 2, 3] },
  ])('of $name there is none', ({ x, y }) => {
    expect(slope(x, y)).toBeUndefined();
  });

  test('a missing y makes it no number', () => {
    expect(slope([0, 1, 2], [1, 2])).toBeNaN();
  });

  test('moves with y and not with x or an offset', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 2, maxLength: 20 }),
        fc.integer({ min: -50, max: 50 }),
        fc.integer({ min: 1, max: 9 }),
        (y, offset, factor) => {
          const x = y.map((_, i) => i);
          const base = slope(x, y) ?? Number.NaN;
          expect(
            slope(
              x,
              y.map((value) => factor * value + offset),
            ),
          ).toBeCloseTo(factor * base, 8);
          expect(
            slope(
              x.map((value) => value + offset),
              y,
            ),
          ).toBeCloseTo(base, 8);
        },
      ),
    );
  });
});

describe('a quantile of buckets, as PromQL takes it', () => {
  const BOUNDS = [0.1, 0.5, 1, INF];
  test.each([
    { name: 'lies linearly inside its bucket', counts: [0, 10, 20, 20], q: 0.75, is: 0.75 },
    { name: 'of the first bucket begins at 0', counts: [10, 10, 10, 10], q: 0.5, is: 0.05 },
    { name: 'at the end of a bucket is its edge', counts: [5, 10, 10, 10], q: 0.5, is: 0.1 },
    { name: 'passes over empty buckets', counts: [5, 5, 10, 10], q: 0.6, is: 0.6 },
    { name: 'at 1 is the highest edge in use', counts: [5, 10, 10, 10], q: 1, is: 0.5 },
    { name: 'takes fractional counts', counts: [0.5, 1, 1, 1], q: 0.75, is: 0.3 },
  ])('$name', ({ counts, q, is }) => {
    const found = bucketQuantile(BOUNDS, counts, q);
    expect(found?.value).toBeCloseTo(is, 12);
    expect(found?.isAtLeast).toBe(false);
  });

  test('above the last finite edge it is at least that edge', () => {
    expect(bucketQuantile(BOUNDS, [1, 2, 3, 10], 0.95)).toEqual({ value: 1, isAtLeast: true });
  });

  test('just at the last finite edge it is that edge', () => {
    expect(bucketQuantile(BOUNDS, [1, 2, 5, 10], 0.5)).toEqual({ value: 1, isAtLeast: false });
  });

  test('a first bucket that ends at or below 0 gives its edge', () => {
    expect(bucketQuantile([-1, 1, INF], [10, 20, 20], 0.25)?.value).toBe(-1);
    expect(bucketQuantile([0, 1, INF], [10, 20, 20], 0.25)?.value).toBe(0);
    expect(bucketQuantile([-1, 1, INF], [10, 20, 20], 0.75)?.value).toBe(0);
  });

  test.each([
    { name: 'no observation', bounds: BOUNDS, counts: [0, 0, 0, 0] },
    { name: 'no bucket', bounds: [], counts: [] },
  ])('of $name there is none', ({ bounds, counts }) => {
    expect(bucketQuantile(bounds, counts, 0.5)).toBeUndefined();
  });

  test('of a rank of 0 in an empty first bucket is its edge, never a division by zero', () => {
    expect(bucketQuantile(BOUNDS, [0, 5, 5, 5], 0)).toEqual({ value: 0.1, isAtLeast: false });
  });

  test('of +Inf alone nothing but 0 can be said', () => {
    expect(bucketQuantile([INF], [10], 0.5)).toEqual({ value: 0, isAtLeast: true });
  });

  test('agrees with a plain reading of the rules of histogram_quantile', () => {
    fc.assert(
      fc.property(
        histogram(),
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        ({ bounds, counts }, q) => {
          const found = bucketQuantile(bounds, counts, q);
          const expected = promql(bounds, counts, q);
          if (Number.isNaN(expected)) expect(found).toBeUndefined();
          else expect(found?.value).toBeCloseTo(expected, 9);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('rises with q', () => {
    const share = fc.double({ min: 0.001, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(histogram(), share, share, ({ bounds, counts }, p, q) => {
        const low = bucketQuantile(bounds, counts, Math.min(p, q))?.value ?? 0;
        const high = bucketQuantile(bounds, counts, Math.max(p, q))?.value ?? 0;
        expect(low).toBeLessThanOrEqual(high + 1e-9);
      }),
    );
  });
});

/** Rules of BucketQuantile in promql/quantile.go, for sorted, cumulative buckets. */
function promql(bounds: readonly number[], counts: readonly number[], q: number): number {
  const observations = counts.at(-1) ?? 0;
  if (bounds.length < 2 || observations === 0) return Number.NaN;
  let rank = q * observations;
  let b = 0;
  while (b < bounds.length - 1 && (counts[b] ?? 0) < rank) b += 1;
  if (b === bounds.length - 1) return bounds.at(-2) ?? Number.NaN;
  const end = bounds[b] ?? 0;
  if (b === 0 && end <= 0) return end;
  let start = 0;
  let count = counts[b] ?? 0;
  if (b > 0) {
    start = bounds[b - 1] ?? 0;
    count -= counts[b - 1] ?? 0;
    rank -= counts[b - 1] ?? 0;
  }
  return start + (end - start) * (rank / count);
}

describe('the count of observations at most a bound', () => {
  const BOUNDS = [0.1, 0.5, 1, INF];
  const COUNTS = [10, 30, 60, 80];
  test.each([
    { name: 'at an edge is its bucket', bound: 0.5, count: 30, edges: null },
    { name: 'at the first edge', bound: 0.1, count: 10, edges: null },
    { name: 'at the last finite edge', bound: 1, count: 60, edges: null },
    {
      name: 'at an edge that differs in the last bit',
      bound: 0.1 + 0.2 - 0.2 + 1e-12,
      count: 10,
      edges: null,
    },
    { name: 'between edges is interpolated', bound: 0.3, count: 20, edges: [0.1, 0.5] },
    { name: 'in the first bucket begins at 0', bound: 0.05, count: 5, edges: [0, 0.1] },
    { name: 'at 0 is nothing', bound: 0, count: 0, edges: [0, 0.1] },
    { name: 'below 0 is nothing, not less', bound: -1, count: 0, edges: [0, 0.1] },
    {
      name: 'above the last finite edge only what lies below it counts',
      bound: 2,
      count: 60,
      edges: [1, INF],
    },
  ])('$name', ({ bound, count, edges }) => {
    const found = bucketCountAtMost(BOUNDS, COUNTS, bound);
    expect(found.count).toBeCloseTo(count, 9);
    expect(found.edges).toEqual(edges);
  });

  test('below a first edge at or under 0 nothing is known, so nothing counts', () => {
    expect(bucketCountAtMost([-1, 1, INF], [10, 20, 20], -3)).toEqual({ count: 0, edges: [-INF, -1] });
    expect(bucketCountAtMost([-1, 1, INF], [10, 20, 20], -1)).toEqual({ count: 10, edges: null });
    expect(bucketCountAtMost([-1, 1, INF], [10, 20, 20], 0).count).toBe(15);
    expect(bucketCountAtMost([0, 1, INF], [10, 20, 20], -1)).toEqual({ count: 0, edges: [-INF, 0] });
    expect(bucketCountAtMost([-2, -1, INF], [10, 20, 20], -1.5)).toEqual({ count: 15, edges: [-2, -1] });
  });

  test('lies between 0 and all, and rises with the bound', () => {
    const bound = fc.double({ min: -20, max: 200, noNaN: true });
    fc.assert(
      fc.property(histogram(), bound, bound, ({ bounds, counts }, a, b) => {
        const low = bucketCountAtMost(bounds, counts, Math.min(a, b)).count;
        const high = bucketCountAtMost(bounds, counts, Math.max(a, b)).count;
        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual(high + 1e-6);
        expect(high).toBeLessThanOrEqual((counts.at(-1) ?? 0) + 1e-9);
      }),
      { numRuns: 500 },
    );
  });

  test('is the inverse of the quantile inside a bucket', () => {
    fc.assert(
      fc.property(histogram(), fc.double({ min: 0.01, max: 0.99, noNaN: true }), ({ bounds, counts }, q) => {
        const found = bucketQuantile(bounds, counts, q);
        if (found === undefined || found.isAtLeast || found.value <= 0) return;
        const total = counts.at(-1) ?? 0;
        const back = bucketCountAtMost(bounds, counts, found.value).count;
        expect(back).toBeGreaterThanOrEqual(q * total - 1e-6 * total);
      }),
    );
  });
});

/** Rising bounds that end in +Inf, and cumulative counts. */
function histogram(): fc.Arbitrary<{ bounds: number[]; counts: number[] }> {
  return fc
    .tuple(
      fc.uniqueArray(fc.integer({ min: -20, max: 1000 }), { minLength: 1, maxLength: 8 }),
      fc.array(fc.nat(100), { minLength: 9, maxLength: 9 }),
    )
    .map(([edges, inside]) => {
      const bounds = [...edges.sort((a, b) => a - b).map((edge) => edge / 10), INF];
      let sum = 0;
      const counts = bounds.map((_, i) => {
        sum += inside[i] ?? 0;
        return sum;
      });
      return { bounds, counts };
    });
}
