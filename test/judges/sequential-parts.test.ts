/** A condition of several parts: what it says follows from its parts, each with its share of the budgets. */
import { describe, expect, test } from 'vitest';
import { countsData } from '../../src/judges/sequential/data.js';
import { type Budgets, weigh } from '../../src/judges/sequential/weigh.js';
import type { Condition, Operator } from '../../src/model/limit.js';

const LOOKS = 12;
const BUDGETS: Budgets = { falseAlarm: 0.05, falsePass: 0.05, minSteps: 1 };
const HALF: Budgets = { falseAlarm: 0.025, falsePass: 0.025, minSteps: 1 };

const compare = (operator: Operator, offset: number): Condition => ({
  kind: 'compare',
  operator,
  bound: { scale: 0, offset },
});
const dataOf = (share: number, n = 20) =>
  countsData(
    'binomial',
    Array.from({ length: LOOKS }, () => ({ k: Math.round(share * n), n })),
    Array.from({ length: LOOKS }, (_, i) => i),
  );
const weighed = (condition: Condition, share: number, budgets = BUDGETS) =>
  weigh(condition, dataOf(share), budgets, 1);

describe('with two parts', () => {
  test.each([
    ['certain of both, sooner of one', 0.9, 0.3, 0.6],
    ['certain of both the other way', 0.1, 0.4, 0.7],
    ['certain of one', 0.5, 0.1, 0.5],
    ['certain of none', 0.5, 0.45, 0.55],
  ])('%s', (_, share, low, high) => {
    const conditions = [compare('>=', low), compare('>=', high)];
    const [first, second] = conditions.map((part) => weighed(part, share, HALF));
    if (first === undefined || second === undefined) throw new Error('two parts were weighed');
    const both = (a: number | null, b: number | null): number | null =>
      a === null || b === null ? null : Math.max(a, b);
    const either = (a: number | null, b: number | null): number | null =>
      a === null || b === null ? (a ?? b) : Math.min(a, b);
    expect(weighed({ kind: 'all', conditions }, share)).toEqual({
      test: first.test,
      broken: Math.max(first.broken, second.broken),
      brokenAt: either(first.brokenAt, second.brokenAt),
      holds: Math.min(first.holds, second.holds),
      holdsAt: both(first.holdsAt, second.holdsAt),
    });
    expect(weighed({ kind: 'any', conditions }, share)).toEqual({
      test: first.test,
      broken: Math.min(first.broken, second.broken),
      brokenAt: both(first.brokenAt, second.brokenAt),
      holds: Math.max(first.holds, second.holds),
      holdsAt: either(first.holdsAt, second.holdsAt),
    });
  });

  test.each([0.1, 0.3, 0.5, 0.7, 0.9])(
    'between 30 % and 70 % is both of its sides, of a share of %d',
    (share) => {
      const sides = { kind: 'all', conditions: [compare('>=', 0.3), compare('<=', 0.7)] } as const;
      const between = {
        kind: 'between',
        low: { scale: 0, offset: 0.3 },
        high: { scale: 0, offset: 0.7 },
      } as const;
      expect(weighed(between, share)).toEqual(weighed(sides, share));
    },
  );

  test('each part has half of the budget: it takes more to be certain of it', () => {
    const part = compare('>=', 0.4);
    const halved = weighed({ kind: 'all', conditions: [part, part] }, 0.9);
    expect(halved).toEqual(weighed(part, 0.9, HALF));
  });
});
