/** What a stratum says given the sum of its events, against distributions counted out term by term. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Pair } from '../../../src/stats/pair.js';
import type { Family } from '../../../src/stats/sequential/block.js';
import { isGivenSum, lnConditional as lnConditionals } from '../../../src/stats/sequential/conditional.js';
import { lawOf, pairOf } from './support.js';

function lnConditional(family: Family, pair: Pair, effect: number, centre: number): number {
  return lnConditionals(family, pair, [effect], centre)[0] ?? Number.NaN;
}

function choose(n: number, k: number): bigint {
  let ways = 1n;
  for (let i = 1; i <= k; i += 1) ways = (ways * BigInt(n - k + i)) / BigInt(i);
  return ways;
}

/** Fisher's noncentral hypergeometric distribution of the judged arm's events. */
function fisher(n: number, m: number, s: number, effect: number): readonly { k: number; p: number }[] {
  const counts = Array.from({ length: n + 1 }, (_, k) => k).filter((k) => s - k >= 0 && s - k <= m);
  const weights = counts.map((k) => Number(choose(n, k) * choose(m, s - k)) * Math.exp(k * effect));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return counts.map((k, i) => ({ k, p: (weights[i] ?? Number.NaN) / total }));
}

const EFFECTS = [-1.6, -0.3, -0.005, 0.005, 0.3, 1.6];
const SIZES = [
  [1, 1],
  [3, 5],
  [7, 2],
  [1, 20],
  [12, 12],
] as const;

describe('shares', () => {
  test.each(SIZES)('of %d and %d are the ratio of two hypergeometric laws', (n, m) => {
    for (let s = 0; s <= n + m; s += 1) {
      const plain = fisher(n, m, s, 0);
      for (const effect of EFFECTS) {
        const tilted = fisher(n, m, s, effect);
        plain.forEach(({ k, p }, i) => {
          const wanted = Math.log((tilted[i]?.p ?? Number.NaN) / p);
          expect(lnConditional('binomial', pairOf(k, n, s - k, m), effect, 0)).toBeCloseTo(wanted, 10);
        });
      }
    }
  });

  test.each(SIZES)('of %d and %d expect 1 where nothing differs, and at most 1 on the other side', (n, m) => {
    for (let s = 0; s <= n + m; s += 1) {
      for (const effect of EFFECTS) {
        const expected = (truth: number): number =>
          fisher(n, m, s, truth).reduce(
            (sum, { k, p }) =>
              sum + p * Math.exp(lnConditional('binomial', pairOf(k, n, s - k, m), effect, 0)),
            0,
          );
        expect(expected(0)).toBeCloseTo(1, 10);
        for (const truth of [0.05, 0.5, 3]) {
          expect(expected(-Math.sign(effect) * truth)).toBeLessThanOrEqual(1 + 1e-9);
        }
      }
    }
  });

  test.each([
    { name: 'no events', pair: pairOf(0, 30, 0, 70) },
    { name: 'nothing but events', pair: pairOf(30, 30, 70, 70) },
    { name: 'an empty judged arm', pair: pairOf(0, 0, 7, 70) },
    { name: 'an empty baseline', pair: pairOf(3, 30, 0, 0) },
    { name: 'two empty arms', pair: pairOf(0, 0, 0, 0) },
  ])('$name says nothing', ({ pair }) => {
    for (const effect of EFFECTS) expect(lnConditional('binomial', pair, effect, 0)).toBe(0);
  });

  test.each([
    { k: 2400, n: 4000, s: 3000, m: 5000 },
    { k: 40, n: 4000, s: 60, m: 5000 },
    { k: 3990, n: 4000, s: 8950, m: 5000 },
    { k: 0, n: 10, s: 500, m: 1_000_000 },
    { k: 10, n: 10, s: 500_000, m: 1_000_000 },
    { k: 900, n: 1_000_000, s: 1000, m: 4000 },
    { k: 4990, n: 9000, s: 10_000, m: 9000 },
  ])('$k of $n, $s events in all of $m more: the same as summed from the bottom', ({ k, n, s, m }) => {
    // Sums from the least count up, in logs, where the source runs outward from the mode.
    const least = Math.max(0, s - m);
    const most = Math.min(n, s);
    const lnSum = (effect: number): number => {
      let term = 0;
      let [peak, sum] = [0, 1];
      for (let j = least; j < most; j += 1) {
        term += Math.log(((n - j) / (j + 1)) * ((s - j) / (m - s + j + 1))) + effect;
        if (term > peak) [peak, sum] = [term, sum * Math.exp(peak - term) + 1];
        else sum += Math.exp(term - peak);
      }
      return peak + Math.log(sum);
    };
    for (const effect of [-0.8, -0.02, 0.02, 0.8]) {
      const wanted = (k - least) * effect - (lnSum(effect) - lnSum(0));
      const found = lnConditional('binomial', pairOf(k, n, s - k, m), effect, 0);
      expect(Math.abs(found - wanted)).toBeLessThanOrEqual(5e-7 * Math.max(1, Math.abs(wanted)));
    }
  });

  test('swapped arms with a swapped effect say the same, and so do failures for events', () => {
    const arm = fc.integer({ min: 1, max: 300 }).chain((n) => fc.tuple(fc.nat(n), fc.constant(n)));
    fc.assert(
      fc.property(arm, arm, fc.double({ min: -2, max: 2, noNaN: true }), ([k, n], [y, m], effect) => {
        const found = lnConditional('binomial', pairOf(k, n, y, m), effect, 0);
        expect(lnConditional('binomial', pairOf(y, m, k, n), -effect, 0)).toBeCloseTo(found, 8);
        expect(lnConditional('binomial', pairOf(n - k, n, m - y, m), -effect, 0)).toBeCloseTo(found, 8);
      }),
    );
  });
});

describe('rates', () => {
  const chanceOf = (n: number, m: number, logRatio: number): number => {
    const odds = (n / m) * Math.exp(logRatio);
    return odds / (1 + odds);
  };

  test.each([
    { n: 20, m: 20, centre: 0 },
    { n: 5, m: 190, centre: 0 },
    { n: 3.5, m: 0.25, centre: 0 },
    { n: 30, m: 130, centre: Math.log(1.25) },
    { n: 30, m: 130, centre: Math.log(0.8) },
  ])('exposures $n and $m about $centre: trials with the chance of the exposures', ({ n, m, centre }) => {
    for (const s of [0, 1, 8, 40]) {
      for (const effect of EFFECTS) {
        const [own, null_] = [chanceOf(n, m, centre + effect), chanceOf(n, m, centre)];
        let atCentre = 0;
        let allowed = 0;
        const other = lawOf('binomial', s, chanceOf(n, m, centre - Math.sign(effect) * 0.4));
        for (const { k, p } of lawOf('binomial', s, null_)) {
          const found = lnConditional('poisson', pairOf(k, n, s - k, m), effect, centre);
          const wanted = k * Math.log(own / null_) + (s - k) * Math.log((1 - own) / (1 - null_));
          expect(found).toBeCloseTo(wanted, 10);
          atCentre += p * Math.exp(found);
          allowed += (other[k]?.p ?? Number.NaN) * Math.exp(found);
        }
        expect(atCentre).toBeCloseTo(1, 10);
        expect(allowed).toBeLessThanOrEqual(1 + 1e-9);
      }
    }
  });

  test('no events say nothing', () => {
    expect(lnConditional('poisson', pairOf(0, 20, 0, 40), 0.5, 0.1)).toBeCloseTo(0, 15);
  });
});

test.each([
  { pair: pairOf(1, 10, 2, 20), is: true },
  { pair: pairOf(1.5, 10, 2, 20), is: false },
  { pair: pairOf(1, 1e12, 2, 4000), is: true },
  { pair: pairOf(0, 2 ** 54, 2, 4000), is: false },
  { pair: pairOf(1, 4001, 2, 4001), is: false },
  { pair: pairOf(1, 10.5, 2, 20), is: false },
  { pair: pairOf(1, 10, 2, 20.5), is: false },
])('whether a stratum is weighed given its sum hangs on its being counted: $pair is $is', ({ pair, is }) => {
  expect(isGivenSum(pair)).toBe(is);
});
