/** Beta and binomial distributions, against numbers of 40 digits. R's pbeta has a slip of 5e-4 in this port: not asked. */
import fc from 'fast-check';
import { dbinom } from 'lib-r-math.js';
import { describe, expect, test } from 'vitest';
import { betaQuantile, betaRegularized, lnBetaRegularized } from '../../src/stats/beta.js';
import { deviance, lnBinomial } from '../../src/stats/binomial.js';
import { lnChoose } from '../../src/stats/gamma.js';
import { expectNear, expectSameDigits } from './support/near.js';

describe('the incomplete beta function', () => {
  test.each([
    [0.62, 3041, 1961, -0.0409612787598229],
    [0.1, 2, 3, -2.95075890791126],
    [0.5, 0.5, 0.5, -Math.LN2],
    [0.9, 2, 3, -0.0037068619313264726],
    [0.01, 10, 5, -39.17947280286092],
    [1e-4, 50, 60, -387.91210284184865],
    [0.48, 5000, 5000, -10.366446730047485],
    [0.4, 50000, 50000, -2046.1659317173908],
    [0.3, 1, 1, -1.2039728043259361],
    [0.75, 701, 301, -0.00015935715807232495],
    [0.0028506785540035684, 1.0147688236759376, 303.41168357478455, -0.557411179081547],
  ])('at %d of %d and %d keeps its digits', (x, a, b, expected) => {
    expectSameDigits(lnBetaRegularized(x, a, b), expected, 2e-13);
    expectSameDigits(betaRegularized(x, a, b), Math.exp(expected), 1e-12);
  });

  test('is 0 and 1 at the ends, no number outside', () => {
    expect([betaRegularized(0, 2, 3), betaRegularized(1, 2, 3)]).toEqual([0, 1]);
    expect([lnBetaRegularized(0, 2, 3), lnBetaRegularized(1, 2, 3)]).toEqual([Number.NEGATIVE_INFINITY, 0]);
    for (const [x, a, b] of [
      [-0.1, 2, 3],
      [1.1, 2, 3],
      [0.5, 0, 3],
      [0.5, 2, -1],
      [Number.NaN, 2, 3],
    ] as const) {
      expect(lnBetaRegularized(x, a, b)).toBeNaN();
      expect(betaRegularized(x, a, b)).toBeNaN();
    }
  });

  const shape = fc.double({ min: 0.2, max: 500, noNaN: true });
  const share = fc.double({ min: 0.001, max: 0.999, noNaN: true });

  test('of x and of 1 - x are the whole', () => {
    fc.assert(
      fc.property(share, shape, shape, (x, a, b) =>
        expectNear(betaRegularized(x, a, b) + betaRegularized(1 - x, b, a), 1, 1e-12),
      ),
    );
  });

  test('with whole shapes is a tail of the binomial distribution', () => {
    fc.assert(
      fc.property(share, fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), (x, a, b) => {
        const n = a + b - 1;
        let tail = 0;
        for (let k = a; k <= n; k += 1) tail += dbinom(k, n, x);
        expectSameDigits(betaRegularized(x, a, b), tail, 1e-11);
      }),
    );
  });
});

describe('the quantile of the beta distribution', () => {
  test('undoes the share below', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-12, max: 0.999, noNaN: true }),
        fc.double({ min: 0.5, max: 300, noNaN: true }),
        fc.double({ min: 0.5, max: 300, noNaN: true }),
        (p, a, b) => expectSameDigits(betaRegularized(betaQuantile(p, a, b), a, b), p, 1e-10),
      ),
    );
  });

  test.each([
    [0.025, 8, 4, 0.39025744042757876],
    [0.975, 8, 4, 0.8907365561809019],
    [0.05, 2, 2, 0.13535036217158378],
    [0.5, 2, 2, 0.5],
    [0.95, 1, 30, 0.09503385285530411],
    [0.5, 1000.5, 2000.5, 0.33335185345127066],
  ])('%d of %d and %d', (p, a, b, expected) => {
    expectSameDigits(betaQuantile(p, a, b), expected, 1e-13);
  });

  test('is 0 and 1 at the ends, no number outside', () => {
    expect([betaQuantile(0, 2, 3), betaQuantile(1, 2, 3)]).toEqual([0, 1]);
    expect([betaQuantile(-0.1, 2, 3), betaQuantile(1.1, 2, 3)]).toEqual([Number.NaN, Number.NaN]);
  });

  test('of 1 in a large many keeps its digits', () => {
    expectSameDigits(betaQuantile(0.975, 1, 1e9), -Math.log(0.025) / 1e9, 1e-8);
  });
});

describe('ln of a binomial chance', () => {
  test.each([
    [0, 10, 0.3, -3.5667494393873236],
    [10, 10, 0.3, -12.03972804325936],
    [3, 10, 0.3, -1.3211512777668886],
    [5e5, 1e6, 0.5, -7.133546881626865],
    [620500, 1e6, 0.62, -7.634279371126382],
    [5, 1e9, 1e-8, -3.2745662878118176],
    [999999, 1e6, 0.9999, -95.399730142359],
  ])('of %d in %d at %d keeps its digits', (k, n, p, expected) => {
    expectNear(lnBinomial(k, n, p, 1 - p), expected, 1e-12);
  });

  test('is that of the coefficient and the shares', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }).chain((n) => fc.tuple(fc.nat(n), fc.constant(n))),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        ([k, n], p) =>
          expectNear(
            lnBinomial(k, n, p, 1 - p),
            lnChoose(n, k) + k * Math.log(p) + (n - k) * Math.log(1 - p),
            1e-11,
          ),
      ),
    );
  });

  test('of nothing in nothing is certain', () => {
    expect(lnBinomial(0, 0, 0.3, 0.7)).toBe(0);
  });

  test('keeps its digits where the chance of failure is too small to show in p', () => {
    expectSameDigits(lnBinomial(10, 10, 1, 1e-20), -1e-19, 1e-12);
    expectSameDigits(lnBinomial(9, 10, 1, 1e-20), Math.log(1e-19), 1e-12);
  });
});

test('what lies at its mean loses nothing, what lies off it loses more the further', () => {
  expect(deviance(7, 7)).toBe(0);
  expect(deviance(0, 7)).toBe(7);
  expectSameDigits(deviance(1e6, 1e6 + 1), 4.99999666667e-7, 1e-9);
  expectSameDigits(deviance(10, 12.1), 10 * Math.log(10 / 12.1) + 2.1, 1e-13);
  expectSameDigits(deviance(10, 12.3), 10 * Math.log(10 / 12.3) + 2.3, 1e-13);
});
