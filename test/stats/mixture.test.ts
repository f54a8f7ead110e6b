/** Evidence, estimate and confidence sequence of strata under a prior. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { conditional } from '../../src/stats/conditional.js';
import {
  confidenceSequence,
  evidenceAgainst,
  maximumLikelihood,
  mixtureOf,
} from '../../src/stats/mixture.js';
import { mantelHaenszelOddsRatio, shareAtOddsRatio } from '../../src/stats/odds-ratio.js';
import type { Pair } from '../../src/stats/pair.js';
import { discretePrior, halfNormalPrior, normalPrior, type Prior } from '../../src/stats/prior.js';
import { pairOf } from './sequential/support.js';
import { expectNear } from './support/near.js';
import { anyPair, S1, S2, S3, SILENT, swapped, tablesOf } from './support/pairs.js';

const INF = Number.POSITIVE_INFINITY;

function lnE(strata: readonly Pair[], prior: Prior, theta0 = 0): number {
  return evidenceAgainst(mixtureOf(conditional, strata, prior), theta0).at(-1) ?? 0;
}

function interval(strata: readonly Pair[], tau: number, alpha = 0.05): [number, number] {
  const { lower, upper } = confidenceSequence(mixtureOf(conditional, strata, normalPrior(0, tau)), alpha);
  return [lower, upper];
}

describe('worked examples', () => {
  test.each([
    { name: 'S1', strata: S1, tau: 0.17, is: 0.56335 },
    { name: 'S2', strata: S2, tau: 0.7, is: 6.073087 },
    { name: 'S3', strata: S3, tau: 0.3, is: 3.024976 },
  ])('two-sided evidence of $name', ({ strata, tau, is }) => {
    expect(lnE(strata, normalPrior(0, tau))).toBeCloseTo(is, 6);
  });

  test('one-sided evidence of S1, against no effect and against a tolerance of 0.85', () => {
    const tolerance = Math.log(0.85);
    expect(lnE(S1, halfNormalPrior(0, 0.17, 'below', 2001))).toBeCloseTo(1.18747, 6);
    expect(lnE(S1, halfNormalPrior(tolerance, 0.17, 'below'), tolerance)).toBeCloseTo(-0.24267, 6);
    expect(lnE(S1, halfNormalPrior(tolerance, 0.17, 'above'), tolerance)).toBeCloseTo(-0.832639, 6);
  });

  test.each([
    { name: 'S1', strata: S1, tau: 0.17, estimate: -0.215176, odds: [0.5748, 1.13], digits: [4, 4] },
    { name: 'S2', strata: S2, tau: 0.7, estimate: 2.041617, odds: [1.4956, 31.61], digits: [4, 2] },
    { name: 'S3', strata: S3, tau: 0.3, estimate: 0.519135, odds: [1.00154, 2.87261], digits: [5, 5] },
  ])('estimate and interval of $name', ({ strata, tau, estimate, odds, digits }) => {
    expect(maximumLikelihood(conditional, strata)).toBeCloseTo(estimate, 6);
    interval(strata, tau).forEach((end, i) => {
      expect(Math.exp(end)).toBeCloseTo(odds[i] ?? 0, digits[i]);
    });
  });

  test('S1 as an effect and as shares', () => {
    const [low, high] = interval(S1, 0.17);
    expect(low).toBeCloseTo(-0.553701, 6);
    expect(high).toBeCloseTo(0.122198, 6);
    const baseline = (125 + 130 + 121) / 600;
    expect(shareAtOddsRatio(baseline, maximumLikelihood(conditional, S1) ?? 0)).toBeCloseTo(0.5751, 4);
    expect(shareAtOddsRatio(baseline, low)).toBeCloseTo(0.4911, 4);
    expect(shareAtOddsRatio(baseline, high)).toBeCloseTo(0.6548, 4);
    expect(mantelHaenszelOddsRatio(S1)).toBeCloseTo(0.806099, 6);
    expect(mantelHaenszelOddsRatio(S2)).toBeCloseTo(7.719533, 6);
  });

  test('the grid of 401 points is as good as one of 1601', () => {
    expect(lnE(S1, normalPrior(0, 0.17))).toBeCloseTo(0.5633495217, 9);
    expect(lnE(S1, normalPrior(0, 0.17, 1601))).toBeCloseTo(0.5633495217, 9);
  });
});

describe('evidence', () => {
  test('is one number a stratum, the last of which is that of all', () => {
    const steps = evidenceAgainst(mixtureOf(conditional, S2, normalPrior(0, 0.7)), 0);
    expect(steps).toHaveLength(4);
    S2.forEach((_, k) => {
      expect(steps[k]).toBe(lnE(S2.slice(0, k + 1), normalPrior(0, 0.7)));
    });
    expect(evidenceAgainst(mixtureOf(conditional, [], normalPrior(0, 0.7)), 0)).toHaveLength(0);
  });

  test('does not move where strata say nothing', () => {
    for (const prior of [normalPrior(0.1, 0.2), halfNormalPrior(0, 0.2, 'above'), discretePrior([0.5])]) {
      for (const value of evidenceAgainst(mixtureOf(conditional, SILENT, prior), 0)) {
        expect(Math.abs(value)).toBeLessThan(1e-14);
      }
    }
    const mixed = [...S1.slice(0, 1), ...SILENT, ...S1.slice(1)];
    expect(lnE(mixed, normalPrior(0, 0.17))).toBeCloseTo(0.5633495217, 9);
  });

  test('does not mind the order of strata, nor which arm is which', () => {
    fc.assert(
      fc.property(fc.array(anyPair(80), { minLength: 1, maxLength: 6 }), (strata) => {
        const prior = normalPrior(0, 0.5);
        expectNear(lnE([...strata].reverse(), prior), lnE(strata, prior), 1e-12);
        expectNear(lnE(strata.map(swapped), prior), lnE(strata, prior), 1e-12);
        expectNear(
          lnE(strata.map(swapped), halfNormalPrior(-0.2, 0.5, 'below'), -0.2),
          lnE(strata, halfNormalPrior(0.2, 0.5, 'above'), 0.2),
          1e-12,
        );
      }),
    );
  });

  test('divided by a dispersion is that of the root of the likelihood', () => {
    const one = discretePrior([0.3]);
    const half = evidenceAgainst(mixtureOf(conditional, S1, one, 2), 0).at(-1) ?? 0;
    expect(half).toBeCloseTo(lnE(S1, one) / 2, 12);
  });
});

describe('an e-value has a mean of at most 1', () => {
  const PRIORS = [
    { name: 'normal', prior: (at: number) => normalPrior(at, 0.8, 101) },
    { name: 'half-normal above', prior: (at: number) => halfNormalPrior(at, 0.8, 'above', 51) },
    { name: 'half-normal below', prior: (at: number) => halfNormalPrior(at, 0.8, 'below', 51) },
    { name: 'of a few effects', prior: () => discretePrior([-1, 0.3, 2], [1, 2, 5]) },
  ];
  const pair = anyPair(12);
  const theta = fc.double({ min: -1.5, max: 1.5, noNaN: true });

  test.each(PRIORS)('exactly 1 under the effect tested, prior $name', ({ prior }) => {
    fc.assert(
      fc.property(pair, theta, (margins, theta0) => {
        expect(expectation(margins, prior(theta0), theta0, theta0)).toBeCloseTo(1, 9);
      }),
    );
  });

  test('at most 1 under every effect on the other side of a half-normal prior', () => {
    fc.assert(
      fc.property(pair, theta, fc.double({ min: 0, max: 3, noNaN: true }), (margins, theta0, beyond) => {
        const above = halfNormalPrior(theta0, 0.8, 'above', 51);
        const below = halfNormalPrior(theta0, 0.8, 'below', 51);
        expect(expectation(margins, above, theta0, theta0 - beyond)).toBeLessThanOrEqual(1 + 1e-9);
        expect(expectation(margins, below, theta0, theta0 + beyond)).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });

  test('also when one stops as soon as it looks good', () => {
    const prior = normalPrior(0, 0.8, 101);
    fc.assert(
      fc.property(pair, pair, (first, second) => {
        let mean = 0;
        for (const table of tablesOf(first)) {
          const chance = Math.exp(conditional.lnLikelihood(table, [0])[0] ?? 0);
          const stopped = Math.exp(lnE([table], prior));
          if (stopped > 1.2) {
            mean += chance * stopped;
            continue;
          }
          for (const next of tablesOf(second)) {
            const then = Math.exp(conditional.lnLikelihood(next, [0])[0] ?? 0);
            mean += chance * then * Math.exp(lnE([table, next], prior));
          }
        }
        expect(mean).toBeCloseTo(1, 9);
      }),
      { numRuns: 30 },
    );
  });

  function expectation(margins: Pair, prior: Prior, theta0: number, truth: number): number {
    return tablesOf(margins).reduce((mean, table) => {
      const chance = Math.exp(conditional.lnLikelihood(table, [truth])[0] ?? 0);
      return mean + chance * Math.exp(lnE([table], prior, theta0));
    }, 0);
  }
});

describe('the likeliest effect', () => {
  test.each([
    { name: 'of equal shares is none', strata: [pairOf(3, 10, 6, 20)], is: 0 },
    {
      name: 'of successes in one arm alone is infinite',
      strata: [pairOf(3, 10, 0, 20)],
      is: INF,
    },
    { name: 'of successes in the other alone, too', strata: [pairOf(0, 10, 1, 20)], is: -INF },
    { name: 'of failures in one arm alone, too', strata: [pairOf(9, 10, 20, 20)], is: -INF },
    { name: 'of strata that say nothing is unknown', strata: SILENT, is: undefined },
    { name: 'of no stratum is unknown', strata: [], is: undefined },
  ])('$name', ({ strata, is }) => {
    expect(maximumLikelihood(conditional, strata)).toBe(is);
  });

  test('of one table with an arm of one trial is its odds ratio', () => {
    // Conditional and unconditional estimates agree where the sum over tables has two terms.
    expect(maximumLikelihood(conditional, [pairOf(1, 1, 1, 3)])).toBe(INF);
    const theta =
      maximumLikelihood(conditional, [pairOf(1, 1, 0, 1), pairOf(1, 1, 0, 1), pairOf(0, 1, 1, 1)]) ?? 0;
    expect(theta).toBeCloseTo(Math.LN2, 10);
  });

  test('has no slope, and turns with the arms', () => {
    fc.assert(
      fc.property(fc.array(anyPair(200), { minLength: 1, maxLength: 4 }), (strata) => {
        const theta = maximumLikelihood(conditional, strata);
        const mirror = maximumLikelihood(conditional, strata.map(swapped));
        if (theta === undefined || !Number.isFinite(theta)) {
          expect(mirror).toBe(theta === undefined ? undefined : -theta);
          return;
        }
        expectNear(mirror ?? Number.NaN, -theta, 1e-4);
        const [at, ...around] = [theta, theta - 0.01, theta + 0.01].map((effect) =>
          strata.reduce((sum, stratum) => sum + (conditional.lnLikelihood(stratum, [effect])[0] ?? 0), 0),
        );
        expect(at).toBeGreaterThanOrEqual(Math.max(...around) - 1e-7);
      }),
    );
  });
});

describe('the confidence sequence', () => {
  test('ends where the evidence reaches 1/α', () => {
    for (const alpha of [0.05, 0.01]) {
      const mixture = mixtureOf(conditional, S3, normalPrior(0, 0.3));
      const { lower, upper } = confidenceSequence(mixture, alpha);
      expect(evidenceAgainst(mixture, lower).at(-1)).toBeCloseTo(-Math.log(alpha), 8);
      expect(evidenceAgainst(mixture, upper).at(-1)).toBeCloseTo(-Math.log(alpha), 8);
    }
  });

  test('holds what no look has excluded: a look that went too far is not forgotten', () => {
    const looks = [pairOf(40, 50, 20, 50), pairOf(5, 50, 9, 50), pairOf(7, 60, 9, 50)];
    const each = looks.map((_, k) => {
      const mixture = mixtureOf(conditional, looks.slice(0, k + 1), normalPrior(0, 1));
      return { mixture, alone: endsOf(mixture, 0.05) };
    });
    const lower = Math.max(...each.map(({ alone }) => alone[0]));
    const upper = Math.min(...each.map(({ alone }) => alone[1]));
    expect(lower).toBeGreaterThan(each.at(-1)?.alone[0] ?? INF);
    const [low, high] = interval(looks, 1);
    expect(low).toBeCloseTo(lower, 6);
    expect(high).toBeCloseTo(upper, 6);
  });

  test.each([
    { name: 'without strata', strata: [], is: [-INF, INF] },
    { name: 'of strata that say nothing', strata: SILENT, is: [-INF, INF] },
  ])('has no ends $name', ({ strata, is }) => {
    expect(interval(strata, 0.3)).toEqual(is);
  });

  test('of successes in one arm alone has one end', () => {
    const [low, high] = interval([pairOf(19, 100, 0, 100)], 0.7);
    expect(high).toBe(INF);
    expect(low).toBeGreaterThan(0);
    expect(low).toBeLessThan(3);
    const [mirrorLow, mirrorHigh] = interval([pairOf(0, 100, 19, 100)], 0.7);
    expect(mirrorLow).toBe(-INF);
    expect(mirrorHigh).toBeCloseTo(-low, 9);
  });

  test('of contradicting looks is empty, and says so', () => {
    const contradiction = [
      pairOf(190, 200, 10, 200),
      ...Array.from({ length: 9 }, () => pairOf(10, 200, 190, 200)),
    ];
    const [low, high] = interval(contradiction, 1);
    expect(low).toBeGreaterThan(high);
  });

  test('does not lie inside the reach of the prior alone', () => {
    const [low, high] = interval(S1, 0.01);
    expect(low).toBeLessThan(-0.3);
    expect(high).toBeGreaterThan(0);
    expect(low).toBeGreaterThan(-1);
  });

  test('holds the likeliest effect and turns with the arms', () => {
    fc.assert(
      fc.property(anyPair(500), (pair) => {
        const [low, high] = interval([pair], 0.4);
        const theta = maximumLikelihood(conditional, [pair]);
        expect(low).toBeLessThanOrEqual(theta ?? 0);
        expect(high).toBeGreaterThanOrEqual(theta ?? 0);
        const [mirrorLow, mirrorHigh] = interval([swapped(pair)], 0.4);
        expectNear(mirrorLow, -high, 1e-5);
        expectNear(mirrorHigh, -low, 1e-5);
      }),
      { numRuns: 50 },
    );
  });

  /** Ends after all strata, without what looks before have excluded, by a search of the definition. */
  function endsOf(mixture: ReturnType<typeof mixtureOf<Pair>>, alpha: number): [number, number] {
    const isIn = (theta: number): boolean => (evidenceAgainst(mixture, theta).at(-1) ?? 0) < -Math.log(alpha);
    const centre = maximumLikelihood(conditional, mixture.strata) ?? 0;
    const search = (step: number): number => {
      let [inside, outside] = [centre, centre + step];
      while (Math.abs(outside - inside) > 1e-9) {
        const middle = (inside + outside) / 2;
        if (isIn(middle)) inside = middle;
        else outside = middle;
      }
      return inside;
    };
    return [search(-20), search(20)];
  }
});

describe('priors', () => {
  test('weigh 1 in all, about their centre, to 8 standard deviations', () => {
    const prior = normalPrior(0.5, 0.1);
    expect(prior.effects).toHaveLength(401);
    expect(prior.effects[0]).toBeCloseTo(-0.3, 12);
    expect(prior.effects[200]).toBe(0.5);
    expect(prior.effects.at(-1)).toBeCloseTo(1.3, 12);
    expect(prior.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    const spread = prior.effects.reduce((sum, x, i) => sum + (prior.weights[i] ?? 0) * (x - 0.5) ** 2, 0);
    expect(Math.sqrt(spread)).toBeCloseTo(0.1, 12);
  });

  test('of one side begin at the effect tested, with half a step', () => {
    const above = halfNormalPrior(1, 0.5, 'above');
    const below = halfNormalPrior(1, 0.5, 'below');
    expect([above.effects[0], above.effects.at(-1), below.effects.at(-1)]).toEqual([1, 5, -3]);
    expect(above.weights).toEqual(below.weights);
    expect((above.weights[1] ?? 0) / (above.weights[0] ?? 1)).toBeCloseTo(2 * Math.exp(-0.0002), 9);
    expect(above.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
  });

  test('of some effects take weights in any scale', () => {
    expect(discretePrior([1, 2])).toEqual({
      effects: Float64Array.from([1, 2]),
      weights: Float64Array.from([0.5, 0.5]),
    });
    expect(discretePrior([1, 2], [3, 9]).weights).toEqual(Float64Array.from([0.25, 0.75]));
  });

  test.each([
    { name: 'no effect', make: () => discretePrior([Number.NaN]) },
    { name: 'no weight', make: () => discretePrior([1, 2], [0, 0]) },
    { name: 'a weight below 0', make: () => discretePrior([1, 2], [2, -1]) },
    { name: 'no spread', make: () => normalPrior(0, 0) },
    { name: 'an endless spread', make: () => halfNormalPrior(0, INF, 'above') },
  ])('are refused with $name', ({ make }) => {
    expect(make).toThrow(RangeError);
  });
});
