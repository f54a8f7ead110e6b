/** What follows from a limit: its unit, its direction, the samples it needs, the evidence it takes. */
import { describe, expect, test } from 'vitest';
import type { Criterion } from '../../src/contracts/gate.js';
import { ARMS, gateOf, HEAD, type LoadOptions, load, troubleOf } from '../support/fake-backend.js';

const RATIO = 'ratio: { good: "g {{track}}", total: "t {{track}}" }';
const RATE = 'rate: { count: "c {{track}}", exposure: "e {{track}}" }';
const PER_TIME = 'rate: { count: "c {{track}}", exposure: time }';
const HISTOGRAM = 'histogram: "h {{track}}", unit: s';
const VALUE = 'value: "v {{track}}"';
const SAMPLES = 'samples: "s {{track}}", unit: s';

async function criterion(body: string, options: LoadOptions = {}): Promise<Criterion> {
  const [first] = (await gateOf(`${ARMS}criteria:\n  c: { ${body} }\n`, options)).criteria;
  if (first === undefined) throw new Error('no criterion');
  return first;
}

const troubleWith = (body: string): Promise<readonly string[]> =>
  troubleOf(`${ARMS}criteria:\n  c: { ${body} }\n`);

describe('samples that a point estimate needs by default', () => {
  test.each([
    [`${RATIO}, pass: ">= 97%"`, 334],
    [`${RATIO}, pass: ">= 99.9%"`, 10_000],
    [`${RATIO}, pass: ">= 99%"`, 1000],
    [`${RATIO}, pass: ">= 99.999%"`, 1_000_000],
    [`${RATIO}, pass: ">= 90%"`, 100],
    [`${RATIO}, pass: ">= 50%"`, 30],
    [`${RATIO}, pass: "<= 1%"`, 1000],
    [`${RATIO}, pass: "== 100%"`, 30],
    [`${RATIO}, pass: "<= 0%"`, 30],
    [`${RATIO}, pass: "between 1% and 5%"`, 1000],
    [`${RATIO}, pass: { all: [">= 97%", ">= 99%"] }`, 1000],
    [`${RATIO}, pass: ">= 97%", warn: ">= 99.9%"`, 334],
    [`${RATIO}, take: mean, pass: ">= 97%"`, 30],
    [`${RATIO}, take: count, pass: ">= 1000"`, 1],
    [`${RATIO}, pass: ">= baseline - 1pp", evidence: point`, 30],
    [`${RATIO}, pass: ">= baseline - 1pp"`, 1],
    [`${RATIO}, pass: ">= 97%", min-samples: 5`, 5],
    [`${RATE}, pass: "<= 0.01"`, 30],
    [`${PER_TIME}, pass: "<= 5 events/min"`, 1],
    [`${HISTOGRAM}, take: p99, pass: "<= 1s"`, 1000],
    [`${HISTOGRAM}, take: p95, pass: "<= 1s"`, 200],
    [`${HISTOGRAM}, take: p50, pass: "<= 1s"`, 30],
    [`${HISTOGRAM}, take: p5, pass: "<= 1s"`, 200],
    [`${HISTOGRAM}, take: p99.9, pass: "<= 1s"`, 10_000],
    [`${HISTOGRAM}, take: "share <= 500ms", pass: ">= 99%"`, 1000],
    [`${HISTOGRAM}, take: "apdex(500ms)", pass: ">= 0.9"`, 30],
    [`${HISTOGRAM}, take: count, pass: ">= 5"`, 1],
    [`${VALUE}, pass: "<= 5"`, 1],
    [`${VALUE}, take: p95, pass: "<= 5"`, 1],
    [`${SAMPLES}, take: mean, pass: "<= 1s"`, 30],
    [`${SAMPLES}, take: p99, pass: "<= 1s"`, 1000],
  ])('%s: %d', async (body, samples) => {
    const written = body.replace(', warn: ">= 99.9%"', '');
    expect((await criterion(written)).rule.minSamples).toBe(samples);
  });
});

describe('the unit that is judged', () => {
  test.each([
    [`${RATIO}, pass: ">= 97%"`, 'share', 1],
    [`${HISTOGRAM}, take: p95, pass: "<= 450ms"`, 's', 1],
    [`${HISTOGRAM}, take: "share <= 450ms", pass: ">= 95%"`, 'share', 1],
    [`${VALUE}, unit: messages, pass: "<= 5 messages"`, 'messages', 1],
    [`${VALUE}, unit: messages, take: slope, pass: "<= 5 messages/min"`, 'messages/min', 60],
    [`${VALUE}, unit: messages, take: slope, pass: "<= 5 messages/h"`, 'messages/h', 3600],
    [`${VALUE}, unit: messages, take: slope, pass: "<= 5"`, 'messages/s', 1],
    [
      `${VALUE}, unit: messages, take: slope, pass: "<= 5 messages/min", warn: "<= 900 messages/h"`,
      'messages/min',
      60,
    ],
    [
      `${VALUE}, unit: messages, take: slope, pass: { any: ["<= 0 messages/h", "<= 5 messages/min"] }`,
      'messages/h',
      3600,
    ],
    [
      `${VALUE}, unit: messages, take: slope, pass: "between -5 messages/min and 5 messages/min"`,
      'messages/min',
      60,
    ],
    [`${VALUE}, take: age, pass: "<= 5m"`, 's', 1],
    [`${VALUE}, take: count, pass: ">= 5"`, '', 1],
    [`${PER_TIME}, pass: "<= 30 events/min"`, 'events/min', 60],
    [`${PER_TIME}, unit: purges, pass: "<= 30 purges/min"`, 'purges/min', 60],
    [`${VALUE}, unit: B/s, take: mean, pass: "<= 5 KiB/s"`, 'KiB/s', 1 / 1024],
  ])('of %s is %s', async (body, unit, factor) => {
    const { rule } = await criterion(body);
    expect(rule.unit).toBe(unit);
    expect(rule.factor).toBeCloseTo(factor, 12);
  });

  test('of pass and warn is one and the same', async () => {
    const { rule } = await criterion(
      `${VALUE}, unit: messages, take: slope, pass: "<= 5 messages/min", warn: "<= 900 messages/h"`,
    );
    expect(rule.warn?.condition).toMatchObject({ bound: { offset: 15 } });
  });
});

describe('the side that is better', () => {
  test.each([
    [`${RATIO}, pass: ">= 97%"`, 'higher'],
    ['ratio: { bad: b, total: t }, pass: "<= 1%"', 'lower'],
    [`${VALUE}, pass: "<= 5"`, 'lower'],
    [`${VALUE}, pass: "> 5"`, 'higher'],
    [`${VALUE}, pass: "== 5"`, undefined],
    [`${VALUE}, pass: "between 1 and 5"`, undefined],
    [`${VALUE}, better: higher, pass: "<= 5"`, 'higher'],
  ])('of %s is %s', async (body, better) => {
    expect((await criterion(body)).rule.better).toBe(better);
  });
});

describe('the evidence', () => {
  test.each([
    [`${RATIO}, pass: ">= 97%"`, 'point', 1],
    [`${RATIO}, pass: ">= baseline - 1pp"`, 'sequential', 2],
    [`${RATIO}, pass: ">= 97%", warn: ">= baseline - 1pp"`, 'sequential', 2],
    [`${RATIO}, pass: { all: [">= 97%", ">= baseline - 1pp"] }`, 'sequential', 2],
    [`${RATIO}, pass: ">= baseline - 1pp", evidence: point`, 'point', 2],
    [`${RATIO}, pass: ">= 97%", evidence: sequential`, 'sequential', 1],
  ])('of %s is %s, of %d arms', async (body, evidence, arms) => {
    const made = await criterion(body);
    expect(made.evidence).toBe(evidence);
    expect(made.judge.id).toBe(evidence);
    expect(made.arms).toHaveLength(arms);
  });

  test('by points is marked where there are many looks', async () => {
    const byPoints = await criterion(`${RATIO}, pass: ">= 97%", evidence: point`, { since: 0 });
    expect(byPoints.notes).toEqual(['point evidence: not controlled for repeated looks']);
    const unsaid = await criterion(`${RATIO}, pass: ">= 97%"`, { since: 0 });
    expect([unsaid.evidence, unsaid.notes]).toEqual(['sequential', []]);
    expect((await criterion(`${RATIO}, pass: ">= 97%"`)).notes).toEqual([]);
    expect((await criterion(`${RATIO}, pass: ">= baseline"`, { since: 0 })).notes).toEqual([]);
  });
});

describe('what a rule may not be', () => {
  test.each([
    ['no pass', `${RATIO}`, 'gatefile.missing-key'],
    ['a histogram without a take', `${HISTOGRAM}, pass: "<= 1s"`, 'gatefile.take'],
    ['a take that the signal has not', `${RATIO}, take: p95, pass: ">= 97%"`, 'gatefile.take'],
    [
      'a bound of a take in another unit',
      `${HISTOGRAM}, take: "share <= 5MB", pass: ">= 97%"`,
      'gatefile.unit',
    ],
    ['a limit in another unit', `${HISTOGRAM}, take: p95, pass: "<= 5MB"`, 'gatefile.unit'],
    [
      'a slope without its time',
      `${VALUE}, unit: messages, take: slope, pass: "<= 5 messages"`,
      'gatefile.unit',
    ],
    ['a share above 100 %', `${RATIO}, pass: "<= 130%"`, 'gatefile.limit'],
    ['a warn above 100 %', `${RATIO}, pass: "<= 1%", warn: "<= 130%"`, 'gatefile.limit'],
    ['a warn tighter than pass', `${RATIO}, pass: ">= 97%", warn: ">= 99%"`, 'gatefile.limit'],
    [
      'a tolerance of all steps',
      `${VALUE}, take: max, pass: "<= 1", tolerate: 5 of 5 steps`,
      'gatefile.limit',
    ],
    [
      'a tolerance longer than the window',
      `${VALUE}, take: max, pass: "<= 1", tolerate: 1 of 11 steps`,
      'gatefile.limit',
    ],
    ['a tolerance of an instant', `${VALUE}, pass: "<= 1", tolerate: 1 of 5 steps`, 'gatefile.invalid'],
    [
      'a tolerance of samples',
      `${SAMPLES}, take: mean, pass: "<= 1s", tolerate: 1 of 5 steps`,
      'gatefile.invalid',
    ],
    [
      'a tolerance of sequential evidence',
      `${RATIO}, pass: ">= baseline", tolerate: 1 of 5 steps`,
      'gatefile.invalid',
    ],
    ['a tolerance in words', `${VALUE}, take: max, pass: "<= 1", tolerate: some steps`, 'gatefile.invalid'],
    ['worst of what has no better side', `${VALUE}, across: worst, pass: "== 1"`, 'gatefile.missing-key'],
    ['at-most without each', `${VALUE}, at-most: 3, pass: "<= 1"`, 'gatefile.invalid'],
    ['fewer samples than one', `${RATIO}, pass: ">= 97%", min-samples: 0`, 'gatefile.invalid'],
    ['a weight of nothing', `${RATIO}, pass: ">= 97%", weight: 0`, 'gatefile.invalid'],
    ['ranks of counts', `${RATIO}, pass: ">= baseline - 1pp", evidence: mann-whitney`, 'gatefile.invalid'],
    [
      'ranks of unbounded many series',
      `${VALUE}, take: mean, across: each, pass: "<= baseline", evidence: mann-whitney`,
      'gatefile.missing-key',
    ],
    [
      "parameters of a judge that is another's",
      `${VALUE}, take: mean, pass: "<= baseline", evidence: mann-whitney, kayenta: { tolerance: 0 }`,
      'gatefile.invalid',
    ],
    ['a key of a later version', `${RATIO}, pass: ">= 97%", margin: 1pp`, 'gatefile.not-yet-supported'],
    ['burn without a period', `${RATIO}, burn: { objective: 99.9% }`, 'gatefile.missing-key'],
    ['critical and advisory', `${RATIO}, pass: ">= 97%", critical: true, advisory: true`, 'gatefile.invalid'],
    [
      'a loose policy without a reason',
      `${RATIO}, pass: ">= 97%", on: { no-data: pass }`,
      'gatefile.loosened',
    ],
    [
      'a loose policy of a critical one',
      `${RATIO}, pass: ">= 97%", critical: true, on: { error: warn, because: x }`,
      'gatefile.loosened',
    ],
  ])('%s', async (_name, body, code) => {
    const found = await troubleWith(body);
    expect(found.map((line) => line.split(' ')[1])).toContain(code);
    for (const line of found) expect(line).toMatch(/^\d+:\d+ /);
  });

  test('a limit against a baseline in a gate without arms', async () => {
    const text = `${HEAD}criteria: { c: { value: v, take: mean, pass: "<= baseline" } }\n`;
    const { failures } = await load(text);
    expect(failures.map(({ code }) => code)).toEqual(['gatefile.missing-key']);
    expect(failures[0]?.mend).toContain('arms:');
  });

  test('arms that ask the same question', async () => {
    expect(await troubleWith('value: v, take: mean, pass: "<= baseline"')).toEqual([
      expect.stringContaining('compares "c" with itself'),
    ]);
  });

  test('but a policy that tightens needs no reason', async () => {
    expect(
      await troubleWith(
        `${RATIO}, pass: ">= 97%", critical: true, on: { no-data: fail, error: inconclusive }`,
      ),
    ).toEqual([]);
  });

  test('a past moment of the same question is no comparison with itself', async () => {
    const text = `${HEAD}arms: { now: { t: x }, before: { t: x, shift: 7d } }\ncriteria: { c: { value: "v {{t}}", take: mean, pass: "<= baseline + 10%" } }\n`;
    const { arms } = await gateOf(text);
    expect(arms.map(({ shiftMs }) => shiftMs)).toEqual([0, 604_800_000]);
    expect((arms[0]?.window.to ?? 0) - (arms[1]?.window.to ?? 0)).toBe(604_800_000);
  });
});
