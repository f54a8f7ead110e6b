/** Values and samples: gauges folded step by step, instants, raw observations. */
import { describe, expect, test } from 'vitest';
import type { Answer, Series } from '../../src/model/series.js';
import { samples } from '../../src/signals/samples.js';
import { value } from '../../src/signals/value.js';
import { byLabel, MINUTE, seriesOf, type Values } from '../support/fake-backend.js';
import {
  codesOf,
  numbersText,
  observation,
  observations,
  observed,
  type Parts,
  prepared,
  refusal,
  WINDOW,
} from './support.js';

const queue = prepared(value, 'q', 'messages');

describe('a value', () => {
  test('needs a query; asks a series where a take reduces time, and one instant where none does', () => {
    expect(refusal(value, undefined)).toEqual(['a value needs a query']);
    expect(refusal(value, null)).toEqual(['a value needs a query']);
    expect(queue.parts({ kind: 'slope' })[0]?.use).toBe('steps');
    expect(queue.parts({ kind: 'instant' })[0]?.use).toBe('instant');
    expect([queue.unit, queue.better, queue.defaultTake?.kind]).toEqual(['messages', undefined, 'instant']);
  });

  test.each([
    {
      name: 'has one number per step',
      parts: { value: [1, 2, 3, 4, 5] },
      is: '1 2 3 4 5',
      codes: [],
      notes: [],
    },
    {
      name: 'keeps its gaps',
      parts: { value: [1, null, 3, null, 5] },
      is: '1 - 3 - 5',
      codes: [],
      notes: [],
    },
    { name: 'that is absent is no data', parts: {}, is: '- - - - -', codes: [], notes: [] },
    {
      name: 'that is NaN at times has gaps there',
      parts: { value: [1, NaN, 3, 4, 5] },
      is: '1 - 3 4 5',
      codes: [],
      notes: ['1 NaN value was counted as a missing step'],
    },
    {
      name: 'that is always NaN is no number',
      parts: { value: [NaN, NaN, NaN, NaN, NaN] },
      is: '- - - - -',
      codes: ['not-a-number'],
      notes: [],
    },
    {
      name: 'that is infinite once is no number',
      parts: { value: [1, Infinity, 3, 4, 5] },
      is: '1 - 3 4 5',
      codes: ['not-a-number'],
      notes: [],
    },
  ] as { name: string; parts: Parts; is: string; codes: string[]; notes: string[] }[])(
    '$name',
    ({ parts, is, codes, notes }) => {
      const one = observation(queue, parts);
      expect(numbersText(one)).toBe(is);
      expect(codesOf(one)).toEqual(codes);
      expect(one.notes).toEqual(notes);
    },
  );

  test('gone at the end of the window has ended', () => {
    const one = observation(queue, { value: [1, 2, null, null, null] });
    expect(one.ended).toEqual(['{}']);
    expect(one.newest).toBe(WINDOW.from + 2 * MINUTE);
  });
});

test.each<[Values, string]>([
  [[1, Infinity, 3, 4, 5], '1 value was infinite'],
  [[-Infinity, Infinity, 3, 4, 5], '2 values were infinite'],
  [[null, NaN, null, null, null], 'the only value was NaN'],
  [[null, NaN, NaN, null, null], 'all 2 values were NaN'],
])('values of %j: %s', (values, text) => {
  expect(observation(queue, { value: values }).trouble[0]?.text).toBe(text);
});

describe('several values', () => {
  const pods = byLabel('pod', { a: [1, 2, 3, 4, 5], b: [5, 4, 3, 2, 1] });
  test('are trouble that lists them without across', () => {
    const result = observed(queue, { value: pods });
    expect(result.state === 'unusable' && result.failure.detail).toEqual(['  {pod="a"}', '  {pod="b"}']);
  });

  test.each([
    { across: 'sum', better: undefined, is: '6 6 6 6 6' },
    { across: 'mean', better: undefined, is: '3 3 3 3 3' },
    { across: 'worst', better: 'lower', is: '5 4 3 4 5' },
    { across: 'worst', better: 'higher', is: '1 2 3 2 1' },
  ] as const)('become one with across: $across where $better is better', ({ across, better, is }) => {
    expect(numbersText(observation(queue, { value: pods }, { across, better }))).toBe(is);
  });

  test('are judged apart with across: each', () => {
    const each = observations(queue, { value: pods }, { across: 'each' });
    expect(each.map(({ labels }) => labels)).toEqual([{ pod: 'a' }, { pod: 'b' }]);
    expect(each.map(numbersText)).toEqual(['1 2 3 4 5', '5 4 3 2 1']);
  });

  test('of which none is there are one observation without data, never none', () => {
    expect(observations(queue, {}, { across: 'each' }).map(numbersText)).toEqual(['- - - - -']);
  });

  test('of which one is always NaN keep it, as trouble', () => {
    const broken = byLabel('pod', { a: [1, 1, 1, 1, 1], b: [NaN, NaN, NaN, NaN, NaN] });
    expect(observations(queue, { value: broken }, { across: 'each' }).map(codesOf)).toEqual([
      [],
      ['not-a-number'],
    ]);
  });

  test('of which one never had a sample do not count it', () => {
    const answer: Answer = {
      series: [seriesOf(WINDOW, [1, 1, 1, 1, 1]), { labels: { pod: 'b' }, times: [], values: [] }],
    };
    expect(numbersText(observation(queue, { value: answer }))).toBe('1 1 1 1 1');
  });

  test.each(['sum', 'mean', 'worst'] as const)(
    'with a gap in one of them have the gap with across: %s: what is left is another number',
    (across) => {
      const gappy = byLabel('pod', { a: [1, 1, 1, 1, 1], b: [9, null, 9, 9, 9] });
      expect(numbersText(observation(queue, { value: gappy }, { across })).split(' ')[1]).toBe('-');
    },
  );

  test('of which one is born late or dies early are folded without it there', () => {
    const some = byLabel('pod', { a: [1, 1, 1, 1, 1], b: [null, 9, 9, null, null] });
    const one = observation(queue, { value: some }, { across: 'sum' });
    expect(numbersText(one)).toBe('1 10 10 1 1');
    expect(one.ended).toEqual([]);
  });

  test.each(['sum', 'mean', 'worst', 'each'] as const)('that ended are told under across: %s', (across) => {
    const some = byLabel('pod', { a: [1, 1, 1, 1, 1], b: [9, 9, null, null, null] });
    const all = observations(queue, { value: some }, { across });
    expect(all.flatMap(({ ended }) => ended)).toEqual(['{pod="b"}']);
  });
});

describe('a value at one instant', () => {
  const at = (labels: Record<string, string>, number: number, newest?: number): Series => ({
    labels,
    times: [WINDOW.to],
    values: [number],
    ...(newest !== undefined && { newest }),
  });
  const instant = { isInstant: true } as const;
  const answer = (...series: Series[]): Parts => ({ value: { series } });

  test.each([
    { name: 'is that number', parts: answer(at({}, 7)), over: {}, is: 7, codes: [] },
    { name: 'of 0 is 0', parts: answer(at({}, 0)), over: {}, is: 0, codes: [] },
    { name: 'that is absent is none', parts: answer(), over: {}, is: null, codes: [] },
    {
      name: 'of a series without a sample is none',
      parts: answer({ labels: {}, times: [], values: [] }),
      over: {},
      is: null,
      codes: [],
    },
    {
      name: 'NaN is none, and trouble',
      parts: answer(at({}, NaN)),
      over: {},
      is: null,
      codes: ['not-a-number'],
    },
    {
      name: 'infinity is none, and trouble',
      parts: answer(at({}, Infinity)),
      over: {},
      is: null,
      codes: ['not-a-number'],
    },
    {
      name: 'is the sum',
      parts: answer(at({ p: 'a' }, 1), at({ p: 'b' }, 2)),
      over: { across: 'sum' },
      is: 3,
      codes: [],
    },
    {
      name: 'is the mean',
      parts: answer(at({ p: 'a' }, 1), at({ p: 'b' }, 2)),
      over: { across: 'mean' },
      is: 1.5,
      codes: [],
    },
    {
      name: 'is the largest where lower is better',
      parts: answer(at({ p: 'a' }, 1), at({ p: 'b' }, 2)),
      over: { across: 'worst', better: 'lower' },
      is: 2,
      codes: [],
    },
    {
      name: 'is the least where higher is better',
      parts: answer(at({ p: 'a' }, 1), at({ p: 'b' }, 2)),
      over: { across: 'worst', better: 'higher' },
      is: 1,
      codes: [],
    },
    {
      name: 'folded over a NaN is none',
      parts: answer(at({ p: 'a' }, 1), at({ p: 'b' }, NaN)),
      over: { across: 'worst', better: 'lower' },
      is: null,
      codes: ['not-a-number'],
    },
  ] as { name: string; parts: Parts; over: object; is: number | null; codes: string[] }[])(
    '$name',
    ({ parts, over, is, codes }) => {
      const one = observation(queue, parts, { ...instant, ...over });
      expect(one.evidence).toEqual({ kind: 'instant', value: is });
      expect(codesOf(one)).toEqual(codes);
    },
  );

  test('of several series is trouble without across, and one each with it', () => {
    const two = answer(at({ p: 'a' }, 1), at({ p: 'b' }, 2));
    expect(observed(queue, two, instant).state).toBe('unusable');
    const each = observations(queue, two, { ...instant, across: 'each' });
    expect(each.map(({ labels, evidence }) => [labels['p'], evidence])).toEqual([
      ['a', { kind: 'instant', value: 1 }],
      ['b', { kind: 'instant', value: 2 }],
    ]);
  });

  test('is no fresher than its stalest series', () => {
    const two = answer(at({ p: 'a' }, 1, WINDOW.to - 1000), at({ p: 'b' }, 2, WINDOW.to - 9000));
    expect(observation(queue, two, { ...instant, across: 'sum' }).newest).toBe(WINDOW.to - 9000);
    expect(observation(queue, answer(at({}, 1)), instant).newest).toBe(WINDOW.to);
    expect(observation(queue, answer(), instant).newest).toBeNull();
  });
});

describe('samples', () => {
  const durations = prepared(samples, 's', 's');
  const raw = (values: Values, labels = {}): Series => seriesOf(WINDOW, values, labels);

  test('need a query and a take', () => {
    expect(refusal(samples, undefined)).toEqual(['samples need a query']);
    expect(refusal(samples, null)).toEqual(['samples need a query']);
    expect(durations.defaultTake).toBeUndefined();
    expect([durations.better, durations.unit]).toEqual(['lower', 's']);
    expect(durations.parts({ kind: 'mean' })).toEqual([
      { name: 'samples', source: 's', use: 'raw', path: [] },
    ]);
  });

  test.each([
    { name: 'are kept as they are', parts: { samples: [1, 2, 3] }, is: [1, 2, 3], codes: [] },
    { name: 'that are absent are none', parts: {}, is: [], codes: [] },
    { name: 'that are NaN are trouble', parts: { samples: [1, NaN] }, is: [1], codes: ['not-a-number'] },
    {
      name: 'that are infinite are trouble',
      parts: { samples: [Infinity, 2] },
      is: [2],
      codes: ['not-a-number'],
    },
  ] as { name: string; parts: Parts; is: number[]; codes: string[] }[])('$name', ({ parts, is, codes }) => {
    const one = observation(durations, parts);
    expect(one.evidence).toEqual({ kind: 'raw', values: is });
    expect(codesOf(one)).toEqual(codes);
  });

  const two: Answer = { series: [raw([1, 2], { pod: 'a' }), raw([3], { pod: 'b' })] };
  test('of several series are trouble without across', () => {
    const result = observed(durations, { samples: two });
    expect(result.state === 'unusable' && result.failure.message).toContain('"samples" answered 2 series');
  });

  test('of several series are pooled where they may be', () => {
    for (const one of [
      observation(durations, { samples: { ...two, isAdditive: true } }),
      observation(durations, { samples: two }, { across: 'sum' }),
    ])
      expect(one.evidence).toEqual({ kind: 'raw', values: [1, 2, 3] });
  });

  test('of each series are judged apart with across: each', () => {
    const each = observations(durations, { samples: two }, { across: 'each' });
    expect(each.map(({ labels, evidence }) => [labels['pod'], evidence])).toEqual([
      ['a', { kind: 'raw', values: [1, 2] }],
      ['b', { kind: 'raw', values: [3] }],
    ]);
    expect(observations(durations, {}, { across: 'each' })).toHaveLength(1);
  });

  test('are as fresh as the newest of them', () => {
    expect(observation(durations, { samples: two }, { across: 'sum' }).newest).toBe(WINDOW.from + 2 * MINUTE);
    expect(observation(durations, {}).newest).toBeNull();
  });
});
