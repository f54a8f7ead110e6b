/** Ratios: what counts as 0, what is no data, and how series become one. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Answer, Series } from '../../src/model/series.js';
import { ratio } from '../../src/signals/ratio.js';
import { byLabel, MINUTE, seriesOf, type Values } from '../support/fake-backend.js';
import {
  codesOf,
  countsText,
  observation,
  observations,
  observed,
  type Parts,
  prepared,
  refusal,
  WINDOW,
} from './support.js';

const good = prepared(ratio, { good: 'g', total: 't' });
const bad = prepared(ratio, { bad: 'b', total: 't' });
const badMayStayAway = prepared(ratio, { bad: 'b', total: 't', 'bad-absent': 'zero' });
const NaNs: Values = [1, Number.NaN, 1, 1, 1];
const SEEN: Answer = { series: [{ labels: {}, times: [1], values: [3] }] };

describe('a ratio', () => {
  test.each([
    { name: 'good and total', block: { good: 'g', total: 't' }, says: [] },
    { name: 'bad and total', block: { bad: 'b', total: 't' }, says: [] },
    { name: 'no total', block: { good: 'g' }, says: [/"total" is missing/] },
    { name: 'neither good nor bad', block: { total: 't' }, says: [/either "good" or "bad"/] },
    {
      name: 'both good and bad',
      block: { good: 'g', bad: 'b', total: 't' },
      says: [/either "good" or "bad"/],
    },
    {
      name: 'a key it does not know',
      block: { good: 'g', total: 't', totl: 1 },
      says: [/did you mean "total"/],
    },
    { name: 'a text', block: 'g / t', says: [/expected object/] },
  ])('of $name is checked', ({ block, says }) => {
    expect(refusal(ratio, block)).toEqual(says.map((pattern) => expect.stringMatching(pattern)));
  });

  test('of good is better high, of bad is better low; both are shares', () => {
    expect([good.better, bad.better, good.unit]).toEqual(['higher', 'lower', 'share']);
    expect(good.defaultTake).toEqual({ kind: 'total' });
  });

  test('asks of good what it counts, of bad also whether it was ever seen, unless it may stay away', () => {
    const names = (signal: typeof good): readonly string[] =>
      signal.parts({ kind: 'total' }).map(({ name }) => name);
    expect(names(good)).toEqual(['good', 'total']);
    expect(names(bad)).toEqual(['bad', 'total', 'bad-seen']);
    expect(names(badMayStayAway)).toEqual(['bad', 'total']);
    const [, , seen] = bad.parts({ kind: 'total' });
    expect(seen).toMatchObject({ use: 'seen', onlyIfAbsent: 'bad', lookbackMs: 7 * 86_400_000, source: 'b' });
    const [, , sooner] = prepared(ratio, { bad: 'b', total: 't', 'seen-within': '1h' }).parts({
      kind: 'total',
    });
    expect(sooner?.lookbackMs).toBe(3_600_000);
  });
});

describe('counts are paired step by step', () => {
  test.each([
    {
      name: 'each step has its own',
      parts: { good: [1, 2, 3, 4, 5], total: [5, 5, 5, 5, 5] },
      is: '1/5 2/5 3/5 4/5 5/5',
    },
    {
      name: 'a gap in good is 0 where total counts',
      parts: { good: [1, null, 3, 4, 5], total: [5, 5, 5, 5, 5] },
      is: '1/5 0/5 3/5 4/5 5/5',
    },
    {
      name: 'a gap in total is a gap',
      parts: { good: [1, 2, 3, 4, 5], total: [5, null, 5, 5, 5] },
      is: '1/5 - 3/5 4/5 5/5',
    },
    {
      name: 'a total of 0 is a count of 0',
      parts: { good: [0, 0, 0, 0, 0], total: [0, 0, 0, 0, 0] },
      is: '0/0 0/0 0/0 0/0 0/0',
    },
    { name: 'absent good is 0', parts: { total: [5, 5, 5, 5, 5] }, is: '0/5 0/5 0/5 0/5 0/5' },
    {
      name: 'absent total is no data, whatever good says',
      parts: { good: [5, 5, 5, 5, 5] },
      is: '- - - - -',
    },
    { name: 'nothing at all is no data', parts: {}, is: '- - - - -' },
  ] as { name: string; parts: Parts; is: string }[])('$name', ({ parts, is }) => {
    const one = observation(good, parts);
    expect(countsText(one)).toBe(is);
    expect(one.trouble).toEqual([]);
  });

  test('the newest sample is that of the total', () => {
    expect(observation(good, { good: [1, 1, 1, 1, 1], total: [5, 5, 5, null, null] }).newest).toBe(
      WINDOW.from + 3 * MINUTE,
    );
    expect(observation(good, {}).newest).toBeNull();
  });

  test('samples outside the window count for nothing', () => {
    const series: Series = {
      labels: {},
      times: [WINDOW.from, WINDOW.from + 1, WINDOW.to, WINDOW.to + 1],
      values: [100, 2, 3, 100],
    };
    expect(countsText(observation(good, { good: { series: [series] }, total: { series: [series] } }))).toBe(
      '2/2 - - - 3/3',
    );
  });

  test('of two samples in one step the later stands', () => {
    const series: Series = { labels: {}, times: [WINDOW.from + 1, WINDOW.from + MINUTE], values: [1, 2] };
    expect(countsText(observation(good, { good: { series: [series] }, total: { series: [series] } }))).toBe(
      '2/2 - - - -',
    );
  });

  test('extrapolated counts are said to be so', () => {
    const total: Answer = { series: [seriesOf(WINDOW, [1.5, 1.5, 1.5, 1.5, 1.5])], isExtrapolated: true };
    expect(observation(good, { total }).notes).toEqual(['counts were extrapolated by the backend']);
    expect(observation(good, { total: [1, 1, 1, 1, 1] }).notes).toEqual([]);
  });
});

describe('an absent bad', () => {
  const total: Values = [5, 5, 5, 5, 5];
  test.each([
    {
      name: 'that nobody ever saw is no 0',
      signal: bad,
      parts: { total },
      over: {},
      codes: ['bad-never-seen'],
    },
    {
      name: 'that an empty look-back did not show is no 0',
      signal: bad,
      parts: { total, 'bad-seen': { series: [] } },
      over: {},
      codes: ['bad-never-seen'],
    },
    {
      name: 'of which the look-back shows a series without a sample is no 0',
      signal: bad,
      parts: { total, 'bad-seen': { series: [{ labels: {}, times: [], values: [] }] } },
      over: {},
      codes: ['bad-never-seen'],
    },
    {
      name: 'seen in the look-back is 0',
      signal: bad,
      parts: { total, 'bad-seen': SEEN },
      over: {},
      codes: [],
    },
    {
      name: 'seen in the other arm is 0',
      signal: bad,
      parts: { total },
      over: { isSeenElsewhere: (part: string) => part === 'bad' },
      codes: [],
    },
    {
      name: 'is not excused by another part of the other arm',
      signal: bad,
      parts: { total },
      over: { isSeenElsewhere: (part: string) => part === 'total' },
      codes: ['bad-never-seen'],
    },
    { name: 'is 0 where the file says so', signal: badMayStayAway, parts: { total }, over: {}, codes: [] },
    { name: 'without a total is plainly no data', signal: bad, parts: {}, over: {}, codes: [] },
  ] as { name: string; signal: typeof bad; parts: Parts; over: object; codes: string[] }[])(
    '$name',
    ({ signal, parts, over, codes }) => {
      const one = observation(signal, parts, over);
      expect(codesOf(one)).toEqual(codes);
      if (parts['total'] !== undefined) expect(countsText(one)).toBe('0/5 0/5 0/5 0/5 0/5');
    },
  );

  test('names the part and both ways to mend it', () => {
    const [trouble] = observation(bad, { total }).trouble;
    expect(trouble?.text).toContain('"bad" was never seen');
    expect(trouble?.next).toContain('bad-absent: zero');
  });
});

describe('an absent numerator in the baseline', () => {
  const total: Values = [5, 5, 5, 5, 5];
  test.each([
    { name: 'is trouble where higher is better', signal: good, over: {}, codes: ['no-data'] },
    { name: 'is 0 where lower is better', signal: badMayStayAway, over: {}, codes: [] },
    { name: 'is 0 in the arm that is judged', signal: good, over: { isBaseline: false }, codes: [] },
  ])('$name', ({ signal, over, codes }) => {
    const one = observation(signal, { total }, { isBaseline: true, ...over });
    expect(codesOf(one)).toEqual(codes);
    expect(countsText(one)).toBe('0/5 0/5 0/5 0/5 0/5');
  });

  test('of 0 that was counted is a baseline', () => {
    expect(codesOf(observation(good, { good: [0, 0, 0, 0, 0], total }, { isBaseline: true }))).toEqual([]);
  });

  test('without a total is plainly no data', () => {
    expect(codesOf(observation(good, {}, { isBaseline: true }))).toEqual([]);
  });
});

describe('numbers that are none', () => {
  test.each([
    { name: 'NaN in total', parts: { good: [1, 1, 1, 1, 1], total: NaNs } },
    { name: 'NaN in good', parts: { good: NaNs, total: [5, 5, 5, 5, 5] } },
    { name: 'infinity in total', parts: { good: [1, 1, 1, 1, 1], total: [1, 1, Infinity, 1, 1] } },
    { name: 'minus infinity in good', parts: { good: [1, 1, -Infinity, 1, 1], total: [1, 1, 1, 1, 1] } },
    { name: 'nothing but NaN', parts: { total: [NaN, NaN, NaN, NaN, NaN] } },
  ] as { name: string; parts: Parts }[])('$name is trouble, not 0', ({ parts }) => {
    expect(codesOf(observation(good, parts))).toContain('not-a-number');
  });

  test.each<[Values, string]>([
    [[1, NaN, 1, 1, 1], '1 count was NaN, or had no value'],
    [[NaN, NaN, 1, 1, 1], '2 counts were NaN, or had no value'],
    [[1, Infinity, 1, 1, 1], '1 count was infinite'],
    [[Infinity, Infinity, 1, 1, 1], '2 counts were infinite'],
    [[1, -1, 1, 1, 1], '1 series of counts falls below 0'],
  ])('a total of %j: %s', (total, text) => {
    expect(observation(bad, { bad: [0, 0, 0, 0, 0], total }).trouble[0]?.text).toBe(text);
  });

  test('a bad of nothing but NaN is no absent bad', () => {
    const one = observation(bad, { bad: [NaN, NaN, NaN, NaN, NaN], total: [5, 5, 5, 5, 5] });
    expect(codesOf(one)).toEqual(['not-a-number']);
  });

  test.each([
    { name: 'twice the total is trouble', k: 10, n: 5, codes: ['not-a-number'] },
    { name: 'a trifle more, by extrapolation, is the total', k: 50.9, n: 50, codes: [] },
    { name: 'one more of few is no finding', k: 2, n: 1.9, codes: [] },
    { name: 'no more than the total is none', k: 5, n: 5, codes: [] },
  ])('a good of more than total: $name', ({ k, n, codes }) => {
    const one = observation(good, { good: [k, k, k, k, k], total: [n, n, n, n, n] });
    expect(codesOf(one)).toEqual(codes);
    if (codes.length === 0 && k > n) expect(countsText(one)).toContain(`${n}/${n}`);
  });

  test('the part that counts too much is named', () => {
    const [trouble] = observation(good, { good: [9, 9, 9, 9, 9], total: [5, 5, 5, 5, 5] }).trouble;
    expect(trouble?.text).toContain('"good" counted 45, more than "total" with 25');
  });
});

describe('several series', () => {
  const parts: Parts = {
    good: byLabel('pod', { a: [4, 4, 4, 4, 4], b: [1, 1, 1, 1, 1] }),
    total: byLabel('pod', { a: [5, 5, 5, 5, 5], b: [5, 5, 5, 5, 5] }),
  };

  test('are trouble that lists them, unless the gate says how they become one', () => {
    const result = observed(good, parts);
    if (result.state === 'observed') throw new Error('trouble was expected');
    expect(result.failure.code).toBe('backend.answer-shape');
    expect(result.failure.message).toBe('"total" answered 2 series where one is meant');
    expect(result.failure.detail).toEqual(['  {pod="a"}', '  {pod="b"}']);
    expect(result.failure.mend).toContain('across: worst | sum | mean | each');
  });

  test('of good alone are named as such', () => {
    const result = observed(good, { ...parts, total: [9, 9, 9, 9, 9] });
    expect(result.state === 'unusable' && result.failure.message).toContain('"good" answered 2 series');
  });

  test('more than five are cut short', () => {
    const many = byLabel('pod', { a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1 });
    const result = observed(good, { good: many, total: many });
    expect(result.state === 'unusable' && result.failure.detail).toHaveLength(6);
    expect(result.state === 'unusable' && result.failure.detail?.at(-1)).toBe('  and 2 more');
  });

  test.each(['sum', 'mean'] as const)('are added up with across: %s', (across) => {
    expect(countsText(observation(good, parts, { across }))).toBe('5/10 5/10 5/10 5/10 5/10');
  });

  test('are added up when the backend says that they may be', () => {
    const additive = (part: string): Answer => ({
      ...byLabel('pod', { a: part === 'good' ? 4 : 5, b: part === 'good' ? 1 : 5 })(WINDOW),
      isAdditive: true,
    });
    const both = { good: additive('good'), total: additive('total') };
    expect(countsText(observation(good, both))).toBe('5/10 5/10 5/10 5/10 5/10');
    expect(observed(good, { ...parts, total: additive('total') }).state).toBe('unusable');
  });

  test('one by one are judged apart with across: each', () => {
    const each = observations(good, parts, { across: 'each' });
    expect(each.map(({ labels }) => labels)).toEqual([{ pod: 'a' }, { pod: 'b' }]);
    expect(each.map(countsText)).toEqual(['4/5 4/5 4/5 4/5 4/5', '1/5 1/5 1/5 1/5 1/5']);
  });

  test('a series without its good is 0, not left out, with across: each', () => {
    const total = byLabel('pod', { a: 5, b: 5 });
    const each = observations(good, { good: byLabel('pod', { a: 4 }), total }, { across: 'each' });
    expect(each.map(countsText)).toEqual(['4/5 4/5 4/5 4/5 4/5', '0/5 0/5 0/5 0/5 0/5']);
  });

  test('none at all is one observation without data, never none, with across: each', () => {
    const each = observations(good, {}, { across: 'each' });
    expect(each.map(countsText)).toEqual(['- - - - -']);
  });

  test('a good that total does not have is trouble with across: each', () => {
    const total = byLabel('pod', { a: 5, c: 5 });
    const result = observed(good, { ...parts, total }, { across: 'each' });
    expect(result.state === 'unusable' && result.failure.message).toBe(
      '"good" has a series that "total" has not: {pod="b"}',
    );
    expect(result.state === 'unusable' && result.failure.mend).toBe('group both by the same labels');
  });

  test.each([
    { signal: good, top: 'good', is: '1/5 4/5 1/5 1/5 1/5' },
    { signal: bad, top: 'bad', is: '4/5 9/9 4/5 4/5 4/5' },
  ])('step by step the worst stands for $top with across: worst', ({ signal, top, is }) => {
    const counts = {
      [top]: byLabel('pod', { a: [4, 4, 4, 4, 4], b: [1, 9, 1, 1, 1] }),
      total: byLabel('pod', { a: [5, 5, 5, 5, 5], b: [5, 9, 5, 5, 5] }),
    } as Parts;
    expect(countsText(observation(signal, counts, { across: 'worst' }))).toBe(is);
  });

  test('a series without traffic is not the worst one', () => {
    const counts = {
      good: byLabel('pod', { a: 4, b: 0 }),
      total: byLabel('pod', { a: 5, b: 0 }),
    } as Parts;
    expect(countsText(observation(good, counts, { across: 'worst' }))).toBe('4/5 4/5 4/5 4/5 4/5');
  });

  test('of none with traffic the sum stands with across: worst', () => {
    const counts = { good: byLabel('pod', { a: 0, b: 0 }), total: byLabel('pod', { a: 0, b: 0 }) } as Parts;
    expect(countsText(observation(good, counts, { across: 'worst' }))).toBe('0/0 0/0 0/0 0/0 0/0');
  });
});

describe('a series that ends inside the window', () => {
  const one = (labels: Record<string, string>, values: Values): Series => seriesOf(WINDOW, values, labels);
  const ending: Values = [5, 5, null, null, null];
  const living: Values = [5, 5, 5, 5, 5];
  const ended = (...series: Series[]): readonly string[] =>
    observation(good, { total: { series }, good: { series: [] } }, { across: 'sum' }).ended;

  test.each([
    { name: 'is named', series: [one({ pod: 'a' }, ending), one({ pod: 'b' }, living)], is: ['{pod="a"}'] },
    { name: 'alone is named too', series: [one({}, ending)], is: ['{}'] },
    {
      name: 'is excused while its target still writes others',
      series: [
        one({ job: 'j', instance: 'x', code: '500' }, ending),
        one({ job: 'j', instance: 'x', code: '200' }, living),
      ],
      is: [],
    },
    {
      name: 'is not excused by another instance',
      series: [one({ job: 'j', instance: 'x' }, ending), one({ job: 'j', instance: 'y' }, living)],
      is: ['{instance="x",job="j"}'],
    },
    {
      name: 'is not excused by another job on the same instance',
      series: [one({ job: 'j', instance: 'x' }, ending), one({ job: 'k', instance: 'x' }, living)],
      is: ['{instance="x",job="j"}'],
    },
    {
      name: 'is not excused by a job whose series have no instance',
      series: [one({ job: 'j', code: '500' }, ending), one({ job: 'j', code: '200' }, living)],
      is: ['{code="500",job="j"}'],
    },
    { name: 'two steps ago is still fresh', series: [one({}, [5, 5, 5, null, null])], is: [] },
    {
      name: 'never seen in the window has not ended',
      series: [one({}, [null, null, null, null, null])],
      is: [],
    },
  ])('$name', ({ series, is }) => {
    expect(ended(...series)).toEqual(is);
  });

  test('is told of the good as well as of the total', () => {
    const series = [one({ job: 'j', instance: 'x' }, ending)];
    expect(observation(good, { good: { series }, total: living }).ended).toEqual(['{instance="x",job="j"}']);
  });

  test('whose newest sample the backend knows better is as fresh as that', () => {
    const series = [{ ...one({}, ending), newest: WINDOW.to - 1000 }];
    expect(observation(good, { total: { series } }).ended).toEqual([]);
    expect(observation(good, { total: { series } }).newest).toBe(WINDOW.to - 1000);
    const later = [{ ...one({}, ending), newest: WINDOW.to + MINUTE }];
    expect(observation(good, { total: { series: later } }).newest).toBe(WINDOW.to);
  });
});

describe('laws', () => {
  const counts = fc.array(fc.option(fc.integer({ min: 0, max: 100 })), { minLength: 5, maxLength: 5 });

  test('k is at most n in every step, whatever was answered', () => {
    fc.assert(
      fc.property(counts, counts, (k, n) => {
        const { evidence } = observation(good, { good: k, total: n });
        if (evidence.kind !== 'counts') throw new Error('counts were expected');
        for (const count of evidence.strata) expect(count === null || count.k <= count.n).toBe(true);
      }),
    );
  });

  test('splitting a count over two series that may be added changes nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(50), fc.nat(50)), { minLength: 5, maxLength: 5 }), (split) => {
        const part = (i: 0 | 1): Values => split.map((pair) => pair[i]);
        const whole = split.map(([a, b]) => a + b);
        const total: Values = split.map(() => 200);
        const two: Answer = {
          series: [seriesOf(WINDOW, part(0), { pod: 'a' }), seriesOf(WINDOW, part(1), { pod: 'b' })],
        };
        expect(countsText(observation(good, { good: two, total }, { across: 'sum' }))).toBe(
          countsText(observation(good, { good: whole, total })),
        );
      }),
    );
  });

  test('the order of series changes nothing', () => {
    fc.assert(
      fc.property(
        fc.array(counts, { minLength: 2, maxLength: 4 }),
        fc.constantFrom('sum', 'worst' as const),
        (all, across) => {
          const series = all.map((values, i) => seriesOf(WINDOW, values, { pod: String(i) }));
          const answer = (list: readonly Series[]): Parts => ({
            good: { series: list },
            total: { series: list },
          });
          expect(countsText(observation(good, answer([...series].reverse()), { across }))).toBe(
            countsText(observation(good, answer(series), { across })),
          );
        },
      ),
    );
  });
});

test.each(['g', 't'])('counts that the backend extrapolated are marked, be it only %s', (part) => {
  const answer = (isExtrapolated: boolean): Answer => ({
    series: [seriesOf(WINDOW, [9, 9, 9, 9, 9])],
    isExtrapolated,
  });
  const of = (isExtrapolated: boolean) =>
    observation(good, {
      good: answer(isExtrapolated && part === 'g'),
      total: answer(isExtrapolated && part === 't'),
    });
  expect(of(true)).toMatchObject({
    isExtrapolated: true,
    notes: ['counts were extrapolated by the backend'],
  });
  expect(of(false).isExtrapolated).toBeUndefined();
});
