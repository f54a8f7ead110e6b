import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeData, envelopeOf } from '../../src/backends/prometheus/decode.js';
import { prometheus } from '../../src/backends/prometheus.js';
import type { QueryRequest } from '../../src/contracts/backend.js';
import { SecretValue } from '../../src/contracts/secrets.js';
import { fakeClock } from '../support/fake-clock.js';
import { type HostileServer, startHostileServer } from '../support/hostile-server.js';
import { ask, contextWith, failureOf, open, requestOf, windowTo } from './prometheus-support.js';

interface Said {
  readonly status?: number;
  readonly body: unknown;
  readonly date?: string;
}

const window = windowTo(1_700_000_040_000, 3);
const { to } = window;
const at = (stratum: number): number => to - (3 - stratum) * 60_000;

/** What the server answers to a query, by the first rule whose text the query holds. */
let rules: readonly (readonly [part: string, said: Said])[] = [];
let server: HostileServer;

beforeAll(async () => {
  server = await startHostileServer({
    handle: (seen, response) => {
      const query = queryOf(seen);
      const said = rules.find(([part]) => (query ?? seen.url).includes(part))?.[1];
      if (said === undefined) return false;
      const { status = 200, body, date } = said;
      response.writeHead(status, {
        'content-type': 'application/json',
        ...(date === undefined ? {} : { date }),
      });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
      return true;
    },
  });
});
afterAll(() => server.close());

function queryOf(seen: { readonly url: string; readonly body: string }): string | undefined {
  const inUrl = new URL(seen.url, 'http://x').searchParams.get('query');
  return inUrl ?? new URLSearchParams(seen.body).get('query') ?? undefined;
}

const success = (resultType: string, result: unknown, more: object = {}): Said => ({
  body: { status: 'success', data: { resultType, result }, ...more },
});
const vector = (...values: string[]): Said =>
  success(
    'vector',
    values.map((value, i) => ({ metric: { i: String(i) }, value: [to / 1000, value] })),
  );
const refusal = (errorType: string, error: string, status = 422): Said => ({
  status,
  body: { status: 'error', errorType, error },
});

function asked(source: unknown, more: Partial<QueryRequest> = {}, config: Record<string, unknown> = {}) {
  // The server's own clock is wherever the test runs; skew has tests of its own.
  const clock = fakeClock(Date.now());
  return ask(
    open({ url: server.url, ...config }),
    requestOf(source, { window, ...more }),
    contextWith(clock),
  );
}
const instant = { use: 'instant' } as const;

describe('values of an answer', () => {
  test('NaN and infinities are numbers, labels are kept', async () => {
    rules = [['time()', vector('NaN', '+Inf', '-Inf', '1e-3', '0', '-0.5')]];
    const { series } = await asked('time()', instant);
    expect(series.map(({ values }) => values[0])).toEqual([
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      0.001,
      0,
      -0.5,
    ]);
    expect(series[0]).toMatchObject({ labels: { i: '0' }, times: [to] });
  });

  test('a scalar is one series without labels', async () => {
    rules = [['time()', success('scalar', [to / 1000, '42'])]];
    expect(await asked('time()', instant)).toEqual({ series: [{ labels: {}, times: [to], values: [42] }] });
  });

  test('an empty answer is no series, never 0', async () => {
    rules = [['', vector()]];
    expect(await asked('sum(x)', instant)).toEqual({ series: [] });
  });

  test.each([
    ['matrix', [{ metric: {}, values: [[1, '1']] }], /function around the range/],
    ['string', [1, 'text'], /yields numbers/],
  ])('a %s where one value is wanted fails', async (type, result, mend) => {
    rules = [['', success(type, result)]];
    const failure = await failureOf(asked('time()', instant));
    expect(failure).toMatchObject({ code: 'backend.answer-shape', mend: expect.stringMatching(mend) });
    expect(failure.message).toContain(`answered with a ${type}`);
  });

  test('native histograms are refused by name', async () => {
    const native = { metric: { __name__: 'latency' }, histogram: [to / 1000, { count: '1' }] };
    rules = [['', success('vector', [native])]];
    const failure = await failureOf(asked('time()', instant));
    expect(failure.code).toBe('backend.answer-shape');
    expect(failure.message).toContain('"latency" of "metrics" holds native histograms');
  });

  const odd: [why: string, data: unknown][] = [
    ['an unknown result type', { resultType: 'tensor', result: [] }],
    ['no result', { resultType: 'vector' }],
    ['no data', undefined],
    ['a value that is no string', { resultType: 'vector', result: [{ metric: {}, value: [1, 2] }] }],
    ['an empty value', { resultType: 'vector', result: [{ metric: {}, value: [1, ''] }] }],
    ['a blank value', { resultType: 'vector', result: [{ metric: {}, value: [1, ' '] }] }],
    ['a word for a value', { resultType: 'vector', result: [{ metric: {}, value: [1, 'null'] }] }],
    ['no time', { resultType: 'vector', result: [{ metric: {}, value: [null, '1'] }] }],
    ['a label that is no string', { resultType: 'vector', result: [{ metric: { a: 1 }, value: [1, '1'] }] }],
    [
      'times twice',
      {
        resultType: 'matrix',
        result: [
          {
            metric: {},
            values: [
              [1, '1'],
              [1, '2'],
            ],
          },
        ],
      },
    ],
    [
      'times backwards',
      {
        resultType: 'matrix',
        result: [
          {
            metric: {},
            values: [
              [2, '1'],
              [1, '2'],
            ],
          },
        ],
      },
    ],
    ['no values', { resultType: 'matrix', result: [{ metric: {} }] }],
    ['a scalar that is no pair', { resultType: 'scalar', result: ['1'] }],
  ];
  test.each(odd)('%s is malformed', async (_, data) => {
    rules = [['', { body: { status: 'success', data } }]];
    expect(await failureOf(asked('time()', instant))).toMatchObject({ code: 'backend.malformed' });
  });

  test.each([
    ['HTML', '<!DOCTYPE html><title>Sign in</title>'],
    ['cut JSON', '{"status":"success","data":{"resultType":"vec'],
    ['nothing', ''],
    ['another API', '{"ok":true}'],
  ])('%s is no answer of the API', async (_, body) => {
    rules = [['', { body }]];
    const failure = await failureOf(asked('time()', instant));
    expect(failure).toMatchObject({ code: 'backend.malformed', mend: expect.stringContaining('/api/v1') });
    expect(failure.detail?.[0]).toContain(body === '' ? 'empty' : body.slice(0, 8).replaceAll('"', '\\"'));
  });
});

describe('what a server says is wrong', () => {
  test('a refused query shows the place and the words of the server', async () => {
    rules = [['', refusal('bad_data', 'invalid parameter "query": 1:5: parse error: no such thing', 400)]];
    expect(await failureOf(asked('sum(x)', instant))).toEqual({
      code: 'backend.query',
      message: 'the server "metrics" rejected the query',
      mend: 'mend the query; what the server says stands below it',
      detail: ['sum(x)', '    ^', 'invalid parameter "query": 1:5: parse error: no such thing'],
    });
  });

  test.each([
    ['execution', 'found duplicate series', 'backend.query'],
    ['422', 'error when executing query', 'backend.query'],
    ['timeout', 'query timed out', 'backend.server-error'],
    ['canceled', 'query was canceled', 'backend.server-error'],
    ['unavailable', 'not ready', 'backend.server-error'],
    ['internal', 'disk', 'backend.server-error'],
    ['503', 'vmselect', 'backend.server-error'],
    ['execution', 'expanding series: rpc error: code = Unavailable desc = store', 'backend.server-error'],
  ])('%s (%s) is %s', async (type, error, code) => {
    rules = [['', refusal(type, error)]];
    const failure = await failureOf(asked('sum(x)', instant));
    expect(failure.code).toBe(code);
    expect(JSON.stringify(failure)).toContain(error);
  });

  test('a secret that the server repeats is not shown', async () => {
    const token = new SecretValue('TOKEN', 'hunter2hunter2');
    rules = [['', refusal('bad_data', 'who is hunter2hunter2?', 400)]];
    const failure = await failureOf(asked('sum(x)', instant, { headers: { 'x-api-key': token } }));
    expect(JSON.stringify(failure)).not.toContain('hunter2');
    rules = [['', { body: 'hunter2hunter2 is unknown' }]];
    const other = await failureOf(asked('sum(x)', instant, { auth: { bearer: token } }));
    expect(JSON.stringify(other)).not.toContain('hunter2');
  });
});

describe('what a server says is missing', () => {
  test('warnings are kept once, remarks on style are not', async () => {
    const warnings = ['store a:10901 is away', 'PromQL info: metric might not be a counter'];
    const partial = success('vector', [], { warnings, infos: ['fine'], isPartial: true });
    rules = [['', partial]];
    expect((await asked('sum(x)', instant)).warnings).toEqual([
      'store a:10901 is away',
      'partial: some of the storage behind the server did not answer',
    ]);
  });

  const skews: [seconds: number, expected: string | undefined][] = [
    [0, undefined],
    [59, undefined],
    [-59, undefined],
    [90, "clock: the server's clock is 1m30s ahead of this machine's"],
    [-3600, "clock: the server's clock is 1h behind this machine's"],
  ];
  test.each(skews)('a clock that is off by %i s: %s', async (seconds, expected) => {
    const now = Date.UTC(2026, 10, 20, 14, 35);
    rules = [['', { ...vector('1'), date: new Date(now + seconds * 1000).toUTCString() }]];
    const backend = open({ url: server.url });
    const answer = await ask(
      backend,
      requestOf('time()', { window, ...instant }),
      contextWith(fakeClock(now)),
    );
    expect(answer.warnings).toEqual(expected === undefined ? undefined : [expected]);
  });
});

describe('how it is asked', () => {
  test('a short query goes in the URL with the block’s parameters, headers and tenant', async () => {
    rules = [['', vector('1')]];
    const config = { url: `${server.url}/prometheus`, tenant: 'shop', params: { dedup: 'false' } };
    await asked('time()', instant, config);
    const seen = server.seen.at(-1);
    expect(seen?.method).toBe('GET');
    expect(seen?.headers['x-scope-orgid']).toBe('shop');
    const url = new URL(seen?.url ?? '', 'http://x');
    expect(url.pathname).toBe('/prometheus/api/v1/query');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      dedup: 'false',
      query: 'time()',
      time: '1700000040',
    });
  });

  test('a long query goes in a body', async () => {
    rules = [['', vector('1')]];
    const long = `vector(${'1+'.repeat(1100)}1)`;
    await asked(long, instant, { params: { dedup: 'false' } });
    const seen = server.seen.at(-1);
    expect(seen?.method).toBe('POST');
    expect(seen?.url).toBe('/api/v1/query?dedup=false');
    expect(Object.fromEntries(new URLSearchParams(seen?.body))).toEqual({ query: long, time: '1700000040' });
  });

  test('a range is asked for the ends of the steps', async () => {
    rules = [['', success('matrix', [])]];
    await asked('sum(increase(x[{{step}}]))');
    const queries = server.seen
      .slice(-2)
      .map(({ url }) => Object.fromEntries(new URL(url, 'http://x').searchParams));
    const grid = { start: '1699999920', end: '1700000040', step: '60' };
    expect(queries).toContainEqual({ ...grid, query: 'sum(increase(x[1m]))' });
    expect(queries).toContainEqual({ ...grid, query: 'max(count_over_time(x[59s999ms]))' });
  });

  test('a tenant and the same header are one too many', () => {
    const block = { url: 'http://h', tenant: 'a', headers: { 'x-scope-orgid': 'b' } };
    const opened = prometheus.open(block, { id: 'm', folder: '/' });
    expect(opened.ok ? [] : opened.issues.map(({ path }) => path)).toEqual([['tenant']]);
  });

  test('an answer for other instants is refused', async () => {
    rules = [['', success('matrix', [{ metric: {}, values: [[to / 1000 - 30, '1']] }])]];
    expect(await failureOf(asked('sum(increase(x[1m]))'))).toMatchObject({ code: 'backend.answer-shape' });
  });
});

describe('the age of what a value was computed from', () => {
  const ages = (...seconds: number[]): Said =>
    success(
      'vector',
      seconds.map((age, i) => ({
        metric: { gatekeeper_selector: String(i) },
        value: [to / 1000, String(age)],
      })),
    );

  /** A server that joins no values and ages: they are asked apart. */
  const apart = (query: string) =>
    [`${query} or label_replace(`, refusal('bad_data', 'set operator not allowed', 400)] as const;

  test('is asked together with the value', async () => {
    const before = server.seen.length;
    rules = [
      [
        'sum(a) or label_replace(min(timestamp(a)), "gatekeeper_selector", "0", "", "")',
        success('vector', [
          { metric: {}, value: [to / 1000, '7'] },
          { metric: { gatekeeper_selector: '0' }, value: [to / 1000, '1699999800'] },
        ]),
      ],
    ];
    const { series } = await asked('sum(a)', instant);
    expect(series).toEqual([{ labels: {}, times: [to], values: [7], newest: 1_699_999_800_000 }]);
    expect(server.seen.slice(before).filter((seen) => queryOf(seen)?.startsWith('sum(a)'))).toHaveLength(1);
  });

  test('is told per series of one selector, together with their values', async () => {
    const metric = { __name__: 'a', pod: 'x' };
    rules = [
      [
        'a or label_replace(timestamp(a), "gatekeeper_selector", "0", "", "")',
        success('vector', [
          { metric, value: [to / 1000, '1'] },
          { metric: { pod: 'x', gatekeeper_selector: '0' }, value: [to / 1000, '1699999800'] },
        ]),
      ],
    ];
    const { series } = await asked('a', instant);
    expect(series).toEqual([{ labels: metric, times: [to], values: [1], newest: 1_699_999_800_000 }]);
  });

  test('is asked apart where both together are a large answer', async () => {
    const before = server.seen.length;
    rules = [
      [' or label_replace(', { body: `"${'x'.repeat(5 * 1024 ** 2)}"` }],
      ['label_replace', ages(1_699_999_800)],
      ['', vector('1')],
    ];
    const { series } = await asked('sum(a)', instant);
    expect(series[0]?.newest).toBe(1_699_999_800_000);
    expect(server.seen.length - before).toBe(3);
  });

  test('is not asked again of a server that is in trouble', async () => {
    const before = server.seen.length;
    rules = [['', refusal('timeout', 'too busy', 503)]];
    await expect(asked('sum(a)', instant)).rejects.toMatchObject({
      failure: { code: 'backend.server-error' },
    });
    expect(server.seen.length - before).toBe(1);
  });

  test('is that of its oldest selector', async () => {
    rules = [
      apart('sum(a) / sum(b)'),
      ['label_replace', ages(1_699_999_800, 1_700_000_030)],
      ['', vector('1')],
    ];
    const { series } = await asked('sum(a) / sum(b)', instant);
    expect(series[0]?.newest).toBe(1_699_999_800_000);
  });

  test('of one selector is told per series', async () => {
    const metric = { __name__: 'a', pod: 'x' };
    rules = [
      apart('a'),
      ['timestamp(a)', success('vector', [{ metric: { pod: 'x' }, value: [to / 1000, '1699999800'] }])],
      ['a', success('vector', [{ metric, value: [to / 1000, '1'] }])],
    ];
    const { series } = await asked('a', instant);
    expect(series).toEqual([{ labels: metric, times: [to], values: [1], newest: 1_699_999_800_000 }]);
  });

  test('of what left the look-back is asked in its own range', async () => {
    rules = [
      apart('sum(increase(a[1h]))'),
      ['max_over_time', ages(1_699_998_000)],
      ['label_replace', vector()],
      ['increase', vector('5')],
    ];
    const { series } = await asked('sum(increase(a[1h]))', instant);
    expect(series[0]?.newest).toBe(1_699_998_000_000);
    expect(queryOf(server.seen.at(-1) ?? { url: '', body: '' })).toContain('timestamp(a)[1h:36s]');
  });

  test('points that repeat an older sample are no data of their step', async () => {
    const grid = [at(1), at(2), at(3)].map((ms) => ms / 1000);
    const sampled = [grid[0], grid[0], (grid[2] ?? 0) - 5];
    rules = [
      apart('sum(a)'),
      [
        'timestamp',
        success('matrix', [
          { metric: { gatekeeper_selector: '0' }, values: grid.map((t, i) => [t, String(sampled[i])]) },
        ]),
      ],
      ['', success('matrix', [{ metric: {}, values: grid.map((t) => [t, '7']) }])],
    ];
    const { series } = await asked('sum(a)', { use: 'steps' });
    expect(series).toEqual([{ labels: {}, times: [at(1), at(3)], values: [7, 7], newest: at(3) - 5000 }]);
  });
});

describe('counters', () => {
  const raw = (metric: object, ...samples: [ms: number, value: number][]): object => ({
    metric,
    values: samples.map(([ms, value]) => [ms / 1000, String(value)]),
  });
  const target = { __name__: 'x_total', job: 'j', instance: 'i:1', track: 'canary' };
  const canary = { counter: 'x_total{track="canary"}' };

  test('labels held by the selector are dropped, others and the interval are told', async () => {
    rules = [['', success('matrix', [raw(target, [at(0), 1], [at(1), 3], [at(2), 3], [at(3), 4])])]];
    expect(await asked(canary)).toEqual({
      series: [
        {
          labels: { job: 'j', instance: 'i:1' },
          times: [at(1), at(2), at(3)],
          values: [2, 0, 1],
          newest: at(3),
        },
      ],
      isAdditive: true,
      sampleIntervalMs: 60_000,
    });
    expect(queryOf(server.seen.at(-1) ?? { url: '', body: '' })).toBe('x_total{track="canary"}[8m]');
  });

  test('the target of a born series is asked for, once', async () => {
    const before = server.seen.length;
    rules = [
      ['up{', success('matrix', [raw({ job: 'j', instance: 'i:1' }, [at(0), 1])])],
      [
        '',
        success('matrix', [raw(target, [at(2), 4]), raw({ ...target, code: '5' }, [at(2), 2], [at(3), 2])]),
      ],
    ];
    const { series } = await asked(canary);
    expect(series.map(({ values }) => values)).toEqual([[4], [2, 0]]);
    expect(server.seen.slice(before).map(queryOf)).toEqual([
      'x_total{track="canary"}[8m]',
      'up{job=~"j",instance=~"i:1"}[8m]',
    ]);
  });

  test.each([
    [{ ...target }, /no label "le"/],
    [{ ...target, le: '0.5' }, /no bucket le="\+Inf"/],
  ])('buckets without what makes them buckets are refused', async (metric, message) => {
    rules = [['', success('matrix', [raw(metric, [at(0), 1], [at(1), 2])])]];
    const failure = await failureOf(asked(canary, { use: 'buckets' }));
    expect(failure).toMatchObject({ code: 'backend.answer-shape', message: expect.stringMatching(message) });
  });

  test('le stays, even where the selector holds it', async () => {
    rules = [['', success('matrix', [raw({ ...target, le: '+Inf' }, [at(0), 1], [at(1), 2])])]];
    const { series } = await asked({ counter: 'x_total{track="canary",le="+Inf"}' }, { use: 'buckets' });
    expect(series[0]?.labels).toEqual({ job: 'j', instance: 'i:1', le: '+Inf' });
  });

  test('a raw sample at the very start of the window is not in it', async () => {
    rules = [
      [
        '',
        success('matrix', [raw(target, [at(0), 1], [at(1), 2]), raw({ ...target, pod: 'old' }, [at(0), 1])]),
      ],
    ];
    const { series } = await asked('x_total', { use: 'raw' });
    expect(series).toEqual([{ labels: target, times: [at(1)], values: [2] }]);
  });

  test('too many series say to use a query', async () => {
    const many = Array.from({ length: 2001 }, (_, i) => raw({ ...target, pod: String(i) }, [at(0), 1]));
    rules = [['', success('matrix', many)]];
    const failure = await failureOf(asked(canary));
    expect(failure).toMatchObject({
      code: 'backend.too-large',
      mend: expect.stringContaining('write a query'),
    });
  });

  test('a value below 0 is no count', async () => {
    rules = [['', success('matrix', [raw(target, [at(0), 1], [at(1), -2])])]];
    expect((await failureOf(asked(canary))).message).toContain('no counter');
  });
});

describe('health', () => {
  const built = (data: object): Said => ({ body: { status: 'success', data } });
  const cases: [data: object | undefined, identity: string][] = [
    [{ version: '2.42.0' }, 'Prometheus 2.42.0'],
    [{ version: '0.34.1' }, 'Thanos 0.34.1'],
    [{ application: 'Grafana Mimir', version: '2.11.0' }, 'Grafana Mimir 2.11.0'],
    [{}, 'Prometheus API'],
    [undefined, 'Prometheus API'],
  ];
  test.each(cases)('%j is %s', async (data, identity) => {
    const now = Date.UTC(2026, 10, 20, 14, 35);
    const date = new Date(now).toUTCString();
    rules = [
      ['buildinfo', data === undefined ? { status: 404, body: 'no' } : built(data)],
      ['up', { ...success('vector', [{ metric: {}, value: [now / 1000, String(now / 1000 - 12)] }]), date }],
    ];
    expect(await open({ url: server.url }).probe(contextWith(fakeClock(now)))).toEqual({
      identity,
      newestAgeMs: 12_000,
      notes: [],
    });
  });

  test('without "up" the age is unknown, and that is said', async () => {
    rules = [
      ['buildinfo', built({ version: '2.42.0' })],
      ['up', vector()],
    ];
    const health = await open({ url: server.url }).probe(contextWith());
    expect(health).toMatchObject({ newestAgeMs: null, notes: [expect.stringContaining('no series "up"')] });
  });
});

test('a large matrix decodes in about the time of parsing it', () => {
  const points = Array.from({ length: 1440 }, (_, i) => [1_700_000_000 + i * 60, String(1000.125 + i)]);
  const result = Array.from({ length: 300 }, (_, i) => ({ metric: { pod: String(i) }, values: points }));
  const body = JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } });
  // The quickest of three: a pause of the machine is not the decoder's.
  const quickest = (work: () => void): number =>
    Math.min(
      ...[1, 2, 3].map(() => {
        const start = performance.now();
        work();
        return performance.now() - start;
      }),
    );
  const parse = quickest(() => JSON.parse(body));
  const decode = quickest(() => decodeData(envelopeOf(body)?.data, 'metrics'));
  expect(decode / parse).toBeLessThan(4);
});
