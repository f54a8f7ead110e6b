/** Evidence of history: one window against earlier ones. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Earlier, Rule } from '../../src/contracts/judge.js';
import { history } from '../../src/judges/history.js';
import type { Observation } from '../../src/model/evidence.js';
import { buckets, counts, limit, numbers, raw, ruleOf } from './support.js';

const earlier = (observations: readonly Observation[], asked = observations.length): Earlier => ({
  observations,
  asked,
  lengthMs: 600_000,
  of: 'its own past',
});
const times = (n: number, make: (i: number) => Observation): Earlier =>
  earlier(Array.from({ length: n }, (_, i) => make(i)));

const share = (pass: string, over: Parameters<typeof ruleOf>[1] = {}): Rule =>
  ruleOf(pass, { unit: 'share', falseAlarm: 0.01, falsePass: 0.05, ...over });
const mean = (pass: string, over: Parameters<typeof ruleOf>[1] = {}): Rule =>
  ruleOf(pass, { unit: '', take: { kind: 'mean' }, falseAlarm: 0.01, falsePass: 0.05, ...over });

/** Twenty windows of 0, 1 or 2 faults in 1000. */
const faults = times(20, (i) => counts([i % 3, 600], [0, 400]));
/** Twenty windows of 100 ms, give or take 3. */
const latency = times(20, (i) => numbers(0.1 + 0.003 * (((i * 7) % 5) / 2 - 1)));

describe('a window of counts against earlier ones', () => {
  test.each<[string, Rule, number, string]>([
    ['as before', share('<= baseline + 1pp'), 1, 'pass'],
    ['a little more, within the margin', share('<= baseline + 1pp'), 4, 'pass'],
    ['near the limit', share('<= baseline + 1pp'), 11, 'inconclusive'],
    ['beyond it, by less than chance may', share('<= baseline + 1pp'), 16, 'inconclusive'],
    ['far beyond', share('<= baseline + 1pp'), 40, 'fail'],
    ['a limit without a margin certifies nothing', share('<= baseline'), 1, 'inconclusive'],
    ['and still finds what is worse', share('<= baseline'), 12, 'fail'],
    ['a fixed limit', share('<= 1%'), 1, 'pass'],
    ['a fixed limit, broken', share('<= 1%'), 40, 'fail'],
    ['a warn between', share('<= baseline + 1pp', { warn: '<= baseline + 6pp' }), 40, 'warn'],
    ['beyond the warn', share('<= baseline + 1pp', { warn: '<= baseline + 6pp' }), 120, 'fail'],
    ['both sides held', share('between baseline - 1pp and baseline + 1pp'), 1, 'pass'],
    ['one side broken', share('between baseline - 1pp and baseline + 1pp'), 40, 'fail'],
  ])('%s', (_, rule, k, verdict) => {
    expect(history.judge(rule, counts([k, 1000]), undefined, faults).verdict).toBe(verdict);
  });

  test('what is better when higher is judged on its own side', () => {
    const served = times(20, (i) => counts([1000 - (i % 3), 1000]));
    const rule = share('>= baseline - 1pp', { better: 'higher' });
    const verdictOf = (k: number) => history.judge(rule, counts([k, 1000]), undefined, served).verdict;
    expect([999, 989, 960].map(verdictOf)).toEqual(['pass', 'inconclusive', 'fail']);
  });

  test('says the numbers, the weaker guarantee and the past', () => {
    const judgement = history.judge(share('<= baseline + 1pp'), counts([40, 1000]), undefined, faults);
    expect(judgement).toMatchObject({
      verdict: 'fail',
      reason: {
        code: 'threshold',
        text: 'certainly not <= baseline + 1pp, by how much 20 earlier windows differ',
      },
      value: 0.04,
      n: 1000,
      baseline: { n: 20_000 },
      history: {
        test: 'history-share',
        estimate: 0.04,
        alpha: 0.01,
        falsePass: 0.05,
        strata: 20,
        asked: 20,
        n: { canary: 1000, baseline: 20_000 },
      },
      notes: [
        'judged against its own past, 20 earlier windows of 10m, not against a concurrent baseline: whatever else has changed since counts against the release',
        expect.stringMatching(/^unchanged, 95 % of windows would lie in 0 to 0\.00\d+$/),
      ],
    });
    expect(judgement.bound).toBeCloseTo((judgement.baseline?.value ?? 0) + 0.01, 12);
    expect(judgement.interval?.[0]).toBeGreaterThan(0.02);
    expect(judgement.interval?.[1]).toBeLessThan(0.06);
  });

  test('a share of bucket counts and of raw samples is a share too', () => {
    const rule = share('<= baseline + 5pp', { take: { kind: 'share-above', bound: 1 } });
    const before = times(12, () => buckets([1, Number.POSITIVE_INFINITY], [190, 200]));
    const now = buckets([1, Number.POSITIVE_INFINITY], [100, 200]);
    expect(history.judge(rule, now, undefined, before)).toMatchObject({
      verdict: 'fail',
      history: { test: 'history-share' },
    });
    const seen = Array.from({ length: 200 }, (_, i) => (i < 10 ? 2 : 0.5));
    const same = history.judge(
      rule,
      raw(...seen),
      undefined,
      times(12, () => raw(...seen)),
    );
    expect(same).toMatchObject({ verdict: 'pass', history: { test: 'history-share' } });
  });

  test('a rate counts events, of which there may be more than exposure', () => {
    const rule = ruleOf('<= baseline * 2', { unit: 'events/s', falseAlarm: 0.01, falsePass: 0.05 });
    const before = times(12, (i) => counts([300 + (i % 3), 100]));
    const verdictOf = (k: number) => history.judge(rule, counts([k, 100]), undefined, before);
    expect(verdictOf(310)).toMatchObject({ verdict: 'pass', history: { test: 'history-rate' } });
    expect(verdictOf(600).verdict).toBe('inconclusive');
    expect(verdictOf(900).verdict).toBe('fail');
  });

  test('windows that vary more than chance widen the range, and the report says so', () => {
    const restless = times(20, (i) => counts([i % 2 === 0 ? 100 : 160, 1000]));
    const calm = times(20, () => counts([130, 1000]));
    const judge = (before: Earlier) =>
      history.judge(share('<= baseline + 3pp'), counts([200, 1000]), undefined, before);
    expect(judge(calm).verdict).toBe('fail');
    const judgement = judge(restless);
    expect(judgement.verdict).toBe('inconclusive');
    expect(judgement.notes.join('\n')).toMatch(
      /windows vary \d+\.\d times as much as independent events would/,
    );
  });
});

describe('a number against earlier ones', () => {
  test.each<[string, Rule, number, string]>([
    ['as before', mean('<= baseline + 25%'), 0.1, 'pass'],
    ['slower, within the margin', mean('<= baseline + 25%'), 0.112, 'pass'],
    ['at the limit', mean('<= baseline + 25%'), 0.125, 'inconclusive'],
    ['far beyond', mean('<= baseline + 25%'), 0.2, 'fail'],
    ['a fixed limit', mean('<= 0.5'), 0.1, 'pass'],
    ['a fixed limit, broken', mean('<= 0.05'), 0.1, 'fail'],
    ['an offset', mean('<= baseline + 0.03'), 0.1, 'pass'],
    ['either of two', mean('<= 1', { pass: either('<= 0.05', '<= baseline + 25%') }), 0.1, 'pass'],
    ['none of two', mean('<= 1', { pass: either('<= 0.05', '<= 0.06') }), 0.1, 'fail'],
  ])('%s', (_, rule, value, verdict) => {
    expect(history.judge(rule, numbers(value), undefined, latency).verdict).toBe(verdict);
  });

  test('a drift is followed: the newest windows weigh most', () => {
    const rising = times(20, (i) => numbers(100 + 2 * i));
    const { baseline } = history.judge(mean('<= baseline + 25%'), numbers(140), undefined, rising);
    expect(baseline?.value).toBeGreaterThan(133);
  });

  test('numbers below 0 are compared by differences, others by ratios', () => {
    const around = times(20, (i) => numbers((i % 3) - 1));
    expect(history.judge(mean('<= baseline + 20'), numbers(0), undefined, around)).toMatchObject({
      verdict: 'pass',
      history: { test: 'history-forecast' },
    });
    expect(history.judge(mean('<= baseline + 20'), numbers(0.1), undefined, latency)).toMatchObject({
      history: { test: 'history-forecast-log' },
    });
  });

  test('a share of a baseline of 0 is not known', () => {
    const nothing = times(20, () => numbers(0));
    const judgement = history.judge(mean('<= baseline + 25%'), numbers(3), undefined, nothing);
    expect(judgement).toMatchObject({ verdict: 'inconclusive', reason: { code: 'baseline-zero' } });
  });

  test('the chance of a false pass or alarm moves the verdict', () => {
    const strict = mean('<= baseline + 25%', { falsePass: 1e-12 });
    expect(history.judge(strict, numbers(0.1), undefined, latency).verdict).toBe('inconclusive');
    const cautious = mean('<= baseline + 25%', { falseAlarm: 1e-12 });
    expect(history.judge(cautious, numbers(0.2), undefined, latency).verdict).toBe('inconclusive');
  });
});

function either(...texts: readonly string[]) {
  const limits = texts.map(limit);
  return {
    text: texts.join(' or '),
    condition: { kind: 'any' as const, conditions: limits.map(({ condition }) => condition) },
  };
}

describe('too little to judge by', () => {
  test.each<[string, Observation, Earlier | undefined, string, string | RegExp]>([
    ['no past', counts([1, 100]), undefined, 'history-too-short', '0 of 0 earlier windows hold data'],
    ['nine windows', counts([1, 100]), times(9, () => counts([1, 100])), 'history-too-short', '9 of 9'],
    [
      'windows left out before',
      counts([1, 100]),
      earlier(times(9, () => counts([1, 100])).observations, 20),
      'history-too-short',
      '9 of 20 earlier windows hold data, 10 are needed',
    ],
    [
      'windows without traffic',
      counts([1, 100]),
      times(20, (i) => counts([0, i < 12 ? 0 : 100])),
      'history-too-short',
      '8 of 20',
    ],
    ['no value now', counts([0, 0]), times(20, () => counts([1, 100])), 'no-data', 'no value'],
  ])('%s', (_, now, before, code, text) => {
    const judgement = history.judge(share('<= baseline + 1pp'), now, undefined, before);
    expect(judgement.verdict).toBe('inconclusive');
    expect(judgement.reason?.code).toBe(code);
    expect(judgement.reason?.text).toContain(text);
    expect(judgement.history).toBeUndefined();
  });

  test('a quantile above the last bucket is not known', () => {
    const rule = mean('<= 5', { take: { kind: 'quantile', quantile: 0.9 } });
    const now = buckets([1, Number.POSITIVE_INFINITY], [10, 100]);
    const before = times(20, () => buckets([1, Number.POSITIVE_INFINITY], [95, 100]));
    expect(history.judge(rule, now, undefined, before).reason?.code).toBe('beyond-buckets');
    expect(
      history.judge(
        rule,
        before.observations[0] ?? now,
        undefined,
        times(20, () => now),
      ).reason?.code,
    ).toBe('history-too-short');
  });

  test('windows left out, and looks under --since, are remarked upon', () => {
    const before = earlier(latency.observations, 24);
    const { notes } = history.judge(mean('<= 1', { isSince: true }), numbers(0.1), undefined, before);
    expect(notes).toContain('4 of 24 earlier windows hold too little data and were left out');
    expect(notes).toContain('evidence of history: not controlled for repeated looks');
  });
});

describe('laws', () => {
  const past = fc.array(fc.integer({ min: 50, max: 200 }), { minLength: 10, maxLength: 25 });

  test('a verdict is the same in every unit', () => {
    fc.assert(
      fc.property(past, fc.integer({ min: 20, max: 600 }), (values, now) => {
        const verdictIn = (unit: number) =>
          history.judge(
            mean('<= baseline + 25%'),
            numbers(now * unit),
            undefined,
            earlier(values.map((value) => numbers(value * unit))),
          ).verdict;
        expect(verdictIn(1024)).toBe(verdictIn(1));
      }),
    );
  });

  test('a worse number never has a better verdict', () => {
    const rank = { pass: 0, warn: 1, inconclusive: 2, error: 2, fail: 3 };
    fc.assert(
      fc.property(
        past,
        fc.integer({ min: 20, max: 600 }),
        fc.integer({ min: 1, max: 300 }),
        (values, now, more) => {
          const rankOf = (value: number) =>
            rank[
              history.judge(
                mean('<= baseline + 25%'),
                numbers(value),
                undefined,
                earlier(values.map((each) => numbers(each))),
              ).verdict
            ];
          expect(rankOf(now + more)).toBeGreaterThanOrEqual(rankOf(now));
        },
      ),
    );
  });
});

describe('what it cannot judge', () => {
  const question = {
    kind: 'value',
    take: { kind: 'mean' },
    unit: '',
    pass: limit('<= 5').condition,
    warn: null,
  } as const;
  test.each([
    ['an instant', { ...question, take: { kind: 'instant' } } as const, 'one instant'],
    ['an age', { ...question, take: { kind: 'age' } } as const, 'one instant'],
    ['an equality', { ...question, pass: limit('== 5').condition }, 'certain to be equal'],
    ['an equality in warn', { ...question, warn: limit('!= 5').condition }, 'certain to be equal'],
  ])('%s is refused when the file is read', (_, asked, message) => {
    expect(history.refuses(asked)?.message).toContain(message);
  });

  test('anything else is not', () => {
    expect(history.refuses(question)).toBeNull();
  });
});
