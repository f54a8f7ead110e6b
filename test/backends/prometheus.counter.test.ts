import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bornUnseen,
  increases,
  median,
  sampleInterval,
  scrapedSince,
} from '../../src/backends/prometheus/counter.js';
import type { Labels, Series } from '../../src/model/series.js';
import { MINUTE, windowTo } from './prometheus-support.js';

const window = windowTo(10 * MINUTE, 4);
const { from } = window;
const TARGET = { job: 'shop', instance: 'a:1' };

/** Samples given as [seconds after the window's start, value]. */
function series(samples: readonly (readonly [number, number])[], labels: Labels = TARGET): Series {
  return {
    labels,
    times: samples.map(([seconds]) => from + seconds * 1000),
    values: samples.map(([, value]) => value),
  };
}

/** The strata of one series, null where there is no entry. */
function strata(one: Series, ...others: readonly Series[]): readonly (number | null)[] {
  const [counted] = increases([one], window, scrapedSince([one, ...others]));
  return [1, 2, 3, 4].map((end) => {
    const at = counted?.times.indexOf(from + end * MINUTE) ?? -1;
    return counted?.values[at] ?? null;
  });
}

describe('a counter cut into strata of a minute', () => {
  const cases: [why: string, samples: [number, number][], expected: (number | null)[]][] = [
    [
      'a steady one',
      [
        [-30, 10],
        [30, 12],
        [90, 15],
        [150, 15],
        [210, 20],
      ],
      [2, 3, 0, 5],
    ],
    [
      'a sample at the very start belongs to before',
      [
        [0, 10],
        [60, 12],
        [120, 14],
        [180, 17],
        [240, 20],
      ],
      [2, 2, 3, 3],
    ],
    [
      'jitter moves no count to another stratum than its sample',
      [
        [-1, 0],
        [59, 5],
        [61, 6],
        [181, 7],
      ],
      [5, 1, null, 1],
    ],
    [
      'a reset counts the new value whole',
      [
        [-30, 100],
        [30, 110],
        [90, 3],
        [150, 5],
        [210, 5],
      ],
      [10, 3, 2, 0],
    ],
    [
      'a reset to 0',
      [
        [-30, 100],
        [30, 0],
        [90, 4],
        [150, 4],
        [210, 4],
      ],
      [0, 4, 0, 0],
    ],
    [
      'two resets in one stratum',
      [
        [-30, 100],
        [20, 7],
        [40, 3],
        [60, 4],
      ],
      [11, null, null, null],
    ],
    [
      'a gap of two strata is counted where it ends',
      [
        [-30, 1],
        [30, 2],
        [210, 9],
      ],
      [1, null, null, 7],
    ],
    [
      'one that ended has no entries after its end',
      [
        [-30, 1],
        [30, 2],
        [90, 4],
      ],
      [1, 2, null, null],
    ],
    [
      'samples after the window do not count',
      [
        [-30, 1],
        [30, 2],
        [241, 99],
      ],
      [1, null, null, null],
    ],
    [
      'NaN spoils its own stratum alone',
      [
        [-30, 1],
        [30, Number.NaN],
        [90, 4],
      ],
      [Number.NaN, 3, null, null],
    ],
    [
      'only the last sample before the window starts it',
      [
        [-200, 1],
        [-100, 5],
        [30, 7],
      ],
      [2, null, null, null],
    ],
    [
      'a reset before the window is not of the window',
      [
        [-100, 50],
        [-50, 2],
        [30, 7],
      ],
      [5, null, null, null],
    ],
  ];
  test.each(cases)('%s', (_, samples, expected) => {
    expect(strata(series(samples))).toEqual(expected);
  });

  test('its newest is the last raw sample, not the end of a stratum', () => {
    const [counted] = increases(
      [
        series([
          [-30, 1],
          [95, 2],
        ]),
      ],
      window,
      new Map(),
    );
    expect(counted?.newest).toBe(from + 95_000);
  });

  test('one that was seen in the look-back alone is not in the answer', () => {
    expect(
      increases(
        [
          series([
            [-100, 1],
            [-40, 2],
          ]),
        ],
        window,
        new Map(),
      ),
    ).toEqual([]);
  });
});

describe('a series born inside the window', () => {
  const born = series(
    [
      [90, 3],
      [150, 5],
    ],
    { ...TARGET, code: '500' },
  );

  test('counts from 0 when another series shows that its target was scraped before', () => {
    expect(strata(born, series([[30, 7]], { ...TARGET, code: '200' }))).toEqual([null, 3, 2, null]);
  });
  test('only starts when its target is first seen with it', () => {
    expect(strata(born, series([[90, 7]], { ...TARGET, code: '200' }))).toEqual([null, 0, 2, null]);
  });
  test('is not vouched for by another instance', () => {
    expect(strata(born, series([[30, 7]], { job: 'shop', instance: 'b:1' }))).toEqual([null, 0, 2, null]);
  });
  test('without an instance only starts', () => {
    const anonymous = series(
      [
        [90, 3],
        [150, 5],
      ],
      { job: 'shop' },
    );
    expect(strata(anonymous, series([[30, 7]], { job: 'shop', code: '200' }))).toEqual([null, 0, 2, null]);
    const uncounted = (one: Series): number | undefined => increases([one], window, new Map())[0]?.uncounted;
    expect([anonymous, born, series([[-30, 3]], {}), series([[90, 0]], {})].map(uncounted)).toEqual([
      3,
      undefined,
      undefined,
      undefined,
    ]);
  });

  const up: [why: string, samples: [number, number][], expected: (number | null)[]][] = [
    [
      'was up before',
      [
        [30, 1],
        [90, 1],
      ],
      [null, 3, 2, null],
    ],
    [
      'was up in the look-back',
      [
        [-200, 1],
        [90, 1],
      ],
      [null, 3, 2, null],
    ],
    ['was first up with it', [[90, 1]], [null, 0, 2, null]],
    [
      'could not be scraped before',
      [
        [30, 0],
        [60, 0],
        [90, 1],
      ],
      [null, 0, 2, null],
    ],
    ['is not known at all', [], [null, 0, 2, null]],
  ];
  test.each(up)('of a target that %s', (_, samples, expected) => {
    const [counted] = increases([born], window, scrapedSince([born], [series(samples)]));
    const values = expected.filter((value) => value !== null);
    expect(counted?.values).toEqual(values);
  });

  test('has to be asked for unless its target is known', () => {
    const old = series(
      [
        [-30, 1],
        [30, 2],
      ],
      { job: 'shop', instance: 'c:1' },
    );
    const known = series([[90, 1]], { job: 'shop', instance: 'c:1', code: '500' });
    const anonymous = series([[90, 1]], { code: '500' });
    const all = [old, known, born, anonymous];
    expect(bornUnseen(all, window, scrapedSince(all))).toEqual([born.labels]);
  });
});

test('strata add up to the whole increase, however samples lie, with and without resets', () => {
  const steps = fc.array(
    fc.record({ gapMs: fc.integer({ min: 1, max: 90_000 }), rise: fc.nat(50), isReset: fc.boolean() }),
    { minLength: 2, maxLength: 60 },
  );
  fc.assert(
    fc.property(steps, fc.nat(240_000), fc.boolean(), (raw, headMs, isKnown) => {
      const times: number[] = [];
      const values: number[] = [];
      let time = from - headMs;
      let value = 7;
      let total = 0;
      for (const [i, { gapMs, rise, isReset }] of raw.entries()) {
        time += gapMs;
        const next = isReset && rise < value ? rise : value + rise;
        const isInside = time > from && time <= window.to;
        if (i === 0) value = next;
        if (isInside && i === 0) total += isKnown ? next : 0;
        if (isInside && i > 0) total += next < value ? next : next - value;
        value = next;
        times.push(time);
        values.push(value);
      }
      const one: Series = { labels: TARGET, times, values };
      const known = isKnown ? [series([[-400, 1]])] : [];
      const [counted] = increases([one], window, scrapedSince([one, ...known]));
      const sum = counted?.values.reduce((a, b) => a + b, 0) ?? 0;
      expect(sum).toBe(total);
      expect(counted?.values.every((each) => each >= 0) ?? true).toBe(true);
    }),
  );
});

test('the interval is the median gap within a series, not between series', () => {
  const a = series([
    [0, 1],
    [15, 1],
    [30, 1],
    [90, 1],
  ]);
  const b = series([
    [1, 1],
    [16, 1],
    [31, 1],
  ]);
  expect(sampleInterval([a, b])).toBe(15_000);
  expect(sampleInterval([series([[0, 1]])])).toBeUndefined();
  expect(median([])).toBeUndefined();
});
