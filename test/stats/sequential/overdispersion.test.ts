/** Strata that vary more than independent requests would, and what that takes from the evidence. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Pair } from '../../../src/stats/pair.js';
import type { Family } from '../../../src/stats/sequential/block.js';
import { crossing } from '../../../src/stats/sequential/crossing.js';
import {
  type Scatter,
  scatterOf,
  scatterOfOne,
  tempered,
} from '../../../src/stats/sequential/overdispersion.js';
import { lnBeyondLine } from '../../../src/stats/sequential/two-arms.js';
import { chance, draw, pairOf } from './support.js';

const scatter: fc.Arbitrary<Scatter> = fc.record({
  factor: fc.constant(1),
  residual: fc.double({ min: 0, max: 1e4, noNaN: true }),
  terms: fc.nat(1000),
  rarity: fc.double({ min: 1, max: 1e3, noNaN: true }),
  together: fc.option(
    fc.record({ residual: fc.double({ min: 0, max: 1e4, noNaN: true }), terms: fc.nat(1000) }),
  ),
});
const NONE: Scatter = { factor: 1, residual: 0, terms: 0, together: null, rarity: 1 };
const positive = fc.double({ min: 1e-6, max: 1e3, noNaN: true });

describe('tempered evidence', () => {
  test('is never more than it was', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e3, max: 1e3, noNaN: true }), scatter, (lnE, spread) => {
        expect(tempered(lnE, spread)).toBeLessThanOrEqual(lnE);
      }),
    );
  });

  test('grows with the evidence', () => {
    fc.assert(
      fc.property(positive, positive, scatter, (a, b, spread) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        expect(tempered(less, spread)).toBeLessThanOrEqual(tempered(more, spread));
      }),
    );
  });

  test('falls as strata vary more', () => {
    fc.assert(
      fc.property(positive, positive, scatter, (lnE, more, spread) => {
        const wilder = { ...spread, residual: spread.residual + more };
        expect(tempered(lnE, wilder)).toBeLessThanOrEqual(tempered(lnE, spread) + 1e-9);
      }),
    );
  });

  test.each([0, -0.5, -40, Number.NEGATIVE_INFINITY])('%d is left alone', (lnE) => {
    expect(tempered(lnE, { ...NONE, factor: 90, residual: 900, terms: 10 })).toBe(lnE);
  });

  // By hand: the likelihoods of a residual r of t terms are f^(-t/2) e^(-r/2f), for f of 1, 2, 3, 5, 10, 20 and beliefs
  // of .68 and five times .064; E = 5 with a stake of 0.45 stands for a residual that is larger by 2 (5 + .7985).
  test.each([
    { what: 'before any term', residual: 0, terms: 0 },
    { what: 'with calm strata', residual: 20, terms: 20 },
    { what: 'with wild strata', residual: 60, terms: 20 },
  ])('is averaged over what the scatter may be: $what', ({ residual, terms }) => {
    const held = (r: number): number =>
      [0.68, 0.064, 0.064, 0.064, 0.064, 0.064].reduce((sum, belief, i) => {
        const factor = [1, 2, 3, 5, 10, 20][i] ?? Number.NaN;
        return sum + belief * factor ** (-terms / 2) * Math.exp(-r / 2 / factor);
      }, 0);
    const stake = Math.log(1 / 0.45);
    const is = Math.log(held(residual) / held(residual + 2 * (5 + stake))) - stake;
    expect(tempered(5, { ...NONE, residual, terms })).toBeCloseTo(is, 9);
  });

  test('is all but what it was once many strata were calm, and little where they were wild', () => {
    expect(tempered(5, { ...NONE, residual: 199, terms: 200 })).toBeGreaterThan(4.95);
    expect(tempered(5, { ...NONE, residual: 600, terms: 200 })).toBeLessThan(1.5);
  });

  test('a calm sum of both arms speaks for independence, a wild one leaves it open', () => {
    const spread = { ...NONE, residual: 4, terms: 4 };
    const calm = tempered(5, { ...spread, together: { residual: 4, terms: 4 } });
    const nothing = tempered(5, { ...spread, together: { residual: 0, terms: 0 } });
    const wild = tempered(5, { ...spread, together: { residual: 40, terms: 4 } });
    expect(calm).toBeGreaterThan(nothing);
    expect(wild).toBeLessThan(nothing);
  });

  test('shocks that both arms share are told from scatter of their own by the difference', () => {
    const together = { residual: 300, terms: 30 };
    expect(tempered(5, { ...NONE, residual: 30, terms: 30, together })).toBeGreaterThan(4);
    expect(tempered(5, { ...NONE, residual: 90, terms: 30, together })).toBeLessThan(2);
  });

  test.each([
    { residual: 0, terms: 100_000 },
    { residual: 1e9, terms: 100_000 },
    { residual: 1e9, terms: 1 },
  ])('no extreme of the sum ($residual of $terms terms) makes it no number', ({ residual, terms }) => {
    const together = { residual, terms };
    for (const apart of [0, 1e9]) {
      expect(tempered(5, { ...NONE, residual: apart, terms: 100_000, together })).not.toBeNaN();
    }
  });
});

describe('the scatter of two arms', () => {
  test('that never vary is none, at every look', () => {
    for (const family of ['binomial', 'poisson'] as const) {
      const found = scatterOf(
        family,
        Array.from({ length: 20 }, () => pairOf(110, 200, 130, 200)),
      );
      expect(found.map(({ factor }) => factor)).toEqual(Array.from({ length: 20 }, () => 1));
      expect(found.at(-1)?.residual).toBeCloseTo(0, 9);
      expect(found.at(-1)?.terms).toBe(19);
    }
  });

  test('is that of the page: terms about their common effect', () => {
    const pairs = [pairOf(118, 200, 125, 200), pairOf(112, 200, 130, 200), pairOf(115, 200, 121, 200)];
    const terms = [
      [-3.5, 23.904135],
      [-9, 23.957393],
      [-3, 24.250627],
    ] as const;
    const effect = -15.5 / 72.112155;
    const residual = terms.reduce((sum, [u, v]) => sum + (u - effect * v) ** 2 / v, 0);
    const found = scatterOf('binomial', pairs).at(-1);
    expect(found?.residual).toBeCloseTo(residual, 6);
    expect(found).toMatchObject({ terms: 2, factor: 1 });
  });

  test('is large where strata vary strongly', () => {
    const pairs = Array.from({ length: 20 }, (_, i) =>
      i % 2 === 0 ? pairOf(150, 200, 110, 200) : pairOf(110, 200, 150, 200),
    );
    const found = scatterOf('binomial', pairs).at(-1);
    expect(found?.factor).toBeGreaterThan(10);
    expect(tempered(20, found ?? NONE)).toBeLessThan(5);
  });

  test('does not see a steady difference, nor a drift of both arms', () => {
    const pairs = Array.from({ length: 30 }, (_, i) => pairOf(100 + 2 * i, 200, 120 + 2 * i, 200));
    expect(scatterOf('binomial', pairs).at(-1)?.factor).toBe(1);
  });

  test('of independent requests is about none', () => {
    const next = chance(7);
    const factors = Array.from({ length: 200 }, () => {
      const pairs = Array.from({ length: 30 }, () =>
        pairOf(draw('binomial', next, 50, 0.3), 50, draw('binomial', next, 50, 0.3), 50),
      );
      return scatterOf('binomial', pairs).at(-1)?.factor ?? Number.NaN;
    });
    expect(factors.reduce((sum, factor) => sum + factor, 0) / factors.length).toBeLessThan(1.25);
  });

  test('is not told by strata with an empty arm', () => {
    const found = scatterOf('binomial', [pairOf(0, 0, 9, 10), pairOf(9, 10, 0, 0), pairOf(0, 0, 0, 0)]);
    for (const each of found) expect(each).toMatchObject({ factor: 1, residual: 0, terms: 0 });
  });

  test('knows at each look only what came before', () => {
    const count = fc.tuple(fc.nat(30), fc.nat(30));
    fc.assert(
      fc.property(
        fc.constantFrom<Family>('binomial', 'poisson'),
        fc.array(fc.tuple(count, count), { minLength: 1, maxLength: 12 }),
        fc.nat(12),
        (family, raw, length) => {
          const pairs: Pair[] = raw.map(([[a, b], [c, d]]) =>
            pairOf(Math.min(a, b), Math.max(a, b), Math.min(c, d), Math.max(c, d)),
          );
          const whole = scatterOf(family, pairs);
          expect(scatterOf(family, pairs.slice(0, length))).toEqual(whole.slice(0, length));
          for (const { factor, residual } of whole) {
            expect(factor).toBeGreaterThanOrEqual(1);
            expect(factor).toBeLessThan(Number.POSITIVE_INFINITY);
            expect(residual).toBeGreaterThanOrEqual(0);
          }
        },
      ),
    );
  });
});

test('strata without events tell of scatter, too', () => {
  // Three events at once in every fifth stratum of either arm, as one user who tries again makes them.
  const bursts = Array.from({ length: 40 }, (_, i) =>
    pairOf(i % 5 === 0 ? 3 : 0, 1000, i % 5 === 2 ? 3 : 0, 1000),
  );
  const alone = bursts.filter(({ judged, baseline }) => judged.k + baseline.k > 0);
  const together = scatterOf('binomial', bursts).at(-1)?.together;
  expect(together?.residual).toBeGreaterThan(
    2 * (scatterOf('binomial', alone).at(-1)?.together?.residual ?? 0),
  );
});

describe('rare events', () => {
  test('in small canaries decide all the same, and within a few looks of plain evidence', () => {
    // .5 % against 2 %: a canary of 50 beside a baseline of 950, about one event in the canary per step.
    const next = chance(11);
    let [decided, late] = [0, 0];
    for (let rollout = 0; rollout < 20; rollout += 1) {
      const pairs = Array.from({ length: 50 }, () =>
        pairOf(draw('binomial', next, 50, 0.02), 50, draw('binomial', next, 950, 0.005), 950),
      );
      const lnE = lnBeyondLine('binomial', pairs, { scale: 1, offset: 0 }, 1);
      const plain = crossing(lnE, 0.05, 4);
      const held = crossing(lnE, 0.05, 4, scatterOf('binomial', pairs));
      if (plain.at === null) continue;
      if (held.at !== null) decided += 1;
      late += (held.at ?? 50) - plain.at;
    }
    expect(decided).toBeGreaterThan(15);
    expect(late / decided).toBeLessThan(6);
  });

  test('at the very threshold too', () => {
    const pairs = Array.from({ length: 12 }, () => pairOf(1, 50, 5, 950));
    const last = scatterOf('binomial', pairs).at(-1);
    const enough = Math.log(20);
    expect(tempered(enough, last ?? NONE)).toBeGreaterThan(0.75 * enough);
  });
});

describe('the scatter of one arm', () => {
  test('that never varies is none', () => {
    for (const family of ['binomial', 'poisson'] as const) {
      const found = scatterOfOne(
        family,
        Array.from({ length: 20 }, () => ({ k: 120, n: 200 })),
      );
      expect(found.at(-1)?.factor).toBe(1);
    }
  });

  test('is large where strata vary strongly', () => {
    const strata = Array.from({ length: 20 }, (_, i) => ({ k: i % 2 === 0 ? 90 : 150, n: 200 }));
    expect(scatterOfOne('binomial', strata).at(-1)?.factor).toBeGreaterThan(5);
    expect(scatterOfOne('poisson', strata).at(-1)?.factor).toBeGreaterThan(2);
  });

  test.each([
    { name: 'all failures', strata: [0, 0, 0, 0], n: 100 },
    { name: 'all successes', strata: [100, 100, 100, 100], n: 100 },
    { name: 'nothing at all', strata: [0, 0, 0], n: 0 },
  ])('$name: no NaN, no scatter', ({ strata, n }) => {
    const found = scatterOfOne(
      'binomial',
      strata.map((k) => ({ k, n })),
    );
    for (const each of found) {
      expect(each.factor).toBe(1);
      expect(each.residual).not.toBeNaN();
    }
  });
});

test('the unit of an exposure changes no scatter', () => {
  const pairs = Array.from({ length: 12 }, (_, i) =>
    i % 2 === 0 ? pairOf(60, 30, 20, 30) : pairOf(20, 30, 60, 30),
  );
  const inHours = pairs.map(({ judged, baseline }) =>
    pairOf(judged.k, judged.n / 3600, baseline.k, baseline.n / 3600),
  );
  const found = scatterOf('poisson', inHours);
  scatterOf('poisson', pairs).forEach(({ factor, residual, terms }, i) => {
    expect(found[i]?.terms).toBe(terms);
    expect(found[i]?.residual).toBeCloseTo(residual, 6);
    expect(found[i]?.factor).toBeCloseTo(factor, 6);
  });
});
