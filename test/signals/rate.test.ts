/** Rates: events per exposure, and events per second where the exposure is time. */
import { describe, expect, test } from 'vitest';
import type { Answer, Series } from '../../src/model/series.js';
import { rate } from '../../src/signals/rate.js';
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

const perVisit = prepared(rate, { count: 'c', exposure: 'v' });
const perTime = prepared(rate, { count: 'c', exposure: 'time' });
const SEEN: Answer = { series: [{ labels: {}, times: [1], values: [3] }] };

describe('a rate', () => {
  test.each([
    { name: 'count and exposure', block: { count: 'c', exposure: 'v' }, says: [] },
    { name: 'no count', block: { exposure: 'v' }, says: [/"count" is missing/] },
    { name: 'no exposure', block: { count: 'c' }, says: [/"exposure" is missing/] },
  ])('of $name is checked', ({ block, says }) => {
    expect(refusal(rate, block)).toEqual(says.map((pattern) => expect.stringMatching(pattern)));
  });

  test('is better low, and per second where the exposure is time', () => {
    expect([perVisit.better, perVisit.unit, perTime.unit]).toEqual(['lower', '', 'events/s']);
    expect(prepared(rate, { count: 'c', exposure: 'time' }, 'orders').unit).toBe('orders/s');
    expect(prepared(rate, { count: 'c', exposure: 'v' }, 'orders').unit).toBe('orders');
  });

  test('asks whether the count was ever seen only where another count shows traffic', () => {
    const names = (block: object): readonly string[] =>
      prepared(rate, block)
        .parts({ kind: 'total' })
        .map(({ name }) => name);
    expect(names({ count: 'c', exposure: 'v' })).toEqual(['count', 'exposure', 'count-seen']);
    expect(names({ count: 'c', exposure: 'time' })).toEqual(['count']);
    expect(names({ count: 'c', exposure: 'v', 'bad-absent': 'zero' })).toEqual(['count', 'exposure']);
    expect(perVisit.parts({ kind: 'total' })[2]).toMatchObject({ use: 'seen', onlyIfAbsent: 'count' });
  });
});

describe('events per exposure', () => {
  const exposure: Values = [5, 5, 5, 5, 5];
  test.each([
    {
      name: 'are paired step by step',
      parts: { count: [9, 0, 1, 1, 1], exposure },
      is: '9/5 0/5 1/5 1/5 1/5',
      codes: [],
    },
    {
      name: 'may exceed the exposure',
      parts: { count: [50, 50, 50, 50, 50], exposure },
      is: '50/5 50/5 50/5 50/5 50/5',
      codes: [],
    },
    {
      name: 'absent and never seen are no 0',
      parts: { exposure },
      is: '0/5 0/5 0/5 0/5 0/5',
      codes: ['bad-never-seen'],
    },
    {
      name: 'absent and seen before are 0',
      parts: { exposure, 'count-seen': SEEN },
      is: '0/5 0/5 0/5 0/5 0/5',
      codes: [],
    },
    { name: 'without exposure are no data', parts: { count: [1, 1, 1, 1, 1] }, is: '- - - - -', codes: [] },
    {
      name: 'of NaN are trouble',
      parts: { count: [NaN, 1, 1, 1, 1], exposure },
      is: '0/5 1/5 1/5 1/5 1/5',
      codes: ['not-a-number'],
    },
  ] as { name: string; parts: Parts; is: string; codes: string[] }[])('$name', ({ parts, is, codes }) => {
    const one = observation(perVisit, parts);
    expect(countsText(one)).toBe(is);
    expect(codesOf(one)).toEqual(codes);
  });
});

describe('events per second', () => {
  test.each([
    {
      name: 'are measured against the seconds of each step',
      parts: { count: [1, 2, 3, 4, 5] },
      is: '1/60 2/60 3/60 4/60 5/60',
    },
    {
      name: 'of no event are 0 of as many seconds',
      parts: { count: [0, 0, 0, 0, 0] },
      is: '0/60 0/60 0/60 0/60 0/60',
    },
    {
      name: 'leave a step without a sample empty',
      parts: { count: [1, null, 3, null, 5] },
      is: '1/60 - 3/60 - 5/60',
    },
    { name: 'of an absent counter are no data, not none', parts: {}, is: '- - - - -' },
    {
      name: 'of a series without a sample are no data',
      parts: { count: { series: [{ labels: {}, times: [], values: [] }] } },
      is: '- - - - -',
    },
  ] as { name: string; parts: Parts; is: string }[])('$name', ({ parts, is }) => {
    const one = observation(perTime, parts);
    expect(countsText(one)).toBe(is);
    expect(one.trouble).toEqual([]);
  });

  test('are as fresh as the counter', () => {
    expect(observation(perTime, { count: [1, 1, 1, null, null] }).newest).toBe(WINDOW.from + 3 * MINUTE);
    const series: Series[] = [{ ...seriesOf(WINDOW, [1, 1, 1, null, null]), newest: WINDOW.to - 5000 }];
    expect(observation(perTime, { count: { series } }).newest).toBe(WINDOW.to - 5000);
  });

  test('of a sample inside a step count the whole step', () => {
    const series: Series[] = [{ labels: {}, times: [WINDOW.from + 1000, WINDOW.to - 1000], values: [2, 3] }];
    expect(countsText(observation(perTime, { count: { series } }))).toBe('2/60 - - - 3/60');
  });

  const pods = byLabel('pod', { a: [1, 1, 1, 1, 1], b: [9, null, 9, 9, 9] });
  test('of several series are trouble without across', () => {
    expect(observed(perTime, { count: pods }).state).toBe('unusable');
  });

  test('of several series share one exposure when they are added up', () => {
    expect(countsText(observation(perTime, { count: pods }, { across: 'sum' }))).toBe(
      '10/60 1/60 10/60 10/60 10/60',
    );
    const additive = { count: { ...pods(WINDOW), isAdditive: true } };
    expect(countsText(observation(perTime, additive))).toBe('10/60 1/60 10/60 10/60 10/60');
  });

  test('of each series have an exposure of their own', () => {
    const each = observations(perTime, { count: pods }, { across: 'each' });
    expect(each.map(countsText)).toEqual(['1/60 1/60 1/60 1/60 1/60', '9/60 - 9/60 9/60 9/60']);
    expect(countsText(observation(perTime, { count: pods }, { across: 'worst' }))).toBe(
      '9/60 1/60 9/60 9/60 9/60',
    );
  });
});
