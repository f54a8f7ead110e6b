import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeFound } from '../../../src/backends/shared/found.js';
import { type PointsShape, pointsKeys, seriesOf, shapeTrouble } from '../../../src/backends/shared/points.js';
import { parseQuery } from '../../../src/backends/shared/query.js';
import type { QueryUse } from '../../../src/contracts/backend.js';
import { strict } from '../../../src/contracts/schema.js';
import { BackendError } from '../../../src/model/failure.js';
import { MINUTE, TO, WINDOW } from './world.js';

const schema = strict(pointsKeys);

function shapeOf(written: object): PointsShape {
  const parsed = parseQuery(schema, written);
  if (!parsed.ok) throw new Error(parsed.failures[0]?.message);
  return parsed.value;
}

function cut(json: unknown, written: object = {}, use: QueryUse = 'instant', window = WINDOW) {
  return seriesOf(json, shapeOf(written), use, window, { backend: 'shop' });
}

function failureOf(json: unknown, written: object = {}, use: QueryUse = 'instant') {
  try {
    return { found: cut(json, written, use) };
  } catch (error) {
    if (error instanceof BackendError) return error.failure;
    throw error;
  }
}

const ROWS = { time: 'at', value: 'n' };
const row = (minutesBeforeEnd: number, n: unknown, more: object = {}) => ({
  at: new Date(TO - minutesBeforeEnd * MINUTE).toISOString(),
  n,
  ...more,
});

describe('one number', () => {
  test.each([
    [0.97, 0.97],
    ['0.97', 0.97],
    [' 12\n', 12],
    ['-1e3', -1000],
    ['.5', 0.5],
    ['NaN', Number.NaN],
    [0, 0],
  ])('%j', (json, value) => {
    expect(cut(json)).toEqual([{ labels: {}, times: [TO], values: [value] }]);
  });

  test('its newest sample is unknown, since nothing says when it was taken', () => {
    expect(cut(5)[0]).not.toHaveProperty('newest');
  });

  test.each([[null], [undefined]])('%j is no data, never 0', (json) => {
    expect(cut(json)).toEqual([]);
  });

  test('a path that leads nowhere is no data', () => {
    expect(cut({ data: {} }, { json: 'data.p95' })).toEqual([]);
  });

  test.each([
    [true, 'the answer of "shop" should be a number, but is true'],
    ['up', 'the answer of "shop" should be a number, but is "up"'],
    ['', 'the answer of "shop" should be a number, but is ""'],
    ['12 ms', 'the answer of "shop" should be a number, but is "12 ms"'],
    ['1,000', 'the answer of "shop" should be a number, but is "1,000"'],
    ['0x10', 'the answer of "shop" should be a number, but is "0x10"'],
    ['Infinity', 'the answer of "shop" should be a number, but is "Infinity"'],
    [JSON.parse('1e999'), 'the answer of "shop" should be a number, but is Infinity'],
    [
      { error: 'no', rows: [1] },
      'the answer of "shop" should be a number, but is the object {"error": "no", "rows": […]}',
    ],
  ])('%j is refused with what was found', (json, message) => {
    expect(failureOf(json)).toMatchObject({ code: 'backend.answer-shape', message });
  });

  test('a path in the message tells where it was looked for', () => {
    expect(failureOf({ data: { p95: false } }, { json: 'data.p95' })).toMatchObject({
      message: '"data.p95" in the answer of "shop" should be a number, but is false',
    });
  });
});

describe('instant', () => {
  test('the last point at or before the end counts, and its time is the newest', () => {
    const rows = [row(0, 3), row(2, 1), row(-1, 99)];
    expect(cut(rows, ROWS)).toEqual([{ labels: {}, times: [TO], values: [3], newest: TO }]);
    expect(cut([row(7, 1)], ROWS)).toEqual([
      { labels: {}, times: [TO], values: [1], newest: TO - 7 * MINUTE },
    ]);
  });

  test('points after the end alone are no data', () => {
    expect(cut([row(-1, 99)], ROWS)).toEqual([]);
  });

  test('one series per set of labels', () => {
    const rows = [row(1, 1, { path: 'a' }), row(1, 2, { path: 'b' }), row(1, 3, { path: null })];
    expect(cut(rows, { ...ROWS, labels: ['path'] }).map(({ labels, values }) => [labels, values])).toEqual([
      [{ path: 'a' }, [1]],
      [{ path: 'b' }, [2]],
      [{}, [3]],
    ]);
  });

  test('two values at one time are two series whose labels were not named', () => {
    expect(failureOf([row(1, 1), row(1, 2)], ROWS)).toMatchObject({
      code: 'backend.answer-shape',
      message: '"shop" answered both 1 and 2 for one series at one time',
      mend: 'name what tells the rows apart with "labels:"',
    });
    expect(cut([row(1, 2), row(1, 2)], ROWS)[0]?.values).toEqual([2]);
  });

  test('many values without a time leave open which one is meant', () => {
    expect(failureOf([1, 2, 3])).toMatchObject({
      message: '"shop" answered 3 values without a time for one series, where one value is needed',
    });
    expect(cut([7])[0]?.values).toEqual([7]);
  });
});

describe('steps, counts, raw and buckets', () => {
  const rows = [row(5, 50), row(4.5, 1), row(4, 2), row(1.5, 3), row(0, 4), row(-0.5, 60)];
  const minute = (minutes: number) => WINDOW.from + minutes * MINUTE;

  test('steps: the last point of each stratum, at its end; the edge at "from" is outside', () => {
    expect(cut(rows, ROWS, 'steps')).toEqual([
      { labels: {}, times: [minute(1), minute(4), minute(5)], values: [2, 3, 4], newest: TO },
    ]);
  });

  test('counts: the sum of each stratum; a stratum without points is missing, not 0', () => {
    expect(cut(rows, ROWS, 'counts')).toEqual([
      { labels: {}, times: [minute(1), minute(4), minute(5)], values: [3, 3, 4], newest: TO },
    ]);
  });

  test('raw: every point inside, at its own time', () => {
    expect(cut(rows, ROWS, 'raw')).toEqual([
      {
        labels: {},
        times: [minute(0.5), minute(1), minute(3.5), minute(5)],
        values: [1, 2, 3, 4],
        newest: TO,
      },
    ]);
    expect(cut([3, '4', null, 'NaN'], {}, 'raw')).toEqual([
      { labels: {}, times: [TO, TO, TO], values: [3, 4, Number.NaN] },
    ]);
  });

  test('buckets: counts with their upper bound', () => {
    const shape = { ...ROWS, labels: ['le'] };
    const buckets = [row(1, 2, { le: 0.5 }), row(1, 3, { le: '+Inf' })];
    expect(cut(buckets, shape, 'buckets').map(({ labels, values }) => [labels, values])).toEqual([
      [{ le: '0.5' }, [2]],
      [{ le: '+Inf' }, [3]],
    ]);
    expect(failureOf([row(1, 2, { le: 'big' })], shape, 'buckets')).toMatchObject({
      message:
        'the label "le" of a bucket of "shop" should be its upper bound, a number or +Inf, but is "big"',
    });
    expect(failureOf([row(1, 2)], shape, 'buckets')).toMatchObject({ code: 'backend.answer-shape' });
  });

  test('NaN poisons its own stratum alone', () => {
    expect(cut([row(1, 1), row(1, 'NaN'), row(0, 2)], ROWS, 'counts')[0]?.values).toEqual([Number.NaN, 2]);
  });

  test.each([
    ['counts', [3, NaN, NaN, 4]],
    ['steps', [3, 4]],
    ['raw', [3, 4]],
  ] as const)('a row with null, or without the value, is missing, and not 0 of %s', (use, values) => {
    const rows = [row(4, 3), row(3, null), { at: row(2, 0).at }, row(1, 4), row(1, null), { n: null }];
    const found = cut(use === 'counts' ? rows.filter((_, i) => i !== 4) : rows, ROWS, use);
    expect(found[0]?.values).toEqual(values);
    expect(cut([row(1, null)], ROWS, use).flatMap((one) => one.values)).toEqual([]);
  });

  test('a row with a value and no time cannot be placed', () => {
    expect(failureOf([{ n: 1 }], ROWS)).toMatchObject({
      message: '"at" in row 1 of the answer of "shop" should be a time, but is nothing',
    });
  });

  test('points before the window are no data in it; without others they tell how old the newest is', () => {
    const dead = row(9, 1, { k: 'dead' });
    const shape = { ...ROWS, labels: ['k'] };
    expect(cut([dead], shape, 'steps')).toEqual([
      { labels: { k: 'dead' }, times: [], values: [], newest: TO - 9 * MINUTE },
    ]);
    expect(cut([dead, row(1, 2, { k: 'alive' })], shape, 'counts').map(({ labels }) => labels)).toEqual([
      { k: 'alive' },
    ]);
  });

  test('what lands in the strata adds up to what lies inside the window', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ s: fc.integer({ min: -400, max: 400 }), n: fc.nat(9) })), (points) => {
        const rows = points.map(({ s, n }) => ({ at: TO / 1000 + s, n }));
        const sum = cut(rows, ROWS, 'counts')
          .flatMap(({ values }) => values)
          .reduce((a, b) => a + b, 0);
        const inside = points.filter(({ s }) => s > -300 && s <= 0).reduce((a, { n }) => a + n, 0);
        expect(sum).toBe(inside);
      }),
    );
  });
});

describe('times', () => {
  const seconds = TO / 1000;
  test.each([
    ['2026-11-20T14:05:00Z', undefined],
    ['2026-11-20T15:05:00+01:00', undefined],
    [seconds, undefined],
    [`${seconds}`, undefined],
    [TO, undefined],
    [`${TO}`, 'unix-ms'],
    [seconds, 'unix-s'],
    ['2026-11-20T14:05:00.000Z', 'rfc3339'],
  ])('%j with time-format %j', (at, format) => {
    const shape = format === undefined ? ROWS : { ...ROWS, 'time-format': format };
    expect(cut([{ at, n: 1 }], shape)[0]?.newest).toBe(TO);
  });

  test.each([
    [20261120, 'a time'],
    ['2026-11-20T14:05:00', 'a time'],
    ['yesterday', 'a time'],
    [true, 'a time'],
    [12.5, 'a time'],
    [86_400_000, 'a time'],
  ])('%j is not certain, so it is refused', (at, wanted) => {
    const failure = failureOf([{ at, n: 1 }], ROWS);
    expect(failure).toMatchObject({ code: 'backend.answer-shape' });
    expect('message' in failure && failure.message).toContain(
      `should be ${wanted}, but is ${JSON.stringify(at)}`,
    );
  });

  test('a named format takes what alone would not be certain', () => {
    const early = { from: 0, to: 300_000, stepMs: MINUTE };
    const shape = { ...ROWS, 'time-format': 'unix-s' };
    expect(cut([{ at: 240, n: 1 }], shape, 'instant', early)[0]?.newest).toBe(240_000);
  });

  test('one answer keeps to one format', () => {
    expect(failureOf([row(1, 1), { at: seconds, n: 1 }], ROWS)).toMatchObject({
      message: `"at" in row 2 of the answer of "shop" should be a time as rfc3339 like those before it, but is ${seconds}`,
    });
  });
});

describe('known before anything is asked', () => {
  const trouble = (written: object, use: QueryUse, window = WINDOW) =>
    shapeTrouble(shapeOf(written), use, window)?.message;

  test('values per step need times', () => {
    expect(trouble({}, 'steps')).toContain('names no time');
    expect(trouble({ time: 'at' }, 'steps')).toBeUndefined();
    expect(trouble({}, 'counts', { ...WINDOW, stepMs: 5 * MINUTE })).toBeUndefined();
  });

  test('one number is the count of a window of one step', () => {
    expect(cut(7, {}, 'counts', { ...WINDOW, stepMs: 5 * MINUTE })).toEqual([
      { labels: {}, times: [TO], values: [7] },
    ]);
  });

  test('a histogram needs its bounds; what was seen elsewhere cannot be asked', () => {
    expect(trouble({ time: 'at' }, 'buckets')).toContain('"le"');
    expect(trouble({ time: 'at', labels: { le: 'bound' } }, 'buckets')).toBeUndefined();
    expect(trouble({}, 'seen')).toContain('"seen"');
    expect(trouble({}, 'unlisted')).toContain('"unlisted"');
  });

  test('the trouble of a key names the key', () => {
    const failures = (written: object) => {
      const parsed = parseQuery(schema, written);
      return parsed.ok ? [] : parsed.failures.map(({ code, message, mend }) => [code, message, mend]);
    };
    expect(failures({ vlaue: 'n', jsn: 'a' })).toEqual([
      ['gatefile.unknown-key', 'unknown key "vlaue"', 'did you mean "value"?'],
      ['gatefile.unknown-key', 'unknown key "jsn"', 'did you mean "json"?'],
    ]);
    expect(failures({ labels: ['a', 'b[*]'] })).toEqual([
      ['gatefile.query', 'labels.1: "b[*]" is no JSON path: "[*]" is not understood', expect.any(String)],
    ]);
    expect(failures({ labels: { le: '.x' } })[0]?.[1]).toBe(
      'labels.le: ".x" is no JSON path: ".x" is not understood',
    );
    expect(failures({ labels: ['a.id', 'b.id'] })[0]?.[1]).toContain('same name');
    expect(failures({ 'time-format': 'iso' })[0]?.[1]).toBe(
      'time-format: a time format is one of rfc3339, unix-s, unix-ms',
    );
    expect(failures({ counter: 'up' })[0]?.[1]).toContain('"counter" needs a backend');
  });
});

describe('what was found is shown shortened and masked', () => {
  test.each([
    [undefined, 'nothing'],
    [null, 'null'],
    [[1, 2], 'a list of 2'],
    [{ a: 1, b: {}, c: [], d: 'x', e: 5 }, 'the object {"a": 1, "b": {…}, "c": [], "d": "x", …}'],
    ['x'.repeat(200), `"${'x'.repeat(79)}…`],
  ])('%j', (found, text) => {
    expect(describeFound(found)).toBe(text);
  });

  test('a secret is hidden before the text is cut', () => {
    const mask = (text: string) => text.replaceAll('hunter22', '<REDACTED:pw>');
    const found = { error: `${'x'.repeat(75)}hunter22` };
    expect(describeFound(found, mask)).not.toContain('hunter');
  });
});
