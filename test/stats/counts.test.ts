/** Two rates with unequal exposure. */
import fc from 'fast-check';
import { dbinom } from 'lib-r-math.js';
import { describe, expect, test } from 'vitest';
import { lnBetaEvidence } from '../../src/stats/beta-mixture.js';
import { type CountPair, counts } from '../../src/stats/counts.js';
import { totalScore } from '../../src/stats/family.js';
import {
  confidenceInterval,
  confidenceSequence,
  evidenceAgainst,
  maximumLikelihood,
  mixtureOf,
} from '../../src/stats/mixture.js';
import { halfNormalPrior, normalPrior, type Prior } from '../../src/stats/prior.js';
import { expectNear, uniform } from './support/near.js';

const ONE: CountPair[] = [{ xc: 40, ec: 1, xb: 20, eb: 1 }];
/** Traffic of the first arm grows over time. */
const RAMP: CountPair[] = [
  { xc: 12, ec: 4, xb: 180, eb: 76 },
  { xc: 15, ec: 4, xb: 170, eb: 76 },
  { xc: 30, ec: 20, xb: 130, eb: 60 },
];
const SILENT: CountPair[] = [
  { xc: 0, ec: 3, xb: 0, eb: 5 },
  { xc: 2, ec: 0, xb: 9, eb: 5 },
  { xc: 0, ec: 3, xb: 1, eb: 0 },
  { xc: 0, ec: 0, xb: 0, eb: 0 },
];

function lnE(strata: readonly CountPair[], prior: Prior, theta0 = 0): number {
  return evidenceAgainst(mixtureOf(counts, strata, prior), theta0).at(-1) ?? 0;
}

function lnLikelihood(pair: CountPair, theta: number): number {
  return counts.lnLikelihood(pair, [theta])[0] ?? Number.NaN;
}

const anyPair = fc
  .tuple(fc.nat(200), uniform(0.1, 100), fc.nat(200), uniform(0.1, 100))
  .map(([xc, ec, xb, eb]) => ({ xc, ec, xb, eb }));
const effect = uniform(-5, 5);

describe('worked examples', () => {
  test('one interval', () => {
    expect(totalScore(counts, ONE, 0)).toEqual({ u: 10, v: 15 });
    expect(lnE(ONE, normalPrior(0, 0.7))).toBeCloseTo(1.953638, 6);
    expect(lnE(ONE, halfNormalPrior(0, 0.7, 'above', 2001))).toBeCloseTo(2.639647, 6);
    const tolerance = Math.log(1.25);
    expect(lnE(ONE, halfNormalPrior(tolerance, 0.7, 'above', 2001), tolerance)).toBeCloseTo(0.971818, 6);
    expect(maximumLikelihood(counts, ONE)).toBeCloseTo(Math.log(2), 10);
    const { lower, upper } = confidenceSequence(mixtureOf(counts, ONE, normalPrior(0, 0.7)), 0.05);
    expect(Math.exp(lower)).toBeCloseTo(0.907433, 6);
    expect(Math.exp(upper)).toBeCloseTo(4.752343, 6);
  });

  test('a ramp', () => {
    const { u, v } = totalScore(counts, RAMP, 0);
    expect(u).toBeCloseTo(-1.85, 12);
    expect(v).toBeCloseTo(47.9075, 12);
    const mixture = mixtureOf(counts, RAMP, normalPrior(0, 0.7));
    expect(evidenceAgainst(mixture, 0).at(-1)).toBeCloseTo(-1.551347, 6);
    expect(Math.exp(maximumLikelihood(counts, RAMP) ?? 0)).toBeCloseTo(0.961644, 6);
    const { lower, upper } = confidenceInterval(mixture, 0.05);
    expect(Math.exp(lower)).toBeCloseTo(0.603083, 6);
    expect(Math.exp(upper)).toBeCloseTo(1.468378, 6);
    // The second look had bounded it more closely from below.
    const sequence = confidenceSequence(mixture, 0.05);
    expect(sequence.lower).toBeCloseTo(confidenceInterval(mixture, 0.05, 1).lower, 9);
    expect(sequence.upper).toBeCloseTo(upper, 9);
  });

  test('with one share of exposure there is a closed form', () => {
    expect(lnBetaEvidence(40, 60, 0.5)).toBeCloseTo(1.50604, 6);
  });
});

describe('the log-likelihood of a rate ratio', () => {
  test('is the binomial one, as R has it, but for its coefficient', () => {
    fc.assert(
      fc.property(anyPair, effect, (pair, theta) => {
        const odds = (pair.ec / pair.eb) * Math.exp(theta);
        const q = odds / (1 + odds);
        const m = pair.xc + pair.xb;
        const atHalf = dbinom(pair.xc, m, 0.5, true) + m * Math.LN2;
        expectNear(lnLikelihood(pair, theta), dbinom(pair.xc, m, q, true) - atHalf, 1e-10);
      }),
    );
  });

  test.each(SILENT)('is flat where nothing can be told: %j', (pair) => {
    expect([...counts.lnLikelihood(pair, [-30, 0, 30])]).toEqual([0, 0, 0]);
    expect(counts.score(pair, 1)).toEqual({ u: 0, v: 0 });
    expect(counts.extreme(pair)).toBe('both');
  });

  test.each([
    { xc: -1, ec: 1, xb: 1, eb: 1 },
    { xc: 1, ec: 1, xb: 1.5, eb: 1 },
    { xc: 1, ec: -1, xb: 1, eb: 1 },
    { xc: 1, ec: 1, xb: 1, eb: Number.NaN },
  ])('is refused for what are no counts: %j', (pair) => {
    expect(() => counts.lnLikelihood(pair, [0])).toThrow(RangeError);
    expect(() => counts.score(pair, 0)).toThrow(RangeError);
    expect(() => counts.extreme(pair)).toThrow(RangeError);
  });

  test('does not mind the unit of exposure', () => {
    fc.assert(
      fc.property(anyPair, effect, uniform(1e-6, 1e6), (pair, theta, unit) =>
        expectNear(
          lnLikelihood({ ...pair, ec: pair.ec * unit, eb: pair.eb * unit }, theta),
          lnLikelihood(pair, theta),
          1e-12,
        ),
      ),
    );
  });

  test('of swapped arms is that of the opposite effect', () => {
    fc.assert(
      fc.property(anyPair, effect, ({ xc, ec, xb, eb }, theta) =>
        expectNear(
          lnLikelihood({ xc: xb, ec: eb, xb: xc, eb: ec }, -theta),
          lnLikelihood({ xc, ec, xb, eb }, theta),
          1e-12,
        ),
      ),
    );
  });

  test('of an interval is that of its parts, if they share exposure alike', () => {
    fc.assert(
      fc.property(
        anyPair,
        uniform(0.01, 0.99),
        uniform(0, 1),
        uniform(0, 1),
        effect,
        (pair, part, c, b, theta) => {
          const first = {
            xc: Math.round(c * pair.xc),
            ec: part * pair.ec,
            xb: Math.round(b * pair.xb),
            eb: part * pair.eb,
          };
          const second = {
            xc: pair.xc - first.xc,
            ec: (1 - part) * pair.ec,
            xb: pair.xb - first.xb,
            eb: (1 - part) * pair.eb,
          };
          expectNear(
            lnLikelihood(first, theta) + lnLikelihood(second, theta),
            lnLikelihood(pair, theta),
            1e-11,
          );
          expectNear(lnE([first, second], normalPrior(0, 0.5)), lnE([pair], normalPrior(0, 0.5)), 1e-10);
        },
      ),
    );
  });

  test('has the score for its slope, and the variance for its bend', () => {
    fc.assert(
      fc.property(anyPair, effect, (pair, theta) => {
        const h = 1e-4;
        const [below = 0, at = 0, above = 0] = counts.lnLikelihood(pair, [theta - h, theta, theta + h]);
        const { u, v } = counts.score(pair, theta);
        expect(u).toBeCloseTo((above - below) / (2 * h), 3);
        expect(v).toBeCloseTo(-(above - 2 * at + below) / (h * h), 2);
      }),
    );
  });

  test('is a number for effects as far as e^40', () => {
    fc.assert(
      fc.property(anyPair, uniform(-40, 40), (pair, theta) => {
        expect(lnLikelihood(pair, theta)).toBeLessThanOrEqual(0);
      }),
    );
  });
});

test.each([
  { xc: 0, xb: 4, is: Number.NEGATIVE_INFINITY, extreme: 'least' },
  { xc: 4, xb: 0, is: Number.POSITIVE_INFINITY, extreme: 'most' },
  { xc: 4, xb: 2, is: Math.log(4), extreme: 'neither' },
  { xc: 0, xb: 0, is: undefined, extreme: 'both' },
])('the likeliest rate ratio of $xc in 1 and $xb in 2 is e^$is', ({ xc, xb, is, extreme }) => {
  const pair = { xc, ec: 1, xb, eb: 2 };
  expect(counts.extreme(pair)).toBe(extreme);
  const found = maximumLikelihood(counts, [pair]);
  if (is === undefined || !Number.isFinite(is)) expect(found).toBe(is);
  else expect(found).toBeCloseTo(is, 12);
});

test('an e-value has a mean of 1 under the rate ratio tested, and at most 1 on the other side of a half-normal prior', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 30 }),
      uniform(0.05, 20),
      uniform(-1.5, 1.5),
      uniform(0, 2),
      (m, ec, theta0, beyond) => {
        const mean = (prior: Prior, truth: number): number => {
          const odds = ec * Math.exp(truth);
          let sum = 0;
          for (let xc = 0; xc <= m; xc += 1) {
            const pair = { xc, ec, xb: m - xc, eb: 1 };
            sum += dbinom(xc, m, odds / (1 + odds)) * Math.exp(lnE([pair], prior, theta0));
          }
          return sum;
        };
        expect(mean(normalPrior(0, 0.6, 101), theta0)).toBeCloseTo(1, 9);
        expect(mean(halfNormalPrior(theta0, 0.6, 'above', 51), theta0 - beyond)).toBeLessThanOrEqual(
          1 + 1e-9,
        );
        expect(mean(halfNormalPrior(theta0, 0.6, 'below', 51), theta0 + beyond)).toBeLessThanOrEqual(
          1 + 1e-9,
        );
      },
    ),
  );
});
