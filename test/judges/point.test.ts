/** The point judge: the estimate decides, and what cannot be said is left open. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Rule } from '../../src/contracts/judge.js';
import { point } from '../../src/judges/point.js';
import { judges } from '../../src/judges/registry.js';
import type { Observation } from '../../src/model/evidence.js';
import type { Take } from '../../src/model/take.js';
import { buckets, counts, instant, numbers, raw, ruleOf, seen } from './support.js';

const INF = Number.POSITIVE_INFINITY;
const say = (rule: Rule, judged: Observation, baseline?: Observation): string => {
  const { verdict, reason } = point.judge(rule, judged, baseline);
  return reason === null ? verdict : `${verdict}: ${reason.code}`;
};

test('the registry knows the judges by the words of "evidence:", then those of limits of their own', async () => {
  expect(judges.ids).toEqual([
    ...['point', 'sequential', 'mann-whitney', 'kayenta', 'history'],
    ...['burn', 'anomaly'],
  ]);
  expect((await judges.load('point'))?.id).toBe('point');
  expect((await judges.load('sequential'))?.id).toBe('sequential');
  expect((await judges.load('history'))?.id).toBe('history');
  expect(judges.load('toString')).toBeUndefined();
});

test('each judge says what it is about', async () => {
  for (const id of judges.ids) expect((await judges.load(id))?.about).toMatch(/^[a-z].{20,}/);
});

describe('a fixed limit', () => {
  test.each([
    { pass: '>= 97%', of: [98, 100], is: 'pass' },
    { pass: '>= 97%', of: [97, 100], is: 'pass' },
    { pass: '>= 97%', of: [96, 100], is: 'fail: threshold' },
    { pass: '>= 97%', warn: '>= 95%', of: [97, 100], is: 'pass' },
    { pass: '>= 97%', warn: '>= 95%', of: [96, 100], is: 'warn: threshold' },
    { pass: '>= 97%', warn: '>= 95%', of: [95, 100], is: 'warn: threshold' },
    { pass: '>= 97%', warn: '>= 95%', of: [94, 100], is: 'fail: threshold' },
    { pass: '<= 1%', of: [0, 100], is: 'pass' },
    { pass: '<= 1%', of: [2, 100], is: 'fail: threshold' },
    { pass: '<= 1%', of: [0, 0], is: 'inconclusive: no-data' },
    { pass: '<= 1%', warn: '<= 2%', of: [0, 0], is: 'inconclusive: no-data' },
  ] as const)('pass $pass, warn $warn of $of: $is', ({ pass, of, is, ...rest }) => {
    const warn = 'warn' in rest && rest.warn !== undefined ? { warn: rest.warn } : {};
    expect(say(ruleOf(pass, warn), counts([of[0], of[1]]))).toBe(is);
  });

  test('names the limit that decided', () => {
    const rule = ruleOf('>= 97%', { warn: '>= 95%' });
    expect(point.judge(rule, counts([96, 100]), undefined).reason?.text).toBe('pass does not hold: >= 97%');
    expect(point.judge(rule, counts([90, 100]), undefined).reason?.text).toBe(
      'does not hold: >= 97%, nor the looser >= 95%',
    );
    expect(point.judge(ruleOf('>= 97%'), counts([90, 100]), undefined).reason?.text).toBe(
      'does not hold: >= 97%',
    );
    expect(point.judge(rule, counts([98, 100]), undefined).reason).toBeNull();
  });

  test('is shown with its number, interval, samples and bound', () => {
    const judged = point.judge(ruleOf('>= 97%'), counts([400, 500], null, [300, 500]), undefined);
    expect(judged).toMatchObject({ value: 0.7, n: 1000, baseline: null, bound: 0.97, notes: [] });
    expect(judged.interval?.map((end) => end.toFixed(6))).toEqual(['0.670876', '0.727593']);
  });

  test('with more than one bound shows none', () => {
    const within = ruleOf('between 1 and 5');
    expect(point.judge(within, instant(3), undefined)).toMatchObject({ verdict: 'pass', bound: null });
  });

  test('is judged in the unit that it is written in', () => {
    const rule = ruleOf('<= 450', { factor: 1000 });
    expect(point.judge(rule, counts([4, 10]), undefined)).toMatchObject({ verdict: 'pass', value: 400 });
    expect(point.judge(rule, counts([5, 10]), undefined)).toMatchObject({ verdict: 'fail', value: 500 });
    const [low = 0, high = 0] = point.judge(rule, counts([5, 10]), undefined).interval ?? [];
    expect(low).toBeCloseTo(236.59, 1);
    expect(high).toBeCloseTo(763.41, 1);
  });
});

describe('a limit against a baseline', () => {
  const rule = ruleOf('>= baseline - 1pp', { warn: '>= baseline - 5pp' });
  const base = counts([90, 100]);
  test.each([
    { name: 'as good passes', judged: counts([90, 100]), baseline: base, is: 'pass' },
    { name: 'within the margin passes', judged: counts([895, 1000]), baseline: base, is: 'pass' },
    {
      name: 'beyond pass and within warn warns',
      judged: counts([86, 100]),
      baseline: base,
      is: 'warn: threshold',
    },
    { name: 'beyond warn fails', judged: counts([84, 100]), baseline: base, is: 'fail: threshold' },
    {
      name: 'without a baseline is open',
      judged: counts([90, 100]),
      baseline: undefined,
      is: 'inconclusive: no-baseline',
    },
    {
      name: 'with an empty baseline is open',
      judged: counts([90, 100]),
      baseline: counts(null),
      is: 'inconclusive: no-baseline',
    },
    { name: 'without a value is open', judged: counts(null), baseline: base, is: 'inconclusive: no-data' },
  ])('$name', ({ judged, baseline, is }) => {
    expect(say(rule, judged, baseline)).toBe(is);
  });

  test('of 0 is open for a margin in per cent of it, and closed for one in points', () => {
    expect(say(ruleOf('<= baseline + 10%'), counts([0, 100]), counts([0, 100]))).toBe(
      'inconclusive: baseline-zero',
    );
    expect(say(ruleOf('<= baseline + 1pp'), counts([0, 100]), counts([0, 100]))).toBe('pass');
    const { reason } = point.judge(ruleOf('<= baseline + 10%'), counts([0, 9]), counts([0, 9]));
    expect(reason?.text).toBe('the baseline is 0, of which no share can be taken');
    expect(reason?.next).toContain('pp');
  });

  test('of which only warn speaks still needs it', () => {
    const half = ruleOf('>= 99%', { warn: '>= baseline - 1pp' });
    expect(say(half, counts([90, 100]), undefined)).toBe('inconclusive: no-baseline');
    expect(say(half, counts([90, 100]), counts([90, 100]))).toBe('warn: threshold');
    expect(say(half, counts([100, 100]), undefined)).toBe('pass');
  });

  test('fails by a fixed warn even where pass has no baseline', () => {
    const half = ruleOf('>= baseline - 1pp', { warn: '>= 80%' });
    expect(say(half, counts([70, 100]), undefined)).toBe('fail: threshold');
    expect(say(half, counts([85, 100]), undefined)).toBe('inconclusive: no-baseline');
  });

  test.each([
    { judged: counts(null), baseline: base, says: 'no value could be taken from the data in the window' },
    { judged: counts([90, 100]), baseline: undefined, says: 'the baseline has no value to compare with' },
  ])('says why it is open: $says', ({ judged, baseline, says }) => {
    expect(point.judge(rule, judged, baseline).reason?.text).toBe(says);
  });

  test('is shown beside it, with the bound that follows', () => {
    const judged = point.judge(rule, counts([90, 100]), counts([180, 200]));
    expect(judged.baseline).toEqual({ value: 0.9, n: 200 });
    expect(judged.bound).toBeCloseTo(0.89, 12);
    expect(point.judge(rule, counts([90, 100]), counts(null))).toMatchObject({
      baseline: { value: null, n: 0 },
      bound: null,
    });
    expect(point.judge(rule, counts([90, 100]), undefined)).toMatchObject({ baseline: null, bound: null });
  });

  test('is scaled like the value', () => {
    const scaled = ruleOf('<= baseline + 100', { factor: 1000 });
    expect(point.judge(scaled, counts([4, 10]), counts([3, 10]))).toMatchObject({
      verdict: 'pass',
      baseline: { value: 300 },
      bound: 400,
    });
  });
});

describe('a quantile above the last bucket edge', () => {
  const p90: Take = { kind: 'quantile', quantile: 0.9 };
  const beyond = buckets([1, INF], [1, 10]);
  const within = buckets([1, INF], [10, 10]);
  const rule = (pass: string) => ruleOf(pass, { take: p90 });
  test.each([
    {
      name: 'is open for a limit above the edge',
      rule: rule('<= 5'),
      judged: beyond,
      baseline: undefined,
      is: 'inconclusive: beyond-buckets',
    },
    {
      name: 'is open for a limit at the edge',
      rule: rule('<= 1'),
      judged: beyond,
      baseline: undefined,
      is: 'inconclusive: beyond-buckets',
    },
    {
      name: 'fails a limit below the edge',
      rule: rule('<= 0.5'),
      judged: beyond,
      baseline: undefined,
      is: 'fail: threshold',
    },
    {
      name: 'in the baseline is open',
      rule: rule('<= baseline + 10%'),
      judged: within,
      baseline: beyond,
      is: 'inconclusive: beyond-buckets',
    },
    {
      name: 'in both arms is open',
      rule: rule('<= baseline'),
      judged: beyond,
      baseline: beyond,
      is: 'inconclusive: beyond-buckets',
    },
  ])('$name', ({ rule: asked, judged, baseline, is }) => {
    expect(say(asked, judged, baseline)).toBe(is);
  });

  test('is said to be at least the edge', () => {
    expect(point.judge(rule('<= 5'), beyond, undefined)).toMatchObject({
      value: 1,
      notes: ['the value is at least this: it lies above the last bucket edge'],
    });
    expect(point.judge(rule('<= 5'), beyond, undefined).reason).toMatchObject({
      text: 'the quantile lies above the last bucket edge, so its value is not known',
      next: expect.stringContaining('add buckets'),
    });
    expect(point.judge(rule('<= 5'), within, undefined).notes).toEqual([]);
  });
});

describe('takes of counts', () => {
  const some = counts([1, 10], [3, 10], null, [0, 0], [8, 10]);
  test.each([
    { take: { kind: 'total' }, value: 0.4, n: 30 },
    { take: { kind: 'count' }, value: 30, n: 30 },
    { take: { kind: 'first' }, value: 0.1, n: 30 },
    { take: { kind: 'last' }, value: 0.8, n: 30 },
    { take: { kind: 'mean' }, value: 0.4, n: 30 },
    { take: { kind: 'min' }, value: 0.1, n: 30 },
    { take: { kind: 'max' }, value: 0.8, n: 30 },
    { take: { kind: 'slope' }, value: 0.0029, n: 30 },
  ] as { take: Take; value: number; n: number }[])('$take.kind is $value of $n', ({ take, value, n }) => {
    const judged = point.judge(ruleOf('<= 1', { take }), some, undefined);
    expect(judged.value).toBeCloseTo(value, 4);
    expect(judged.n).toBe(n);
    expect(judged.interval === null).toBe(take.kind !== 'total');
  });

  test('a count of 0 is a number, a count of nothing is none', () => {
    const rule = ruleOf('>= 0', { take: { kind: 'count' } });
    expect(point.judge(rule, counts([0, 0]), undefined)).toMatchObject({ value: 0, verdict: 'pass' });
    expect(point.judge(rule, counts(null, null), undefined)).toMatchObject({ value: null, n: 0 });
  });

  test('more events than exposure have the interval of a rate, unbounded by 1', () => {
    const many = point.judge(ruleOf('<= 5'), counts([300, 100]), undefined);
    expect(many.value).toBe(3);
    expect(many.interval?.[0]).toBeGreaterThan(2.6);
    expect(many.interval?.[1]).toBeLessThan(3.4);
    expect(point.judge(ruleOf('<= 5'), counts([100, 100]), undefined).interval?.[1]).toBe(1);
  });
});

describe('takes of numbers', () => {
  const some = numbers(1, 2, null, 4, 8);
  test.each([
    { take: { kind: 'first' }, value: 1 },
    { take: { kind: 'last' }, value: 8 },
    { take: { kind: 'mean' }, value: 3.75 },
    { take: { kind: 'min' }, value: 1 },
    { take: { kind: 'max' }, value: 8 },
    { take: { kind: 'sum' }, value: 15 },
    { take: { kind: 'count' }, value: 4 },
    { take: { kind: 'slope' }, value: 0.026667 },
    { take: { kind: 'quantile', quantile: 0.5 }, value: 3 },
    { take: { kind: 'share-at-most', bound: 2 }, value: 0.5 },
    { take: { kind: 'share-above', bound: 2 }, value: 0.5 },
    { take: { kind: 'apdex', threshold: 1 }, value: 0.5 },
  ] as { take: Take; value: number }[])('$take.kind is $value', ({ take, value }) => {
    const judged = point.judge(ruleOf('<= 100', { take }), some, undefined);
    expect(judged.value).toBeCloseTo(value, 5);
    expect(judged.n).toBe(4);
    expect(judged.interval).toBeNull();
    expect(point.judge(ruleOf('<= 100', { take }), numbers(null, null), undefined)).toMatchObject({
      value: null,
      n: 0,
      verdict: 'inconclusive',
    });
  });

  test('a slope of one point is none', () => {
    const rule = ruleOf('<= 100', { take: { kind: 'slope' } });
    expect(say(rule, numbers(null, 5, null), undefined)).toBe('inconclusive: no-data');
  });

  test('a first or last of 0 is 0', () => {
    expect(point.judge(ruleOf('<= 0', { take: { kind: 'first' } }), numbers(0, 1), undefined).value).toBe(0);
    expect(point.judge(ruleOf('<= 0', { take: { kind: 'last' } }), numbers(1, 0), undefined).value).toBe(0);
  });
});

describe('takes of raw samples', () => {
  const some = raw(4, 1, 2, 8);
  test.each([
    { take: { kind: 'mean' }, value: 3.75, hasInterval: false },
    { take: { kind: 'sum' }, value: 15, hasInterval: false },
    { take: { kind: 'quantile', quantile: 0.5 }, value: 3, hasInterval: false },
    { take: { kind: 'share-at-most', bound: 4 }, value: 0.75, hasInterval: true },
    { take: { kind: 'share-above', bound: 4 }, value: 0.25, hasInterval: true },
    { take: { kind: 'apdex', threshold: 2 }, value: 0.75, hasInterval: false },
  ] as { take: Take; value: number; hasInterval: boolean }[])(
    '$take.kind is $value',
    ({ take, value, hasInterval }) => {
      const judged = point.judge(ruleOf('<= 100', { take }), some, undefined);
      expect(judged).toMatchObject({ value, n: 4 });
      expect(judged.interval !== null).toBe(hasInterval);
      expect(say(ruleOf('<= 100', { take }), raw())).toBe('inconclusive: no-data');
    },
  );

  test('the interval of a share is that of as many trials', () => {
    const share = point.judge(
      ruleOf('<= 1', { take: { kind: 'share-at-most', bound: 1 } }),
      raw(1, 2),
      undefined,
    );
    expect(share.interval?.[0]).toBeCloseTo(0.0945, 3);
    expect(share.interval?.[1]).toBeCloseTo(0.9055, 3);
  });
});

describe('takes of an instant', () => {
  test('it is that one number', () => {
    const rule = ruleOf('<= 5', { take: { kind: 'instant' } });
    expect(point.judge(rule, instant(4), undefined)).toMatchObject({ verdict: 'pass', value: 4, n: 1 });
    expect(say(rule, instant(6))).toBe('fail: threshold');
    expect(say(rule, instant(null))).toBe('inconclusive: no-data');
  });
});

describe('takes of buckets', () => {
  const some = buckets([0.1, 0.5, 1, INF], [5, 20, 30, 40], null, [5, 20, 30, 40]);
  test.each([
    { take: { kind: 'count' }, value: 80, interval: false, notes: 0 },
    { take: { kind: 'quantile', quantile: 0.5 }, value: 0.5, interval: false, notes: 0 },
    { take: { kind: 'share-at-most', bound: 0.5 }, value: 0.5, interval: true, notes: 0 },
    { take: { kind: 'share-above', bound: 0.5 }, value: 0.5, interval: true, notes: 0 },
    { take: { kind: 'share-at-most', bound: 0.3 }, value: 0.3125, interval: true, notes: 1 },
    { take: { kind: 'share-at-most', bound: 5 }, value: 0.75, interval: true, notes: 1 },
    { take: { kind: 'share-above', bound: 5 }, value: 0.25, interval: true, notes: 1 },
    { take: { kind: 'apdex', threshold: 0.1 }, value: 0.265625, interval: false, notes: 1 },
    { take: { kind: 'apdex', threshold: 0.5 }, value: 0.625, interval: false, notes: 1 },
    { take: { kind: 'apdex', threshold: 0.3 }, value: 0.53125, interval: false, notes: 2 },
  ] as { take: Take; value: number; interval: boolean; notes: number }[])(
    '$take is $value',
    ({ take, value, interval, notes }) => {
      const judged = point.judge(ruleOf('<= 100', { take }), some, undefined);
      expect(judged.value).toBeCloseTo(value, 9);
      expect(judged.n).toBe(80);
      expect(judged.interval !== null).toBe(interval);
      expect(judged.notes).toHaveLength(notes);
    },
  );

  test('a bound that is no edge is told with the edges around it', () => {
    const notes = (bound: number): readonly string[] =>
      point.judge(ruleOf('<= 1', { take: { kind: 'share-at-most', bound } }), some, undefined).notes;
    expect(notes(0.3)).toEqual([
      '0.3 is no bucket edge (next below 0.1, next above 0.5): the share is interpolated',
    ]);
    expect(notes(5)).toEqual([
      '5 is no bucket edge (next below 1, no edge above): the share is interpolated',
    ]);
  });

  test('an apdex names what it had to interpolate, and nothing where both bounds are edges', () => {
    const notes = (threshold: number, observed = some): readonly string[] =>
      point.judge(ruleOf('<= 1', { take: { kind: 'apdex', threshold } }), observed, undefined).notes;
    expect(notes(0.3).map((note) => note.split(' ')[0])).toEqual(['0.3', '1.2']);
    expect(notes(0.25, buckets([0.25, 1, INF], [1, 2, 2]))).toEqual([]);
  });

  test('a share under a bound above every edge counts only what is known to lie below', () => {
    const rule = ruleOf('>= 95%', { take: { kind: 'share-at-most', bound: 5 } });
    expect(say(rule, buckets([0.25, INF], [10, 100]))).toBe('fail: threshold');
  });

  test('without an observation there is no value, and still a count', () => {
    const empty = buckets([1, INF], [0, 0]);
    for (const take of [
      { kind: 'share-at-most', bound: 1 } as const,
      { kind: 'apdex', threshold: 1 } as const,
    ])
      expect(point.judge(ruleOf('<= 1', { take }), empty, undefined)).toMatchObject({ value: null, n: 0 });
    expect(say(ruleOf('<= 1', { take: { kind: 'quantile', quantile: 0.5 } }), empty)).toBe(
      'inconclusive: no-data',
    );
    expect(point.judge(ruleOf('>= 0', { take: { kind: 'count' } }), empty, undefined).value).toBe(0);
    expect(
      point.judge(ruleOf('>= 0', { take: { kind: 'count' } }), buckets([1, INF], null), undefined).value,
    ).toBeNull();
  });

  test.each(['total', 'instant', 'first', 'last', 'mean', 'min', 'max', 'sum', 'slope', 'age'] as const)(
    '%s cannot be read off buckets',
    (kind) => {
      expect(point.judge(ruleOf('<= 1', { take: { kind } }), some, undefined).value).toBeNull();
    },
  );
});

describe('strata, for charts', () => {
  const strata = (take: Take, observation: Observation, factor = 1) =>
    point.strata(ruleOf('<= 1', { take, factor }), observation);
  test('are the quotients of counts', () => {
    expect(strata({ kind: 'total' }, counts([1, 2], null, [0, 0], [3, 4]))).toEqual([0.5, null, null, 0.75]);
    expect(strata({ kind: 'total' }, counts([1, 2]), 100)).toEqual([50]);
    expect(strata({ kind: 'total' }, counts([5, 0]))).toEqual([null]);
  });

  test('are the counts themselves where those are judged', () => {
    expect(strata({ kind: 'count' }, counts([1, 2], null, [3, 4]))).toEqual([2, null, 4]);
    expect(strata({ kind: 'count' }, numbers(7, null))).toEqual([1, null]);
  });

  test('are what each step of buckets says', () => {
    const some = buckets([1, 2, INF], [5, 10, 10], null, [0, 0, 0]);
    expect(strata({ kind: 'quantile', quantile: 0.75 }, some)).toEqual([1.5, null, null]);
    expect(strata({ kind: 'share-at-most', bound: 1 }, some)).toEqual([0.5, null, null]);
  });

  test('are the numbers, or whether they keep the bound', () => {
    expect(strata({ kind: 'mean' }, numbers(1, null, 3))).toEqual([1, null, 3]);
    expect(strata({ kind: 'quantile', quantile: 0.9 }, numbers(1, 3))).toEqual([1, 3]);
    expect(strata({ kind: 'share-at-most', bound: 1 }, numbers(1, null, 3))).toEqual([1, null, 0]);
    expect(strata({ kind: 'share-above', bound: 1 }, numbers(1, null, 3))).toEqual([0, null, 1]);
  });

  test('are none where one step cannot say what is judged', () => {
    expect(strata({ kind: 'slope' }, numbers(1, 2))).toEqual([]);
    expect(strata({ kind: 'age' }, numbers(1, 2))).toEqual([]);
    expect(strata({ kind: 'instant' }, instant(1))).toEqual([]);
    expect(strata({ kind: 'mean' }, raw(1, 2))).toEqual([]);
  });
});

describe('tolerate: 1 of 3 steps', () => {
  const tolerate = { breaches: 1, steps: 3 };
  const rule = (pass: string, warn?: string, take: Take = { kind: 'max' }): Rule =>
    ruleOf(pass, { take, tolerate, ...(warn !== undefined && { warn }) });
  test.each([
    { name: 'no breach passes', of: [1, 1, 1, 1, 1], is: 'pass' },
    { name: 'one breach passes', of: [1, 1, 9, 1, 1], is: 'pass' },
    { name: 'two breaches far apart pass', of: [9, 1, 1, 9, 1], is: 'pass' },
    { name: 'two breaches in one run fail', of: [9, 1, 9, 1, 1], is: 'fail: threshold' },
    { name: 'the worst run decides, also the last', of: [1, 1, 1, 9, 9], is: 'fail: threshold' },
    { name: 'and the first', of: [9, 9, 1, 1, 1], is: 'fail: threshold' },
    { name: 'one gap passes like one breach', of: [1, 1, null, 1, 1], is: 'pass' },
    { name: 'a gap beside a breach is open', of: [1, 9, null, 1, 1], is: 'inconclusive: partial' },
    { name: 'two gaps are open', of: [1, null, null, 1, 1], is: 'inconclusive: partial' },
    { name: 'gaps do not undo a failure', of: [9, 9, null, null, null], is: 'fail: threshold' },
    { name: 'a window shorter than the run with few missing passes', of: [1, 1], is: 'pass' },
    { name: 'a window much shorter than the run is open', of: [1], is: 'inconclusive: partial' },
    { name: 'no step at all is open', of: [], is: 'inconclusive: partial' },
    { name: 'a short window that broke it enough fails', of: [9, 9], is: 'fail: threshold' },
  ])('$name', ({ of, is }) => {
    expect(say(rule('<= 5'), numbers(...of))).toBe(is);
  });

  test.each([
    { name: 'breaches of pass alone warn', of: [6, 6, 1, 1, 1], is: 'warn: threshold' },
    { name: 'breaches of both fail', of: [9, 9, 1, 1, 1], is: 'fail: threshold' },
    { name: 'one of both among breaches of pass warns', of: [6, 9, 6, 1, 1], is: 'warn: threshold' },
    { name: 'few breaches pass', of: [6, 1, 1, 9, 1], is: 'pass' },
    { name: 'a gap that might break warn is open', of: [6, 6, null, 9, 1], is: 'inconclusive: partial' },
    { name: 'a gap that might break pass is open', of: [6, null, 1, 1, 1], is: 'inconclusive: partial' },
    { name: 'a gap that cannot break warn still warns', of: [6, 6, null, 1, 1], is: 'warn: threshold' },
  ])('with warn: $name', ({ of, is }) => {
    expect(say(rule('<= 5', '<= 8'), numbers(...of))).toBe(is);
  });

  test('says how many steps broke it', () => {
    const words = (...of: (number | null)[]) =>
      point.judge(rule('<= 5'), numbers(...of), undefined).reason?.text;
    expect(words(9, 9, 9, 1)).toBe('3 of 3 steps in a row broke the limit, 1 allowed');
    expect(words(9, null, null)).toBe(
      '1 step broke the limit and 2 steps hold no data, which could decide either way',
    );
    const warned = point.judge(rule('<= 5', '<= 8'), numbers(6, 6, 6), undefined);
    expect(warned.reason?.text).toBe('3 of 3 steps in a row broke the limit, 1 allowed');
    const failed = point.judge(rule('<= 5', '<= 8'), numbers(6, 9, 9), undefined);
    expect(failed.reason?.text).toBe('2 of 3 steps in a row broke the limit, 1 allowed');
  });

  test('compares each step with the same step of the baseline', () => {
    const compared = rule('<= baseline + 1');
    expect(say(compared, numbers(1, 2, 3, 4, 5), numbers(1, 2, 3, 4, 5))).toBe('pass');
    expect(say(compared, numbers(1, 9, 3, 9, 5), numbers(1, 2, 3, 4, 5))).toBe('fail: threshold');
    expect(say(compared, numbers(1, 2, 3, 4, 5), numbers(1, null, 3, null, 5))).toBe('inconclusive: partial');
    expect(say(compared, numbers(1, 2, 3, 4, 5), numbers(1, 2))).toBe('inconclusive: partial');
    expect(say(compared, numbers(1, 2, 3, 4, 5))).toBe('inconclusive: partial');
  });

  test('judges counts step by step, and a step without traffic is a gap', () => {
    const share = rule('<= 10%', undefined, { kind: 'total' });
    expect(say(share, counts([0, 10], [5, 10], [0, 10]))).toBe('pass');
    expect(say(share, counts([5, 10], [5, 10], [0, 10]))).toBe('fail: threshold');
    expect(say(share, counts([0, 0], [5, 10], [0, 10]))).toBe('inconclusive: partial');
    const count = rule('>= 10', undefined, { kind: 'count' });
    expect(say(count, counts([0, 20], [0, 20], [0, 20]))).toBe('pass');
    expect(say(count, counts([0, 5], [0, 5], [0, 20]))).toBe('fail: threshold');
  });

  test('a step above the last bucket edge never counts as kept', () => {
    const p90 = rule('<= 1', undefined, { kind: 'quantile', quantile: 0.9 });
    const beyond = [0, 10];
    expect(say(p90, buckets([1, INF], beyond, beyond, beyond))).toBe('inconclusive: partial');
    const below = rule('<= 0.5', undefined, { kind: 'quantile', quantile: 0.9 });
    expect(say(below, buckets([1, INF], beyond, beyond, beyond))).toBe('fail: threshold');
  });

  test('of what one step cannot say is open', () => {
    expect(say(rule('<= 5', undefined, { kind: 'slope' }), numbers(1, 1, 1))).toBe('inconclusive: partial');
  });

  test('the numbers of the whole window are shown beside it', () => {
    expect(point.judge(rule('<= 5'), numbers(1, 9, 1), undefined)).toMatchObject({
      value: 9,
      n: 3,
      bound: 5,
    });
  });
});

describe('laws', () => {
  const step = fc.option(fc.integer({ min: 0, max: 10 }));
  const steps = fc.array(step, { minLength: 1, maxLength: 8 });
  const RANK = { pass: 0, warn: 1, inconclusive: 2, error: 3, fail: 4 } as const;

  test('losing a step never turns anything into a pass, and never makes a failure', () => {
    fc.assert(
      fc.property(steps, fc.nat(7), fc.option(fc.integer({ min: 0, max: 2 })), (values, at, breaches) => {
        const rule = ruleOf('<= 5', {
          take: { kind: 'max' },
          tolerate: breaches === null ? null : { breaches, steps: 3 },
        });
        if (breaches === null) return;
        const less = values.map((value, i) => (i === at ? null : value));
        const before = point.judge(rule, numbers(...values), undefined).verdict;
        const after = point.judge(rule, numbers(...less), undefined).verdict;
        if (before !== 'pass') expect(after).not.toBe('pass');
        if (before !== 'fail') expect(after).not.toBe('fail');
      }),
      { numRuns: 500 },
    );
  });

  test('a tighter limit never gives a better verdict', () => {
    fc.assert(
      fc.property(
        steps,
        fc.integer({ min: 0, max: 10 }),
        fc.integer({ min: 0, max: 5 }),
        fc.constantFrom(null, { breaches: 1, steps: 3 }),
        fc.constantFrom<Take>(
          { kind: 'max' },
          { kind: 'mean' },
          { kind: 'last' },
          { kind: 'quantile', quantile: 0.9 },
        ),
        (values, bound, by, tolerate, take) => {
          const judge = (limit: number) =>
            point.judge(ruleOf(`<= ${limit}`, { take, tolerate }), numbers(...values), undefined).verdict;
          expect(RANK[judge(bound - by)]).toBeGreaterThanOrEqual(RANK[judge(bound)]);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('a reason is given for everything but a pass', () => {
    fc.assert(
      fc.property(steps, steps, fc.boolean(), (judged, baseline, isCompared) => {
        const rule = ruleOf(isCompared ? '<= baseline + 10%' : '<= 5', { take: { kind: 'mean' } });
        const { verdict, reason } = point.judge(rule, numbers(...judged), numbers(...baseline));
        expect(reason === null).toBe(verdict === 'pass');
      }),
    );
  });

  test('no number in a judgement is NaN or infinite', () => {
    fc.assert(
      fc.property(
        steps,
        steps,
        fc.constantFrom('<= baseline + 10%', '>= baseline * 2', '<= 5'),
        (judged, baseline, pass) => {
          const result = point.judge(
            ruleOf(pass, { take: { kind: 'mean' } }),
            numbers(...judged),
            numbers(...baseline),
          );
          for (const number of [result.value, result.bound, result.n, result.baseline?.value ?? null])
            expect(number === null || Number.isFinite(number)).toBe(true);
        },
      ),
    );
  });

  test('a label, a note or the time of the newest sample decides nothing here', () => {
    const plain = seen({ kind: 'instant', value: 4 });
    const decorated = { ...plain, labels: { pod: 'a' }, newest: null, notes: ['x'] };
    expect(point.judge(ruleOf('<= 5'), decorated, undefined)).toEqual(
      point.judge(ruleOf('<= 5'), plain, undefined),
    );
  });
});
