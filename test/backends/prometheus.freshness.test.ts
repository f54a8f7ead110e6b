import { describe, expect, test } from 'vitest';
import {
  ageProbe,
  jointAges,
  measuredOnly,
  secondsToMs,
  withEachAge,
} from '../../src/backends/prometheus/freshness.js';
import { loadGrammar, parsePromql } from '../../src/backends/prometheus/parse.js';
import type { Series } from '../../src/model/series.js';
import { MINUTE, unwrap } from './prometheus-support.js';

await loadGrammar();

const instants = [1, 2, 3, 4, 5].map((minute) => minute * MINUTE);

/** A joint probe's answer: for each selector, its newest sample in seconds at each instant, null where it has none. */
function probed(...newest: readonly (readonly (number | null)[])[]): readonly Series[] {
  return newest.map((seconds, i) => {
    const known = instants.flatMap((time, at) => {
      const value = seconds[at] ?? null;
      return value === null ? [] : [{ time, value }];
    });
    return {
      labels: { gatekeeper_selector: String(i) },
      times: known.map(({ time }) => time),
      values: known.map(({ value }) => value),
    };
  });
}

function agesOf(query: string, probe: readonly Series[]): readonly (number | null)[] {
  const { selectors } = unwrap(parsePromql(query));
  const ages = jointAges(selectors, probe, instants);
  return instants.map((instant) => (ages.has(instant) ? (ages.get(instant) ?? Number.NaN) / 1000 : null));
}

describe('the age behind a value at each step', () => {
  const cases: [why: string, query: string, newest: (number | null)[][], expected: (number | null)[]][] = [
    [
      'is that of the older of two',
      'a / b',
      [
        [50, 110],
        [55, 55],
      ],
      [50, 55, null, null, null],
    ],
    ['of a selector that is gone is not known', 'sum(a)', [[50, 110]], [50, 110, null, null, null]],
    [
      'leaves out a selector that never was',
      'a or b',
      [[50, 110, 170, 230, 290], []],
      [50, 110, 170, 230, 290],
    ],
    [
      'leaves out a selector that is gone',
      'a or b',
      [[50], [55, 115, 175, 235, 295]],
      [50, 115, 175, 235, 295],
    ],
    // Its last sample, at 50 s, is in the range until 170 s.
    ['keeps what is gone while its range holds it', 'sum(rate(a[2m]))', [[50]], [50, 50, null, null, null]],
    [
      'keeps it beside another that lives',
      'sum(rate(a[2m])) / sum(b)',
      [[50], [55, 115, 175, 235, 295]],
      [50, 50, 175, 235, 295],
    ],
  ];
  test.each(cases)('%s', (_, query, newest, expected) => {
    expect(agesOf(query, probed(...newest))).toEqual(expected);
  });
});

describe('points of a step', () => {
  const one: Series = { labels: {}, times: instants, values: [1, 2, 3, 4, 5] };

  test('a sample at the very start of a step is of the step before', () => {
    const ages = new Map(instants.map((instant) => [instant, instant - MINUTE]));
    expect(measuredOnly(one, ages, MINUTE).times).toEqual([]);
    const inside = new Map(instants.map((instant) => [instant, instant - MINUTE + 1]));
    expect(measuredOnly(one, inside, MINUTE)).toEqual({ ...one, newest: 4 * MINUTE + 1 });
  });

  test('where nothing was measured the newest sample is still told', () => {
    const ages = new Map(instants.map((instant) => [instant, -MINUTE]));
    expect(measuredOnly(one, ages, MINUTE)).toEqual({ labels: {}, times: [], values: [], newest: -MINUTE });
  });
});

test.each([
  ['up{job="a"}', 'each', 'timestamp(up{job="a"})'],
  ['(up)', 'each', 'timestamp(up)'],
  ['sum(up)', 'joint', 'label_replace(min(timestamp(up)), "gatekeeper_selector", "0", "", "")'],
  ['up offset 5m', 'none', undefined],
  ['up @ 100', 'none', undefined],
  ['{__name__=~"a|b"}', 'none', undefined],
  ['time()', 'none', undefined],
])('the age of %s is asked for: %s', (text, kind, query) => {
  const probe = ageProbe(unwrap(parsePromql(text)));
  expect([probe.kind, probe.kind === 'none' ? undefined : probe.query]).toEqual([kind, query]);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, undefined])(
  'a sample time of %s is as old as can be',
  (value) => {
    const probe = value === undefined ? { times: [], values: [] } : { times: [MINUTE], values: [value] };
    const series = [{ labels: { a: '1' }, times: [MINUTE], values: [1] }];
    expect(secondsToMs(value)).toBe(0);
    expect(withEachAge(series, [{ labels: { a: '1' }, ...probe }])[0]?.newest).toBe(0);
  },
);
