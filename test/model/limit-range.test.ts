/** A value of which only two ends are known: a recovery that steps without data hide. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluate, NO_READING, type Outcome } from '../../src/model/limit.js';

const OPERATORS = ['<', '<=', '>', '>=', '==', '!='] as const;
const outcomeOf = (
  operator: (typeof OPERATORS)[number],
  limit: number,
  value: number,
  least?: number,
): Outcome =>
  evaluate(
    { kind: 'compare', operator, bound: { scale: 0, offset: limit } },
    { value, isAtLeast: false, ...(least !== undefined && { least }) },
    NO_READING,
  );

test.each([
  ['<=', 4, 'holds'],
  ['<=', 3, 'open'],
  ['<=', 1, 'broken'],
  ['<', 2, 'broken'],
  ['<', 4, 'open'],
  ['==', 3, 'open'],
  ['!=', 3, 'open'],
  ['!=', 5, 'holds'],
] as const)('from 2 to 4 %s %d: %s', (operator, limit, outcome) => {
  expect(outcomeOf(operator, limit, 4, 2)).toBe(outcome);
});

test('it is decided only where every number between the ends agrees', () => {
  const small = fc.integer({ min: 0, max: 6 });
  fc.assert(
    fc.property(
      fc.tuple(small, small, small),
      fc.constantFrom(...OPERATORS),
      small,
      (three, operator, limit) => {
        const [least = 0, between = 0, value = 0] = [...three].sort((a, b) => a - b);
        const outcome = outcomeOf(operator, limit, value, least);
        if (outcome === 'open') expect(least).toBeLessThan(value);
        else
          expect([least, between, value].map((each) => outcomeOf(operator, limit, each))).toEqual([
            outcome,
            outcome,
            outcome,
          ]);
      },
    ),
  );
});
