/** Means, quantiles, whole distributions, and how many trials it takes. */
import fc from 'fast-check';
import { pt } from 'lib-r-math.js';
import { describe, expect, test } from 'vitest';
import { distributionRadius } from '../../src/stats/distribution-sequence.js';
import {
  asymptoticBoundDistance,
  asymptoticHalfWidth,
  boundedMeanHalfWidth,
  ratioOfSums,
} from '../../src/stats/mean-sequence.js';
import { intersection } from '../../src/stats/mixture.js';
import { lnTEvidence, pairedTEvidence, tHalfWidth } from '../../src/stats/paired-t.js';
import { quantileRanks, rankRadius } from '../../src/stats/quantile-sequence.js';
import {
  alwaysValidInformation,
  alwaysValidSampleSize,
  fixedSampleSize,
} from '../../src/stats/sample-size.js';
import { scoreEvidenceAbove } from '../../src/stats/score.js';
import { mean, standardDeviation } from '../../src/stats/summary.js';
import { expectNear, uniform } from './support/near.js';

const INF = Number.POSITIVE_INFINITY;
const SERIES = [0.021, 0.034, 0.008, 0.027, 0.041, 0.012, 0.019, 0.038, 0.025, 0.03, 0.016, 0.022];

function intervalOf(differences: readonly number[]): readonly [number, number] {
  const half = tHalfWidth(differences.length, 0.05) * standardDeviation(differences);
  return [mean(differences) - half, mean(differences) + half];
}

describe('the anytime-valid t-test', () => {
  test.each([
    { t: 3, n: 10, phi: 2, lnE: 1.799103, width: 1.28997 },
    { t: 3, n: 20, phi: 2, lnE: 2.2570996, width: 0.757988 },
    { t: 4, n: 12, phi: 1, lnE: 3.468817, width: 1.063477 },
    { t: 2, n: 50, phi: 2, lnE: 0.254372, width: 0.456954 },
  ])('of t = $t from $n differences, prior $phi', ({ t, n, phi, lnE, width }) => {
    expect(lnTEvidence(t, n, phi)).toBeCloseTo(lnE, 6);
    expect(lnTEvidence(-t, n, phi)).toBe(lnTEvidence(t, n, phi));
    expect(tHalfWidth(n, 0.05, phi)).toBeCloseTo(width, 6);
  });

  test('of a series', () => {
    const evidence = pairedTEvidence(SERIES, 2);
    expect(evidence).toHaveLength(12);
    expect(evidence[0]).toBe(0);
    expect(evidence.at(-1)).toBeCloseTo(7.112751, 6);
    const [lower, upper] = intervalOf(SERIES);
    expect(lower).toBeCloseTo(0.013363, 6);
    expect(upper).toBeCloseTo(0.03547, 6);
    expect(pairedTEvidence(SERIES.slice(0, 5), 2)).toEqual(evidence.slice(0, 5));
  });

  test('its interval ends where the evidence reaches 1/α', () => {
    for (const end of intervalOf(SERIES)) {
      expect(pairedTEvidence(SERIES, 2, end).at(-1)).toBeCloseTo(Math.log(20), 9);
    }
  });

  test('has no bound while there are too few differences', () => {
    expect([1, 2, 3].map((n) => tHalfWidth(n, 0.05))).toEqual([INF, INF, INF]);
    expect(tHalfWidth(8, 0.05)).toBeLessThan(INF);
  });

  test('differences that do not vary are evidence that is not endless; none at all is none', () => {
    expect(lnTEvidence(INF, 10, 2)).toBeCloseTo(-4.5 * Math.log(2 / 12), 12);
    expect(pairedTEvidence(Array(10).fill(0.3), 2).at(-1)).toBeCloseTo(-4.5 * Math.log(2 / 12), 12);
    expect(pairedTEvidence([0, 0, 0], 2).at(-1)).toBeCloseTo(0.5 * Math.log(2 / 5), 12);
  });

  test('does not mind the unit', () => {
    fc.assert(
      fc.property(
        fc.array(uniform(-1, 1), { minLength: 2, maxLength: 20 }),
        uniform(1e-9, 1e9),
        (values, unit) =>
          expectNear(
            pairedTEvidence(
              values.map((value) => value * unit),
              2,
            ).at(-1) ?? 0,
            pairedTEvidence(values, 2).at(-1) ?? 0,
            1e-9,
          ),
      ),
    );
  });

  test('has a mean of 1 over the distribution of t', () => {
    for (const n of [2, 5, 30]) {
      let average = 0;
      let before = 0;
      // Steps grow with t: with one degree of freedom the tail is long.
      for (let i = 1; i <= 20_000; i += 1) {
        const [left, right] = [Math.sinh((i - 1) / 1000), Math.sinh(i / 1000)];
        const now = pt(right, n - 1) - 0.5;
        average += 2 * (now - before) * Math.exp(lnTEvidence((left + right) / 2, n, 2));
        before = now;
      }
      expect(average).toBeCloseTo(1, 3);
    }
  });

  test('is refused for what is no difference', () => {
    expect(() => pairedTEvidence([0.1, Number.NEGATIVE_INFINITY], 2)).toThrow(RangeError);
    expect(() => pairedTEvidence([Number.NaN], 2)).toThrow(RangeError);
  });
});

test('intervals have in common what lies in all, or contradict each other', () => {
  expect(intersection([])).toEqual({ lower: -INF, upper: INF });
  expect(
    intersection([
      { lower: 0, upper: 5 },
      { lower: 1, upper: 9 },
    ]),
  ).toEqual({ lower: 1, upper: 5 });
  expect(
    intersection([
      { lower: 0, upper: 1 },
      { lower: 2, upper: 3 },
    ]),
  ).toEqual({ lower: 2, upper: 1 });
});

describe('asymptotic sequences of means', () => {
  test('by their formula', () => {
    const rho2 = (-2 * Math.log(0.05) + Math.log(1 - 2 * Math.log(0.05))) / 5000;
    const [n, se] = [3000, 0.02];
    const inside = ((2 * (n * rho2 + 1)) / (n * n * rho2)) * Math.log(Math.sqrt(n * rho2 + 1) / 0.05);
    expect(asymptoticHalfWidth(se, n, 0.05)).toBeCloseTo(se * Math.sqrt(n) * Math.sqrt(inside), 12);
    const rho2One = (-2 * Math.log(0.1) + Math.log(1 - 2 * Math.log(0.1))) / 5000;
    const insideOne =
      ((2 * (n * rho2One + 1)) / (n * n * rho2One)) * Math.log(1 + Math.sqrt(n * rho2One + 1) / 0.1);
    expect(asymptoticBoundDistance(se, n, 0.05)).toBeCloseTo(se * Math.sqrt(n) * Math.sqrt(insideOne), 12);
  });

  test('are narrowest, in standard errors, where one expects to decide, and never as narrow as at one look', () => {
    const at = (n: number): number => asymptoticHalfWidth(1, n, 0.05, 2000);
    expect(at(2000)).toBeLessThan(at(500));
    expect(at(2000)).toBeLessThan(at(20_000));
    expect(at(2000)).toBeCloseTo(1.549 * 1.96, 2);
    expect(asymptoticBoundDistance(1, 2000, 0.05, 2000)).toBeLessThan(at(2000));
    expect(asymptoticBoundDistance(1, 2000, 0.05, 2000)).toBeGreaterThan(1.645);
  });
});

describe('ratios of sums over units', () => {
  const units = [
    [3, 10],
    [0, 4],
    [2, 6],
    [5, 12],
  ] as const;

  test('with the standard error of the delta method', () => {
    const found = ratioOfSums(units);
    expect(found?.value).toBe(0.3125);
    expect(found?.standardError).toBeCloseTo(0.0641069, 7);
  });

  test('none of one unit, nor of nothing', () => {
    expect(ratioOfSums([[1, 2]])).toBeUndefined();
    expect(
      ratioOfSums([
        [1, 0],
        [0, 0],
      ]),
    ).toBeUndefined();
  });

  test('the unit of each sum scales out', () => {
    const found = ratioOfSums(units.map(([above, below]) => [above * 1000, below * 0.01]));
    expect(found?.value).toBeCloseTo(31250, 6);
    expect(found?.standardError).toBeCloseTo(6410.69, 2);
  });
});

test.each([
  { t: 1000, width: 0.0479909 },
  { t: 100, width: 0.1927527 },
])('the mean of $t values in 0..1 is known to $width', ({ t, width }) => {
  expect(boundedMeanHalfWidth(t, 0.05, 1000)).toBeCloseTo(width, 7);
});

describe('quantiles', () => {
  test.each([
    { t: 1000, p: 0.95, decideAt: 1000, below: 0.0225809, above: 0.0192087, lower: 928, upper: 970 },
    { t: 5000, p: 0.95, decideAt: 1000, below: 0.01011, above: 0.0093456, lower: 4700, upper: 4797 },
    { t: 1000, p: 0.5, decideAt: 1000, below: 0.0479502, above: 0.0479502, lower: 453, upper: 548 },
    { t: 2000, p: 0.99, decideAt: 2000, below: 0.0076674, above: 0.0058194, lower: 1965, upper: 1992 },
  ])(
    '$p of $t values lies between ranks $lower and $upper',
    ({ t, p, decideAt, below, above, lower, upper }) => {
      expect(rankRadius(t, 1 - p, p, 0.05, decideAt)).toBeCloseTo(below, 7);
      expect(rankRadius(t, p, 1 - p, 0.05, decideAt)).toBeCloseTo(above, 7);
      expect(quantileRanks(t, p, 0.05, decideAt)).toEqual({ lower, upper });
    },
  );

  test('of few values have no bound where even all of them on one side are likely enough', () => {
    expect(rankRadius(20, 0.95, 0.05, 0.05, 1000)).toBe(INF);
    expect(quantileRanks(20, 0.95, 0.05, 1000).upper).toBeUndefined();
    expect(quantileRanks(3, 0.5, 0.05, 1000)).toEqual({ lower: undefined, upper: undefined });
  });

  test('of mirrored values have mirrored ranks', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), uniform(0.05, 0.95), (t, p) => {
        const { lower } = quantileRanks(t, p, 0.05, 500);
        const { upper } = quantileRanks(t, 1 - p, 0.05, 500);
        expect(lower).toBe(upper === undefined ? undefined : t + 1 - upper);
      }),
    );
  });
});

test('a whole distribution function is known to 0.08205 from 1000 values, counted from the hundredth', () => {
  expect(distributionRadius(1000, 0.05, 100)).toBeCloseTo(0.08205, 5);
  expect(distributionRadius(99, 0.05, 100)).toBe(INF);
  expect(distributionRadius(1000, 0.01, 100)).toBeGreaterThan(0.083);
  expect(distributionRadius(4000, 0.05, 100)).toBeLessThan(0.043);
});

describe('sample sizes', () => {
  test.each([
    { baseline: 0.62, changed: 0.58, fixed: 1852, half: 2294, most: 3964 },
    { baseline: 0.62, changed: 0.6, fixed: 7351, half: 9105, most: 15733 },
    { baseline: 0.005, changed: 0.01, fixed: 3679, half: 4221, most: 7293 },
    { baseline: 0.005, changed: 0.0075, fixed: 12285, half: 14814, most: 25598 },
    { baseline: 0.95, changed: 0.94, fixed: 6424, half: 7918, most: 13682 },
  ])('to tell $changed from $baseline', ({ baseline, changed, fixed, half, most }) => {
    expect(Math.round(fixedSampleSize({ baseline, changed }))).toBe(fixed);
    expect(Math.round(alwaysValidSampleSize({ baseline, changed, power: 0.5 }))).toBe(half);
    expect(Math.round(alwaysValidSampleSize({ baseline, changed }))).toBe(most);
  });

  test('rest on an information of 13.231 over the square of the effect', () => {
    expect(alwaysValidInformation(0.05, 0.8)).toBeCloseTo(13.231, 3);
  });

  test('are those at which the expected score, less its reserve, is evidence enough', () => {
    fc.assert(
      fc.property(uniform(0.001, 0.2), uniform(0.5, 0.99), uniform(0.02, 2), (alpha, power, theta) => {
        const v = alwaysValidInformation(alpha, power) / theta ** 2;
        const z = fixedZ(power);
        const u = theta * v - z * Math.sqrt(v);
        expect(scoreEvidenceAbove({ u, v }, 1 / theta ** 2)).toBeCloseTo(-Math.log(alpha), 8);
      }),
    );
  });

  test('grow with power and with a smaller chance of a false alarm', () => {
    const plan = { baseline: 0.1, changed: 0.12 };
    for (const size of [fixedSampleSize, alwaysValidSampleSize]) {
      expect(size({ ...plan, power: 0.9 })).toBeGreaterThan(size(plan));
      expect(size({ ...plan, alpha: 0.01 })).toBeGreaterThan(size(plan));
    }
  });

  /** Φ⁻¹ of the power, from the formula of the fixed size. */
  function fixedZ(power: number): number {
    const size = (at: number): number =>
      Math.sqrt(fixedSampleSize({ baseline: 0.5, changed: 0.6, alpha: 0.05, power: at }));
    const unit = (size(power) - size(0.5)) / size(0.5);
    return unit * 1.6448536269514722;
  }
});
