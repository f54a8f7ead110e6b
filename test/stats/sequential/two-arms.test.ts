/** Evidence of two arms against a margin: an e-process, whatever the rates and however they drift. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Pair } from '../../../src/stats/pair.js';
import type { Family, Line } from '../../../src/stats/sequential/block.js';
import { lnBeyondLine } from '../../../src/stats/sequential/two-arms.js';
import { expectation, falseAlarms, MOST_ALARMS, pairOf, type Truth } from './support.js';

const EQUAL: Line = { scale: 1, offset: 0 };
const MARGIN: Line = { scale: 1, offset: -0.1 };
const RATIO: Line = { scale: 0.8, offset: 0 };
const SIDES = [1, -1] as const;
const LINES = [
  { name: 'no margin', line: EQUAL },
  { name: 'a margin in points below', line: MARGIN },
  { name: 'a margin in points above', line: { scale: 1, offset: 0.1 } },
  { name: 'a ratio below', line: RATIO },
  { name: 'a ratio above', line: { scale: 1.5, offset: 0 } },
] as const;

const lastOf = (family: Family, pairs: readonly Pair[], line: Line, side: 1 | -1): number =>
  lnBeyondLine(family, pairs, line, side).at(-1) ?? 0;

/** Sizes of strata, and baselines that drift between them. */
const SHARES = [
  {
    sizes: [
      [2, 3],
      [3, 2],
    ],
    drift: [0.5, 0.5],
  },
  {
    sizes: [
      [3, 3],
      [2, 5],
    ],
    drift: [0.2, 0.7],
  },
  {
    sizes: [
      [1, 4],
      [4, 1],
    ],
    drift: [0.95, 0.6],
  },
  {
    sizes: [
      [4, 2],
      [2, 2],
    ],
    drift: [0.11, 0.12],
  },
  {
    sizes: [
      [2, 2],
      [1, 2],
      [2, 1],
    ],
    drift: [0.4, 0.6, 0.3],
  },
] as const;

function truthsOf(
  {
    sizes,
    drift,
  }: { readonly sizes: readonly (readonly [number, number])[]; readonly drift: readonly number[] },
  own: (baseline: number) => number,
): readonly Truth[] {
  return sizes.map(([judgedN, baselineN], i) => {
    const baseline = drift[i] ?? Number.NaN;
    return { judgedN, baselineN, baseline, judged: own(baseline) };
  });
}

describe.each(LINES)('$name', ({ line }) => {
  const onLine = (rate: number): number => line.scale * rate + line.offset;

  test.each(SIDES)('shares on the line or on the allowed side expect at most 1 (side %d)', (side) => {
    for (const shape of SHARES) {
      for (const beyond of [0, 0.05, 0.3]) {
        const own = (rate: number): number => Math.min(1, Math.max(0, onLine(rate) - side * beyond));
        const truths = truthsOf(shape, own);
        // A baseline whose line lies outside the possible shares has no allowed partner there.
        if (truths.some(({ judged, baseline }) => side * (judged - onLine(baseline)) > 1e-12)) continue;
        const e = expectation('binomial', truths, (pairs) => Math.exp(lastOf('binomial', pairs, line, side)));
        expect(e).toBeLessThanOrEqual(1 + 1e-9);
        expect(e).toBeGreaterThan(0.2);
      }
    }
  });

  test.each(SIDES)('rates on the line or on the allowed side expect at most 1 (side %d)', (side) => {
    for (const drift of [
      [0.5, 0.5],
      [0.3, 0.9],
    ]) {
      for (const beyond of [0, 0.2]) {
        const truths = truthsOf(
          {
            sizes: [
              [1, 2],
              [2, 1],
            ],
            drift,
          },
          (rate) => Math.max(0, onLine(rate) - side * beyond),
        );
        const e = expectation('poisson', truths, (pairs) => Math.exp(lastOf('poisson', pairs, line, side)));
        expect(e).toBeLessThanOrEqual(1 + 1e-9);
      }
    }
  });

  test.each([
    { family: 'binomial', side: 1 },
    { family: 'binomial', side: -1 },
    { family: 'poisson', side: 1 },
    { family: 'poisson', side: -1 },
  ] as const)('$family at the line, side $side: seldom 1 in 20 over fifty looks', ({ family, side }) => {
    const share = falseAlarms(family, 300 + side, onLine, (pairs) => lnBeyondLine(family, pairs, line, side));
    expect(share).toBeLessThanOrEqual(MOST_ALARMS);
  });

  test.each(SIDES)('what is clearly beyond is found (side %d)', (side) => {
    const pairs = Array.from({ length: 50 }, () => pairOf(100 * (onLine(0.5) + side * 0.15), 100, 50, 100));
    for (const family of ['binomial', 'poisson'] as const) {
      expect(lastOf(family, pairs, line, side)).toBeGreaterThan(Math.log(20));
      expect(lastOf(family, pairs, line, side === 1 ? -1 : 1)).toBeLessThan(0);
    }
  });

  test('is never NaN nor endless', () => {
    const hard: readonly (readonly Pair[])[] = [
      [pairOf(10, 10, 10, 10), pairOf(10, 10, 10, 10)],
      [pairOf(0, 10, 0, 10), pairOf(0, 10, 0, 10)],
      [pairOf(10, 10, 0, 10), pairOf(10, 10, 0, 10), pairOf(0, 10, 10, 10)],
      [pairOf(0, 10, 10, 10), pairOf(0, 10, 10, 10), pairOf(10, 10, 0, 10)],
      [pairOf(0, 0, 0, 0), pairOf(0, 0, 5, 9), pairOf(5, 9, 0, 0), pairOf(5, 9, 5, 9)],
      [pairOf(1, 1, 0, 1), pairOf(1, 1, 0, 1)],
      [pairOf(5e11, 1e12, 4e11, 1e12), pairOf(5e11, 1e12, 4e11, 1e12)],
      [pairOf(1, 1e12, 0, 1e12), pairOf(0, 1e12, 1, 1e12)],
      [pairOf(1e12, 1e12, 1e12, 1e12), pairOf(0, 1e12, 0, 1e12)],
      [pairOf(3, 10, 1e11, 1e12), pairOf(3, 10, 1e11, 1e12)],
      [pairOf(1.5, 10.25, 2.75, 11.5), pairOf(0.01, 0.02, 0.5, 0.75), pairOf(1.5, 10, 2.5, 11)],
    ];
    for (const pairs of hard) {
      for (const family of ['binomial', 'poisson'] as const) {
        for (const side of SIDES) {
          const lnE = lnBeyondLine(family, pairs, line, side);
          expect(lnE.length).toBe(pairs.length);
          for (const value of lnE) expect(Number.isFinite(value), JSON.stringify(pairs)).toBe(true);
        }
      }
    }
  });

  test('strata with an empty arm say nothing', () => {
    const full = [pairOf(9, 20, 11, 30), pairOf(12, 20, 10, 30), pairOf(4, 20, 20, 30)];
    const [a, b, c] = full.map((pair) => [pair]);
    const gap = [pairOf(0, 0, 0, 0)];
    const gapped = [gap, a, gap, b, c, gap].flatMap((part) => part ?? []);
    for (const family of ['binomial', 'poisson'] as const) {
      for (const side of SIDES) {
        const lnE = lnBeyondLine(family, full, line, side);
        const found = lnBeyondLine(family, gapped, line, side);
        expect([...found].slice(0, 3)).toEqual([0, lnE[0], lnE[0]]);
        for (const [at, was] of [
          [3, 1],
          [4, 2],
          [5, 2],
        ] as const) {
          expect(found[at]).toBeCloseTo(lnE[was] ?? Number.NaN, 10);
        }
      }
    }
  });

  test.each([
    { name: 'the judged arm', first: { judgedN: 0, baselineN: 4 } },
    { name: 'the baseline', first: { judgedN: 4, baselineN: 0 } },
  ])('a first stratum without $name leaves the law as it is', ({ first }) => {
    for (const side of SIDES) {
      for (const baseline of [0.15, 0.5, 0.85]) {
        const judged = onLine(baseline);
        if (judged < 0 || judged > 1) continue;
        const rates = { judged, baseline };
        // The second stratum is large enough for the size of the bets to hang on what it holds.
        const truths = [
          { ...first, ...rates },
          { judgedN: 30, baselineN: 30, ...rates },
        ];
        const e = expectation('binomial', truths, (pairs) => Math.exp(lastOf('binomial', pairs, line, side)));
        expect(e, `side ${side}, baseline ${baseline}`).toBeLessThanOrEqual(1 + 1e-9);
      }
    }
  });

  test('each look knows only what came before', () => {
    const count = fc.tuple(fc.nat(40), fc.nat(40)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(count, count), { maxLength: 10 }),
        fc.nat(10),
        fc.constantFrom<Family>('binomial', 'poisson'),
        fc.constantFrom(...SIDES),
        (raw, length, family, side) => {
          const pairs = raw.map(([[k, n], [y, m]]) => pairOf(k, n, y, m));
          const whole = lnBeyondLine(family, pairs, line, side);
          const early = lnBeyondLine(family, pairs.slice(0, length), line, side);
          expect([...early]).toEqual([...whole.slice(0, length)]);
        },
      ),
    );
  });
});

test('a judged arm that starts late leaves the law as it is', () => {
  // The line of a share of .97 with sizes that differ: where bets that knew their own stratum show most.
  const rates = { judged: 0.8 * 0.97, baseline: 0.97 };
  const late = (first: number): number =>
    expectation(
      'binomial',
      [
        { judgedN: first, baselineN: 4, ...rates },
        { judgedN: 40, baselineN: 10, ...rates },
      ],
      (pairs) => Math.exp(lastOf('binomial', pairs, RATIO, 1)),
    );
  expect(late(1)).toBeLessThanOrEqual(1 + 1e-9);
  expect(late(0)).toBeLessThanOrEqual(1 + 1e-9);
});

test('without a margin the arms may be swapped', () => {
  const arm = fc.integer({ min: 1, max: 200 }).chain((n) => fc.tuple(fc.nat(n), fc.constant(n)));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(arm, arm), { minLength: 1, maxLength: 12 }),
      fc.constantFrom<Family>('binomial', 'poisson'),
      (raw, family) => {
        const pairs = raw.map(([[k, n], [y, m]]) => pairOf(k, n, y, m));
        const swapped = raw.map(([[k, n], [y, m]]) => pairOf(y, m, k, n));
        const lnE = lnBeyondLine(family, pairs, EQUAL, 1);
        lnBeyondLine(family, swapped, EQUAL, -1).forEach((value, i) => {
          expect(value).toBeCloseTo(lnE[i] ?? Number.NaN, 8);
        });
      },
    ),
  );
});

test('a ratio of rates may be swapped with its reciprocal', () => {
  const pairs = [pairOf(9, 30, 4, 60), pairOf(12, 40, 2, 50), pairOf(3, 30, 9, 60)];
  const swapped = pairs.map(({ judged, baseline }) => ({ judged: baseline, baseline: judged }));
  const lnE = lnBeyondLine('poisson', pairs, { scale: 1.25, offset: 0 }, 1);
  lnBeyondLine('poisson', swapped, { scale: 0.8, offset: 0 }, -1).forEach((value, i) => {
    expect(value).toBeCloseTo(lnE[i] ?? Number.NaN, 9);
  });
});

describe('the unit of an exposure changes nothing', () => {
  const pairs = [pairOf(9, 30, 4, 60), pairOf(12, 40, 2, 50), pairOf(3, 30, 9, 60), pairOf(6, 40, 9, 60)];
  test.each([
    { name: 'seconds in hours', factor: 1 / 3600 },
    { name: 'seconds in milliseconds', factor: 1000 },
    { name: 'terabytes in bytes', factor: 1e12 },
  ])('$name', ({ factor }) => {
    const other = pairs.map(({ judged, baseline }) =>
      pairOf(judged.k, judged.n * factor, baseline.k, baseline.n * factor),
    );
    for (const line of [EQUAL, { scale: 1.25, offset: 0 }, { scale: 1, offset: 0.05 }]) {
      for (const side of SIDES) {
        const lnE = lnBeyondLine('poisson', pairs, line, side);
        const found = lnBeyondLine('poisson', other, { ...line, offset: line.offset / factor }, side);
        found.forEach((value, i) => {
          expect(value, `${line.scale} ${line.offset} ${side}`).toBeCloseTo(lnE[i] ?? Number.NaN, 6);
        });
      }
    }
  });
});
