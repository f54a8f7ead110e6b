/** Evidence from the score alone, over-dispersion, and block e-values at a margin in points or percent. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blockEvidence, lnBlockFactor, projection } from '../../src/stats/block-evidence.js';
import { conditional } from '../../src/stats/conditional.js';
import { dispersionOf } from '../../src/stats/dispersion.js';
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
import { S1, S2, swapped } from './support/pairs.js';

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
    const large = Array.from({ length: 40 }, () => ({ yc: 590, nc: 1000, yb: 610, nb: 1000 }));
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

describe('over-dispersion', () => {
  const terms = S1.map((pair) => conditional.score(pair, 0));

  test('is not told from fewer than 5 strata that tell something', () => {
    const silent = { u: 0, v: 0 };
    expect(dispersionOf([...terms, silent, silent, silent])).toBeUndefined();
    expect(dispersionOf([])).toBeUndefined();
  });

  test('of S1 twice over is none', () => {
    expect(dispersionOf([...terms, ...terms])).toBe(1);
  });

  test('is drawn towards 1 by three strata', () => {
    const wild = [3, -3, 3, -3, 3, -3].map((u) => ({ u, v: 1 }));
    expect(dispersionOf(wild)).toBeCloseTo((3 + 54) / 8, 12);
    expect(dispersionOf([...wild, { u: 0, v: 0 }])).toBeCloseTo((3 + 54) / 8, 12);
  });

  test('does not count the effect that strata share', () => {
    const shared = [10, 10, 10, 10, 10].map((u) => ({ u, v: 5 }));
    expect(dispersionOf(shared)).toBe(1);
    expect(dispersionOf(shared, 0)).toBeCloseTo((3 + 100) / 7, 12);
  });
});

describe('block e-values at a margin', () => {
  const points = { ratio: 1, difference: 0.03 };
  test.each([
    { name: '3 points, equal arms', margin: points, nc: 200, nb: 200, c: 0.570211, b: 0.600211 },
    { name: '3 points, small canary', margin: points, nc: 50, nb: 950, c: 0.588049, b: 0.618049 },
    { name: '3 percent', margin: { ratio: 0.97, difference: 0 }, nc: 200, nb: 200, c: 0.576644, b: 0.594478 },
    {
      name: 'no margin: the pooled share',
      margin: { ratio: 1, difference: 0 },
      nc: 50,
      nb: 150,
      c: (50 * 0.55 + 150 * 0.62) / 200,
      b: (50 * 0.55 + 150 * 0.62) / 200,
    },
  ])('the nearest shares within $name', ({ margin, nc, nb, c, b }) => {
    const found = projection({ c: 0.55, b: 0.62 }, nc, nb, margin);
    expect(found.c).toBeCloseTo(c, 6);
    expect(found.b).toBeCloseTo(b, 6);
  });

  test.each([
    { name: 'S1', pairs: S1, is: [0, 1.059682, 1.016768] },
    { name: 'S2, where higher is worse', pairs: S2.map(swapped), is: [0, 0.536588, 4.063329, 7.661663] },
  ])('running evidence of $name', ({ pairs, is }) => {
    const found = blockEvidence(pairs, { ratio: 1, difference: 0 });
    is.forEach((value, k) => {
      expect(found[k]).toBeCloseTo(value, 6);
    });
    expect(found).toHaveLength(is.length);
  });

  test('an alternative that is no worse than the margin says nothing', () => {
    const pair = { yc: 0, nc: 10, yb: 10, nb: 10 };
    expect(lnBlockFactor(pair, { c: 0.6, b: 0.62 }, points)).toBe(0);
    expect(lnBlockFactor(pair, { c: 0.58, b: 0.62 }, points)).not.toBe(0);
  });

  test('has a mean of at most 1 wherever the null hypothesis holds', () => {
    const share = fc.double({ min: 0.02, max: 0.98, noNaN: true });
    const margin = fc.constantFrom(
      { ratio: 1, difference: 0 },
      { ratio: 1, difference: 0.1 },
      { ratio: 0.9, difference: 0 },
      { ratio: 1.2, difference: 0 },
      { ratio: 0.9, difference: 0.05 },
    );
    const [nc, nb] = [5, 9];
    fc.assert(
      fc.property(share, share, share, share, margin, (c, b, trueB, above, at) => {
        const edge = Math.max(0, at.ratio * trueB - at.difference);
        const trueC = Math.min(1, edge + (above < 0.5 ? 0 : above - 0.5));
        fc.pre(trueC >= at.ratio * trueB - at.difference);
        let mean = 0;
        for (let yc = 0; yc <= nc; yc += 1) {
          for (let yb = 0; yb <= nb; yb += 1) {
            const factor = lnBlockFactor({ yc, nc, yb, nb }, { c, b }, at);
            mean += binomial(yc, nc, trueC) * binomial(yb, nb, trueB) * Math.exp(factor);
          }
        }
        expect(mean).toBeLessThanOrEqual(1 + 1e-9);
      }),
      { numRuns: 300 },
    );
  });

  function binomial(k: number, n: number, p: number): number {
    let ways = 1;
    for (let i = 0; i < k; i += 1) ways = (ways * (n - i)) / (i + 1);
    return ways * p ** k * (1 - p) ** (n - k);
  }
});

describe('odds ratios', () => {
  test('of Mantel and Haenszel pass over empty strata, and may be infinite or unknown', () => {
    const nothing = { yc: 0, nc: 0, yb: 0, nb: 0 };
    expect(mantelHaenszelOddsRatio([nothing, ...S1])).toBeCloseTo(0.806099, 6);
    expect(mantelHaenszelOddsRatio([{ yc: 1, nc: 2, yb: 0, nb: 2 }])).toBe(Number.POSITIVE_INFINITY);
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
