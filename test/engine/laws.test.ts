/** Laws of the whole way from a gate's text and its answers to a verdict. */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Gate } from '../../src/contracts/gate.js';
import { type Outcome, reportOn } from '../../src/engine/report.js';
import type { Failure } from '../../src/model/failure.js';
import type { ReportQuery } from '../../src/model/report.js';
import type { Window } from '../../src/model/window.js';
import {
  ARMS,
  answersTo,
  bucketsOf,
  byLabel,
  FACTS,
  gatesOf,
  type Reply,
  type Table,
  type Values,
} from '../support/fake-backend.js';

const CRITERIA: Readonly<Record<string, string>> = {
  slo: 'signal: s, pass: ">= 90%", warn: ">= 80%", min-samples: 100, weight: 5',
  errors: 'ratio: { bad: "b {{track}}", total: "t {{track}}" }, pass: "<= 10%", min-samples: 50',
  same: 'signal: s, pass: ">= baseline - 5pp", warn: ">= baseline - 10pp", evidence: point',
  relative: 'value: "q {{track}}", take: mean, pass: "<= baseline + 10%", evidence: point',
  always: 'value: "q {{track}}", take: mean, pass: "<= baseline + 10%"',
  queue: 'value: "q {{track}}", take: slope, pass: "<= 5", on: { no-data: fail }',
  peak: 'value: "q {{track}}", take: max, pass: "<= 50", tolerate: 1 of 3 steps, critical: true',
  now: 'value: "i {{track}}", pass: "<= 50", on: { no-data: pass, error: warn, because: x }',
  latency: 'histogram: "h {{track}}", take: p90, pass: "<= 1", min-samples: 20',
  share: 'histogram: "h {{track}}", take: "share <= 1", pass: ">= 90%", min-samples: 20',
  pods: 'value: "p {{track}}", take: max, across: each, pass: "<= 50"',
  purges: 'rate: { count: "b {{track}}", exposure: time }, pass: "<= 50 events/min", advisory: true',
  recs: 'value: "i {{track}}", pass: "<= 20", dependency: optional, fallback: share',
};
const SIGNALS = 'signals: { s: { ratio: { good: "g {{track}}", total: "t {{track}}" } } }\n';
const IDS = Object.keys(CRITERIA);

const gateText = (id: string, ids: readonly string[], more = ''): string =>
  `${ARMS.replace('shop', id)}${more}${SIGNALS}criteria:\n${ids.map((each) => `  ${each}: { ${CRITERIA[each]} }\n`).join('')}`;

const TIMEOUT: Failure = { code: 'backend.timeout', message: 'no answer' };
const REJECTED: Failure = { code: 'backend.query', message: 'no such function' };

/** A reply that may be anything a backend says; `usual` most of the time. */
const reply = (usual: fc.Arbitrary<Reply>): fc.Arbitrary<Reply> =>
  fc.oneof(
    { weight: 8, arbitrary: usual },
    { weight: 1, arbitrary: fc.constantFrom<Reply>({ series: [] }, TIMEOUT, REJECTED, Number.NaN) },
    { weight: 1, arbitrary: usual.map((inner) => withWarning(inner)) },
  );
const steps: fc.Arbitrary<Values> = fc.array(fc.option(fc.integer({ min: 0, max: 100 }), { freq: 12 }), {
  minLength: 10,
  maxLength: 10,
});
const flat = (...values: number[]): fc.Arbitrary<Reply> => fc.oneof(fc.constantFrom(...values), steps);
const histogram: fc.Arbitrary<Reply> = fc
  .tuple(fc.nat(40), fc.nat(40), fc.nat(3))
  .map(([low, mid, high]) => bucketsOf({ '0.5': low, '2': low + mid, '+Inf': low + mid + high }));
const pods: fc.Arbitrary<Reply> = fc
  .dictionary(fc.constantFrom('a', 'b', 'c'), flat(1, 20, 60) as fc.Arbitrary<Values | number>, {
    minKeys: 1,
    noNullPrototype: true,
  })
  .map((table) => byLabel('pod', table));

const perTrack = (track: string): Record<string, fc.Arbitrary<Reply>> => ({
  [`g ${track}`]: reply(flat(90, 95, 80)),
  [`b ${track}`]: reply(flat(0, 2, 30)),
  [`t ${track}`]: reply(flat(100)),
  [`q ${track}`]: reply(flat(10, 10.5, 40)),
  [`i ${track}`]: reply(fc.constantFrom<Reply>(5, 30, 70)),
  [`h ${track}`]: reply(histogram),
  [`p ${track}`]: reply(pods),
  [`seen b ${track}`]: reply(fc.constantFrom<Reply>(1, { series: [] })),
});
const table: fc.Arbitrary<Table> = fc.record({ ...perTrack('canary'), ...perTrack('stable') });

function withWarning(inner: Reply): Reply {
  return typeof inner === 'function'
    ? (window: Window) => ({ ...inner(window), warnings: ['not whole'] })
    : inner;
}

const plain = new Map<string, readonly Gate[]>();
const gatesFor = (more: string): readonly Gate[] => plain.get(more) ?? [];
const SCORE = 'score: { pass: 60, warn: 30 }\n';
const FAILING = 'verdict: { on-inconclusive: fail }\n';
const anyPolicy = fc.constantFrom('', SCORE, FAILING);

beforeAll(async () => {
  for (const more of ['', SCORE, FAILING]) plain.set(more, await gatesOf(gateText('shop', IDS, more)));
});

async function judged(gates: readonly Gate[], answers: Table): Promise<Outcome> {
  return reportOn(gates, await answersTo(gates, answers), FACTS);
}

/** Verdict and reason by key, sorted. */
function verdictsOf(outcome: Outcome): readonly string[] {
  return outcome.gates
    .flatMap((gate) => [
      `${gate.id} ${gate.verdict} ${gate.reason?.code}`,
      ...gate.criteria.map(({ key, verdict, reason }) => `${key} ${verdict} ${reason?.code}`),
    ])
    .sort();
}

describe('order', () => {
  test('of criteria, gates, series and answers changes nothing', async () => {
    const shuffle = <T>(items: readonly T[]): fc.Arbitrary<T[]> =>
      fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length });
    await fc.assert(
      fc.asyncProperty(
        table,
        shuffle(IDS),
        fc.boolean(),
        anyPolicy,
        async (answers, ids, isSwapped, more) => {
          const texts = (order: readonly string[]) => [
            gateText('shop', order, more),
            gateText('other', order.slice(0, 4), more),
          ];
          const shuffled = texts(ids).map((text, i) =>
            i === 1 ? gateText('other', [...IDS.slice(0, 4)].reverse(), more) : text,
          );
          const usual = await judged(
            await gatesOf([gateText('shop', IDS, more), gateText('other', IDS.slice(0, 4), more)]),
            answers,
          );
          const other = await judged(
            await gatesOf(isSwapped ? shuffled.reverse() : shuffled),
            turned(answers),
          );
          expect(other.verdict).toBe(usual.verdict);
          expect(verdictsOf(other)).toEqual(verdictsOf(usual));
        },
      ),
      { numRuns: 60 },
    );
  });
});

/** The same answers, put in the other way round, their series as well. */
function turned(answers: Table): Table {
  return Object.fromEntries(
    Object.entries(answers)
      .reverse()
      .map(([name, each]) => [
        name,
        typeof each === 'function'
          ? (window: Window) => ({ ...each(window), series: [...each(window).series].reverse() })
          : each,
      ]),
  );
}

describe('missing evidence', () => {
  /** Absences that count as 0, as the documentation says. */
  const isZero = ({ part }: ReportQuery): boolean => part === 'bad' || part === 'count';

  test('dropping an answer or failing a query never makes a pass, and keeps none of a criterion that needs it', async () => {
    await fc.assert(
      fc.asyncProperty(
        table,
        anyPolicy,
        fc.nat(),
        fc.constantFrom('empty', 'timeout', 'rejected' as const),
        async (answers, more, pick, how) => {
          const gates = gatesFor(more);
          const before = await judged(gates, answers);
          const asked = [
            ...new Map(
              before.gates.flatMap(({ criteria }) =>
                criteria.flatMap(({ queries }) => queries).map((query) => [query.text, query] as const),
              ),
            ).values(),
          ].filter((query) => how !== 'empty' || !isZero(query));
          const lost = asked[pick % asked.length];
          if (lost === undefined) return;
          const name = lost.part.endsWith('-seen') ? `seen ${lost.text}` : lost.text;
          const gone: Reply = how === 'empty' ? { series: [] } : how === 'timeout' ? TIMEOUT : REJECTED;
          const after = await judged(gates, { ...answers, [name]: gone });

          if (before.verdict !== 'pass') expect(after.verdict).not.toBe('pass');
          for (const id of IDS) {
            const was = before.gates[0]?.criteria.filter((each) => each.id === id) ?? [];
            const is = after.gates[0]?.criteria.filter((each) => each.id === id) ?? [];
            expect(is.length).toBeGreaterThan(0);
            const passes = (all: typeof is): boolean =>
              all.every(({ verdict, reason }) => verdict === 'pass' && reason === null);
            if (!passes(was)) expect(passes(is)).toBe(false);
            // What is asked only of an absence is not needed where nothing is absent.
            const needs = was.some(({ queries }) =>
              queries.some(({ text, part }) => text === lost.text && part === lost.part),
            );
            if (needs && !lost.part.endsWith('-seen')) expect(passes(is)).toBe(false);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  test('a run in which nothing answers is an error, one in which all is empty is inconclusive', async () => {
    const gates = await gatesOf(
      gateText(
        'shop',
        IDS.filter((id) => !['queue', 'now', 'recs', 'latency', 'share'].includes(id)),
      ),
    );
    const names = [...Object.keys(perTrack('canary')), ...Object.keys(perTrack('stable'))];
    const all = (each: Reply): Table => Object.fromEntries(names.map((name) => [name, each]));
    expect((await judged(gates, all(TIMEOUT))).verdict).toBe('error');
    expect((await judged(gates, {})).verdict).toBe('inconclusive');
    expect((await judged(gates, all(Number.NaN))).verdict).toBe('inconclusive');
    for (const { verdict, advisory } of (await judged(gates, {})).gates[0]?.criteria ?? [])
      expect([verdict, advisory]).toContain('inconclusive');
  });

  test('a question that was never asked is an error of its criterion', async () => {
    const gates = gatesFor('');
    const { gates: results } = reportOn(gates, new Map(), FACTS);
    const verdicts = new Map(
      results[0]?.criteria.map(({ id, judged: own, verdict }) => [id, own?.verdict ?? verdict]),
    );
    for (const id of IDS) expect([id, verdicts.get(id)]).toEqual([id, 'error']);
  });
});

describe('units', () => {
  test('scaling a signal and its limits by a unit changes no verdict', async () => {
    // Sums of powers of two are exact in either unit, so that no verdict hangs on a rounding.
    const eighths = fc.array(
      fc.option(
        fc.integer({ min: 0, max: 40 }).map((n) => n / 8),
        { freq: 15 },
      ),
      { minLength: 10, maxLength: 10 },
    );
    const limit = fc.constantFrom(
      '<= 2500ms',
      '>= 1s',
      'between 500ms and 4s',
      '<= baseline + 250ms',
      '<= baseline + 10%',
      '>= baseline * 0.5',
      '!= 2s',
    );
    const take = fc.constantFrom('mean', 'max', 'last', 'p50', 'slope', '"share <= 2s"', '"share > 1500ms"');
    await fc.assert(
      fc.asyncProperty(
        eighths,
        eighths,
        limit,
        take,
        fc.boolean(),
        async (canary, stable, pass, by, isTolerant) => {
          const isShare = by.startsWith('"share');
          const written = isShare ? '>= 50%' : by === 'slope' ? '<= 1s/min' : pass;
          const tolerate = isTolerant && by !== 'slope' ? ', tolerate: 1 of 3 steps' : '';
          const text = (unit: string): string =>
            `${ARMS}criteria: { c: { value: "q {{track}}", unit: ${unit}, take: ${by}, better: lower, pass: "${written}", evidence: point${tolerate} } }\n`;
          const scaled = (factor: number): Table => {
            const times = (values: Values): Values => values.map((value) => value && value * factor);
            return { 'q canary': times(canary), 'q stable': times(stable) };
          };
          const [seconds, ms] = [
            await judged(await gatesOf(text('s')), scaled(1)),
            await judged(await gatesOf(text('ms')), scaled(1000)),
          ];
          expect(verdictsOf(ms)).toEqual(verdictsOf(seconds));
        },
      ),
      { numRuns: 100 },
    );
  });

  test('counts of another size in the same share say the same, once there are enough', async () => {
    const text = `${ARMS}criteria: { c: { ratio: { good: "g {{track}}", total: "t {{track}}" }, pass: ">= 90%", warn: ">= 80%" } }\n`;
    const gates = await gatesOf(text);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 64 }),
        fc.constantFrom(2, 4, 8, 16),
        async (good, factor) => {
          const counts = (by: number): Table => ({ 'g canary': good * by, 't canary': 64 * by });
          expect(verdictsOf(await judged(gates, counts(factor)))).toEqual(
            verdictsOf(await judged(gates, counts(1))),
          );
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('limits', () => {
  test('tightening a limit never turns a fail into a pass, loosening never a pass into a fail', async () => {
    const RANK: Record<string, number> = { pass: 0, warn: 1, inconclusive: 2, error: 2, fail: 3 };
    const forms: readonly ((bound: number) => string)[] = [
      (bound) => `ratio: { good: "g {{track}}", total: "t {{track}}" }, pass: ">= ${bound}%"`,
      (bound) =>
        `ratio: { good: "g {{track}}", total: "t {{track}}" }, pass: ">= baseline - ${(100 - bound) / 10}pp", evidence: point`,
      (bound) => `value: "q {{track}}", take: max, pass: "<= ${100 - bound}"`,
      (bound) => `value: "q {{track}}", take: max, pass: "<= ${100 - bound}", tolerate: 1 of 3 steps`,
      (bound) => `value: "q {{track}}", take: p90, pass: "<= baseline + ${100 - bound}%", evidence: point`,
      (bound) => `histogram: "h {{track}}", take: p90, pass: "<= ${(100 - bound) / 30}"`,
      (bound) => `histogram: "h {{track}}", take: "share <= 1", pass: ">= ${bound}%"`,
    ];
    const bound = fc.integer({ min: 1, max: 99 });
    await fc.assert(
      fc.asyncProperty(table, fc.constantFrom(...forms), bound, bound, async (answers, form, a, b) => {
        const rank = async (at: number): Promise<number> => {
          const outcome = await judged(await gatesOf(`${ARMS}criteria:\n  c: { ${form(at)} }\n`), answers);
          return RANK[outcome.verdict] ?? Number.NaN;
        };
        const [loose, tight] = [await rank(Math.min(a, b)), await rank(Math.max(a, b))];
        if (loose === RANK['fail']) expect(tight).not.toBe(RANK['pass']);
        if (tight === RANK['pass']) expect(loose).not.toBe(RANK['fail']);
      }),
      { numRuns: 200 },
    );
  });
});

describe('flags', () => {
  test('never make a better verdict than without, but the one that takes an outage for an open question', async () => {
    const RANK: Record<string, number> = { pass: 0, warn: 1, inconclusive: 2, error: 3, fail: 4 };
    await fc.assert(
      fc.asyncProperty(
        table,
        anyPolicy,
        fc.record({
          onNoData: fc.constantFrom('inconclusive', 'fail' as const),
          onBackendError: fc.constantFrom('error', 'fail' as const),
        }),
        async (answers, more, policy) => {
          const gates = gatesFor(more);
          const measurements = await answersTo(gates, answers);
          const usual = reportOn(gates, measurements, FACTS);
          const strict = reportOn(gates, measurements, { ...FACTS, policy });
          usual.gates[0]?.criteria.forEach(({ key, verdict }, i) => {
            const other = strict.gates[0]?.criteria[i];
            expect(other?.key).toBe(key);
            // A fail that its fallback stands in for is the same warning as before.
            if (other?.reason?.code === 'degraded') return;
            expect(RANK[other?.verdict ?? '']).toBeGreaterThanOrEqual(RANK[verdict] ?? 0);
          });
          if (usual.verdict !== 'pass' && usual.verdict !== 'warn')
            expect(['pass', 'warn']).not.toContain(more === SCORE ? 'fail' : strict.verdict);
        },
      ),
      { numRuns: 100 },
    );
  });
});
