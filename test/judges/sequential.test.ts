/** Sequential evidence decides nothing in this version, and says so. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { point } from '../../src/judges/point.js';
import { sequential } from '../../src/judges/sequential.js';
import { buckets, counts, numbers, ruleOf } from './support.js';

test('a comparison is left undecided, with the word that opts out of it', () => {
  const judged = sequential.judge(ruleOf('>= baseline - 1pp'), counts([90, 100]), counts([90, 100]));
  expect(judged.verdict).toBe('inconclusive');
  expect(judged.reason?.code).toBe('evidence-not-available');
  expect(judged.reason?.text).toContain('not part of this version');
  expect(judged.reason?.next).toContain('evidence: point');
});

test('a fixed limit is left undecided too', () => {
  expect(sequential.judge(ruleOf('>= 90%'), counts([95, 100]), undefined)).toMatchObject({
    verdict: 'inconclusive',
    reason: { code: 'evidence-not-available' },
    baseline: null,
  });
});

test('its numbers are shown all the same', () => {
  const rule = ruleOf('>= baseline - 1pp');
  const [judged, baseline] = [counts([90, 100]), counts([180, 200])];
  const { verdict: _, reason: __, ...shown } = sequential.judge(rule, judged, baseline);
  const { verdict: ___, reason: ____, ...decided } = point.judge(rule, judged, baseline);
  expect(shown).toEqual(decided);
  expect(sequential.strata(rule, judged)).toEqual([0.9]);
});

test.each([
  { name: 'no value', judged: counts(null), baseline: counts([9, 10]), code: 'no-data' },
  { name: 'no value and no baseline', judged: counts(null), baseline: undefined, code: 'no-data' },
  { name: 'an empty baseline', judged: counts([9, 10]), baseline: counts(null), code: 'no-baseline' },
])('$name is told by its own name', ({ judged, baseline, code }) => {
  const judgement = sequential.judge(ruleOf('>= baseline - 1pp'), judged, baseline);
  expect(judgement).toMatchObject({ verdict: 'inconclusive', reason: { code } });
});

test('it is never a pass, a warning or a failure', () => {
  const pair = fc.option(fc.tuple(fc.nat(20), fc.nat(20)));
  const strata = fc.array(pair, { maxLength: 5 });
  fc.assert(
    fc.property(
      strata,
      fc.option(strata, { nil: undefined }),
      fc.constantFrom('>= 0%', '<= 100%', '>= baseline', '<= baseline + 10%', '>= baseline - 99pp'),
      (judged, baseline, pass) => {
        const { verdict, reason } = sequential.judge(
          ruleOf(pass, { warn: pass }),
          counts(...judged),
          baseline && counts(...baseline),
        );
        expect(verdict).toBe('inconclusive');
        expect(reason).not.toBeNull();
      },
    ),
  );
});

test('nor for numbers or buckets', () => {
  const take = { kind: 'quantile', quantile: 0.5 } as const;
  const rule = ruleOf('<= baseline + 10%', { take });
  expect(sequential.judge(rule, numbers(1, 1), numbers(1, 1)).verdict).toBe('inconclusive');
  const bucketed = buckets([1, Infinity], [5, 5]);
  expect(sequential.judge(rule, bucketed, bucketed).verdict).toBe('inconclusive');
});
