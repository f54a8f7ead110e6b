/** Successes of one arm given those of both: the exact form, the saddlepoint form, and where one becomes the other. */
import fc from 'fast-check';
import { dhyper } from 'lib-r-math.js';
import { describe, expect, test } from 'vitest';
import { conditional, conditionalMoments } from '../../src/stats/conditional.js';
import { lnChanceOfSum, momentsByRecurrence } from '../../src/stats/conditional-exact.js';
import { lnSaddlepoint, momentsBySaddlepoint } from '../../src/stats/conditional-saddlepoint.js';
import { type Tilt, tiltTo } from '../../src/stats/conditional-tilt.js';
import { lnChoose } from '../../src/stats/gamma.js';
import { logSumExp } from '../../src/stats/log-sum.js';
import type { Pair } from '../../src/stats/pair.js';
import { pairOf } from './sequential/support.js';
import { expectNear, uniform } from './support/near.js';
import { anyPair, S1, SILENT, swapped, tablesOf } from './support/pairs.js';

const effect = fc.double({ min: -8, max: 8, noNaN: true });

function lnLikelihood(pair: Pair, theta: number): number {
  return conditional.lnLikelihood(pair, [theta])[0] ?? Number.NaN;
}

function lnWeight({ judged, baseline }: Pair, theta: number): number {
  return lnChoose(judged.n, judged.k) + lnChoose(baseline.n, baseline.k) + theta * judged.k;
}

function failures({ judged, baseline }: Pair): Pair {
  return pairOf(judged.n - judged.k, judged.n, baseline.n - baseline.k, baseline.n);
}

/** The definition, term by term. */
function weightsOf(pair: Pair, theta: number): number[] {
  return tablesOf(pair).map((table) => lnWeight(table, theta));
}

describe('the log-likelihood of an odds ratio', () => {
  test('is that of the definition', () => {
    fc.assert(
      fc.property(anyPair(40), effect, (pair, theta) => {
        const own = lnWeight(pair, theta);
        expectNear(lnLikelihood(pair, theta), own - logSumExp(weightsOf(pair, theta)), 1e-11);
      }),
      { numRuns: 1000 },
    );
  });

  test('without an effect is that of the hypergeometric distribution, as R has it', () => {
    fc.assert(
      fc.property(anyPair(500), (pair) => {
        const [{ k: yc, n: nc }, { k: yb, n: nb }] = [pair.judged, pair.baseline];
        // The saddlepoint form stands in above a variance of 64.
        expectNear(lnLikelihood(pair, 0), dhyper(yc, nc, nb, yc + yb, true), 1e-7);
      }),
      { numRuns: 500 },
    );
  });

  test('gives as many numbers as it is asked for', () => {
    const pair = pairOf(1, 2, 1, 2);
    const found = [...conditional.lnLikelihood(pair, [0, Math.log(2), -Math.log(2)])];
    expect(found.map(Math.exp)).toEqual([4 / 6, 8 / 13, 8 / 13].map((chance) => expect.closeTo(chance, 12)));
    expect(conditional.lnLikelihood(pair, [])).toHaveLength(0);
  });

  test.each(SILENT)('is flat where only one table is possible: %j', (pair) => {
    expect([...conditional.lnLikelihood(pair, [-30, 0, 0.1, 30])]).toEqual([0, 0, 0, 0]);
    expect(conditional.score(pair, 0.3)).toEqual({ u: 0, v: 0 });
    expect(conditionalMoments(pair, 0.3)).toEqual({ mean: pair.judged.k, variance: 0 });
  });

  test.each([
    pairOf(3, 2, 0, 1),
    pairOf(0, 2, 2, 1),
    pairOf(-1, 2, 0, 1),
    pairOf(0.5, 2, 0, 1),
    pairOf(0, 2, 0, Number.NaN),
    pairOf(0, Number.POSITIVE_INFINITY, 0, 1),
  ])('is refused for what are no counts: %j', (pair) => {
    expect(() => conditional.lnLikelihood(pair, [0])).toThrow(RangeError);
    expect(() => conditional.score(pair, 0)).toThrow(RangeError);
    expect(() => conditionalMoments(pair, 0)).toThrow(RangeError);
  });

  test('of swapped arms is that of the opposite effect', () => {
    fc.assert(
      fc.property(anyPair(3000), effect, (pair, theta) =>
        expectNear(lnLikelihood(swapped(pair), -theta), lnLikelihood(pair, theta), 1e-11),
      ),
    );
  });

  test('of failures is that of the opposite effect', () => {
    fc.assert(
      fc.property(anyPair(3000), effect, (pair, theta) =>
        expectNear(lnLikelihood(failures(pair), -theta), lnLikelihood(pair, theta), 1e-11),
      ),
    );
  });

  test('is a number at most 0 for effects as far as e^40 and a million trials', () => {
    const far = fc.double({ min: -40, max: 40, noNaN: true });
    fc.assert(
      fc.property(anyPair(1_000_000), far, (pair, theta) => {
        const found = lnLikelihood(pair, theta);
        expect(found).not.toBeNaN();
        expect(found).toBeLessThanOrEqual(1e-7);
      }),
    );
  });

  test('of all tables sums to 1, a million trials or not', () => {
    fc.assert(
      fc.property(anyPair(60), effect, (pair, theta) =>
        expectNear(logSumExp(tablesOf(pair).map((table) => lnLikelihood(table, theta))), 0, 1e-6),
      ),
    );
    const large = pairOf(600, 1_000_000, 500, 800_000);
    expectNear(logSumExp(tablesOf(large).map((table) => lnLikelihood(table, 0.4))), 0, 1e-9);
  });
});

describe('the score', () => {
  test.each([
    { pair: S1[0], u: -3.5, v: 23.904135 },
    { pair: S1[1], u: -9, v: 23.957393 },
    { pair: S1[2], u: -3, v: 24.250627 },
  ])('without an effect is that of Mantel and Haenszel: %j', ({ pair, u, v }) => {
    const found = conditional.score(pair ?? pairOf(0, 0, 0, 0), 0);
    expect(found.u).toBeCloseTo(u, 12);
    expect(found.v).toBeCloseTo(v, 6);
  });

  test('without an effect is the one that it tends to', () => {
    fc.assert(
      fc.property(anyPair(400), (pair) => {
        const exact = conditional.score(pair, 0);
        const near = conditional.score(pair, 1e-12);
        expectNear(near.u, exact.u, 1e-5);
        expectNear(near.v, exact.v, 1e-3);
      }),
    );
  });

  test('is the slope of the log-likelihood, and the variance the bend', () => {
    fc.assert(
      fc.property(anyPair(60), fc.double({ min: -3, max: 3, noNaN: true }), (pair, theta) => {
        const h = 1e-4;
        // All three by the same form: across the seam between two forms a difference of 1e-7 would count 1e3-fold.
        const tilt = tiltTo(pair.judged.k + pair.baseline.k, pair.judged.n, pair.baseline.n, theta);
        fc.pre(tilt.variance < 60 || tilt.variance > 68 || Number.isNaN(tilt.variance));
        const [below = 0, at = 0, above = 0] = conditional.lnLikelihood(pair, [theta - h, theta, theta + h]);
        const { u, v } = conditional.score(pair, theta);
        expect(u).toBeCloseTo((above - below) / (2 * h), 3);
        expect(v).toBeCloseTo(-(above - 2 * at + below) / (h * h), 2);
      }),
    );
  });

  test('means and variances are those of the table', () => {
    fc.assert(
      fc.property(anyPair(30), effect, (pair, theta) => {
        const weights = weightsOf(pair, theta);
        const all = logSumExp(weights);
        const tables = tablesOf(pair).map(({ judged }, i) => ({
          yc: judged.k,
          chance: Math.exp((weights[i] ?? 0) - all),
        }));
        const mean = tables.reduce((sum, { yc, chance }) => sum + yc * chance, 0);
        const variance = tables.reduce((sum, { yc, chance }) => sum + (yc - mean) ** 2 * chance, 0);
        const found = conditionalMoments(pair, theta);
        expectNear(found.mean, mean, 1e-11);
        expectNear(found.variance, variance, 1e-11);
      }),
    );
  });
});

describe('the saddlepoint form', () => {
  /** Sizes, shares and effects of every kind, with a given variance of the sum of both arms. */
  function formsOf(
    from: number,
    to: number,
  ): fc.Arbitrary<readonly [s: number, nc: number, nb: number, Tilt]> {
    return fc
      .tuple(uniform(Math.log(from), Math.log(to)), uniform(0.001, 0.999), uniform(-6, 6), uniform(-8, 8))
      .map(([lnVariance, part, logit, theta]) => {
        const pb = 1 / (1 + Math.exp(-logit));
        const pc = 1 / (1 + Math.exp(-logit - theta));
        const each = part * pc * (1 - pc) + (1 - part) * pb * (1 - pb);
        const n = Math.exp(lnVariance) / each;
        const [nc, nb] = [Math.ceil(part * n), Math.ceil((1 - part) * n)];
        const s = Math.min(Math.max(Math.round(nc * pc + nb * pb), 1), nc + nb - 1);
        return [s, nc, nb, tiltTo(s, nc, nb, theta)] as const;
      });
  }

  test.each([
    { from: 64, to: 100, lnError: 5e-7, meanError: 3e-5, varianceError: 1e-3 },
    { from: 100, to: 300, lnError: 1e-7, meanError: 1e-5, varianceError: 3e-4 },
    { from: 300, to: 1000, lnError: 5e-9, meanError: 1e-6, varianceError: 5e-5 },
    { from: 1000, to: 1e6, lnError: 3e-10, meanError: 1e-7, varianceError: 5e-6 },
  ])(
    'at variances from $from to $to errs by less than $lnError',
    ({ from, to, lnError, meanError, varianceError }) => {
      fc.assert(
        fc.property(formsOf(from, to), ([s, nc, nb, tilt]) => {
          fc.pre(tilt.variance >= from && tilt.variance < to);
          expect(Math.abs(lnSaddlepoint(nc, nb, tilt) - lnChanceOfSum(s, nc, nb, tilt))).toBeLessThan(
            lnError,
          );
          const exact = momentsByRecurrence(s, nc, nb, tilt);
          const found = momentsBySaddlepoint(nc, nb, tilt);
          expect(Math.abs(found.mean - exact.mean)).toBeLessThan(meanError + 1e-14 * exact.mean);
          expect(Math.abs(found.variance / exact.variance - 1)).toBeLessThan(varianceError);
        }),
        { numRuns: 300 },
      );
    },
  );
});
