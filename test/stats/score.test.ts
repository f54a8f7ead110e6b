/** Evidence from the score alone, and odds ratios. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { conditional } from '../../src/stats/conditional.js';
import { totalScore } from '../../src/stats/family.js';
import { evidenceAgainst, mixtureOf } from '../../src/stats/mixture.js';
import { lnNormalDensity } from '../../src/stats/normal.js';
import { lnOddsRatio, mantelHaenszelOddsRatio, shareAtOddsRatio } from '../../src/stats/odds-ratio.js';
import { normalPrior } from '../../src/stats/prior.js';
import {
  bestPrecision,
  runningScores,
  scoreEvidence,
  scoreEvidenceAbove,
  scoreHalfWidth,
} from '../../src/stats/score.js';
import { pairOf } from './sequential/support.js';
import { S1, S2 } from './support/pairs.js';

describe('evidence from the score', () => {
  test('of S1', () => {
    const total = totalScore(conditional, S1, 0);
    expect(total.u).toBeCloseTo(-15.5, 10);
    expect(total.v).toBeCloseTo(72.112155, 6);
    expect(scoreEvidence(total, 1 / 0.17 ** 2)).toBeCloseTo(0.562549, 6);
    expect(scoreEvidenceAbove({ u: -total.u, v: total.v }, 1 / 0.17 ** 2)).toBeCloseTo(1.186615, 6);
  });

  test('of S2, which is too small for it', () => {
    const total = totalScore(conditional, S2, 0);
    expect(total.u).toBeCloseTo(8.05, 10);
    expect(total.v).toBeCloseTo(1.794642, 6);
    expect(scoreEvidence(total, 1 / 0.7 ** 2)).toBeCloseTo(8.132347, 6);
  });

  test('without information is none', () => {
    expect(scoreEvidence({ u: 0, v: 0 }, 30)).toBe(0);
    expect(scoreEvidenceAbove({ u: 0, v: 0 }, 30)).toBeCloseTo(0, 14);
    expect(scoreHalfWidth(0, 30, 0.05)).toBe(Number.POSITIVE_INFINITY);
  });

  test('nears the exact form as the information grows', () => {
    const large = Array.from({ length: 40 }, () => pairOf(590, 1000, 610, 1000));
    const exact = evidenceAgainst(mixtureOf(conditional, large, normalPrior(0, 0.2)), 0).at(-1) ?? 0;
    expect(scoreEvidence(totalScore(conditional, large, 0), 25)).toBeCloseTo(exact, 1);
  });

  test('has a mean of 1 under no effect, on both sides and on one', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 50, noNaN: true }),
        fc.double({ min: 0.5, max: 50, noNaN: true }),
        fc.constantFrom(1, 3),
        (v, precision, dispersion) => {
          for (const evidence of [scoreEvidence, scoreEvidenceAbove]) {
            const spread = Math.sqrt(dispersion * v);
            let mean = 0;
            const step = 0.01 * Math.sqrt((v + precision) / precision);
            for (let z = -4000 * step; z <= 4000 * step; z += step) {
              mean +=
                step * Math.exp(lnNormalDensity(z) + evidence({ u: z * spread, v }, precision, dispersion));
            }
            expect(mean).toBeCloseTo(1, 4);
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  test('adds up stratum by stratum', () => {
    expect(
      runningScores([
        { u: 1, v: 2 },
        { u: -3, v: 1 },
      ]),
    ).toEqual([
      { u: 1, v: 2 },
      { u: -2, v: 3 },
    ]);
  });

  test('reaches 1/α at the ends of its interval', () => {
    for (const dispersion of [1, 2.5]) {
      const half = scoreHalfWidth(70, 20, 0.05, dispersion);
      const { u, v } = { u: half * 70, v: 70 };
      expect(scoreEvidence({ u, v }, 20, dispersion)).toBeCloseTo(Math.log(20), 12);
    }
  });
});

test('the best prior at α = 0.05 sees an effect at 9.2125 / effect², with a spread of 0.928 effects, at 1.549 times the width', () => {
  const effect = 0.3;
  const v = 9.2125 / effect ** 2;
  const precision = bestPrecision(v, 0.05);
  expect(1 / Math.sqrt(precision) / effect).toBeCloseTo(0.928, 3);
  expect(scoreHalfWidth(v, precision, 0.05)).toBeCloseTo(effect, 4);
  expect((effect * Math.sqrt(v)) / 1.959963984540054).toBeCloseTo(1.549, 3);
  for (const other of [precision * 0.9, precision * 1.1]) {
    expect(scoreHalfWidth(v, other, 0.05)).toBeGreaterThan(scoreHalfWidth(v, precision, 0.05));
  }
});

describe('odds ratios', () => {
  test('of Mantel and Haenszel pass over empty strata, and may be infinite or unknown', () => {
    const nothing = pairOf(0, 0, 0, 0);
    expect(mantelHaenszelOddsRatio([nothing, ...S1])).toBeCloseTo(0.806099, 6);
    expect(mantelHaenszelOddsRatio([pairOf(1, 2, 0, 2)])).toBe(Number.POSITIVE_INFINITY);
    expect(mantelHaenszelOddsRatio([nothing])).toBeNaN();
  });

  test('of two shares lead from one to the other', () => {
    const share = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true });
    fc.assert(
      fc.property(share, share, (one, other) => {
        expect(shareAtOddsRatio(other, lnOddsRatio(one, other))).toBeCloseTo(one, 10);
      }),
    );
    expect([shareAtOddsRatio(0, 3), shareAtOddsRatio(1, -3)]).toEqual([0, 1]);
    expect([shareAtOddsRatio(0.3, Number.POSITIVE_INFINITY), shareAtOddsRatio(0.3, -Infinity)]).toEqual([
      1, 0,
    ]);
  });
});
