/** The first look at which evidence is enough. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crossing } from '../../../src/stats/sequential/crossing.js';
import { type Scatter, tempered } from '../../../src/stats/sequential/overdispersion.js';

const ENOUGH = Math.log(1 / 0.05);
const NEVER = Number.NEGATIVE_INFINITY;

test.each([
  { name: 'nothing seen', lnE: [], most: NEVER, at: null },
  { name: 'never enough', lnE: [0, 1, 2.9, 1], most: 2.9, at: null },
  { name: 'nothing can be said', lnE: [NEVER, NEVER], most: NEVER, at: null },
  { name: 'the very threshold', lnE: [0, ENOUGH], most: ENOUGH, at: 1 },
  { name: 'at the first stratum', lnE: [4, 5], most: 5, at: 0 },
  { name: 'the first of several', lnE: [1, 3, 2, 7], most: 7, at: 1 },
  { name: 'kept when it falls again', lnE: [NEVER, 1, 3.5, -4, -9], most: 3.5, at: 2 },
])('$name', ({ lnE, most, at }) => {
  expect(crossing(Float64Array.from(lnE), 0.05, 0)).toEqual({ most, at });
});

test('a smaller chance of error asks for more', () => {
  const lnE = Float64Array.from([3, 4.7]);
  expect(crossing(lnE, 0.05, 0).at).toBe(0);
  expect(crossing(lnE, 0.01, 0).at).toBe(1);
  expect(crossing(lnE, 0.001, 0).at).toBeNull();
});

test('strata before the first that may decide count only by what they add to it', () => {
  const early = Float64Array.from([9, 1, 2.5, 2]);
  expect(crossing(early, 0.05, 2)).toEqual({ most: 2.5, at: null });
  expect(crossing(Float64Array.from([9, 1, 3.5]), 0.05, 2)).toEqual({ most: 3.5, at: 2 });
  expect(crossing(early, 0.05, 4)).toEqual({ most: NEVER, at: null });
});

test('each look is tempered by what was known of the scatter at that look', () => {
  const alone = { together: null, rarity: 1 };
  const calm: Scatter = { factor: 1, residual: 0, terms: 9, ...alone };
  const wild: Scatter = { factor: 9, residual: 90, terms: 9, ...alone };
  const lnE = Float64Array.from([6, 6]);
  const held = tempered(6, wild);
  expect(held).toBeLessThan(ENOUGH);
  expect(crossing(lnE, 0.05, 0, [wild, calm])).toEqual({ most: tempered(6, calm), at: 1 });
  expect(crossing(lnE, 0.05, 0, [calm, wild])).toEqual({ most: tempered(6, calm), at: 0 });
  expect(crossing(lnE, 0.05, 0, [wild, wild])).toEqual({ most: held, at: null });
});

test('what later strata say never takes a crossing back', () => {
  const lnE = fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(lnE, fc.nat(30), fc.nat(6), (values, length, from) => {
      const before = crossing(Float64Array.from(values.slice(0, length)), 0.05, from);
      const after = crossing(Float64Array.from(values), 0.05, from);
      expect(after.most).toBeGreaterThanOrEqual(before.most);
      if (before.at !== null) expect(after.at).toBe(before.at);
      else if (after.at !== null) expect(after.at).toBeGreaterThanOrEqual(length);
    }),
  );
});
