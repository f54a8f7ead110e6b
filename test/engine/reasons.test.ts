/** Why a criterion is not a pass: every reason by its name, and which comes first. */
import { describe, expect, test } from 'vitest';
import { reportOn } from '../../src/engine/report.js';
import type { Failure, FailureCode } from '../../src/model/failure.js';
import type { Answer } from '../../src/model/series.js';
import type { Window } from '../../src/model/window.js';
import {
  ARMS,
  bucketsOf,
  byLabel,
  FACTS,
  gatesOf,
  HEAD,
  MINUTE,
  NOW,
  resultOf,
  run,
  seriesOf,
  type Table,
  type Values,
} from '../support/fake-backend.js';

const gate = (body: string, more = ''): string => `${HEAD}${more}criteria:\n  c: { ${body} }\n`;
const RATIO = 'ratio: { good: g, total: t }, pass: ">= 90%"';
const BAD = 'ratio: { bad: b, total: t }, pass: "<= 10%"';
const VALUE = 'value: q, take: max, pass: "<= 5"';
const INSTANT = 'value: q, pass: "<= 5"';
const LATENCY = 'histogram: h, unit: s, take: p90, pass: "<= 5s"';

/** Ten steps, the last of them null from `alive` on. */
const until = (alive: number, value = 100): Values =>
  Array.from({ length: 10 }, (_, i) => (i < alive ? value : null));
const without = (...gaps: number[]): Values =>
  Array.from({ length: 10 }, (_, i) => (gaps.includes(i) ? null : 100));
/** Values at the end of ten steps. */
const late = (...values: number[]): Values => [
  ...Array.from({ length: 10 - values.length }, () => null),
  ...values,
];
const answer =
  (values: Values, over: Partial<Answer> = {}) =>
  (window: Window): Answer => ({ series: [seriesOf(window, values)], ...over });
const whole = Array.from({ length: 10 }, () => 100);

/** `verdict: reason` of the only criterion. */
async function said(text: string, table: Table, options: Parameters<typeof run>[2] = {}): Promise<string> {
  const outcome = await run(text, table, options);
  const { verdict, reason } = resultOf(outcome, 'c');
  return reason === null ? verdict : `${verdict}: ${reason.code}`;
}

describe('evidence that is whole decides', () => {
  test.each<[string, string, Table, string]>([
    ['a ratio that holds', RATIO, { g: 95, t: 100 }, 'pass'],
    ['a ratio that does not', RATIO, { g: 80, t: 100 }, 'fail: threshold'],
    ['a ratio within warn', `${RATIO}, warn: ">= 70%"`, { g: 80, t: 100 }, 'warn: threshold'],
    ['an absent good is 0 of all', RATIO, { t: 100 }, 'fail: threshold'],
    ['a bad that was counted', BAD, { b: 5, t: 100 }, 'pass'],
    ['a bad of 0', BAD, { b: 0, t: 100 }, 'pass'],
    ['a bad that is absent and was seen before', BAD, { t: 100, 'seen b': 1 }, 'pass'],
    ['a value', VALUE, { q: 5 }, 'pass'],
    ['an instant', INSTANT, { q: 6 }, 'fail: threshold'],
    ['a quantile', LATENCY, { h: bucketsOf({ '1': 50, '5': 100, '+Inf': 100 }) }, 'pass'],
    ['a rate', 'rate: { count: b, exposure: time }, pass: "<= 5 events/min"', { b: 4 }, 'pass'],
    ['samples', 'samples: s, take: mean, pass: "<= 5", min-samples: 3', { s: late(1, 2, 3) }, 'pass'],
  ])('%s', async (_name, body, table, is) => {
    expect(await said(gate(body), table)).toBe(is);
  });
});

describe('no-data', () => {
  test.each<[string, string, Table]>([
    ['nothing at all', RATIO, {}],
    ['no total, whatever good says', RATIO, { g: 100 }],
    ['no value', VALUE, {}],
    ['no instant', INSTANT, {}],
    ['no bucket', LATENCY, {}],
    ['no samples', 'samples: s, take: mean, pass: "<= 5"', {}],
    [
      'a counter that is absent is not 0 per second',
      'rate: { count: b, exposure: time }, pass: "<= 5 events/min"',
      {},
    ],
    [
      'a slope of one point',
      'value: q, take: slope, pass: "<= 5"',
      { q: [null, null, null, null, null, null, null, null, null, 1] },
    ],
    ['series of which none is there, one by one', 'value: q, take: max, across: each, pass: "<= 5"', {}],
    ['an age of nothing', 'value: q, take: age, pass: "<= 5m"', {}],
  ])('%s', async (name, body, table) => {
    const is = await said(gate(body), table);
    // One point is 1 step of 10, which is told first.
    expect(is).toBe(name === 'a slope of one point' ? 'inconclusive: partial' : 'inconclusive: no-data');
  });

  test('says what to look at', async () => {
    const { reason, value, n } = resultOf(await run(gate(VALUE), {}), 'c');
    expect([value, n]).toEqual([null, 0]);
    expect(reason?.text).toBe('no data in the window');
    expect(reason?.next).toContain('gatekeeper plan');
  });
});

describe('stale', () => {
  test.each<[string, string, Table, string]>([
    ['data that end three steps early', VALUE, { q: until(7, 1) }, 'inconclusive: stale'],
    [
      'data that end two steps early are fresh enough, but partial',
      VALUE,
      { q: until(8, 1) },
      'inconclusive: partial',
    ],
    ['data that end one step early', VALUE, { q: until(9, 1) }, 'pass'],
    [
      'an instant of an old sample',
      INSTANT,
      { q: (window) => ({ series: [{ ...seriesOf(window, [1]), newest: window.to - 121_000 }] }) },
      'inconclusive: stale',
    ],
    [
      'an instant of a fresh one',
      INSTANT,
      { q: (window) => ({ series: [{ ...seriesOf(window, [1]), newest: window.to - 119_000 }] }) },
      'pass',
    ],
    [
      'a sum of which one series ended',
      'value: q, take: max, across: sum, pass: "<= 500"',
      { q: byLabel('pod', { a: 1, b: until(5) }) },
      'inconclusive: stale',
    ],
    [
      'a mean of which one series ended',
      'value: q, take: max, across: mean, pass: "<= 500"',
      { q: byLabel('pod', { a: 1, b: until(5) }) },
      'inconclusive: stale',
    ],
    [
      'the worst of which one series ended',
      'value: q, take: max, across: worst, pass: "<= 500"',
      { q: byLabel('pod', { a: 1, b: until(5) }) },
      'inconclusive: stale',
    ],
    [
      'samples of which one series ended',
      'samples: s, take: max, across: sum, pass: "<= 500", min-samples: 1',
      { s: byLabel('pod', { a: 1, b: until(5) }) },
      'inconclusive: stale',
    ],
    [
      'a series that may end',
      'value: q, take: max, across: sum, series-may-end: true, pass: "<= 500"',
      { q: byLabel('pod', { a: 1, b: until(5) }) },
      'pass',
    ],
    [
      'a ratio of which one series ended',
      `${RATIO}, across: sum`,
      { g: byLabel('pod', { a: 100, b: until(5) }), t: byLabel('pod', { a: 100, b: until(5) }) },
      'inconclusive: stale',
    ],
  ])('%s', async (_name, body, table, is) => {
    expect(await said(gate(body), table)).toBe(is);
  });

  test('says since when, and which series', async () => {
    const old = resultOf(await run(gate(VALUE), { q: until(5, 1) }), 'c').reason;
    expect(old?.text).toBe("the newest data are from 2026-11-20T14:29:00Z, 5m before the window's end");
    const body = 'value: q, take: max, across: sum, pass: "<= 500"';
    const gone = resultOf(
      await run(gate(body), { q: byLabel('pod', { a: 1, b: until(5), c: until(5) }) }),
      'c',
    ).reason;
    expect(gone?.text).toBe('a series ended inside the window: {pod="b"} and 1 more');
    expect(gone?.next).toContain('series-may-end');
  });

  test('is what max-age says', async () => {
    const text = gate(VALUE, 'window: { max-age: 5m, coverage: 10% }\n');
    expect(await said(text, { q: until(5, 1) })).toBe('pass');
    expect(await said(text, { q: until(4, 1) })).toBe('inconclusive: stale');
  });

  test('is what an age measures, so that it is no reason there', async () => {
    const body = 'value: q, take: age, pass: "<= 3m", warn: "<= 6m"';
    expect(await said(gate(body), { q: until(8) })).toBe('pass');
    expect(await said(gate(body), { q: until(5) })).toBe('warn: threshold');
    expect(await said(gate(body), { q: until(2) })).toBe('fail: threshold');
    expect(resultOf(await run(gate(body), { q: until(5) }), 'c')).toMatchObject({
      value: 300,
      unit: 's',
      strata: null,
    });
  });
});

/** A counter of the last two steps that held `uncounted` at its first sample. */
const began =
  (uncounted: number, each = 30) =>
  (window: Window): Answer => {
    const values = Array.from({ length: 10 }, (_, i) => (i < 8 && each !== 100 ? null : each));
    return { series: [{ ...seriesOf(window, values), uncounted }], isAdditive: true };
  };

describe('partial', () => {
  test.each<[string, string, Table, string]>([
    ['one step of ten may be missing', VALUE, { q: [1, null, 1, 1, 1, 1, 1, 1, 1, 1] }, 'pass'],
    ['two may not', VALUE, { q: [1, null, null, 1, 1, 1, 1, 1, 1, 1] }, 'inconclusive: partial'],
    ['of counts neither', RATIO, { g: 100, t: without(3, 4) }, 'inconclusive: partial'],
    [
      'a breach in what is there does not fail either',
      VALUE,
      { q: [9, null, null, 9, 9, 9, 9, 9, 9, 9] },
      'inconclusive: partial',
    ],
    [
      'a warning of the backend',
      VALUE,
      { q: answer(until(10, 1), { warnings: ['2 of 3 stores answered'] }) },
      'inconclusive: partial',
    ],
    [
      'a warning with one part of two',
      RATIO,
      { g: answer(whole, { warnings: ['x'] }), t: 100 },
      'inconclusive: partial',
    ],
    [
      'a warning does not fail either',
      VALUE,
      { q: answer(until(10, 9), { warnings: ['x'] }) },
      'inconclusive: partial',
    ],
    ['buckets without +Inf', LATENCY, { h: bucketsOf({ '1': 50, '5': 100 }) }, 'inconclusive: partial'],
    [
      'a counter that began with events which may be of the window, and decide',
      BAD,
      { b: began(60), t: 100 },
      'inconclusive: partial',
    ],
    ['one that began with events which do not', BAD, { b: began(40), t: 100 }, 'pass'],
    ['one that began after a breach', BAD, { b: began(40, 120), t: 100 }, 'fail: threshold'],
    ['a total that began so takes no breach away', BAD, { b: 20, t: began(5000, 100) }, 'fail: threshold'],
    [
      'gaps that a tolerance cannot judge',
      'value: q, take: max, pass: "<= 5", tolerate: 1 of 3 steps',
      { q: [1, 1, 9, null, 1, 1, 1, 1, 1, 1] },
      'inconclusive: partial',
    ],
  ])('%s', async (_name, body, table, is) => {
    expect(await said(gate(body), table)).toBe(is);
  });

  const steps = (alive: number, rest: number, first = 0): Values =>
    Array.from({ length: 10 }, (_, i) => (i < first ? 0 : i < alive ? 200 : rest));
  test.each<[string, Values, Values, string]>([
    ['both arms had all the time', steps(10, 0), steps(10, 0), 'pass'],
    ['the judged arm lost', steps(6, 0), steps(10, 0), 'inconclusive: partial'],
    ['the baseline lost', steps(10, 0), steps(6, 0), 'inconclusive: partial'],
    ['both lost', steps(6, 0), steps(6, 0), 'pass'],
    ['came late', steps(10, 0, 3), steps(10, 0), 'pass'],
    ['may be away by chance', steps(7, 0).map((n) => (n ?? 0) / 40), steps(10, 0), 'pass'],
  ])('is a comparison of arms of which traffic %s', async (_name, canary, stable, is) => {
    const body =
      'ratio: { bad: "b {{track}}", total: "t {{track}}" }, pass: "<= baseline + 20pp", evidence: point';
    const table = { 'b canary': 0, 't canary': canary, 'b stable': 0, 't stable': stable };
    expect(await said(`${ARMS}criteria:\n  c: { ${body} }\n`, table)).toBe(is);
  });

  test('traffic that went to one arm alone takes no breach away', async () => {
    const body = 'ratio: { bad: "b {{track}}", total: "t {{track}}" }, pass: "<= baseline + 2pp"';
    const table = { 'b canary': steps(6, 0), 't canary': steps(6, 0), 'b stable': 0, 't stable': 200 };
    expect(await said(`${ARMS}criteria:\n  c: { ${body} }\n`, table)).toBe('fail: threshold');
    const passing = { ...table, 'b canary': 0 };
    const { reason } = resultOf(await run(`${ARMS}criteria:\n  c: { ${body} }\n`, passing), 'c');
    expect(reason?.text).toBe(
      'traffic went to arm "baseline" alone in 4 of 10 steps, where "canary" had some before: they are not compared',
    );
  });

  test('is a comparison of arms whose buckets differ where it matters', async () => {
    const text = (take: string): string =>
      `${ARMS}criteria:\n  c: { histogram: "h {{track}}", unit: s, ${take}, evidence: point }\n`;
    // The quantile is 0.9 s in a bucket of 1 s, and 2.2 s of 4 s: with fewer edges the baseline only looks slower.
    const table: Table = {
      'h canary': bucketsOf({ '1': 50, '2': 85, '4': 99, '5': 100, '+Inf': 100 }),
      'h stable': bucketsOf({ '1': 50, '5': 100, '+Inf': 100 }),
    };
    expect(await said(text('take: p90, pass: "<= baseline + 10%"'), table)).toBe('inconclusive: partial');
    expect(resultOf(await run(text('take: p90, pass: "<= baseline + 10%"'), table), 'c').reason?.text).toBe(
      'the arms have different buckets: le="2" and 1 more is not in both',
    );
    expect(await said(text('take: share <= 2s, pass: ">= baseline - 1pp"'), table)).toBe(
      'inconclusive: partial',
    );
    const shared = await run(text('take: share <= 1s, pass: ">= baseline - 1pp"'), table);
    expect(resultOf(shared, 'c')).toMatchObject({ verdict: 'pass', value: 0.5 });
    expect(resultOf(shared, 'c').notes).toContain(
      'the arms have different buckets: le="2" and 1 more is not in both',
    );
    // Another edge above all that was counted moves no number.
    const higher = { ...table, 'h canary': bucketsOf({ '1': 50, '5': 100, '9': 100, '+Inf': 100 }) };
    expect(await said(text('take: p90, pass: "<= baseline + 10%"'), higher)).toBe('pass');
  });

  test('says how much there is', async () => {
    const { reason, coverage } = resultOf(
      await run(gate(VALUE), { q: [1, null, null, 1, 1, 1, 1, 1, 1, 1] }),
      'c',
    );
    expect(reason?.text).toBe('8 of 10 steps hold data, 90 % are needed');
    expect(coverage).toBe(0.8);
    const warned = resultOf(
      await run(gate(VALUE), { q: answer(whole, { warnings: ['one store is down'] }) }),
      'c',
    );
    expect(warned.reason?.text).toContain('one store is down');
    expect(warned.reason?.next).toBe('mend the backend; a partial answer decides nothing');
  });

  test('is what coverage says', async () => {
    const text = gate(VALUE, 'window: { coverage: 50% }\n');
    expect(await said(text, { q: [1, null, null, null, null, null, 1, 1, 1, 1] })).toBe('pass');
    expect(await said(text, { q: [1, null, null, null, null, null, null, 1, 1, 1] })).toBe(
      'inconclusive: partial',
    );
  });
});

describe('not-a-number', () => {
  test.each<[string, string, Table]>([
    ['a NaN instant', INSTANT, { q: Number.NaN }],
    ['an infinite instant', INSTANT, { q: Number.POSITIVE_INFINITY }],
    ['nothing but NaN', VALUE, { q: Number.NaN }],
    ['an infinite step', VALUE, { q: [1, 1, 1, 1, Number.POSITIVE_INFINITY, 1, 1, 1, 1, 1] }],
    ['a NaN count', RATIO, { g: [Number.NaN, ...whole.slice(1)], t: 100 }],
    ['a NaN total', RATIO, { g: 100, t: Number.NaN }],
    ['a count below 0', BAD, { b: [50, -50, 50, -50, 50, -50, 50, -50, 50, -50], t: 100 }],
    ['more good than total', RATIO, { g: 300, t: 100 }],
    ['a NaN bucket', LATENCY, { h: bucketsOf({ '1': Number.NaN, '+Inf': 100 }) }],
    ['a bucket far below one under it', LATENCY, { h: bucketsOf({ '1': 95, '5': 90, '+Inf': 100 }) }],
    ['a NaN sample', 'samples: s, take: mean, pass: "<= 5", min-samples: 1', { s: late(1, Number.NaN) }],
  ])('%s', async (_name, body, table) => {
    expect(await said(gate(body), table)).toBe('inconclusive: not-a-number');
  });
});

describe('counts below 0 end no run: every judge that weighs counts', () => {
  const of = (track: string, kind = 'ratio: { bad: "b TRACK", total: "t TRACK" }'): string =>
    kind.replaceAll('TRACK', track);
  const rate = 'rate: { count: "b TRACK", exposure: "t TRACK" }';
  const arms = '{{track}}';
  /** In the judged window steps below 0; before it, nothing wrong. */
  const below =
    (steps: number) =>
    (window: Window): Answer => ({
      series: [
        seriesOf(
          window,
          Array.from({ length: (window.to - window.from) / window.stepMs }, (_, i) =>
            window.to === NOW - MINUTE && i < steps ? -5 : (i % 3) + 1,
          ),
        ),
      ],
    });
  test.each([
    ['sequential, baseline', ARMS, `${of(arms)}, pass: "<= baseline"`],
    ['sequential, margin', ARMS, `${of(arms)}, pass: "<= baseline + 1pp"`],
    ['sequential, factor', ARMS, `${of(arms)}, pass: "<= baseline * 1.5"`],
    ['sequential rates', ARMS, `${of(arms, rate)}, pass: "<= baseline"`],
    ['sequential, fixed', HEAD, `${of('canary')}, pass: "<= 10%", evidence: sequential`],
    ['point, baseline', ARMS, `${of(arms)}, pass: "<= baseline + 1pp", evidence: point`],
    ['history', HEAD, `${of('canary')}, pass: "<= baseline + 1pp", evidence: history`],
    ['slope', HEAD, `${of('canary')}, take: slope, pass: "<= 1%/min"`],
  ])('%s', async (_name, head, body) => {
    for (const judged of [below(1), below(10)]) {
      const table = { 'b canary': judged, 't canary': 1000, 'b stable': 2, 't stable': 1000 };
      expect(await said(`${head}criteria:\n  c: { ${body} }\n`, table)).toBe('inconclusive: not-a-number');
      const baseline = { 'b canary': 2, 't canary': 1000, 'b stable': judged, 't stable': 1000 };
      if (head === ARMS)
        expect(await said(`${head}criteria:\n  c: { ${body} }\n`, baseline)).toBe(
          'inconclusive: not-a-number',
        );
    }
  });
});

describe('too-few', () => {
  test.each<[string, string, Table, string]>([
    [
      'one sample short',
      'ratio: { good: g, total: t }, pass: ">= 90%", min-samples: 101',
      { g: 10, t: 10 },
      'inconclusive: too-few',
    ],
    [
      'just enough',
      'ratio: { good: g, total: t }, pass: ">= 90%", min-samples: 100',
      { g: 10, t: 10 },
      'pass',
    ],
    [
      'a breach of too few does not fail',
      'ratio: { good: g, total: t }, pass: ">= 90%", min-samples: 101',
      { g: 0, t: 10 },
      'inconclusive: too-few',
    ],
    ['a total of 0', RATIO, { g: 0, t: 0 }, 'inconclusive: too-few'],
    [
      'buckets that counted nothing',
      LATENCY,
      { h: bucketsOf({ '1': 0, '+Inf': 0 }) },
      'inconclusive: too-few',
    ],
    [
      'by default for 97 %',
      'ratio: { good: g, total: t }, pass: ">= 97%"',
      { g: 33, t: 33 },
      'inconclusive: too-few',
    ],
    ['samples', 'samples: s, take: mean, pass: "<= 5"', { s: late(1, 2, 3) }, 'inconclusive: too-few'],
  ])('%s', async (_name, body, table, is) => {
    expect(await said(gate(body), table)).toBe(is);
  });

  test('in either arm', async () => {
    const body =
      'ratio: { good: "g {{track}}", total: "t {{track}}" }, pass: ">= baseline - 1pp", evidence: point, min-samples: 50';
    const text = `${ARMS}criteria:\n  c: { ${body} }\n`;
    const both = (canary: number, stable: number): Table => ({
      'g canary': canary,
      't canary': canary,
      'g stable': stable,
      't stable': stable,
    });
    expect(await said(text, both(5, 5))).toBe('pass');
    expect(await said(text, both(4, 5))).toBe('inconclusive: too-few');
    expect(await said(text, both(5, 4))).toBe('inconclusive: too-few');
    expect(resultOf(await run(text, both(4, 5)), 'c').reason?.text).toBe(
      '40 samples in arm "canary", 50 are needed',
    );
    expect(resultOf(await run(text, both(5, 4)), 'c').reason?.text).toBe(
      '40 samples in arm "baseline", 50 are needed',
    );
  });

  test('is said in whole, readable numbers', async () => {
    const body = 'ratio: { good: g, total: t }, pass: ">= 99.999%"';
    expect(resultOf(await run(gate(body), { g: 123.46, t: 123.46 }), 'c').reason?.text).toBe(
      '1,234 samples, 1,000,000 are needed',
    );
    expect(resultOf(await run(gate(body), { g: 0.11, t: 0.11 }), 'c').reason?.text).toBe(
      '1 sample, 1,000,000 are needed',
    );
  });
});

describe('step-too-short', () => {
  const counted = (over: Partial<Answer>): Table => ({ g: answer(whole, over), t: answer(whole, over) });
  test.each<[string, Partial<Answer>, string]>([
    [
      'extrapolated counts of a scrape a minute',
      { isExtrapolated: true, sampleIntervalMs: 60_000 },
      'inconclusive: step-too-short',
    ],
    [
      'extrapolated counts of four scrapes a minute',
      { isExtrapolated: true, sampleIntervalMs: 15_000 },
      'pass',
    ],
    ['with a tenth of jitter', { isExtrapolated: true, sampleIntervalMs: 16_600 }, 'pass'],
    ['and no more', { isExtrapolated: true, sampleIntervalMs: 17_000 }, 'inconclusive: step-too-short'],
    ['exact counts of a scrape a minute', { sampleIntervalMs: 60_000 }, 'pass'],
    [
      'exact counts of a scrape in two minutes',
      { sampleIntervalMs: 120_000 },
      'inconclusive: step-too-short',
    ],
    ['when nothing is known of scrapes', { isExtrapolated: true }, 'pass'],
  ])('%s', async (_name, over, is) => {
    expect(await said(gate(RATIO), counted(over))).toBe(is);
  });

  test('in either part', async () => {
    const seldom = answer(whole, { sampleIntervalMs: 120_000 });
    const often = answer(whole, { sampleIntervalMs: 15_000 });
    expect(await said(gate(RATIO), { g: often, t: seldom })).toBe('inconclusive: step-too-short');
    expect(await said(gate(RATIO), { g: seldom, t: often })).toBe('inconclusive: step-too-short');
    expect(await said(gate(RATIO), { g: often, t: often })).toBe('pass');
  });

  test('says which step would do', async () => {
    const table = counted({ isExtrapolated: true, sampleIntervalMs: 59_900 });
    expect(resultOf(await run(gate(RATIO), table), 'c').reason).toEqual({
      code: 'step-too-short',
      text: 'data arrive every 1m, too seldom for steps of 1m',
      next: 'use "step: 4m" or longer',
    });
  });
});

describe('window-not-full', () => {
  const since = { since: NOW - 6 * MINUTE };
  test.each<[string, string, Table, string]>([
    ['a pass so far', VALUE, { q: 1 }, 'inconclusive: window-not-full'],
    ['a warning so far', `${VALUE}, warn: "<= 9"`, { q: 7 }, 'inconclusive: window-not-full'],
    ['a failure is final at any look', VALUE, { q: 9 }, 'fail: threshold'],
    ['no data are no data at any look', VALUE, {}, 'inconclusive: no-data'],
    ['too few are too few', `${RATIO}, evidence: point`, { g: 1, t: 1 }, 'inconclusive: too-few'],
  ])('%s', async (_name, body, table, is) => {
    expect(await said(gate(body), table, since)).toBe(is);
  });

  test('says when to look again', async () => {
    const { reason } = resultOf(await run(gate(VALUE), { q: 1 }, since), 'c');
    expect(reason).toEqual({
      code: 'window-not-full',
      text: 'passes so far; the window is full at 2026-11-20T14:40:00Z',
      next: 'look again then',
    });
    const warned = resultOf(await run(gate(`${VALUE}, warn: "<= 9"`), { q: 7 }, since), 'c').reason;
    expect(warned?.text).toContain('would warn so far');
  });

  test('a full window passes', async () => {
    expect(await said(gate(VALUE), { q: 1 }, { since: NOW - 11 * MINUTE })).toBe('pass');
  });

  test('a window without a step asks nothing and says when it will', async () => {
    const outcome = await run(gate(VALUE), { q: 9 }, { since: NOW });
    expect(resultOf(outcome, 'c')).toMatchObject({
      verdict: 'inconclusive',
      reason: {
        code: 'window-not-full',
        text: 'the first step after the deploy is not complete; look again at 2026-11-20T14:37:00Z',
      },
      queries: [],
    });
  });
});

const UNSEEN = 'inconclusive: bad-never-seen';

describe('bad-never-seen', () => {
  test.each<[string, string, Table, string]>([
    ['an absent bad that nobody ever saw', BAD, { t: 100 }, 'inconclusive: bad-never-seen'],
    ['seen before', BAD, { t: 100, 'seen b': 1 }, 'pass'],
    ['not asked for', 'ratio: { bad: b, total: t, bad-absent: zero }, pass: "<= 10%"', { t: 100 }, 'pass'],
    [
      'an absent count of a rate',
      'rate: { count: b, exposure: t }, pass: "<= 1"',
      { t: 100 },
      'inconclusive: bad-never-seen',
    ],
    ['without a total it is no data', BAD, {}, 'inconclusive: no-data'],
    ['an absent good that 0 would pass', 'ratio: { good: g, total: t }, pass: "<= 10%"', { t: 100 }, UNSEEN],
    ['and its slope', 'ratio: { good: g, total: t }, take: slope, pass: ">= -1%/h"', { t: 100 }, UNSEEN],
    ['nor a warning', 'ratio: { good: g, total: t }, pass: ">= 1%", warn: "<= 9%"', { t: 100 }, UNSEEN],
    [
      'an absent good that may be',
      'ratio: { good: g, total: t, bad-absent: zero }, pass: "<= 10%"',
      { t: 100 },
      'pass',
    ],
    ['the total alone', 'ratio: { good: g, total: t }, take: count, pass: ">= 10"', { t: 100 }, 'pass'],
  ])('%s', async (_name, body, table, is) => {
    expect(await said(gate(body), table)).toBe(is);
  });

  test('is excused by the other arm', async () => {
    const body =
      'ratio: { bad: "b {{track}}", total: "t {{track}}" }, pass: "<= baseline + 1pp", evidence: point';
    const text = `${ARMS}criteria:\n  c: { ${body} }\n`;
    expect(await said(text, { 't canary': 100, 't stable': 100, 'b stable': 1 })).toBe('pass');
    expect(await said(text, { 't canary': 100, 't stable': 100 })).toBe('inconclusive: bad-never-seen');
    expect(await said(text, { 't canary': 100, 't stable': 100, 'b canary': 0 })).toBe('pass');
    const noSample: Answer = { series: [{ labels: {}, times: [], values: [] }] };
    expect(await said(text, { 't canary': 100, 't stable': 100, 'b stable': noSample })).toBe(
      'inconclusive: bad-never-seen',
    );
    // Asked of both arms: what one of them saw is not undone by the other.
    for (const track of ['canary', 'stable'])
      expect(await said(text, { 't canary': 100, 't stable': 100, [`seen b ${track}`]: 1 })).toBe('pass');
  });
});

describe('the baseline', () => {
  const text = (pass: string, more = ''): string =>
    `${ARMS}criteria:\n  c: { value: "q {{track}}", take: max, pass: "${pass}", evidence: point${more} }\n`;
  test.each<[string, string, Table, string]>([
    ['is compared with', text('<= baseline + 10%'), { 'q canary': 11, 'q stable': 10 }, 'pass'],
    ['that is absent leaves it open', text('<= baseline + 10%'), { 'q canary': 11 }, 'inconclusive: no-data'],
    [
      'that is stale leaves it open',
      text('<= baseline + 10%'),
      { 'q canary': 11, 'q stable': until(5, 10) },
      'inconclusive: stale',
    ],
    [
      'that has gaps leaves it open',
      text('<= baseline + 10%'),
      { 'q canary': 11, 'q stable': without(2, 5) },
      'inconclusive: partial',
    ],
    [
      'that is NaN leaves it open',
      text('<= baseline + 10%'),
      { 'q canary': 11, 'q stable': Number.NaN },
      'inconclusive: not-a-number',
    ],
    [
      'of 0 has no share',
      text('<= baseline + 10%'),
      { 'q canary': 0, 'q stable': 0 },
      'inconclusive: baseline-zero',
    ],
    ['of 0 serves a margin in the unit', text('<= baseline + 10'), { 'q canary': 1, 'q stable': 0 }, 'pass'],
    [
      'that only warn speaks of is asked too',
      text('<= 5', ', warn: "<= baseline"'),
      { 'q canary': 4 },
      'inconclusive: no-data',
    ],
  ])('%s', async (_name, gateText, table, is) => {
    expect(await said(gateText, table)).toBe(is);
  });

  test('is named in the reason', async () => {
    const { reason } = resultOf(await run(text('<= baseline'), { 'q canary': 11 }), 'c');
    expect(reason?.text).toBe('no data in the window in arm "baseline"');
    const judged = resultOf(await run(text('<= baseline'), { 'q stable': 11 }), 'c').reason;
    expect(judged?.text).toBe('no data in the window in arm "canary"');
  });

  test('without the good that it is compared by is none: 0 would let anything pass', async () => {
    const ratio = `${ARMS}criteria:\n  c: { ratio: { good: "g {{track}}", total: "t {{track}}" }, pass: ">= baseline - 1pp", evidence: point }\n`;
    expect(await said(ratio, { 'g canary': 1, 't canary': 100, 't stable': 100 })).toBe(
      'inconclusive: no-data',
    );
    expect(await said(ratio, { 't canary': 100, 't stable': 100 })).toBe('inconclusive: no-data');
    expect(await said(ratio, { 't canary': 100, 'g stable': 99, 't stable': 100 })).toBe('fail: threshold');
    const { reason } = resultOf(await run(ratio, { 't canary': 100, 't stable': 100 }), 'c');
    expect(reason?.text).toBe(
      '"good" is absent, and a baseline of 0 would let anything pass in arm "baseline"',
    );
  });

  test.each<[string, number, number, string]>([
    ['>= baseline - 10pp', 0, 3, 'inconclusive: baseline-zero'],
    ['>= baseline - 10pp', 0, 0, 'inconclusive: baseline-zero'],
    ['>= baseline - 10pp', 13, 3, 'inconclusive: baseline-zero'],
    // As much better as the margin is wide: a release that mends what was broken.
    ['>= baseline - 10pp', 14, 3, 'pass'],
    ['>= baseline - 10pp', 9, 11, 'pass'],
    ['between baseline - 10pp and baseline + 10pp', 0, 3, 'pass'],
    ['between baseline - 60pp and baseline + 60pp', 0, 50, 'inconclusive: baseline-zero'],
  ])(
    'of which the margin could not be broken is none: %s, %d beside %d per cent',
    async (pass, k, base, is) => {
      const ratio = (evidence: string): string =>
        `${ARMS}criteria:\n  c: { ratio: { good: "g {{track}}", total: "t {{track}}" }, pass: "${pass}", evidence: ${evidence} }\n`;
      const table = { 'g canary': k * 10, 't canary': 1000, 'g stable': base * 10, 't stable': 1000 };
      expect(await said(ratio('point'), table)).toBe(is);
      if (pass.startsWith('>=')) expect(await said(ratio('sequential'), table)).toBe(is);
    },
  );

  test('of which the margin could not be broken does not take what else a limit says', async () => {
    const table = { 'g canary': 300, 't canary': 1000, 'g stable': 250, 't stable': 1000 };
    const limits = '[">= baseline - 30pp", ">= 20%"]';
    const text = (pass: string): string =>
      `${ARMS}criteria:\n  c: { ratio: { good: "g {{track}}", total: "t {{track}}" }, ${pass}, evidence: point }\n`;
    expect(await said(text(`pass: { all: ${limits} }`), table)).toBe('pass');
    expect(await said(text(`pass: { any: ${limits} }`), table)).toBe('pass');
    expect(await said(text(`pass: { any: ${limits.replace('20', '40')} }`), table)).toBe(
      'inconclusive: baseline-zero',
    );
    expect(await said(text('pass: ">= baseline + 10pp", warn: ">= baseline - 30pp"'), table)).toBe(
      'inconclusive: baseline-zero',
    );
    const { reason } = resultOf(await run(text('pass: ">= baseline - 30pp"'), table), 'c');
    expect(reason?.text).toBe('no share could break >= baseline - 30pp: the baseline is 25 %');
  });

  test('without any traffic in it has no value', async () => {
    const ratio = `${ARMS}criteria:\n  c: { ratio: { good: "g {{track}}", total: "t {{track}}" }, pass: ">= baseline", evidence: point }\n`;
    const table = { 'g canary': 9, 't canary': 9, 'g stable': 0, 't stable': 0 };
    expect(await said(ratio, table)).toBe('inconclusive: too-few');
    expect(await said(ratio.replace('evidence: point', 'evidence: sequential'), table)).toBe(
      'inconclusive: no-baseline',
    );
  });

  test('of one instant is refused by sequential evidence, which needs steps', async () => {
    const sequential = text('<= baseline + 10%').replace('point', 'sequential');
    await expect(said(sequential, { 'q canary': 1, 'q stable': 10 })).rejects.toThrow(
      'sequential evidence knows no test for this take of a value',
    );
  });
});

describe('beyond-buckets', () => {
  test.each([
    ['share <= 20s', '>= baseline - 2pp', 'inconclusive: beyond-buckets'],
    ['share > 20s', '<= baseline + 2pp', 'inconclusive: beyond-buckets'],
    ['apdex(5s)', '>= baseline * 0.9', 'inconclusive: beyond-buckets'],
    ['share <= 10s', '>= baseline - 2pp', 'pass'],
    ['share <= 20s', '>= 80%', 'pass'],
  ])('%s beside a baseline that has requests above the last edge: %s', async (take, pass, is) => {
    const text = `${ARMS}criteria:\n  c: { histogram: "h {{track}}", unit: s, take: "${take}", pass: "${pass}", evidence: point }\n`;
    const slow = bucketsOf({ '1': 90, '10': 90, '+Inf': 100 });
    expect(await said(text, { 'h canary': slow, 'h stable': slow })).toBe(is);
    const quick = bucketsOf({ '1': 90, '10': 100, '+Inf': 100 });
    expect(await said(text, { 'h canary': quick, 'h stable': quick })).toBe('pass');
  });

  test('a quantile above the last edge', async () => {
    const table = { h: bucketsOf({ '1': 10, '+Inf': 100 }) };
    expect(await said(gate(LATENCY), table)).toBe('inconclusive: beyond-buckets');
    expect(await said(gate(LATENCY.replace('<= 5s', '<= 500ms')), table)).toBe('fail: threshold');
    expect(await said(gate('histogram: h, unit: s, take: "share <= 5s", pass: ">= 95%"'), table)).toBe(
      'fail: threshold',
    );
  });
});

describe('a question that was not answered', () => {
  const failure = (code: FailureCode, over: Partial<Failure> = {}): Failure => ({
    code,
    message: 'it said no',
    ...over,
  });
  test.each<[FailureCode, string]>([
    ['backend.unreachable', 'error: backend'],
    ['backend.dns', 'error: backend'],
    ['backend.tls', 'error: backend'],
    ['backend.timeout', 'error: backend'],
    ['backend.auth', 'error: backend'],
    ['backend.not-found', 'error: backend'],
    ['backend.rate-limited', 'error: backend'],
    ['backend.server-error', 'error: backend'],
    ['backend.malformed', 'error: backend'],
    ['backend.too-large', 'error: backend'],
    ['backend.exec', 'error: backend'],
    ['backend.file', 'error: backend'],
    ['backend.query', 'error: query'],
    ['backend.answer-shape', 'error: query'],
    ['recording.missing', 'error: query'],
    ['recording.invalid', 'error: query'],
    ['backend.deadline', 'error: deadline'],
    ['backend.interrupted', 'error: interrupted'],
  ])('%s is %s', async (code, is) => {
    expect(await said(gate(VALUE), { q: failure(code) })).toBe(is);
  });

  test('in one part is an error, whatever the other says', async () => {
    expect(await said(gate(RATIO), { g: failure('backend.timeout'), t: 100 })).toBe('error: backend');
    expect(await said(gate(RATIO), { g: 100, t: failure('backend.timeout') })).toBe('error: backend');
    expect(await said(gate(BAD), { t: 100, 'seen b': failure('backend.timeout') })).toBe('error: backend');
  });

  test('in the baseline is an error', async () => {
    const text = `${ARMS}criteria:\n  c: { value: "q {{track}}", take: max, pass: "<= baseline", evidence: point }\n`;
    expect(await said(text, { 'q canary': 1, 'q stable': failure('backend.timeout') })).toBe(
      'error: backend',
    );
  });

  test('is told in its own words, with detail and mend', async () => {
    const table = { q: failure('backend.query', { detail: ['line one', 'line two'], mend: 'try again' }) };
    expect(resultOf(await run(gate(VALUE), table), 'c').reason).toEqual({
      code: 'query',
      text: 'it said no\nline one\nline two',
      next: 'try again',
    });
  });

  test('that was never asked is an error, not a pass', async () => {
    const gates = await gatesOf(gate(RATIO));
    const { reason, verdict } = resultOf(reportOn(gates, new Map(), FACTS), 'c');
    expect([verdict, reason]).toEqual(['error', { code: 'interrupted', text: '"good" was not asked' }]);
  });

  test('more series than at-most allows are a query to mend', async () => {
    const body = 'value: q, take: max, across: each, at-most: 2, pass: "<= 5"';
    const pods = (...names: string[]): Table => ({
      q: byLabel('pod', Object.fromEntries(names.map((name) => [name, 1]))),
    });
    expect((await run(gate(body), pods('a', 'b'))).verdict).toBe('pass');
    expect(await said(gate(body), pods('a', 'b', 'c'))).toBe('error: query');
    const { reason } = resultOf(await run(gate(body), pods('a', 'b', 'c')), 'c');
    expect(reason?.text).toBe('3 series answered, and "at-most" allows 2');
    expect(reason?.next).toContain('at-most');
    expect((await run(gate(body.replace('at-most: 2, ', '')), pods('a', 'b', 'c'))).verdict).toBe('pass');
  });

  test('several series where one is meant are a query to mend', async () => {
    expect(await said(gate(VALUE), { q: byLabel('pod', { a: 1, b: 2 }) })).toBe('error: query');
    const arms = `${ARMS}criteria:\n  c: { value: "q {{track}}", take: max, pass: "<= baseline", evidence: point }\n`;
    expect(await said(arms, { 'q canary': 1, 'q stable': byLabel('pod', { a: 1, b: 2 }) })).toBe(
      'error: query',
    );
  });
});

describe('which reason comes first', () => {
  const timeout: Failure = { code: 'backend.timeout', message: 'x' };
  const seldom = { isExtrapolated: true, sampleIntervalMs: 60_000 };
  test.each<[string, string, Table, string]>([
    [
      'an error before an answer that is not whole',
      RATIO,
      { g: timeout, t: answer(whole, { warnings: ['x'] }) },
      'error: backend',
    ],
    [
      'an answer that is not whole before a step too short',
      RATIO,
      { g: answer(whole, seldom), t: answer(whole, { warnings: ['x'] }) },
      'inconclusive: partial',
    ],
    [
      'an answer that is not whole before no data',
      RATIO,
      { t: { series: [], warnings: ['x'] } },
      'inconclusive: partial',
    ],
    [
      'a step too short before no number',
      RATIO,
      { g: answer([...whole.slice(1), Number.NaN], seldom), t: 100 },
      'inconclusive: step-too-short',
    ],
    [
      'no number before never seen',
      BAD,
      { t: [...whole.slice(1), Number.POSITIVE_INFINITY] },
      'inconclusive: not-a-number',
    ],
    ['never seen before stale', BAD, { t: until(5) }, 'inconclusive: bad-never-seen'],
    ['stale before partial', VALUE, { q: until(5, 1) }, 'inconclusive: stale'],
    [
      'partial before too few',
      RATIO,
      { g: without(2, 3), t: [1, null, null, 1, 1, 1, 1, 1, 1, 1] },
      'inconclusive: not-a-number',
    ],
    ['partial before a breach', VALUE, { q: [9, null, null, 9, 9, 9, 9, 9, 9, 9] }, 'inconclusive: partial'],
    [
      'too few before a breach',
      'samples: s, take: mean, pass: "<= 5"',
      { s: late(9, 9) },
      'inconclusive: too-few',
    ],
  ])('%s', async (_name, body, table, is) => {
    expect(await said(gate(body), table)).toBe(is);
  });

  test('the judged arm before the baseline, the baseline before too few', async () => {
    const text = `${ARMS}criteria:\n  c: { ratio: { good: "g {{track}}", total: "t {{track}}" }, pass: ">= baseline", evidence: point }\n`;
    expect(await said(text, { 't canary': until(5), 'g stable': 1, 't stable': without(2, 5) })).toBe(
      'inconclusive: stale',
    );
    expect(await said(text, { 't canary': 1, 'g stable': 1, 't stable': without(2, 5) })).toBe(
      'inconclusive: partial',
    );
    expect(await said(text, { 't canary': 1, 'g stable': 1, 't stable': 1 })).toBe('inconclusive: too-few');
  });

  test('too few before a window that is not full', async () => {
    const since = { since: NOW - 6 * MINUTE };
    expect(await said(gate(`${RATIO}, evidence: point`), { g: 1, t: 1 }, since)).toBe(
      'inconclusive: too-few',
    );
  });
});
