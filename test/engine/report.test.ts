/** The one document: what stands in it, and that no two criteria share a key. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exitCodeOf } from '../../src/cli/exit-code.js';
import { reportOn } from '../../src/engine/report.js';
import { runGates } from '../../src/engine/run.js';
import type { Failure } from '../../src/model/failure.js';
import type { Labels } from '../../src/model/series.js';
import { resultSchema } from '../../src/reporters/result-schema.js';
import {
  ARMS,
  answersTo,
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
  takeFrom,
} from '../support/fake-backend.js';

const gate = (id: string, body: string, more = ''): string =>
  `${HEAD.replace('shop', id)}${more}criteria:\n  c: { ${body} }\n`;
const VALUE = 'value: q, take: max, pass: "<= 5"';

describe('each series of across: each', () => {
  const each = (labels: readonly Labels[], body = 'value: q, take: max, across: each, pass: "<= 5"') =>
    run(gate('shop', body), {
      q: (window) => ({
        series: labels.map((one) =>
          seriesOf(
            window,
            Array.from({ length: 10 }, () => 1),
            one,
          ),
        ),
      }),
    });

  test('has a verdict and a key of its own, in the order of their labels', async () => {
    const outcome = await run(gate('shop', 'value: q, take: max, across: each, pass: "<= 5"'), {
      q: byLabel('pod', { b: 9, a: 1 }),
    });
    expect(outcome.gates[0]?.criteria.map(({ key, verdict, series }) => [key, verdict, series])).toEqual([
      ['shop.c[pod=a]', 'pass', { pod: 'a' }],
      ['shop.c[pod=b]', 'fail', { pod: 'b' }],
    ]);
    expect(outcome.verdict).toBe('fail');
  });

  test('adds its labels to those of its segment', async () => {
    const text = `${HEAD}criteria: { c: { value: "q {{p}}", take: max, across: each, pass: "<= 5", segments: { p: [x] } } }\n`;
    const outcome = await run(text, { 'q x': byLabel('pod', { a: 1 }) });
    expect(outcome.gates[0]?.criteria.map(({ key }) => key)).toEqual(['shop.c[p=x,pod=a]']);
  });

  test('without labels has the key of its criterion', async () => {
    expect((await each([{}])).gates[0]?.criteria.map(({ key, series }) => [key, series])).toEqual([
      ['shop.c', null],
    ]);
  });

  test('has the key that no other has, whatever its labels are', async () => {
    const text = fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.constantFrom('a,b=c', 'a"', '"a"', 'a', '', ' ', '1', '1]', '\\', 'a=b', 'a,b'),
    );
    const labels = fc.dictionary(
      fc.oneof(fc.stringMatching(/^[a-z_]{1,2}$/), fc.constantFrom('a.b', 'a=b', 'b')),
      text,
      {
        minKeys: 1,
        maxKeys: 3,
        noNullPrototype: true,
      },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(labels, {
          minLength: 2,
          maxLength: 6,
          selector: (one) => JSON.stringify(Object.entries(one).sort()),
        }),
        async (all) => {
          const keys = (await each(all)).gates[0]?.criteria.map(({ key }) => key) ?? [];
          expect(keys).toHaveLength(all.length);
          expect(new Set(keys).size).toBe(all.length);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('that only one arm has is open, never dropped', async () => {
    const text = `${ARMS}criteria: { c: { value: "q {{track}}", take: max, across: each, pass: "<= baseline", evidence: point } }\n`;
    const outcome = await run(text, {
      'q canary': byLabel('pod', { a: 1, b: 1 }),
      'q stable': byLabel('pod', { b: 1, c: 1 }),
    });
    expect(
      outcome.gates[0]?.criteria.map(({ key, verdict, reason }) => [
        key,
        verdict,
        reason?.code,
        reason?.text,
      ]),
    ).toEqual([
      ['shop.c[pod=a]', 'inconclusive', 'no-baseline', 'arm "baseline" has no such series'],
      ['shop.c[pod=b]', 'pass', undefined, undefined],
      ['shop.c[pod=c]', 'inconclusive', 'no-data', 'the series is in arm "baseline" alone'],
    ]);
  });

  test('of an arm without any is open for every series of the other', async () => {
    const text = `${ARMS}criteria: { c: { value: "q {{track}}", take: max, across: each, pass: "<= baseline", evidence: point } }\n`;
    const codes = async (table: Table) =>
      (await run(text, table)).gates[0]?.criteria.map(({ key, reason }) => `${key} ${reason?.code}`);
    expect(await codes({ 'q canary': byLabel('pod', { a: 1 }) })).toEqual(['shop.c[pod=a] no-baseline']);
    expect(await codes({ 'q stable': byLabel('pod', { a: 1 }) })).toEqual(['shop.c[pod=a] no-data']);
    expect(await codes({})).toEqual(['shop.c no-data']);
  });
});

describe('the document', () => {
  test('holds the numbers of a criterion, with what they were compared with', async () => {
    const text = `${ARMS}criteria: { c: { ratio: { good: "g {{track}}", total: "t {{track}}" }, pass: ">= baseline - 5pp", evidence: point, min-samples: 10 } }\n`;
    const outcome = await run(text, { 'g canary': 98, 't canary': 100, 'g stable': 99, 't stable': 100 });
    expect(resultOf(outcome, 'c')).toMatchObject({
      key: 'shop.c',
      kind: 'ratio',
      take: null,
      verdict: 'pass',
      reason: null,
      judged: null,
      value: 0.98,
      unit: 'share',
      limit: '>= baseline - 5pp',
      warn: null,
      n: 1000,
      minSamples: 10,
      judge: 'point',
      coverage: 1,
      newest: '2026-11-20T14:34:00Z',
      window: { from: '2026-11-20T14:24:00Z', to: '2026-11-20T14:34:00Z', step: '1m' },
      baseline: { arm: 'baseline', value: 0.99, n: 1000, window: { to: '2026-11-20T14:34:00Z' } },
      source: { file: 'a.gate.yaml', line: 4, column: 13 },
    });
    const { bound, strata, queries } = resultOf(outcome, 'c');
    expect(bound).toBeCloseTo(0.94, 12);
    expect(strata?.judged).toEqual(Array.from({ length: 10 }, () => 0.98));
    expect(strata?.baseline).toEqual(Array.from({ length: 10 }, () => 0.99));
    expect(
      queries.map(({ arm, part, text: asked, state, series }) => [arm, part, asked, state, series]),
    ).toEqual([
      ['canary', 'good', 'g canary', 'taken', 1],
      ['canary', 'total', 't canary', 'taken', 1],
      ['baseline', 'good', 'g stable', 'taken', 1],
      ['baseline', 'total', 't stable', 'taken', 1],
    ]);
  });

  test('says what became of a question that failed', async () => {
    const down: Failure = { code: 'backend.timeout', message: 'no answer in 30 s' };
    const { queries, value, coverage, strata } = resultOf(await run(gate('shop', VALUE), { q: down }), 'c');
    expect(queries[0]).toMatchObject({
      state: 'failed',
      series: 0,
      failure: { code: 'backend.timeout', message: 'no answer in 30 s' },
    });
    expect([value, coverage, strata]).toEqual([null, null, null]);
  });

  test('counts verdicts and lists reasons worst first, advisory ones left out', async () => {
    const body = (query: string, more = ''): string => `{ value: ${query}, take: max, pass: "<= 5"${more} }`;
    const text = `${HEAD}criteria:\n  a: ${body('a')}\n  b: ${body('b')}\n  c: ${body('c', ', warn: "<= 9"')}\n  d: ${body('d')}\n  e: ${body('e', ', advisory: true')}\n  f: ${body('f')}\n`;
    const outcome = await run(text, { a: 1, c: 7, d: 9, f: { code: 'backend.dns', message: 'x' } });
    expect(outcome.counts).toEqual({ pass: 1, warn: 1, fail: 1, inconclusive: 2, error: 1, skipped: 0 });
    expect(outcome.reasons.map(({ key, verdict, code }) => `${key} ${verdict} ${code}`)).toEqual([
      'shop.d fail threshold',
      'shop.f error backend',
      'shop.b inconclusive no-data',
      'shop.c warn threshold',
    ]);
    expect(outcome.verdict).toBe('fail');
  });

  test('folds several gates to the worst of them', async () => {
    const texts = [gate('one', VALUE), gate('two', VALUE.replace('q', 'r'))];
    const verdicts = async (table: Table) => {
      const { verdict, gates } = await run(texts, table);
      return [verdict, ...gates.map((each) => each.verdict)];
    };
    expect(await verdicts({ q: 1, r: 1 })).toEqual(['pass', 'pass', 'pass']);
    expect(await verdicts({ q: 1 })).toEqual(['inconclusive', 'pass', 'inconclusive']);
    expect(await verdicts({ q: 9 })).toEqual(['fail', 'fail', 'inconclusive']);
  });

  test('of no gate at all is inconclusive', () => {
    expect(reportOn([], new Map(), FACTS)).toMatchObject({ verdict: 'inconclusive', gates: [], reasons: [] });
  });

  test('says that the deploy time was not given, where it was not', async () => {
    const notes = async (since?: number) =>
      (await run(gate('shop', VALUE), { q: 1 }, since === undefined ? {} : { since })).gates[0]?.notes;
    expect(await notes()).toEqual([
      'the deploy time was not given: the window starts at 2026-11-20T14:24:00Z, wherever the deploy was',
    ]);
    expect(await notes(NOW - 11 * MINUTE)).toEqual([]);
  });

  test('tells of a score and its points', async () => {
    const body = (query: string, weight: number): string =>
      `{ value: ${query}, take: max, pass: "<= 5", weight: ${weight} }`;
    const text = `${HEAD}score: { pass: 90, warn: 75 }\ncriteria:\n  a: ${body('a', 3)}\n  b: ${body('b', 1)}\n`;
    const [scored] = (await run(text, { a: 1, b: 9 })).gates;
    expect(scored).toMatchObject({ verdict: 'warn', score: { points: 75, pass: 90, warn: 75 } });
    const [open] = (await run(text, { a: 1 })).gates;
    expect(open).toMatchObject({ verdict: 'inconclusive', score: { points: 75 } });
  });

  test('tells of traffic in segments that the gate does not list, as a note and no more', async () => {
    const text = `${HEAD}signals: { s: { ratio: { good: "g {{p}}", total: "t {{p}}" }, segments: { p: [x] } } }\ncriteria: { s: { pass: ">= 90%" } }\n`;
    const table: Table = { 'g x': 99, 't x': 100 };
    const notes = async (more: Table) => {
      const outcome = await run(text, { ...table, ...more });
      expect(outcome.verdict).toBe('pass');
      return outcome.gates[0]?.notes.slice(0, -1).concat(outcome.gates[0]?.notes.slice(1) ?? []);
    };
    const found = await notes({
      'unlisted t x': {
        series: [
          { labels: { p: 'y' }, times: [NOW, NOW], values: [40, 2.4] },
          { labels: { p: 'z' }, times: [NOW], values: [0] },
        ],
      },
    });
    expect(found?.join('\n')).toContain('s: 42 counted in p="y", which the gate does not list');
    expect(found?.join('\n')).not.toContain('p="z"');
    const failed = await notes({ 'unlisted t x': { code: 'backend.timeout', message: 'x' } });
    expect(failed?.join('\n')).toContain('could not look for traffic in unlisted values of "p"');
  });

  test('is one that its published schema takes, and has an exit code, whatever was answered', async () => {
    const reply = fc.oneof(
      fc.constantFrom(undefined, 0, 1, 50, 99, 100, Number.NaN, Number.POSITIVE_INFINITY),
      fc.array(fc.option(fc.constantFrom(0, 1, 99, 100, Number.NaN)), { maxLength: 10 }),
      fc.constant<Failure>({ code: 'backend.timeout', message: 'x' }),
    );
    const text = `${ARMS}score: { pass: 90, warn: 50 }
signals: { s: { ratio: { bad: "b {{track}}", total: "t {{track}}" } } }
criteria:
  slo: { signal: s, pass: "<= 10%", warn: "<= 20%", min-samples: 5 }
  same: { signal: s, pass: "<= baseline + 10%", evidence: point, tolerate: 1 of 3 steps, min-samples: 5, on: { no-data: warn, because: x } }
  queue: { value: "b {{track}}", take: slope, pass: "<= 5", critical: true }
  opt: { value: "t {{track}}", pass: "<= 5", dependency: optional, fallback: slo }
`;
    const gates = await gatesOf(text);
    await fc.assert(
      fc.asyncProperty(reply, reply, reply, reply, async (a, b, c, d) => {
        const written = { 'b canary': a, 't canary': b, 'b stable': c, 't stable': d };
        const table = Object.fromEntries(
          Object.entries(written).filter(([, each]) => each !== undefined),
        ) as Table;
        const outcome = reportOn(gates, await answersTo(gates, table), FACTS);
        const exitCode = exitCodeOf(
          outcome,
          { failOnWarn: false, maxWarnings: undefined, exitZero: false },
          undefined,
        );
        const parsed = resultSchema.safeParse(JSON.parse(JSON.stringify({ ...outcome, exitCode })));
        expect(parsed.error?.issues ?? []).toEqual([]);
        expect(exitCode === 0).toBe(outcome.verdict === 'pass' || outcome.verdict === 'warn');
        for (const { verdict, reason } of outcome.gates.flatMap(({ criteria }) => criteria))
          expect(verdict === 'pass' || reason !== null).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  test('is what asking and judging in one go gives', async () => {
    const gates = await gatesOf(gate('shop', VALUE));
    const told: string[] = [];
    const outcome = await runGates(gates, takeFrom({ q: 1 }), FACTS, 2, (done, all, backend) =>
      told.push(`${done}/${all} ${backend}`),
    );
    expect(outcome).toEqual(await run(gate('shop', VALUE), { q: 1 }));
    expect(told).toEqual(['1/1 metrics']);
  });
});
