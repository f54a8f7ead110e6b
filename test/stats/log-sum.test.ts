/** Sums of what is held as logarithms. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logMeanExp, logSumExp } from '../../src/stats/log-sum.js';
import { expectNear } from './support/near.js';

const INF = Number.POSITIVE_INFINITY;
const logs = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 20 });

describe('ln of a sum', () => {
  test.each([
    { name: 'of nothing', of: [], is: -INF },
    { name: 'of one', of: [-3], is: -3 },
    { name: 'of two equal ones', of: [5, 5], is: 5 + Math.LN2 },
    { name: 'too large for a number', of: [1000, 1000, 1000], is: 1000 + Math.log(3) },
    { name: 'too small for a number', of: [-2000, -2000], is: -2000 + Math.LN2 },
    { name: 'with a nothing among them', of: [-INF, 2], is: 2 },
    { name: 'of nothings', of: [-INF, -INF], is: -INF },
    { name: 'with something infinite', of: [1, INF], is: INF },
    { name: 'with no number', of: [Number.NaN, 7], is: Number.NaN },
    { name: 'with no number at the end', of: [7, Number.NaN, INF], is: Number.NaN },
  ])('$name', ({ of, is }) => {
    expect(logSumExp(of)).toBe(is);
  });

  test('moves with its terms', () => {
    fc.assert(
      fc.property(logs, fc.double({ min: -1e5, max: 1e5, noNaN: true }), (terms, shift) =>
        expectNear(logSumExp(terms.map((term) => term + shift)), logSumExp(terms) + shift, 1e-13),
      ),
    );
  });
});

describe('ln of a weighted mean', () => {
  test.each([
    { name: 'of equal terms is the term', of: [4, 4, 4], weights: [1, 2, 9], is: 4 },
    { name: 'weighs', of: [Math.log(1), Math.log(10)], weights: [3, 1], is: Math.log(13 / 4) },
    { name: 'does not care for the scale of weights', of: [0, Math.log(3)], weights: [50, 50], is: Math.LN2 },
    { name: 'passes over what has no weight', of: [900, 1], weights: [0, 2], is: 1 },
    { name: 'even where it is infinite', of: [INF, 1], weights: [0, 2], is: 1 },
    { name: 'of nothings', of: [-INF, -INF], weights: [1, 1], is: -INF },
    { name: 'with no number', of: [Number.NaN, 1], weights: [1, 1], is: Number.NaN },
  ])('$name', ({ of, weights, is }) => {
    const found = logMeanExp(of, weights);
    if (Number.isFinite(is)) expect(found).toBeCloseTo(is, 14);
    else expect(found).toBe(is);
  });

  test('with equal weights is the sum over the count', () => {
    fc.assert(
      fc.property(logs, (terms) =>
        expectNear(
          logMeanExp(
            terms,
            terms.map(() => 1),
          ),
          logSumExp(terms) - Math.log(terms.length),
          1e-14,
        ),
      ),
    );
  });

  test('wants as many weights as terms', () => {
    expect(() => logMeanExp([1, 2], [1])).toThrow(new RangeError('2 logarithms for 1 weights'));
  });
});
