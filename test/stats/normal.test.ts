/** The normal distribution, against numbers of 40 digits and against R's functions. */
import fc from 'fast-check';
import { pnorm, qnorm } from 'lib-r-math.js';
import { describe, expect, test } from 'vitest';
import { lnNormalCdf, lnNormalDensity, normalCdf, normalQuantile } from '../../src/stats/normal.js';
import { expectNear, expectSameDigits } from './support/near.js';

const INF = Number.POSITIVE_INFINITY;

describe('ln Φ', () => {
  test.each([
    [3, -0.0013508099647481938],
    [1, -0.17275377902344988],
    [0.6, -0.3205539719875189],
    [0.1, -0.6165050101150263],
    [0, -Math.LN2],
    [-0.1, -0.7761545927302733],
    [-0.7, -1.4189677615315315],
    [-2, -3.783184333682032],
    [-5.6, -18.35137949590933],
    [-5.7, -18.933112423224742],
    [-8, -35.01343715991455],
    [-10, -53.23128515051247],
    [-20, -203.91715537109727],
    [-38, -726.5572160188201],
    [-40, -804.6084420137538],
    [-100, -5005.524208694205],
    [-1e6, -500000000014.73444],
    [8, -6.220960574271786e-16],
  ])('at %d keeps its digits, and Φ too', (x, expected) => {
    expectSameDigits(lnNormalCdf(x), expected, 2e-15);
    expectSameDigits(normalCdf(x), Math.exp(expected), 1e-13);
  });

  test('agrees with R over both tails', () => {
    fc.assert(
      fc.property(fc.double({ min: -37, max: 37, noNaN: true }), (x) => {
        expectSameDigits(normalCdf(x), pnorm(x), 2e-15);
        expectSameDigits(lnNormalCdf(x), pnorm(x, 0, 1, true, true), 2e-14);
      }),
      { numRuns: 1000 },
    );
  });

  test('ends at 0 and 1', () => {
    expect([normalCdf(-INF), normalCdf(-41), normalCdf(41), normalCdf(INF)]).toEqual([0, 0, 1, 1]);
    expect([lnNormalCdf(-INF), Math.abs(lnNormalCdf(INF))]).toEqual([-INF, 0]);
    expect([normalCdf(Number.NaN), lnNormalCdf(Number.NaN)]).toEqual([Number.NaN, Number.NaN]);
  });

  test('rises without a jump where one formula ends and the next begins', () => {
    for (const seam of [-5.656854249492381, -0.67448975, 0.67448975]) {
      const [low, high] = [seam - 1e-9, seam + 1e-9];
      const slope = Math.exp(lnNormalDensity(seam)) / normalCdf(seam);
      expect(lnNormalCdf(high) - lnNormalCdf(low)).toBeCloseTo(2e-9 * slope, 14);
    }
  });
});

describe('Φ⁻¹', () => {
  test.each([
    [1e-300, -37.0470962993612],
    [1e-20, -9.262340089798407],
    [1e-9, -5.9978070150076865],
    [0.001, -3.0902323061678136],
    [0.01, -2.326347874040841],
    [0.02425, -1.972961051311885],
    [0.025, -1.9599639845400543],
    [0.1, -1.2815515655446004],
    [0.25, -0.6744897501960817],
    [0.3, -0.5244005127080408],
    [0.49, -0.025068908258711057],
    [0.5000000001, 2.506628482030354e-10],
    [0.75, 0.6744897501960817],
    [0.95, 1.6448536269514722],
    [0.975, 1.9599639845400538],
    [0.99, 2.3263478740408408],
    [0.999999, 4.753424308817087],
  ])('of %d keeps its digits', (p, expected) => {
    expectSameDigits(normalQuantile(p), expected, 1e-15);
  });

  test('ends at the infinities, is 0 in the middle, no number outside', () => {
    expect([0, 0.5, 1].map(normalQuantile)).toEqual([-INF, 0, INF]);
    expect(normalQuantile(5e-324)).toBeCloseTo(-38.467405617144344, 10);
    expect([-1e-9, 1 + 1e-9, Number.NaN].map(normalQuantile)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  test('undoes Φ', () => {
    fc.assert(
      fc.property(fc.double({ min: -37, max: 5, noNaN: true }), (x) =>
        // Near 1 a double has few digits left to tell one x from the next: Φ is flat there.
        expectNear(normalQuantile(normalCdf(x)), x, x > 2 ? 1e-10 : 1e-14),
      ),
      { numRuns: 1000 },
    );
  });

  test('agrees with R', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1 - 1e-15, noNaN: true }), (p) =>
        expectNear(normalQuantile(p), qnorm(p), 1e-14),
      ),
    );
  });
});
