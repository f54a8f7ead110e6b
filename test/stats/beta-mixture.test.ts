/** One share against a fixed one; classes against fixed shares. */
import fc from 'fast-check';
import { dbinom, pchisq } from 'lib-r-math.js';
import { describe, expect, test } from 'vitest';
import {
  betaConfidenceInterval,
  betaConfidenceSequence,
  lnBetaEvidence,
  lnBetaEvidenceOnSide,
} from '../../src/stats/beta-mixture.js';
import { chiSquaredTail, chiSquaredTest, dirichletEvidence } from '../../src/stats/multinomial.js';
import { expectNear, expectSameDigits, uniform } from './support/near.js';

const INF = Number.POSITIVE_INFINITY;

describe('one share against a fixed one', () => {
  test.each([
    { y: 700, n: 1000, p0: 0.75, lnE: 3.085508, lower: 0.646985, upper: 0.749662 },
    { y: 2900, n: 5000, p0: 0.62, lnE: 12.724357, lower: 0.553674, upper: 0.606026 },
    { y: 30, n: 2000, p0: 0.005, lnE: 8.072566, lower: 0.006568, upper: 0.028553 },
    { y: 950, n: 1000, p0: 0.99, lnE: 37.233305, lower: 0.919829, upper: 0.971765 },
    { y: 9480, n: 10000, p0: 0.95, lnE: -4.775289, lower: 0.938524, upper: 0.956499 },
    { y: 0, n: 100, p0: 0.05, lnE: 0.514209, lower: 0, upper: 0.073284 },
  ])('$y of $n against $p0', ({ y, n, p0, lnE, lower, upper }) => {
    expect(lnBetaEvidence(y, n, p0)).toBeCloseTo(lnE, 6);
    const found = betaConfidenceInterval(y, n, 0.05);
    expect(found.lower).toBeCloseTo(lower, 6);
    expect(found.upper).toBeCloseTo(upper, 6);
    const mirror = betaConfidenceInterval(n - y, n, 0.05);
    expect(mirror.lower).toBeCloseTo(1 - upper, 6);
    expect(mirror.upper).toBeCloseTo(1 - lower, 6);
  });

  test('at a smaller α the interval is wider', () => {
    const { lower, upper } = betaConfidenceInterval(700, 1000, 0.01);
    expect(lower).toBeCloseTo(0.640427, 6);
    expect(upper).toBeCloseTo(0.755369, 6);
  });

  test('without trials there is no evidence, and no bound', () => {
    expect(lnBetaEvidence(0, 0, 0.3)).toBe(0);
    expect(lnBetaEvidenceOnSide(0, 0, 0.3, 'below')).toBe(0);
    expect(betaConfidenceInterval(0, 0, 0.05)).toEqual({ lower: 0, upper: 1 });
    expect(betaConfidenceSequence([], 0.05)).toEqual({ lower: 0, upper: 1 });
  });

  test('one success refutes a share of 0, one failure a share of 1', () => {
    expect(lnBetaEvidence(1, 9, 0)).toBe(INF);
    expect(lnBetaEvidence(8, 9, 1)).toBe(INF);
    expect(lnBetaEvidence(0, 9, 0)).toBeCloseTo(-Math.log(10), 12);
    expect(lnBetaEvidence(9, 9, 1)).toBeCloseTo(-Math.log(10), 12);
  });

  test('is what the definition says', () => {
    expect(lnBetaEvidence(1.5, 9.5, 0.3, { a: 2, b: 0.5 })).toBeCloseTo(
      Math.log(betaFunction(3.5, 8.5) / betaFunction(2, 0.5)) - 1.5 * Math.log(0.3) - 8 * Math.log(0.7),
      6,
    );
  });

  test('has a mean of 1 under the share tested', () => {
    fc.assert(
      fc.property(fc.nat(40), uniform(0.01, 0.99), uniform(0.3, 20), uniform(0.3, 20), (n, p0, a, b) => {
        expect(mean(n, p0, (y) => lnBetaEvidence(y, n, p0, { a, b }))).toBeCloseTo(1, 9);
      }),
    );
  });

  test('on one side has a mean of 1 under the share tested, and no more under all that lie beyond', () => {
    fc.assert(
      fc.property(fc.nat(40), uniform(0.02, 0.98), uniform(0, 1), uniform(0.5, 9), (n, p0, way, a) => {
        const prior = { a, b: 2 };
        const below = (y: number): number => lnBetaEvidenceOnSide(y, n, p0, 'below', prior);
        const above = (y: number): number => lnBetaEvidenceOnSide(y, n, p0, 'above', prior);
        expect(mean(n, p0, below)).toBeCloseTo(1, 9);
        expect(mean(n, p0, above)).toBeCloseTo(1, 9);
        expect(mean(n, p0 + way * (1 - p0), below)).toBeLessThanOrEqual(1 + 1e-9);
        expect(mean(n, p0 * (1 - way), above)).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });

  test('both sides weigh up to the whole', () => {
    fc.assert(
      fc.property(fc.nat(500), uniform(0, 1), uniform(0.02, 0.98), (n, share, p0) => {
        const y = Math.round(share * n);
        const below = p0 * Math.exp(lnBetaEvidenceOnSide(y, n, p0, 'below') - lnBetaEvidence(y, n, p0));
        const above = (1 - p0) * Math.exp(lnBetaEvidenceOnSide(y, n, p0, 'above') - lnBetaEvidence(y, n, p0));
        expect(below + above).toBeCloseTo(1, 8);
      }),
    );
  });

  test('its interval ends where the evidence reaches 1/α', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), uniform(0, 1), (n, share) => {
        const y = Math.round(share * n);
        const { lower, upper } = betaConfidenceInterval(y, n, 0.05);
        expect(lower).toBeLessThanOrEqual(y / n);
        expect(upper).toBeGreaterThanOrEqual(y / n);
        if (lower > 0) expect(lnBetaEvidence(y, n, lower)).toBeCloseTo(Math.log(20), 6);
        if (upper < 1) expect(lnBetaEvidence(y, n, upper)).toBeCloseTo(Math.log(20), 6);
      }),
    );
  });

  test('its sequence keeps what earlier intervals have excluded', () => {
    const strata = [
      { y: 90, n: 100 },
      { y: 10, n: 60 },
    ];
    const { lower, upper } = betaConfidenceSequence(strata, 0.05);
    expect(lower).toBe(betaConfidenceInterval(90, 100, 0.05).lower);
    expect(upper).toBe(betaConfidenceInterval(100, 160, 0.05).upper);
  });

  test('a billion trials leave digits', () => {
    expectNear(lnBetaEvidence(5e8, 1e9, 0.5), -0.5 * Math.log((2 * 1e9) / Math.PI), 1e-8);
  });

  function mean(n: number, p: number, lnE: (y: number) => number): number {
    let sum = 0;
    for (let y = 0; y <= n; y += 1) sum += dbinom(y, n, p) * Math.exp(lnE(y));
    return sum;
  }

  /** By Simpson's rule on the square roots' scale, where the ends are smooth. */
  function betaFunction(a: number, b: number): number {
    const steps = 20_000;
    let sum = 0;
    for (let i = 0; i <= steps; i += 1) {
      const angle = (Math.PI / 2) * (i / steps);
      const weight = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2;
      sum += weight * 2 * Math.sin(angle) ** (2 * a - 1) * Math.cos(angle) ** (2 * b - 1);
    }
    return (sum * Math.PI) / 2 / steps / 3;
  }
});

describe('classes against fixed shares', () => {
  const mix = [0.95, 0.03, 0.015, 0.005];
  test.each([
    { name: 'a split', counts: [5100, 4900], shares: [0.5, 0.5], concentration: [1, 1], lnE: -2.3795205 },
    {
      name: 'a split, small departures',
      counts: [5100, 4900],
      shares: [0.5, 0.5],
      concentration: [500, 500],
      lnE: 0.619272,
    },
    {
      name: 'kinds of status',
      counts: [9400, 300, 250, 50],
      shares: mix,
      concentration: [1, 1, 1, 1],
      lnE: 12.691506,
    },
    {
      name: 'kinds of status, small departures',
      counts: [9400, 300, 250, 50],
      shares: mix,
      concentration: mix.map((share) => 1000 * share),
      lnE: 22.18103,
    },
    {
      name: 'kinds of status as they should be',
      counts: [9500, 300, 150, 50],
      shares: mix,
      concentration: [1, 1, 1, 1],
      lnE: -15.792972,
    },
  ])('$name', ({ counts, shares, concentration, lnE }) => {
    expect(dirichletEvidence(counts, shares, concentration)).toBeCloseTo(lnE, 6);
  });

  test('all classes weigh alike where nothing else is said', () => {
    expect(dirichletEvidence([5100, 4900], [0.5, 0.5])).toBeCloseTo(-2.3795205, 6);
  });

  test('of two classes is that of a share', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), uniform(0.01, 0.99), (y, rest, p0) =>
        expectNear(dirichletEvidence([y, rest], [p0, 1 - p0]), lnBetaEvidence(y, y + rest, p0), 1e-10),
      ),
    );
  });

  test('without counts there is none; of what cannot be it is endless', () => {
    expect(dirichletEvidence([0, 0, 0], [0.5, 0.5, 0])).toBeCloseTo(0, 12);
    expect(dirichletEvidence([5, 5, 0], [0.5, 0.5, 0])).toBeLessThan(1);
    expect(dirichletEvidence([5, 5, 1], [0.5, 0.5, 0])).toBe(INF);
  });

  test('has a mean of 1 under the shares tested', () => {
    const shares = [0.5, 0.3, 0.2];
    let sum = 0;
    for (let i = 0; i <= 8; i += 1) {
      for (let j = 0; i + j <= 8; j += 1) {
        const counts = [i, j, 8 - i - j];
        const chance = dbinom(i, 8, 0.5) * dbinom(j, 8 - i, 0.6);
        sum += chance * Math.exp(dirichletEvidence(counts, shares, [1, 2, 0.5]));
      }
    }
    expect(sum).toBeCloseTo(1, 10);
  });

  test('wants one share and one concentration a class', () => {
    expect(() => dirichletEvidence([1, 2], [1])).toThrow(RangeError);
    expect(() => dirichletEvidence([1, 2], [0.5, 0.5], [1])).toThrow(RangeError);
    expect(() => chiSquaredTest([1, 2], [0.5, 0.3, 0.2])).toThrow(RangeError);
  });
});

describe("Pearson's test", () => {
  test('of a split of 1000 and 1200', () => {
    const { statistic, degrees, p } = chiSquaredTest([1000, 1200], [0.5, 0.5]);
    expect(statistic).toBeCloseTo(18.1818, 4);
    expect(degrees).toBe(1);
    expect(p).toBeCloseTo(2.0079e-5, 9);
  });

  test('of nothing finds nothing', () => {
    expect(chiSquaredTest([0, 0], [0.5, 0.5])).toEqual({ statistic: 0, degrees: 1, p: 1 });
    expect(chiSquaredTest([7], [1])).toEqual({ statistic: 0, degrees: 0, p: 1 });
  });

  test('its tail is that of R', () => {
    fc.assert(
      fc.property(uniform(0.001, 60), fc.integer({ min: 1, max: 12 }), (x, degrees) =>
        expectSameDigits(chiSquaredTail(x, degrees), pchisq(x, degrees, 0, false), 1e-9),
      ),
    );
  });
});
