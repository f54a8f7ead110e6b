/** Evidence of one arm against a fixed bound: an e-process. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Family } from '../../../src/stats/sequential/block.js';
import { lnBeyondBound } from '../../../src/stats/sequential/one-arm.js';
import { chance, draw, expectation, MOST_ALARMS } from './support.js';

const SIDES = [1, -1] as const;

interface Count {
  readonly k: number;
  readonly n: number;
}

const lastOf = (family: Family, counts: readonly Count[], bound: number, side: 1 | -1): number =>
  lnBeyondBound(family, counts, bound, side).at(-1) ?? 0;

describe.each([
  { family: 'binomial', bound: 0.05 },
  { family: 'binomial', bound: 0.5 },
  { family: 'binomial', bound: 0.97 },
  { family: 'poisson', bound: 0.2 },
  { family: 'poisson', bound: 1.5 },
] as const)('$family at $bound', ({ family, bound }) => {
  const most = family === 'binomial' ? 1 : 10;

  test.each(SIDES)('rates on the allowed side expect at most 1 (side %d)', (side) => {
    const truth = (n: number, rate: number) => ({ judgedN: n, baselineN: 0, judged: rate, baseline: 0 });
    const expected = (rates: readonly number[]): number =>
      expectation(
        family,
        rates.map((rate, i) => truth(i + 2, rate)),
        (pairs) =>
          Math.exp(
            lastOf(
              family,
              pairs.map(({ judged }) => judged),
              bound,
              side,
            ),
          ),
        60,
      );
    expect(expected([bound, bound])).toBeCloseTo(1, 6);
    expect(expected([bound, bound])).toBeLessThanOrEqual(1 + 1e-9);
    for (const share of [0.1, 0.6]) {
      const inside = side === 1 ? bound * (1 - share) : bound + share * (most - bound);
      expect(expected([inside, bound])).toBeLessThan(1);
      expect(expected([bound, inside])).toBeLessThan(1);
    }
  });

  test.each(SIDES)('at the bound seldom 1 in 20 over fifty looks (side %d)', (side) => {
    const next = chance(40 + side);
    let alarms = 0;
    for (let rollout = 0; rollout < 300; rollout += 1) {
      const strata = Array.from({ length: 50 }, (_, look) => {
        const n = 5 + look;
        return { k: draw(family, next, n, bound), n };
      });
      if (lnBeyondBound(family, strata, bound, side).some((value) => value >= Math.log(20))) alarms += 1;
    }
    expect(alarms / 300).toBeLessThanOrEqual(MOST_ALARMS);
  });

  test.each(SIDES)('what is clearly beyond is found (side %d)', (side) => {
    const rate = side === 1 ? bound + 0.6 * (most - bound) : bound * 0.4;
    const strata = Array.from({ length: 50 }, () => ({ k: 200 * rate, n: 200 }));
    expect(lastOf(family, strata, bound, side)).toBeGreaterThan(Math.log(20));
    expect(lastOf(family, strata, bound, side === 1 ? -1 : 1)).toBeLessThan(-5);
  });

  test('strata without data change nothing', () => {
    const full = [
      { k: 3, n: 20 },
      { k: 9, n: 30 },
    ];
    const gapped = full.flatMap((count) => [{ k: 0, n: 0 }, count, { k: 0, n: 0 }]);
    for (const side of SIDES) {
      const [first, second] = lnBeyondBound(family, full, bound, side);
      const found = lnBeyondBound(family, gapped, bound, side);
      expect(found[0]).toBeCloseTo(0, 12);
      expect([...found].slice(1)).toEqual([first, first, first, second, second]);
    }
  });

  test.each([
    {
      name: 'no events',
      strata: [
        [0, 10],
        [0, 10],
      ],
    },
    {
      name: 'nothing but events',
      strata: [
        [10, 10],
        [10, 10],
      ],
    },
    {
      name: 'very many',
      strata: [
        [5e11, 1e12],
        [1e12, 1e12],
        [0, 1e12],
      ],
    },
    {
      name: 'fractions',
      strata: [
        [1.5, 10.25],
        [0.01, 0.02],
      ],
    },
    { name: 'nothing', strata: [[0, 0]] },
  ] as const)('$name: neither NaN nor endless', ({ strata }) => {
    for (const side of SIDES) {
      const lnE = lnBeyondBound(
        family,
        strata.map(([k, n]) => ({ k, n })),
        bound,
        side,
      );
      for (const value of lnE) expect(Number.isFinite(value)).toBe(true);
    }
  });
});

test.each([
  { family: 'binomial', bound: 0 },
  { family: 'binomial', bound: 1 },
  { family: 'binomial', bound: 1.5 },
  { family: 'binomial', bound: -0.1 },
  { family: 'binomial', bound: Number.NaN },
  { family: 'poisson', bound: 0 },
  { family: 'poisson', bound: -1 },
] as const)('nothing can lie beyond $bound for $family: no evidence', ({ family, bound }) => {
  const strata = [
    { k: 10, n: 10 },
    { k: 0, n: 10 },
  ];
  for (const side of SIDES) expect([...lnBeyondBound(family, strata, bound, side)]).toEqual([0, 0]);
});

test('events are failures seen from the other side', () => {
  const count = fc.integer({ min: 1, max: 500 }).chain((n) => fc.record({ k: fc.nat(n), n: fc.constant(n) }));
  fc.assert(
    fc.property(
      fc.array(count, { minLength: 1, maxLength: 10 }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      (strata, bound) => {
        const failures = strata.map(({ k, n }) => ({ k: n - k, n }));
        const lnE = lnBeyondBound('binomial', strata, bound, 1);
        lnBeyondBound('binomial', failures, 1 - bound, -1).forEach((value, i) => {
          expect(value).toBeCloseTo(lnE[i] ?? Number.NaN, 6);
        });
      },
    ),
  );
});

test('cutting a stratum in two says the same in the end', () => {
  const whole = lnBeyondBound(
    'binomial',
    [
      { k: 10, n: 100 },
      { k: 8, n: 60 },
    ],
    0.1,
    1,
  );
  const cut = lnBeyondBound(
    'binomial',
    [
      { k: 10, n: 100 },
      { k: 3, n: 25 },
      { k: 5, n: 35 },
    ],
    0.1,
    1,
  );
  expect(cut.at(-1)).toBeCloseTo(whole.at(-1) ?? Number.NaN, 10);
});
