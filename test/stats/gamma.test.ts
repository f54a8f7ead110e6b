/** Gamma, beta and binomial coefficients, against numbers of 40 digits and against R's functions. */
import fc from 'fast-check';
import { lbeta, lchoose, lgamma } from 'lib-r-math.js';
import { describe, expect, test } from 'vitest';
import { lnBeta, lnChoose, lnFactorial, lnGamma, stirlingRemainder } from '../../src/stats/gamma.js';
import { expectNear, expectSameDigits } from './support/near.js';

/** Many orders of size. */
const positive = fc.double({ min: -12, max: 25, noNaN: true }).map(Math.exp);

describe('lnΓ', () => {
  test.each([
    [1e-10, 23.025850929882736],
    [0.25, 1.2880225246980774],
    [0.5, 0.5723649429247001],
    [0.9999999, 5.772157468444193e-8],
    [1.0000001, -5.772155829918507e-8],
    [1.5, -0.12078223763524522],
    [1.9999999, -4.2278430309861296e-8],
    [2.0000001, 4.227843666532498e-8],
    [2.5, 0.2846828704729192],
    [3.7, 1.428072326665388],
    [7.999, 8.523145786158915],
    [8, 8.525161361065415],
    [10.5, 13.940625219403763],
    [171, 706.5730622457874],
    [1e6, 12815504.569147611],
    [1e12, 26631021115915.652],
  ])('of %d keeps its digits', (x, expected) => {
    expectSameDigits(lnGamma(x), expected, 2e-15);
  });

  test('is exactly 0 at 1 and 2, infinite at the ends, no number below 0', () => {
    expect([1, 2, 0, Number.POSITIVE_INFINITY].map(lnGamma)).toEqual([
      0,
      0,
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
    expect(lnGamma(-0.5)).toBeNaN();
    expect(lnGamma(Number.NaN)).toBeNaN();
  });

  test('agrees with R', () => {
    fc.assert(
      fc.property(positive, (x) => expectNear(lnGamma(x), lgamma(x), 1e-14)),
      { numRuns: 1000 },
    );
  });

  test('grows by ln x from x to x + 1', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e4, noNaN: true }), (x) =>
        expectNear(lnGamma(x + 1), lnGamma(x) + Math.log(x), 1e-14),
      ),
    );
  });
});

test('what Stirling leaves is small, falls, and makes his formula exact', () => {
  expectNear(stirlingRemainder(1), 1 - 0.9189385332046727, 1e-15);
  expectSameDigits(stirlingRemainder(7.999), 0.010412565487976127, 1e-12);
  expectSameDigits(stirlingRemainder(8), 0.010411265261972096, 1e-14);
  expectSameDigits(stirlingRemainder(1e8), 1 / 12e8, 1e-15);
});

test('ln n! is the sum of logarithms', () => {
  let sum = 0;
  for (let n = 0; n <= 300; n += 1) {
    if (n > 0) sum += Math.log(n);
    expectNear(lnFactorial(n), sum, 1e-14);
  }
});

describe('ln B(a, b)', () => {
  test.each([
    [1, 1, 0],
    [0.5, 0.5, 1.1447298858494002],
    [2, 3, -2.4849066497880004],
    [0.001, 5, 6.905672657062075],
    [0.3, 1e8, -4.430406227317634],
    [20, 1e9, -375.12543274172873],
    [1e6, 1e6, -1386300.003362921],
    [9, 11, -13.630868711378728],
  ])('of %d and %d', (a, b, expected) => {
    expectNear(lnBeta(a, b), expected, 1e-14);
    expect(lnBeta(b, a)).toBe(lnBeta(a, b));
  });

  test('agrees with R', () => {
    fc.assert(fc.property(positive, positive, (a, b) => expectNear(lnBeta(a, b), lbeta(a, b), 1e-13)));
  });
});

describe('ln of n choose k', () => {
  test.each([
    [5, 2, Math.LN10],
    [50, 25, 32.47055650581199],
    [1000, 3, 18.9285038647141],
    [1e9, 3, 60.37803803861118],
    [1e6, 5e5, 693140.0470130637],
  ])('%d choose %d', (n, k, expected) => {
    expectNear(lnChoose(n, k), expected, 1e-14);
  });

  test('of none and of all is one way, of more there is none', () => {
    expect([lnChoose(7, 0), lnChoose(7, 7), lnChoose(0, 0)]).toEqual([0, 0, 0]);
    expect([lnChoose(7, 8), lnChoose(7, -1)]).toEqual([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  });

  test('agrees with R', () => {
    const counts = fc.integer({ min: 1, max: 1e7 }).chain((n) => fc.tuple(fc.constant(n), fc.nat(n)));
    fc.assert(fc.property(counts, ([n, k]) => expectNear(lnChoose(n, k), lchoose(n, k), 1e-12)));
  });
});
