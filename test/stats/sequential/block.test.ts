/** The nearest point of a margin's line, and what one stratum says against it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Pair } from '../../../src/stats/pair.js';
import {
  type Family,
  type Line,
  lnBlock,
  lnRatio,
  project,
  type Rates,
  tiedTo,
} from '../../../src/stats/sequential/block.js';
import { S1, S2, swapped } from '../support/pairs.js';
import { expectation, pairOf } from './support.js';

const EQUAL: Line = { scale: 1, offset: 0 };

describe('the nearest point on the line', () => {
  const alternative = { judged: 0.55, baseline: 0.62 };
  test.each([
    { line: { scale: 1, offset: -0.03 }, sizes: [200, 200], judged: 0.570211, baseline: 0.600211 },
    { line: { scale: 1, offset: -0.03 }, sizes: [50, 950], judged: 0.588049, baseline: 0.618049 },
    { line: { scale: 0.97, offset: 0 }, sizes: [200, 200], judged: 0.576644, baseline: 0.594478 },
    { line: EQUAL, sizes: [200, 200], judged: 0.585, baseline: 0.585 },
    { line: EQUAL, sizes: [50, 950], judged: 0.6165, baseline: 0.6165 },
  ] as const)('$line with sizes $sizes', ({ line, sizes, judged, baseline }) => {
    const nearest = project('binomial', alternative, line, sizes[0], sizes[1]);
    expect(nearest?.judged).toBeCloseTo(judged, 6);
    expect(nearest?.baseline).toBeCloseTo(baseline, 6);
  });

  test('of rates that may be equal is the pooled rate', () => {
    const nearest = project('poisson', { judged: 3, baseline: 1 }, EQUAL, 10, 30);
    expect(nearest?.judged).toBeCloseTo(1.5, 12);
    expect(nearest?.baseline).toBeCloseTo(1.5, 12);
  });

  test.each([
    { family: 'binomial', line: { scale: 1, offset: 1 } },
    { family: 'binomial', line: { scale: 1, offset: -1 } },
    { family: 'binomial', line: { scale: 1, offset: -2 } },
  ] as const)('is none where no possible rates lie on it: $line', ({ family, line }) => {
    expect(project(family, alternative, line, 10, 10)).toBeUndefined();
  });

  test('rates know no upper end', () => {
    const nearest = project('poisson', { judged: 9, baseline: 1 }, { scale: 1, offset: 2 }, 10, 10);
    expect(nearest?.judged).toBeGreaterThan(3);
    expect((nearest?.judged ?? 0) - (nearest?.baseline ?? 0)).toBeCloseTo(2, 12);
  });

  const share = fc.double({ min: 0.01, max: 0.99, noNaN: true });
  const size = fc.integer({ min: 1, max: 100_000 });
  const family = fc.constantFrom<Family>('binomial', 'poisson');
  const line = fc.oneof(
    fc.record({ scale: fc.constant(1), offset: fc.double({ min: -0.5, max: 0.5, noNaN: true }) }),
    fc.record({ scale: fc.double({ min: 0.3, max: 3, noNaN: true }), offset: fc.constant(0) }),
  );

  test('lies on the line and among the possible rates', () => {
    fc.assert(
      fc.property(family, line, share, share, size, size, (kind, border, judged, baseline, n, m) => {
        const nearest = project(kind, { judged, baseline }, border, n, m);
        if (nearest === undefined) throw new Error('the line crosses the possible rates');
        expect(nearest.judged).toBeCloseTo(border.scale * nearest.baseline + border.offset, 12);
        for (const rate of [nearest.judged, nearest.baseline]) {
          expect(rate).toBeGreaterThan(0);
          if (kind === 'binomial') expect(rate).toBeLessThan(1);
        }
      }),
    );
  });

  test('has no nearer neighbour on the line', () => {
    fc.assert(
      fc.property(family, line, share, share, size, size, (kind, border, judged, baseline, n, m) => {
        const alternative = { judged, baseline };
        const nearest = project(kind, alternative, border, n, m);
        if (nearest === undefined) throw new Error('the line crosses the possible rates');
        // The divergence is the expected log of the likelihood ratio under the alternative.
        const far = (point: Rates): number =>
          lnBlock(kind, pairOf(n * judged, n, m * baseline, m), alternative, point);
        const here = far(nearest);
        for (const step of [-0.1, -0.01, -1e-3, 1e-3, 0.01, 0.1]) {
          const beside = nearest.baseline + step * Math.min(nearest.baseline, 1 - nearest.baseline);
          const other = { judged: border.scale * beside + border.offset, baseline: beside };
          const isPossible = other.judged > 0 && (kind === 'poisson' || other.judged < 1) && beside > 0;
          if (isPossible) expect(far(other)).toBeGreaterThanOrEqual(here - 1e-9 * Math.max(1, here));
        }
      }),
    );
  });
});

describe('the point that a pair is tied to', () => {
  const line = fc.record({
    scale: fc.constantFrom(1, 0.9, 1.25),
    offset: fc.constantFrom(0, -0.02, 0.03),
  });
  const size = fc.integer({ min: 1, max: 100_000 });

  test.each(['binomial', 'poisson'] as const)('is the nearest on the line, %s', (family) => {
    let found = 0;
    fc.assert(
      fc.property(
        fc.double({ min: 0.06, max: 0.9, noNaN: true }),
        fc.double({ min: -0.3, max: 0.3, noNaN: true }).filter((distance) => Math.abs(distance) > 1e-4),
        line,
        size,
        size,
        (rate, distance, border, n, m) => {
          const tied = tiedTo(family, rate, distance, border, n, m);
          if (tied === undefined) return;
          found += 1;
          const { alternative, nearest } = tied;
          expect(nearest.judged).toBeCloseTo(border.scale * nearest.baseline + border.offset, 12);
          const gap = alternative.judged - border.scale * alternative.baseline - border.offset;
          expect(gap).toBeCloseTo(distance, 12);
          const searched = project(family, alternative, border, n, m);
          expect(nearest.baseline / (searched?.baseline ?? 0)).toBeCloseTo(1, 8);
        },
      ),
    );
    expect(found).toBeGreaterThan(50);
  });

  test('is none where a rate would have to leave what is possible', () => {
    expect(tiedTo('binomial', 0.99, 0.2, { scale: 1, offset: 0 }, 10, 10)).toBeUndefined();
    expect(tiedTo('poisson', 0.1, -0.5, { scale: 1, offset: 0.01 }, 10, 10)).toBeUndefined();
    expect(tiedTo('binomial', 0.5, 0.1, { scale: 1, offset: -0.6 }, 10, 10)).toBeUndefined();
  });
});

describe('strata against alternatives from earlier strata', () => {
  const alternativeOf = (past: readonly Pair[], arm: 'judged' | 'baseline'): number => {
    const k = past.reduce((sum, pair) => sum + pair[arm].k, 0);
    const n = past.reduce((sum, pair) => sum + pair[arm].n, 0);
    return (k + 0.5) / (n + 1);
  };
  const running = (pairs: readonly Pair[], side: 1 | -1): readonly number[] => {
    let lnE = 0;
    return pairs.map((pair, i) => {
      const past = pairs.slice(0, i);
      const alternative = {
        judged: alternativeOf(past, 'judged'),
        baseline: alternativeOf(past, 'baseline'),
      };
      const nearest = project('binomial', alternative, EQUAL, pair.judged.n, pair.baseline.n);
      if (nearest !== undefined && side * (alternative.judged - alternative.baseline) > 0) {
        lnE += lnBlock('binomial', pair, alternative, nearest);
      }
      return lnE;
    });
  };

  test.each([
    {
      name: 'shares that fall',
      side: -1,
      pairs: [pairOf(118, 200, 125, 200), pairOf(112, 200, 130, 200), pairOf(115, 200, 121, 200)],
      lnE: [0, 1.059682, 1.016768],
    },
    {
      name: 'rare errors that rise',
      side: 1,
      pairs: [pairOf(2, 50, 5, 950), pairOf(1, 50, 4, 950), pairOf(3, 50, 6, 950), pairOf(4, 100, 5, 900)],
      lnE: [0, 0.536588, 4.063329, 7.661663],
    },
  ] as const)('$name', ({ side, pairs, lnE }) => {
    const found = running(pairs, side);
    lnE.forEach((value, i) => {
      expect(found[i]).toBeCloseTo(value, 6);
    });
  });
});

describe('the likelihood ratio', () => {
  test.each([
    { family: 'binomial', k: 0, n: 10, is: 10 * Math.log(0.8 / 0.9) },
    { family: 'binomial', k: 10, n: 10, is: 10 * Math.log(2) },
    { family: 'binomial', k: 3, n: 10, is: 3 * Math.log(2) + 7 * Math.log(0.8 / 0.9) },
    { family: 'binomial', k: 0, n: 0, is: 0 },
    { family: 'poisson', k: 0, n: 10, is: -1 },
    { family: 'poisson', k: 12, n: 10, is: 12 * Math.log(2) - 1 },
  ] as const)('$family: $k of $n', ({ family, k, n, is }) => {
    expect(lnRatio(family, { k, n }, 0.2, 0.1)).toBeCloseTo(is, 12);
  });
});

describe('the law: no rates on the allowed side expect more than 1', () => {
  const cases = [
    { scale: 1, offset: 0, side: 1 },
    { scale: 1, offset: 0, side: -1 },
    { scale: 1, offset: -0.1, side: -1 },
    { scale: 1, offset: -0.1, side: 1 },
    { scale: 1, offset: 0.2, side: 1 },
    { scale: 0.8, offset: 0, side: -1 },
    { scale: 1.5, offset: 0, side: 1 },
    { scale: 1.5, offset: 0, side: -1 },
  ] as const;
  const grid = Array.from({ length: 21 }, (_, i) => i / 20);
  const alternatives = [0.03, 0.2, 0.5, 0.8, 0.97];

  test.each(cases)('shares, $scale * baseline + $offset, side $side', ({ scale, offset, side }) => {
    let most = 0;
    for (const [judgedN, baselineN] of [
      [5, 9],
      [9, 5],
      [1, 9],
    ] as const) {
      for (const judged of alternatives) {
        for (const baseline of alternatives) {
          if (side * (judged - scale * baseline - offset) <= 0) continue;
          const alternative = { judged, baseline };
          const nearest = project('binomial', alternative, { scale, offset }, judgedN, baselineN);
          if (nearest === undefined) throw new Error('the line crosses the possible rates');
          for (const rate of grid) {
            const border = scale * rate + offset;
            const allowed = grid.filter((own) => side * (own - border) <= 0);
            for (const own of [...allowed, ...(border >= 0 && border <= 1 ? [border] : [])]) {
              const e = expectation(
                'binomial',
                [{ judgedN, baselineN, judged: own, baseline: rate }],
                ([pair = pairOf(0, 0, 0, 0)]) => Math.exp(lnBlock('binomial', pair, alternative, nearest)),
              );
              most = Math.max(most, e);
            }
          }
        }
      }
    }
    expect(most).toBeGreaterThan(0.99);
    expect(most).toBeLessThanOrEqual(1 + 1e-9);
  });

  test.each(cases)('rates, $scale * baseline + $offset, side $side', ({ scale, offset, side }) => {
    // ln E[exp] of Poisson counts is linear in the true rates: n (rate - nearest) (alternative / nearest - 1).
    const lnExpected = (n: number, rate: number, alternative: number, nearest: number): number =>
      n * (rate * (alternative / nearest - 1) - (alternative - nearest));
    const rates = [0.01, 0.1, 0.5, 1, 2, 10];
    let most = Number.NEGATIVE_INFINITY;
    for (const judged of rates) {
      for (const baseline of rates) {
        if (side * (judged - scale * baseline - offset) <= 0) continue;
        const nearest = project('poisson', { judged, baseline }, { scale, offset }, 5, 9);
        if (nearest === undefined) throw new Error('the line crosses the possible rates');
        for (const rate of [0, ...rates]) {
          const border = scale * rate + offset;
          const allowed = [0, ...rates].filter((own) => side * (own - border) <= 0);
          for (const own of [...allowed, ...(border >= 0 ? [border] : [])]) {
            const ln =
              lnExpected(5, own, judged, nearest.judged) + lnExpected(9, rate, baseline, nearest.baseline);
            most = Math.max(most, ln);
          }
        }
      }
    }
    expect(Math.abs(most)).toBeLessThanOrEqual(1e-9);
  });

  test('the closed form of rates is their expectation', () => {
    const [alternative, nearest] = [
      { judged: 0.6, baseline: 0.2 },
      { judged: 0.4, baseline: 0.4 },
    ];
    const e = expectation(
      'poisson',
      [{ judgedN: 3, baselineN: 4, judged: 0.5, baseline: 0.3 }],
      ([pair = pairOf(0, 0, 0, 0)]) => Math.exp(lnBlock('poisson', pair, alternative, nearest)),
    );
    expect(Math.log(e)).toBeCloseTo(3 * (0.5 * 0.5 - 0.2) + 4 * (0.3 * -0.5 + 0.2), 6);
  });
});

test.each([
  { name: 'a checkout that gets worse', pairs: S1, is: [0, 1.059682, 1.016768] },
  {
    name: 'rare errors, where higher is worse',
    pairs: S2.map(swapped),
    is: [0, 0.536588, 4.063329, 7.661663],
  },
])('$name: strata judged by the shares before them, as the page has it', ({ pairs, is }) => {
  const sum = { judged: { k: 0, n: 0 }, baseline: { k: 0, n: 0 } };
  const plain = ({ k, n }: Pair['judged']): number => (k + 0.5) / (n + 1);
  let lnE = 0;
  pairs.forEach((pair, i) => {
    const shares = { judged: plain(sum.judged), baseline: plain(sum.baseline) };
    const nearest = project('binomial', shares, EQUAL, pair.judged.n, pair.baseline.n);
    if (shares.judged < shares.baseline && nearest !== undefined) {
      lnE += lnBlock('binomial', pair, shares, nearest);
    }
    expect(lnE).toBeCloseTo(is[i] ?? Number.NaN, 6);
    for (const arm of ['judged', 'baseline'] as const) {
      sum[arm].k += pair[arm].k;
      sum[arm].n += pair[arm].n;
    }
  });
});
