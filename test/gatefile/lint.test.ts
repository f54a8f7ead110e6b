/** Limits that decide nothing are refused before anything is asked. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { prepareCondition } from '../../src/gatefile/condition.js';
import { parseLimit } from '../../src/gatefile/limit.js';
import { fixedBounds, tighterWarn, uselessLimit, uselessTolerance } from '../../src/gatefile/lint.js';
import { type Condition, evaluate, NO_READING, OPERATORS } from '../../src/model/limit.js';

function condition(text: string, unit = 'share'): Condition {
  const parsed = parseLimit(text);
  if (!parsed.ok) throw new Error(parsed.failures[0]?.message);
  const prepared = prepareCondition(parsed.value, { unit });
  if (!prepared.ok) throw new Error(prepared.failures[0]?.message);
  return prepared.value;
}

describe('a limit on a share', () => {
  const useless = (text: string): string => uselessLimit(condition(text), 'share', text)?.message ?? '';
  test.each([
    ['>= 97%', ''],
    ['>= 100%', ''],
    ['== 100%', ''],
    ['<= 0%', ''],
    ['> 0%', ''],
    ['< 100%', ''],
    ['!= 50%', ''],
    ['between 1% and 5%', ''],
    ['between 0% and 99%', ''],
    ['>= 0%', 'never fail'],
    ['<= 100%', 'never fail'],
    ['<= 130%', 'never fail'],
    ['> -1%', 'never fail'],
    ['< 130%', 'never fail'],
    ['!= 130%', 'never fail'],
    ['between 0% and 100%', 'never fail'],
    ['between -5% and 130%', 'never fail'],
    ['> 100%', 'never hold'],
    ['>= 130%', 'never hold'],
    ['< 0%', 'never hold'],
    ['<= -1%', 'never hold'],
    ['== 130%', 'never hold'],
    ['between 110% and 130%', 'never hold'],
    ['between -10% and -5%', 'never hold'],
    ['>= baseline - 1pp', ''],
    ['>= baseline - 99pp', ''],
    ['>= baseline * 0.5', ''],
    ['<= baseline + 10%', ''],
    ['between baseline - 1pp and baseline + 1pp', ''],
    ['>= baseline - 100pp', 'never fail'],
    ['<= baseline + 100pp', 'never fail'],
    ['<= baseline - 101pp', 'never hold'],
  ])('%s: %s', (text, says) => {
    if (says === '') expect(useless(text)).toBe('');
    else expect(useless(text)).toContain(`"${text}" can ${says}`);
  });

  test('a group is useless with one useless part', () => {
    const group = (kind: 'all' | 'any', ...texts: string[]): Condition => ({
      kind,
      conditions: texts.map((text) => condition(text)),
    });
    expect(uselessLimit(group('all', '>= 50%', '<= 100%'), 'share', 'x')?.message).toContain('never fail');
    expect(uselessLimit(group('any', '>= 50%', '> 100%'), 'share', 'x')?.message).toContain('never hold');
    expect(uselessLimit(group('any', '>= 50%', '<= 10%'), 'share', 'x')).toBeUndefined();
  });

  test('a limit in another unit may be anything', () => {
    expect(uselessLimit(condition('>= 0ms', 's'), 's', '>= 0ms')).toBeUndefined();
    expect(uselessLimit(condition('<= 500', ''), '', '<= 500')).toBeUndefined();
  });

  test('what it calls useless is useless for every share, what it lets pass is not', () => {
    fc.assert(
      fc.property(fc.constantFrom(...OPERATORS), fc.integer({ min: -30, max: 30 }), (operator, tenths) => {
        const any: Condition = { kind: 'compare', operator, bound: { scale: 0, offset: tenths / 10 } };
        const outcomes = new Set(
          [0, 0.05, 0.1, 0.25, 0.3, 0.5, 0.7, 0.75, 0.95, 1, Math.min(1, Math.max(0, tenths / 10))].map(
            (value) => evaluate(any, { value, isAtLeast: false }, NO_READING),
          ),
        );
        expect(uselessLimit(any, 'share', 'x') !== undefined).toBe(outcomes.size === 1);
      }),
      { numRuns: 400 },
    );
  });
});

describe('a warn that could never be reached', () => {
  test.each([
    { pass: '>= 97%', warn: '>= 95%', is: false },
    { pass: '>= 97%', warn: '>= 97%', is: true },
    { pass: '>= 97%', warn: '>= 99%', is: true },
    { pass: '>= 97%', warn: '> 95%', is: false },
    { pass: '<= 1%', warn: '<= 2%', is: false },
    { pass: '<= 1%', warn: '<= 1%', is: true },
    { pass: '<= 2%', warn: '<= 1%', is: true },
    { pass: '>= baseline - 1pp', warn: '>= baseline - 5pp', is: false },
    { pass: '>= baseline - 5pp', warn: '>= baseline - 1pp', is: true },
    { pass: '<= baseline + 10%', warn: '<= baseline + 20%', is: false },
    { pass: '<= baseline + 20%', warn: '<= baseline + 10%', is: true },
    { pass: '>= baseline - 1pp', warn: '>= 50%', is: false },
    { pass: '>= 97%', warn: '>= baseline - 1pp', is: false },
    { pass: '>= 97%', warn: '<= 99%', is: false },
    { pass: '== 100%', warn: '>= 97%', is: false },
    { pass: 'between 10% and 20%', warn: '>= 5%', is: false },
  ])('pass $pass, warn $warn: $is', ({ pass, warn, is }) => {
    expect(tighterWarn(condition(pass), condition(warn)) !== undefined).toBe(is);
  });
});

describe('a tolerance', () => {
  test.each([
    { breaches: 2, steps: 5, strata: 10, says: undefined },
    { breaches: 0, steps: 5, strata: 10, says: undefined },
    { breaches: 4, steps: 5, strata: 5, says: undefined },
    { breaches: 5, steps: 5, strata: 10, says: 'never fail' },
    { breaches: 6, steps: 5, strata: 10, says: 'never fail' },
    { breaches: 0, steps: 0, strata: 10, says: 'never fail' },
    { breaches: 2, steps: 11, strata: 10, says: 'more steps' },
  ])('of $breaches of $steps steps in a window of $strata', ({ breaches, steps, strata, says }) => {
    const found = uselessTolerance({ breaches, steps }, strata);
    if (says === undefined) expect(found).toBeUndefined();
    else expect(found?.message).toContain(says);
  });
});

test('the fixed bounds of a condition are those without a baseline', () => {
  expect(fixedBounds(condition('between 1% and 5%'))).toEqual([0.01, 0.05]);
  expect(fixedBounds(condition('>= baseline - 1pp'))).toEqual([]);
  expect(fixedBounds({ kind: 'all', conditions: [condition('>= 2%'), condition('<= baseline')] })).toEqual([
    0.02,
  ]);
});
