/** Histograms: cumulative counts by the label `le`. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Observation } from '../../src/model/evidence.js';
import type { Answer, Labels, Series } from '../../src/model/series.js';
import { histogram } from '../../src/signals/histogram.js';
import { bucketsOf, MINUTE, seriesOf, type Values } from '../support/fake-backend.js';
import { codesOf, observation, observations, observed, prepared, refusal, WINDOW } from './support.js';

const latency = prepared(histogram, 'h', 's');
const series = (labels: Labels, values: Values): Series => seriesOf(WINDOW, values, labels);
const flat = (value: number): Values => [value, value, value, value, value];

function text({ evidence }: Observation): string {
  if (evidence.kind !== 'buckets') throw new Error('buckets were expected');
  return evidence.strata.map((counts) => counts?.join(',') ?? '-').join(' ');
}

function boundsOf({ evidence }: Observation): readonly number[] {
  return evidence.kind === 'buckets' ? evidence.bounds : [];
}

test('a histogram needs a query and a take', () => {
  expect(refusal(histogram, undefined)).toEqual(['a histogram needs a query by bucket']);
  expect(refusal(histogram, null)).toEqual(['a histogram needs a query by bucket']);
  expect(refusal(histogram, 'h')).toEqual([]);
  expect(latency.defaultTake).toBeUndefined();
  expect([latency.unit, latency.better]).toEqual(['s', 'lower']);
  expect(latency.parts({ kind: 'count' })).toEqual([
    { name: 'bucket', source: 'h', use: 'buckets', path: [] },
  ]);
});

describe('buckets', () => {
  test('are cut by step, in the order of their bounds', () => {
    const one = observation(latency, {
      bucket: bucketsOf({ '+Inf': [9, 8, 7, 6, 5], '0.5': flat(4), '0.1': flat(1) }),
    });
    expect(boundsOf(one)).toEqual([0.1, 0.5, Infinity]);
    expect(text(one)).toBe('1,4,9 1,4,8 1,4,7 1,4,6 1,4,5');
    expect(one.trouble).toEqual([]);
    expect(one.newest).toBe(WINDOW.to);
  });

  test.each(['+Inf', 'Inf', '+inf', 'inf'])('know le="%s" for the last', (le) => {
    expect(boundsOf(observation(latency, { bucket: bucketsOf({ '1': 1, [le]: 2 }) }))).toEqual([1, Infinity]);
  });

  test('in scientific notation are numbers too', () => {
    expect(boundsOf(observation(latency, { bucket: bucketsOf({ '1e-3': 1, '+Inf': 2 }) }))[0]).toBe(0.001);
  });

  test('that fall are held up: cumulative counts never fall', () => {
    expect(text(observation(latency, { bucket: bucketsOf({ '0.1': 5, '0.5': 4.9, '+Inf': 6 }) }))).toBe(
      '5,5,6 5,5,6 5,5,6 5,5,6 5,5,6',
    );
  });

  test('without le="+Inf" are partial: the total is not known', () => {
    const one = observation(latency, { bucket: bucketsOf({ '0.1': 5, '0.5': 6 }) });
    expect(codesOf(one)).toEqual(['partial']);
    expect(one.trouble[0]?.text).toContain('le="+Inf" is missing');
    expect(text(one)).toBe('- - - - -');
  });

  test('without any sample are no data and no trouble', () => {
    expect(codesOf(observation(latency, { bucket: { series: [] } }))).toEqual([]);
    expect(codesOf(observation(latency, {}))).toEqual([]);
    expect(text(observation(latency, {}))).toBe('- - - - -');
    expect(observation(latency, {}).newest).toBeNull();
  });

  test('leave a step without its total empty', () => {
    const one = observation(latency, { bucket: bucketsOf({ '0.1': flat(1), '+Inf': [5, null, 5, 5, 5] }) });
    expect(text(one)).toBe('1,5 - 1,5 1,5 1,5');
  });

  test('that are missing in a step hold nothing there', () => {
    const one = observation(latency, { bucket: bucketsOf({ '0.1': [1, null, 1, 1, 1], '+Inf': flat(5) }) });
    expect(text(one)).toBe('1,5 0,5 1,5 1,5 1,5');
  });

  test.each([NaN, Infinity, -Infinity, -1])('that hold %d are trouble', (broken) => {
    const one = observation(latency, { bucket: bucketsOf({ '0.1': [1, broken, 1, 1, 1], '+Inf': flat(5) }) });
    expect(codesOf(one)).toEqual(['not-a-number']);
    expect(one.trouble[0]?.text).toBe('1 bucket count was no finite number, or below 0');
  });

  test.each([
    { name: 'no le', labels: { pod: 'a' } },
    { name: 'an empty le', labels: { le: '' } },
    { name: 'a le that is no number', labels: { le: 'fast' } },
  ])('of a series with $name are a query to mend', ({ labels }) => {
    const answer: Answer = { series: [series({ le: '+Inf' }, flat(1)), series(labels as Labels, flat(1))] };
    const result = observed(latency, { bucket: answer });
    expect(result.state === 'unusable' && result.failure.code).toBe('backend.answer-shape');
    expect(result.state === 'unusable' && result.failure.mend).toContain('sum by (le)');
  });

  test('that were extrapolated are said to be so', () => {
    const bucket = { ...bucketsOf({ '+Inf': 1 })(WINDOW), isExtrapolated: true };
    expect(observation(latency, { bucket }).notes).toEqual(['counts were extrapolated by the backend']);
  });

  test('that end inside the window are named', () => {
    const one = observation(latency, { bucket: bucketsOf({ '+Inf': [1, 1, null, null, null] }) });
    expect(one.ended).toEqual(['{le="+Inf"}']);
    expect(one.newest).toBe(WINDOW.from + 2 * MINUTE);
  });
});

describe('buckets of several series', () => {
  const pods: Answer = {
    series: ['a', 'b'].flatMap((pod) => [
      series({ pod, le: '0.1' }, flat(pod === 'a' ? 1 : 2)),
      series({ pod, le: '+Inf' }, flat(10)),
    ]),
  };

  test('are trouble that lists them without their bounds', () => {
    const result = observed(latency, { bucket: pods });
    expect(result.state === 'unusable' && result.failure.detail).toEqual(['  {pod="a"}', '  {pod="b"}']);
  });

  test.each(['sum', 'mean'] as const)('are added up by bound with across: %s', (across) => {
    expect(text(observation(latency, { bucket: pods }, { across }))).toBe('3,20 3,20 3,20 3,20 3,20');
  });

  test('are added up when the backend says that they may be', () => {
    expect(text(observation(latency, { bucket: { ...pods, isAdditive: true } }))).toContain('3,20');
  });

  test('are judged apart with across: each', () => {
    const each = observations(latency, { bucket: pods }, { across: 'each' });
    expect(each.map(({ labels }) => labels)).toEqual([{ pod: 'a' }, { pod: 'b' }]);
    expect(each.map(text)).toEqual(['1,10 1,10 1,10 1,10 1,10', '2,10 2,10 2,10 2,10 2,10']);
  });

  test('are trouble with across: worst: which histogram is worse depends on the take', () => {
    expect(observed(latency, { bucket: pods }, { across: 'worst' }).state).toBe('unusable');
  });

  describe('that differ', () => {
    const mixed: Answer = {
      isAdditive: true,
      series: [
        ...['0.1', '0.5', '+Inf'].map((le) => series({ pod: 'a', le }, flat(le === '0.1' ? 4 : 10))),
        ...['0.25', '0.50', '+Inf'].map((le) => series({ pod: 'b', le }, flat(le === '0.25' ? 6 : 10))),
      ],
    };

    test.each([
      { name: 'a quantile', take: { kind: 'quantile', quantile: 0.9 }, is: ['partial'] },
      {
        name: 'a share at an edge that only one has',
        take: { kind: 'share-at-most', bound: 0.1 },
        is: ['partial'],
      },
      { name: 'a share at an edge that all have', take: { kind: 'share-at-most', bound: 0.5 }, is: [] },
      { name: 'an apdex between', take: { kind: 'apdex', threshold: 0.125 }, is: ['partial'] },
      { name: 'a count', take: { kind: 'count' }, is: [] },
    ] as const)('leave $name: $is', ({ take, is }) => {
      const one = observation(latency, { bucket: mixed }, { take });
      expect(codesOf(one)).toEqual(is);
      if (is.length > 0) expect(one.trouble[0]?.text).toContain('le="0.1" and 1 more is not in all of them');
      else expect(text(one)).toBe('20,20 20,20 20,20 20,20 20,20');
    });

    test('and change in the window hold nothing where they cannot be read', () => {
      const bucket = bucketsOf({
        '0.1': flat(4),
        '0.25': [5, 5, null, null, null],
        '0.5': [null, null, 8, 8, 8],
        '+Inf': flat(10),
      });
      expect(text(observation(latency, { bucket }))).toBe('- - - - -');
    });
  });

  test('that were added up before are seen where they fall', () => {
    const bucket = bucketsOf({
      '0.1': flat(50),
      '0.25': flat(90),
      '0.5': flat(88),
      '1': flat(60),
      '+Inf': flat(100),
    });
    const one = observation(latency, { bucket });
    expect(codesOf(one)).toEqual(['not-a-number']);
    expect(one.trouble[0]?.text).toContain('le="0.5" counted 440, fewer than le="0.25" with 450');
  });

  test('of which one lacks its total are partial for that one', () => {
    const lacking = { series: [...pods.series, series({ pod: 'c', le: '0.1' }, flat(1))] };
    const each = observations(latency, { bucket: lacking }, { across: 'each' });
    expect(each.map(codesOf)).toEqual([[], [], ['partial']]);
  });
});

test('counts never fall from bound to bound, whatever was answered', () => {
  const values = fc.array(fc.option(fc.integer({ min: 0, max: 50 })), { minLength: 5, maxLength: 5 });
  fc.assert(
    fc.property(values, values, values, (a, b, top) => {
      const { evidence } = observation(latency, { bucket: bucketsOf({ '0.1': a, '0.5': b, '+Inf': top }) });
      if (evidence.kind !== 'buckets') throw new Error('buckets were expected');
      for (const counts of evidence.strata) {
        if (counts !== null) expect([...counts]).toEqual([...counts].sort((x, y) => x - y));
      }
    }),
  );
});

test('counts that the backend extrapolated are marked', () => {
  const answer = bucketsOf({ '+Inf': flat(9), '0.5': flat(4) })(WINDOW);
  expect(observation(latency, { bucket: { ...answer, isExtrapolated: true } }).isExtrapolated).toBe(true);
  expect(observation(latency, { bucket: answer }).isExtrapolated).toBeUndefined();
});
