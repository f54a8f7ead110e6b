/** Asking: each question once, the second round only where the first left something open, no more at once than allowed. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BackendContext, PreparedQuery } from '../../src/contracts/backend.js';
import type { TakeContext, TakeMeasurement } from '../../src/contracts/take.js';
import { collect, isEmpty } from '../../src/engine/collect.js';
import { liveTake } from '../../src/engine/live.js';
import { pooled } from '../../src/engine/pool.js';
import { BackendError } from '../../src/model/failure.js';
import type { Measurement } from '../../src/model/measurement.js';
import type { Answer } from '../../src/model/series.js';
import { ARMS, gatesOf, HEAD, NOW, type Table, takeFrom } from '../support/fake-backend.js';
import { fakeClock } from '../support/fake-clock.js';

interface Asking {
  readonly take: TakeMeasurement;
  readonly asked: { readonly query: PreparedQuery; readonly context: TakeContext }[];
}

/** A take that remembers what it was asked. */
function asking(table: Table): Asking {
  const inner = takeFrom(table);
  const asked: Asking['asked'] = [];
  return {
    asked,
    take: (query, context) => {
      asked.push({ query, context });
      return inner(query, context);
    },
  };
}

async function questions(texts: string | readonly string[], table: Table, since?: number): Promise<string[]> {
  const gates = await gatesOf(texts, since === undefined ? {} : { since });
  const { take, asked } = asking(table);
  await collect(gates, take, 4);
  return asked.map(({ query }) => `${query.use} ${query.text}`);
}

const BAD = 'ratio: { bad: "b", total: "t" }, pass: "<= 10%"';

describe('each distinct question is asked once', () => {
  test('for two criteria of one signal', async () => {
    const text = `${HEAD}signals: { s: { ratio: { good: g, total: t } } }\ncriteria: { a: { signal: s, pass: ">= 90%" }, b: { signal: s, pass: ">= 80%" }, c: { ratio: { good: g, total: t }, pass: ">= 70%" } }\n`;
    expect(await questions(text, {})).toEqual(['counts g', 'counts t']);
  });

  test('for two gates that share a backend, and both criteria see one answer', async () => {
    const config = 'backends: { metrics: { type: fake } }\n';
    const texts = ['one', 'two'].map(
      (id) => `gate: ${id}\ncriteria: { c: { value: q, take: max, pass: "<= 1" } }\n`,
    );
    const gates = await gatesOf(texts, { config });
    const { take, asked } = asking({ q: 1 });
    const measurements = await collect(gates, take, 4);
    expect(asked).toHaveLength(1);
    const keys = gates.flatMap(({ criteria }) =>
      criteria.flatMap(({ arms }) => arms.flatMap((arm) => arm.questions.map(({ query }) => query.key))),
    );
    expect(new Set(keys).size).toBe(1);
    expect([...measurements.keys()]).toEqual([...new Set(keys)]);
  });

  test('twice where the same words are asked at another time, for another use, or of another file’s backend', async () => {
    const shifted = `${HEAD}arms: { now: { t: x }, before: { t: x, shift: 7d } }\ncriteria: { c: { value: "q {{t}}", take: max, pass: "<= baseline", evidence: point }, d: { value: "q {{t}}", pass: "<= 1" } }\n`;
    expect((await questions(shifted, {})).sort()).toEqual(['instant q x', 'steps q x', 'steps q x']);
    const texts = ['one', 'two'].map(
      (id) => `${HEAD.replace('shop', id)}criteria: { c: { value: q, pass: "<= 1" } }\n`,
    );
    expect(await questions(texts, {})).toEqual(['instant q', 'instant q']);
  });
});

describe('the second round', () => {
  test('asks whether an absent count was ever seen', async () => {
    expect(await questions(`${HEAD}criteria: { c: { ${BAD} } }\n`, { t: 1 })).toEqual([
      'counts b',
      'counts t',
      'seen b',
    ]);
  });

  test.each<[string, Table]>([
    ['was counted', { b: 1, t: 1 }],
    ['counted 0', { b: 0, t: 1 }],
    ['could not be asked', { b: { code: 'backend.timeout', message: 'x' }, t: 1 }],
  ])('is not needed where it %s', async (_name, table) => {
    expect(await questions(`${HEAD}criteria: { c: { ${BAD} } }\n`, table)).toEqual(['counts b', 'counts t']);
  });

  test('asks of either arm where one is absent, and of none where none is', async () => {
    const text = `${ARMS}criteria: { c: { ratio: { bad: "b {{track}}", total: "t {{track}}" }, pass: "<= baseline", evidence: point } }\n`;
    const seen = async (table: Table) =>
      (await questions(text, table)).filter((each) => each.startsWith('seen')).sort();
    expect(await seen({ 'b stable': 1 })).toEqual(['seen b canary', 'seen b stable']);
    expect(await seen({ 'b stable': 1, 'b canary': 0 })).toEqual([]);
  });

  test('is no round for a series without a sample: that is absent too', async () => {
    const table: Table = { b: { series: [{ labels: {}, times: [], values: [] }] }, t: 1 };
    expect(await questions(`${HEAD}criteria: { c: { ${BAD} } }\n`, table)).toContain('seen b');
  });
});

test('what is asked is named for the recording', async () => {
  const text = `${ARMS}signals: { s: { ratio: { good: "g {{track}} {{p}} {{r}}", total: "t {{track}} {{p}} {{r}}" }, segments: { p: [x], r: [eu] } } }\ncriteria: { c: { signal: s, pass: ">= baseline", evidence: point } }\n`;
  const { take, asked } = asking({});
  await collect(await gatesOf(text), take, 4);
  expect(asked.map(({ context }) => context)).toEqual(
    ['canary', 'baseline'].flatMap((arm) =>
      ['good', 'total'].map((part) => ({ gate: 'shop', signal: 's', part, arm, segment: 'x.eu' })),
    ),
  );
});

test('traffic in unlisted segments is asked for once, in the first round', async () => {
  const text = `${HEAD}signals: { s: { ratio: { good: "g {{p}}", total: "t {{p}}" }, segments: { p: [x, y] } } }\ncriteria: { s: { pass: ">= 90%" } }\n`;
  const { take, asked } = asking({});
  await collect(await gatesOf(text), take, 4);
  expect(asked.filter(({ query }) => query.use === 'unlisted').map(({ context }) => context)).toEqual([
    { gate: 'shop', signal: 's', part: 'unlisted', arm: 'current', segment: null },
  ]);
});

test('a window without a step asks nothing', async () => {
  expect(await questions(`${HEAD}criteria: { c: { value: q, pass: "<= 1" } }\n`, {}, NOW)).toEqual([]);
});

test('progress is told after each answer, second round included', async () => {
  const told: string[] = [];
  const gates = await gatesOf(`${HEAD}criteria: { c: { ${BAD} } }\n`);
  await collect(gates, takeFrom({ t: 1 }), 1, (done, all, backend) => told.push(`${done}/${all} ${backend}`));
  expect(told).toEqual(['1/2 metrics', '2/2 metrics', '3/3 metrics']);
});

test.each<[string, Measurement | undefined, boolean]>([
  ['no measurement', undefined, false],
  ['a failure', { state: 'failed', failure: { code: 'backend.dns', message: 'x' }, durationMs: 0 }, false],
  ['an answer without series', { state: 'taken', answer: { series: [] }, durationMs: 0 }, true],
  [
    'series without samples',
    { state: 'taken', answer: { series: [{ labels: {}, times: [], values: [] }] }, durationMs: 0 },
    true,
  ],
  [
    'one sample',
    { state: 'taken', answer: { series: [{ labels: {}, times: [1], values: [0] }] }, durationMs: 0 },
    false,
  ],
])('%s is empty: %s', (_name, measurement, is) => {
  expect(isEmpty(measurement)).toBe(is);
});

describe('a pool', () => {
  test('runs no more at once than it is wide, all of them, and keeps their order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.nat(9), { maxLength: 20 }),
        fc.scheduler(),
        async (width, items, scheduler) => {
          let running = 0;
          let most = 0;
          const results = pooled(width, items, async (item) => {
            running += 1;
            most = Math.max(most, running);
            await scheduler.schedule(Promise.resolve());
            running -= 1;
            return item * 2;
          });
          expect(await scheduler.waitFor(results)).toEqual(items.map((item) => item * 2));
          expect(most).toBeLessThanOrEqual(width);
          expect(most).toBe(Math.min(width, items.length));
        },
      ),
    );
  });

  test('of which one task throws, throws', async () => {
    await expect(
      pooled(2, [1, 2, 3], (item) => (item === 2 ? Promise.reject(new Error('bug')) : Promise.resolve(item))),
    ).rejects.toThrow('bug');
  });

  test('is as wide as collect is told to be', async () => {
    const text = `${HEAD}criteria: { c: { value: "q {{p}}", take: max, pass: "<= 1", segments: { p: [a, b, c, d, e, f] } } }\n`;
    const gates = await gatesOf(text);
    for (const width of [1, 3]) {
      let running = 0;
      let most = 0;
      const take: TakeMeasurement = async () => {
        running += 1;
        most = Math.max(most, running);
        await Promise.resolve();
        running -= 1;
        return { state: 'taken', answer: { series: [] }, durationMs: 0 };
      };
      await collect(gates, take, width);
      expect(most).toBe(width);
    }
  });
});

describe('a live take', () => {
  const context = (over: Partial<BackendContext> = {}): BackendContext => ({
    http: () => Promise.reject(new Error('no network here')),
    resolver: () => Promise.reject(new Error('no network here')),
    fetcher: () => Promise.reject(new Error('no network here')),
    clock: fakeClock(),
    signal: new AbortController().signal,
    timeoutMs: 1000,
    maxBytes: 1000,
    env: {},
    ...over,
  });
  const query = (fetch: PreparedQuery['fetch']): PreparedQuery => ({
    backend: 'm',
    key: 'k',
    text: 'q',
    use: 'instant',
    window: { from: 0, to: 60_000, stepMs: 60_000 },
    notes: [],
    fetch,
  });
  const asked: TakeContext = { gate: 'g', signal: 's', part: 'p', arm: 'current', segment: null };
  const mask = (text: string): string => text.replaceAll('hunter2', '***');

  test('gives the answer, with what a server echoes of secrets masked', async () => {
    const answer: Answer = {
      series: [{ labels: { url: 'http://u:hunter2@h' }, times: [1], values: [1] }],
      warnings: ['hunter2 is bad'],
    };
    const taken = await liveTake(context(), { mask, isEmpty: false })(
      query(() => Promise.resolve(answer)),
      asked,
    );
    expect(taken).toEqual({
      state: 'taken',
      answer: {
        series: [{ labels: { url: 'http://u:***@h' }, times: [1], values: [1] }],
        warnings: ['*** is bad'],
      },
      durationMs: expect.any(Number),
    });
  });

  test('makes trouble with a backend a failed measurement, masked', async () => {
    const trouble = new BackendError({
      code: 'backend.auth',
      message: 'hunter2 refused',
      detail: ['body: hunter2'],
      mend: 'not hunter2',
    });
    const taken = await liveTake(context(), { mask, isEmpty: false })(
      query(() => Promise.reject(trouble)),
      asked,
    );
    expect(taken).toMatchObject({
      state: 'failed',
      failure: { code: 'backend.auth', message: '*** refused', detail: ['body: ***'], mend: 'not ***' },
    });
  });

  test('lets a bug go on up', async () => {
    const take = liveTake(context(), { mask, isEmpty: false });
    await expect(
      take(
        query(() => Promise.reject(new TypeError('bug'))),
        asked,
      ),
    ).rejects.toThrow(TypeError);
  });

  test('asks nothing once the run was stopped, and says why', async () => {
    const never = query(() => Promise.reject(new Error('was asked')));
    const stopped = new AbortController();
    stopped.abort(new BackendError({ code: 'backend.deadline', message: 'time is over' }));
    expect(
      await liveTake(context({ signal: stopped.signal }), { mask, isEmpty: false })(never, asked),
    ).toMatchObject({
      state: 'failed',
      failure: { code: 'backend.deadline' },
      durationMs: 0,
    });
    const bare = AbortSignal.abort();
    expect(await liveTake(context({ signal: bare }), { mask, isEmpty: false })(never, asked)).toMatchObject({
      state: 'failed',
      failure: { code: 'backend.interrupted' },
    });
  });
});
