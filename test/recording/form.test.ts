/** The recorded form of an answer, and what it is found by. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import type { PreparedQuery } from '../../src/contracts/backend.js';
import type { TakeContext } from '../../src/contracts/take.js';
import { FAILURE_CODES } from '../../src/model/failure.js';
import type { Measurement } from '../../src/model/measurement.js';
import type { Answer, Series } from '../../src/model/series.js';
import type { Window } from '../../src/model/window.js';
import { fromForm, type Recorded, recordedSchema, toForm } from '../../src/recording/form.js';
import { fileNames, type Match, matchKey, matchOf } from '../../src/recording/match.js';
import { MINUTE, NOW } from '../support/fake-backend.js';

const WINDOW: Window = { from: NOW - 11 * MINUTE, to: NOW - MINUTE, stepMs: MINUTE };
const MATCH: Match = { backend: 'm', use: 'counts', query: 'q', from: '-11m', to: '-1m', step: '1m' };

/** Through the form, its text and its schema, and back. */
function throughText(measurement: Measurement, window = WINDOW, asOf = NOW): Measurement {
  const text = stringify(toForm(MATCH, measurement, window, asOf), { lineWidth: 0 });
  return fromForm(recordedSchema.parse(parse(text)), window, asOf);
}

const taken = (answer: Answer): Measurement => ({ state: 'taken', answer, durationMs: 12 });
const formOf = (series: Series, window = WINDOW): Recorded =>
  toForm(MATCH, taken({ series: [series] }), window, NOW);
const seriesOf = (recorded: Recorded) => recorded.response?.series[0];

describe('the form of a series', () => {
  const at = (...steps: number[]): number[] => steps.map((step) => WINDOW.from + step * MINUTE);
  test.each<{ name: string; series: Series; is: object }>([
    {
      name: 'one value per step',
      series: { labels: {}, times: at(1, 2, 3), values: [1, 2.5, -3] },
      is: { labels: {}, values: '1 2.5 -3' },
    },
    {
      name: 'a gap is an underscore',
      series: { labels: {}, times: at(1, 4), values: [1, 2] },
      is: { labels: {}, values: '1 _ _ 2' },
    },
    {
      name: 'a gap at the beginning',
      series: { labels: {}, times: at(3), values: [7] },
      is: { labels: {}, values: '_ _ 7' },
    },
    {
      name: 'no sample',
      series: { labels: { a: 'b' }, times: [], values: [] },
      is: { labels: { a: 'b' }, values: '' },
    },
    {
      name: 'what is no number',
      series: { labels: {}, times: at(1, 2, 3, 4), values: [NaN, Infinity, -Infinity, -0] },
      is: { labels: {}, values: 'NaN Infinity -Infinity -0' },
    },
    {
      name: 'instants that are no ends of steps',
      series: { labels: {}, times: [NOW - 90_500, NOW - 1], values: [1, 2] },
      is: { labels: {}, values: '1 2', at: '-90500 -1' },
    },
    {
      name: 'instants before the window',
      series: { labels: {}, times: at(0, 1), values: [1, 2] },
      is: { labels: {}, values: '1 2', at: '-660000 -600000' },
    },
    {
      name: 'the newest sample',
      series: { labels: {}, times: at(1), values: [1], newest: NOW - 61_500 },
      is: { labels: {}, values: '1', newest: '-1m1s500ms' },
    },
    {
      name: 'events that may be of the window',
      series: { labels: {}, times: at(1), values: [0], uncounted: 12.5 },
      is: { labels: {}, values: '0', uncounted: 12.5 },
    },
    {
      name: 'a newest sample of this very instant',
      series: { labels: {}, times: at(1), values: [1], newest: NOW },
      is: { labels: {}, values: '1', newest: '0s' },
    },
  ])('$name', ({ series, is }) => {
    expect(seriesOf(formOf(series))).toEqual(is);
    expect(throughText(taken({ series: [series] }))).toEqual(taken({ series: [series] }));
  });
});

describe('a round trip', () => {
  const value = fc.oneof(
    fc.integer(),
    fc.double(),
    fc.constantFrom(0, -0, 0.1, 1e21, 1e-7, 5e-324, Number.MAX_VALUE, NaN, Infinity, -Infinity),
  );
  const labels = fc.dictionary(
    fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,5}$/),
    fc.string({ unit: 'grapheme', maxLength: 8 }),
    {
      maxKeys: 3,
      noNullPrototype: true,
    },
  );
  const aligned = fc
    .uniqueArray(fc.integer({ min: 1, max: 10 }), { maxLength: 10 })
    .map((steps) => steps.sort((a, b) => a - b).map((step) => WINDOW.from + step * MINUTE));
  const anyTimes = fc
    .uniqueArray(fc.integer({ min: NOW - 20 * MINUTE, max: NOW + 5000 }), { maxLength: 10 })
    .map((times) => times.sort((a, b) => a - b));
  const series: fc.Arbitrary<Series> = fc
    .record({
      labels,
      times: fc.oneof(aligned, anyTimes),
      values: fc.array(value, { minLength: 10, maxLength: 10 }),
      uncounted: fc.option(fc.nat(), { nil: undefined }),
      newest: fc.option(fc.integer({ min: NOW - 10 * 86_400_000, max: NOW + 5000 }), { nil: undefined }),
    })
    .map(({ labels: own, times, values, newest, uncounted }) => ({
      labels: own,
      times,
      values: values.slice(0, times.length),
      ...(newest !== undefined && { newest }),
      ...(uncounted !== undefined && { uncounted }),
    }));
  const answer: fc.Arbitrary<Answer> = fc.record(
    {
      series: fc.array(series, { maxLength: 4 }),
      warnings: fc.array(fc.string({ unit: 'grapheme', maxLength: 20 })),
      notes: fc.array(fc.string({ unit: 'grapheme', maxLength: 20 })),
      sampleIntervalMs: fc.integer({ min: 1, max: 86_400_000 }),
      isExtrapolated: fc.boolean(),
      isAdditive: fc.boolean(),
    },
    { requiredKeys: ['series'], noNullPrototype: true },
  );

  test('gives an answer back to the last bit', () => {
    fc.assert(
      fc.property(answer, fc.nat(100_000), (any, durationMs) => {
        const measurement: Measurement = { state: 'taken', answer: any, durationMs };
        expect(throughText(measurement)).toEqual(measurement);
      }),
      { numRuns: 300 },
    );
  });

  test('gives a failure back', () => {
    const failure = fc.record(
      {
        code: fc.constantFrom(...FAILURE_CODES),
        message: fc.string({ unit: 'grapheme' }),
        mend: fc.string({ unit: 'grapheme' }),
        detail: fc.array(fc.string({ unit: 'grapheme' })),
        attempts: fc.nat(9),
      },
      { requiredKeys: ['code', 'message'], noNullPrototype: true },
    );
    fc.assert(
      fc.property(failure, fc.nat(100_000), (any, durationMs) => {
        const measurement: Measurement = { state: 'failed', failure: any, durationMs };
        expect(throughText(measurement)).toEqual(measurement);
      }),
    );
  });

  test('is the same form at any instant: only what is relative is written', () => {
    fc.assert(
      fc.property(answer, fc.integer({ min: -(10 ** 11), max: 10 ** 11 }), (any, by) => {
        const moved: Answer = {
          ...any,
          series: any.series.map((each) => ({
            ...each,
            times: each.times.map((t) => t + by),
            ...(each.newest !== undefined && { newest: each.newest + by }),
          })),
        };
        const window = { ...WINDOW, from: WINDOW.from + by, to: WINDOW.to + by };
        expect(toForm(MATCH, taken(moved), window, NOW + by)).toEqual(toForm(MATCH, taken(any), WINDOW, NOW));
      }),
    );
  });
});

describe('a form that is none', () => {
  const recorded = (series: object): Recorded => ({
    schemaVersion: 1,
    match: MATCH,
    response: { durationMs: 1, series: [{ labels: {}, values: '1', ...series }] },
  });
  test.each([
    { series: { values: '1 two' }, says: '"two" is no number' },
    { series: { values: '1 nan' }, says: '"nan" is no number' },
    { series: { values: '1 2', at: '-1' }, says: '1 instants for 2 values' },
    { series: { at: 'then' }, says: '"then" is no number' },
    { series: { newest: 'long ago' }, says: '"long ago" is no duration' },
  ])('$series', ({ series, says }) => {
    expect(() => fromForm(recorded(series), WINDOW, NOW)).toThrow(new RangeError(says));
  });

  test('neither an answer nor an error', () => {
    expect(() => fromForm({ schemaVersion: 1, match: MATCH }, WINDOW, NOW)).toThrow(RangeError);
  });

  test('of another version, or with keys of its own', () => {
    expect(recordedSchema.safeParse({ ...recorded({}), schemaVersion: 2 }).success).toBe(false);
    expect(recordedSchema.safeParse({ ...recorded({}), host: 'prom.example' }).success).toBe(false);
  });
});

describe('what an answer is found by', () => {
  const query = (over: Partial<PreparedQuery> = {}): PreparedQuery => ({
    backend: 'metrics',
    key: 'any',
    text: 'sum(up)',
    use: 'steps',
    window: WINDOW,
    notes: [],
    fetch: () => Promise.reject(new Error('not asked')),
    ...over,
  });

  test('is its backend, its use, its words and its window, relative to now', () => {
    expect(matchOf(query(), NOW)).toEqual({
      backend: 'metrics',
      use: 'steps',
      query: 'sum(up)',
      from: '-11m',
      to: '-1m',
      step: '1m',
    });
  });

  test('is the same at any instant', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(10 ** 12), max: 10 ** 12 }), (by) => {
        const window = { ...WINDOW, from: WINDOW.from + by, to: WINDOW.to + by };
        expect(matchKey(matchOf(query({ window, key: String(by) }), NOW + by))).toBe(
          matchKey(matchOf(query(), NOW)),
        );
      }),
    );
  });

  test.each<[string, Partial<PreparedQuery>]>([
    ['backend', { backend: 'other' }],
    ['use', { use: 'instant' }],
    ['words', { text: 'sum(down)' }],
    ['beginning', { window: { ...WINDOW, from: WINDOW.from - MINUTE } }],
    ['end', { window: { ...WINDOW, to: WINDOW.to + MINUTE } }],
    ['step', { window: { ...WINDOW, stepMs: 2 * MINUTE } }],
  ])('is another for another %s', (_name, over) => {
    expect(matchKey(matchOf(query(over), NOW))).not.toBe(matchKey(matchOf(query(), NOW)));
  });

  test('two matches share a key only when they are one', () => {
    const word = fc.constantFrom('a', 'a,b', '"a"', 'a\\', '');
    const match = fc.record({ backend: word, use: word, query: word, from: word, to: word, step: word });
    fc.assert(
      fc.property(match, match, (a, b) => {
        expect(matchKey(a) === matchKey(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });

  describe('its file', () => {
    const context: TakeContext = {
      gate: 'shop',
      signal: 'checkout',
      part: 'good',
      arm: 'canary',
      segment: 'edge',
    };
    test('is named after what is asked, the plainest name first', () => {
      expect(fileNames(context, query())).toEqual([
        'metrics/checkout.good.canary.edge.yaml',
        'metrics/checkout.good.canary.edge.steps.yaml',
        'metrics/checkout.good.canary.edge.steps.shop.yaml',
      ]);
      expect(fileNames({ ...context, segment: null }, query())[0]).toBe('metrics/checkout.good.canary.yaml');
    });

    test('stays in its folder, whatever a segment is called', () => {
      fc.assert(
        fc.property(
          fc.string({ unit: 'binary' }),
          fc.constantFrom('../..', '/etc/passwd', 'a/b', '', '.', 'con\0'),
          (any, evil) => {
            for (const segment of [any, evil])
              for (const name of fileNames({ ...context, segment }, query({ backend: evil })))
                expect(name).toMatch(/^[A-Za-z0-9_-]+\/[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+\.yaml$/);
          },
        ),
      );
    });
  });
});
