/** Evidence of Mann-Whitney: the values of two arms by their ranks. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JudgeQuestion, Rule } from '../../src/contracts/judge.js';
import { fewestPerArm, isReachable } from '../../src/judges/mann-whitney/fewest.js';
import { mannWhitney } from '../../src/judges/mann-whitney.js';
import type { Observation } from '../../src/model/evidence.js';
import type { Verdict } from '../../src/model/verdict.js';
import { limit, numbers, raw, ruleOf } from './support.js';

const rule = (pass: string, over: Parameters<typeof ruleOf>[1] = {}): Rule =>
  ruleOf(pass, { take: { kind: 'mean' }, falseAlarm: 0.05, falsePass: 0.05, ...over });
/** Ten values about a centre, none of them twice. */
const about = (centre: number, spread = 1): number[] =>
  Array.from({ length: 10 }, (_, i) => centre + spread * (((i * 7) % 10) - 4.5) * 0.1 + i * 1e-4);
const baseline = numbers(...about(100));
const verdictOf = (asked: Rule, judged: Observation, other: Observation = baseline): Verdict =>
  mannWhitney.judge(asked, judged, other).verdict;

describe('the values of ten steps against ten', () => {
  test.each<[string, Rule, number, Verdict]>([
    ['as before, without a margin: nothing can certify it', rule('<= baseline'), 100, 'inconclusive'],
    ['higher, without a margin', rule('<= baseline'), 101, 'fail'],
    ['lower, without a margin', rule('<= baseline'), 99, 'pass'],
    ['as before, within a margin', rule('<= baseline + 2'), 100, 'pass'],
    ['at the margin', rule('<= baseline + 2'), 102, 'inconclusive'],
    ['beyond it', rule('<= baseline + 2'), 103, 'fail'],
    ['within a relative margin', rule('<= baseline + 10%'), 105, 'pass'],
    ['at a relative margin', rule('<= baseline + 10%'), 110, 'inconclusive'],
    ['beyond a relative margin', rule('<= baseline * 1.1'), 112, 'fail'],
    ['lower than allowed', rule('>= baseline - 2'), 97, 'fail'],
    ['not much lower', rule('>= baseline - 2'), 99.5, 'pass'],
    ['beyond pass and within warn', rule('<= baseline + 2', { warn: '<= baseline + 5' }), 103, 'warn'],
    ['beyond both', rule('<= baseline + 2', { warn: '<= baseline + 5' }), 107, 'fail'],
    ['between two margins', rule('between baseline - 2 and baseline + 2'), 100, 'pass'],
    ['outside one of them', rule('between baseline - 2 and baseline + 2'), 96, 'fail'],
  ])('%s', (_, asked, centre, verdict) => {
    expect(verdictOf(asked, numbers(...about(centre)))).toBe(verdict);
  });

  test('a pass is possible at the budget for passing alone, a fail at the one for failing', () => {
    const judged = numbers(...about(100.4));
    const { p } = mannWhitney.judge(rule('<= baseline'), judged, baseline).ranks ?? {};
    expect(p?.above).toBeGreaterThan(0.01);
    expect(p?.above).toBeLessThan(0.05);
    expect(verdictOf(rule('<= baseline'), judged)).toBe('fail');
    expect(verdictOf(rule('<= baseline', { falseAlarm: 0.01 }), judged)).toBe('inconclusive');
    expect(verdictOf(rule('>= baseline', { falseAlarm: 0.01 }), judged)).toBe('pass');
    expect(verdictOf(rule('>= baseline', { falsePass: 0.01 }), judged)).toBe('inconclusive');
  });

  test('says the shift, its interval and what they are worth', () => {
    const found = mannWhitney.judge(
      rule('<= baseline + 2', { isSince: true }),
      numbers(...about(103)),
      baseline,
    );
    expect(found).toMatchObject({
      verdict: 'fail',
      n: 10,
      baseline: { n: 10 },
      interval: null,
      evidence: null,
      reason: {
        code: 'threshold',
        text: "certainly not <= baseline + 2: the values lie 3 above the baseline's (95 % interval 2.7 to 3.3)",
      },
      ranks: {
        test: 'mann-whitney-exact',
        estimate: expect.closeTo(3, 9),
        alpha: 0.05,
        falsePass: 0.05,
        strata: 10,
        n: { canary: 10, baseline: 10 },
        larger: 1,
        // All of the judged values lie above: one way in C(20, 10).
        p: { above: expect.closeTo(1 / 184_756, 15), below: expect.closeTo(1, 12) },
        kayenta: null,
      },
      notes: [
        'a value of the judged arm is the larger in 100 % of pairs',
        'evidence of mann-whitney: not controlled for repeated looks',
      ],
    });
  });
});

describe('raw samples', () => {
  test('are ranked one by one, ties included, in the unit of the limit', () => {
    const judged = raw(...about(0.1, 0.1).flatMap((value) => [value, value]));
    const other = raw(...about(0.1, 0.1));
    const inMs = rule('<= baseline + 20', {
      take: { kind: 'quantile', quantile: 0.5 },
      unit: 'ms',
      factor: 1000,
    });
    const found = mannWhitney.judge(inMs, judged, other);
    expect(found).toMatchObject({
      verdict: 'inconclusive',
      ranks: { test: 'mann-whitney-normal', strata: 0, n: { canary: 20, baseline: 10 } },
    });
    expect(verdictOf(rule('<= baseline + 200', { unit: 'ms', factor: 1000 }), judged, other)).toBe('pass');
  });
});

describe('no verdict, ever, from', () => {
  const margin = rule('<= baseline + 100');
  test.each<[string, Rule, Observation, Observation | undefined, string]>([
    ['no values', margin, numbers(null, null), baseline, 'no-data'],
    ['no baseline', margin, baseline, undefined, 'no-baseline'],
    ['a baseline without values', margin, baseline, numbers(null), 'no-baseline'],
    ['two values an arm', margin, numbers(1, 2), numbers(3, 4), 'too-few'],
    [
      'a share of nothing but zeros',
      rule('<= baseline + 10%'),
      baseline,
      numbers(0, 0, 0, 0, 0, 0),
      'baseline-zero',
    ],
    [
      'a share of what lies on both sides of 0',
      rule('<= baseline + 10%'),
      numbers(...about(-5)),
      numbers(...about(0.1)),
      'baseline-zero',
    ],
    [
      'one and the same value everywhere',
      rule('<= baseline'),
      numbers(1, 1, 1, 1),
      numbers(1, 1, 1, 1),
      'undecided',
    ],
  ])('%s', (_, asked, judged, other, code) => {
    const found = mannWhitney.judge(asked, judged, other);
    expect(found.verdict).toBe('inconclusive');
    expect(found.reason?.code).toBe(code);
  });

  test('so few values that none could ever decide, and says how many could', () => {
    const judged = numbers(10, 11, 12, 13);
    const strict = rule('<= baseline', { falseAlarm: 0.05 / 12 });
    const { verdict, reason } = mannWhitney.judge(strict, judged, numbers(1, 2, 3, 4));
    expect(verdict).toBe('inconclusive');
    expect(reason?.text).toBe(
      '4 and 4 values cannot reach a chance of 0.4167 % however far they lie apart: 5 in each arm are needed',
    );
    expect(verdictOf(strict, numbers(10, 11, 12, 13, 14), numbers(1, 2, 3, 4, 5))).toBe('fail');
  });
});

test('the fewest values per arm are those whose extreme has the chance asked for', () => {
  // 1 / C(2n, n): 1/6, 1/20, 1/70, 1/252, 1/924.
  expect([0.2, 0.05, 0.049, 0.01, 0.004, 0.002].map(fewestPerArm)).toEqual([2, 3, 4, 5, 5, 6]);
  expect(isReachable(1, 19, 0.05)).toBe(true);
  expect(isReachable(1, 18, 0.05)).toBe(false);
});

const question = (over: Partial<JudgeQuestion> & { readonly limit?: string }): JudgeQuestion => ({
  kind: 'value',
  take: { kind: 'mean' },
  unit: '',
  warn: null,
  ...over,
  pass: limit(over.limit ?? '<= baseline').condition,
});

test.each<[string, Partial<JudgeQuestion> & { readonly limit?: string }, RegExp | null]>([
  ['steps of a value', {}, null],
  ['raw samples', { kind: 'samples', take: { kind: 'quantile', quantile: 0.5 } }, null],
  ['counts', { kind: 'ratio', take: { kind: 'total' } }, /sequential/],
  ['one instant', { take: { kind: 'instant' } }, /take: mean/],
  ['a p95', { kind: 'samples', take: { kind: 'quantile', quantile: 0.95 } }, /p50/],
  ['a share', { kind: 'samples', take: { kind: 'share-above', bound: 1 } }, /p50/],
  ['a fixed limit', { limit: '<= 5' }, /baseline \+ 5%/],
  ['a fixed limit beside the baseline', { limit: 'between 1 and baseline' }, /baseline \+ 5%/],
  ['equality', { limit: '== baseline' }, /<=/],
  ['equality in warn', { warn: limit('!= baseline').condition }, /<=/],
])('%s are served or refused with a mend', (_, over, mend) => {
  const refusal = mannWhitney.refuses(question(over));
  if (mend === null) expect(refusal).toBeNull();
  else expect(refusal?.mend).toMatch(mend);
});

test('a release at the limit is failed and passed as seldom as the budgets say', () => {
  let state = 4711;
  const next = (): number => {
    // Park and Miller's generator.
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  // Skewed, as latencies are.
  const draw = (n: number): number[] => Array.from({ length: n }, () => -Math.log(next()));
  const rounds = 2000;
  for (const [pass, own] of [
    ['<= baseline', (value: number) => value],
    ['<= baseline + 3', (value: number) => value + 3],
    ['<= baseline * 1.5', (value: number) => value * 1.5],
  ] as const) {
    const told = { fail: 0, pass: 0 };
    for (let i = 0; i < rounds; i += 1) {
      const verdict = verdictOf(rule(pass), raw(...draw(12).map(own)), raw(...draw(15)));
      if (verdict === 'fail' || verdict === 'pass') told[verdict] += 1;
    }
    // 5 % and four standard errors; far fewer would be a test that does not look.
    for (const share of [told.fail / rounds, told.pass / rounds]) {
      expect(share).toBeLessThan(0.07);
      expect(share).toBeGreaterThan(0.03);
    }
  }
});

describe('laws', () => {
  const values = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 5, maxLength: 30 });

  test('a verdict does not depend on the unit', () => {
    fc.assert(
      fc.property(values, values, fc.constantFrom(0.5, 1024, 2 ** -20), (own, other, factor) => {
        for (const pass of ['<= baseline', '<= baseline + 10%', '>= baseline * 0.9']) {
          const here = mannWhitney.judge(rule(pass), numbers(...own), numbers(...other));
          const there = mannWhitney.judge(rule(pass, { factor }), numbers(...own), numbers(...other));
          expect(there.verdict).toBe(here.verdict);
          expect(there.ranks?.estimate).toBeCloseTo((here.ranks?.estimate ?? 0) * factor, 6);
        }
      }),
    );
  });

  test('the order of the steps does not matter', () => {
    fc.assert(
      fc.property(values, values, (own, other) => {
        const asked = rule('<= baseline + 50');
        const [here, there] = [own, own.toReversed()].map((each) =>
          mannWhitney.judge(asked, numbers(...each), numbers(...other)),
        );
        expect(there?.verdict).toBe(here?.verdict);
        expect(there?.ranks).toEqual(here?.ranks);
      }),
    );
  });

  test('what is allowed more never fails sooner', () => {
    fc.assert(
      fc.property(values, values, fc.integer({ min: 0, max: 400 }), (own, other, more) => {
        const [tight, loose] = [0, more].map((margin) =>
          verdictOf(rule(`<= baseline + ${margin}`), numbers(...own), numbers(...other)),
        );
        if (loose === 'fail') expect(tight).toBe('fail');
        if (tight === 'pass') expect(loose).toBe('pass');
      }),
    );
  });
});
