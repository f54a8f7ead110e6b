/** The backend against a real Prometheus: what only PromQL itself can prove. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Backend } from '../../src/contracts/backend.js';
import { needs, type Prometheus, startPrometheus } from '../support/prometheus.js';
import {
  ask,
  contextWith,
  failureOf,
  MINUTE,
  open,
  requestOf,
  variables,
  windowTo,
} from './prometheus-support.js';

const STEP_S = 15;
/** A round minute some hours ago: what is backfilled must not overlap the server's own head. */
const to = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 4 * 3_600_000;
const window = windowTo(to);

/** Samples each 15 s from `fromS` to `untilS` before the window's end, off the minute by `offsetS`. */
function samples(
  name: string,
  labels: string,
  sinceS: number,
  untilS: number,
  value: (i: number) => number,
): string {
  const lines: string[] = [];
  const offsetS = 3;
  for (let s = -sinceS, i = 0; s <= -untilS; s += STEP_S, i += 1) {
    lines.push(`${name}{${labels}} ${value(i)} ${to / 1000 + s - offsetS}`);
  }
  return lines.join('\n');
}

const A = 'job="shop",instance="a:1"';
const HOUR_S = 3600;
const history = [
  '# TYPE orders counter',
  samples('orders_total', `${A},track="canary",code="200"`, HOUR_S, 0, (i) => 1000 + 7 * i),
  // Its first error came in the window: the series was born five minutes before its end.
  samples('orders_total', `${A},track="canary",code="500"`, 300, 0, (i) => 3 + i),
  // A new instance, of which nothing older is known.
  samples('orders_total', 'job="shop",instance="new:1",track="canary",code="200"', 300, 0, (i) => 50 + i),
  // Restarted: falls to 0 in the middle of the window.
  samples('orders_total', `${A},track="stable",code="200"`, HOUR_S, 0, (i) => (i < 220 ? 100 + i : i - 220)),
  '# TYPE depth gauge',
  // Stopped two minutes before the window's end, without a stale marker; look-back still shows it.
  samples('depth', `${A},queue="dead"`, HOUR_S, 120, (i) => i % 5),
  samples('depth', `${A},queue="alive"`, HOUR_S, 0, (i) => i % 5),
  '# TYPE latency histogram',
  ...['0.1', '0.5', '+Inf'].map((le, b) =>
    samples('latency_bucket', `${A},le="${le}"`, HOUR_S, 0, (i) => (b + 1) * i),
  ),
  samples('latency_count', A, HOUR_S, 0, (i) => 3 * i),
  samples('latency_sum', A, HOUR_S, 0, (i) => i),
  '# TYPE up gauge',
  samples('up', A, HOUR_S, 0, () => 1),
  samples('up', 'job="shop",instance="new:1"', 300, 0, () => 1),
  '# EOF\n',
].join('\n');

describe.skipIf(!needs('prometheus'))('against a real Prometheus', () => {
  let server: Prometheus;
  let backend: Backend;

  beforeAll(async () => {
    server = await startPrometheus({ openMetrics: history });
    backend = open({ url: server.url });
  });
  afterAll(() => server?.stop());

  const request = (source: unknown, more: Parameters<typeof requestOf>[1] = {}) =>
    requestOf(source, { window, ...more });
  const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

  test('a counter counts whole numbers, exactly', async () => {
    const { series, sampleIntervalMs } = await ask(
      backend,
      request({ counter: 'orders_total{track="canary",code="200",instance="a:1"}' }),
    );
    expect(series).toHaveLength(1);
    expect(series[0]?.values).toEqual(Array(10).fill(28));
    expect(series[0]?.times[0]).toBe(window.from + MINUTE);
    expect(series[0]?.newest).toBe(to - 3000);
    expect(sampleIntervalMs).toBe(15_000);
  });

  test('increase() of the same misses the born series’ first value and is no whole number', async () => {
    const born = 'orders_total{track="canary",code="500"}';
    const exact = await ask(backend, request({ counter: born }));
    // 3 at its first scrape, which up{} shows was not the target's first; then one each 15 s.
    expect(total(exact.series[0]?.values ?? [])).toBe(23);
    const query = await ask(backend, request(`increase(${born}[{{step}}])`));
    expect(query.isExtrapolated).toBe(true);
    expect(query.sampleIntervalMs).toBe(15_000);
    expect(total(query.series[0]?.values ?? [])).toBeLessThan(22);
  });

  test('a target that first shows up in the window counts from its first scrape', async () => {
    const { series } = await ask(backend, request({ counter: 'orders_total{instance="new:1"}' }));
    expect(total(series[0]?.values ?? [])).toBe(20);
  });

  test('a restart loses nothing that was scraped', async () => {
    const { series } = await ask(backend, request({ counter: 'orders_total{track="stable"}' }));
    // One each 15 s, but for the scrape of the fall itself, which finds 0.
    expect(total(series[0]?.values ?? [])).toBe(39);
  });

  test('buckets are counted per bound', async () => {
    const { series } = await ask(backend, request({ counter: 'latency_bucket' }, { use: 'buckets' }));
    const byBound = Object.fromEntries(series.map(({ labels, values }) => [labels['le'], values[0]]));
    expect(byBound).toEqual({ '0.1': 4, '0.5': 8, '+Inf': 12 });
    const query = 'sum by (le) (increase(latency_bucket[{{step}}]))';
    expect((await ask(backend, request(query, { use: 'buckets' }))).series).toHaveLength(3);
    const failure = await failureOf(
      ask(backend, request('sum(increase(latency_bucket[{{step}}]))', { use: 'buckets' })),
    );
    expect(failure.code).toBe('backend.answer-shape');
  });

  test('a dead exporter is seen through the look-back by its own age', async () => {
    const dead = to - 123_000;
    for (const query of [
      'depth{queue="dead"}',
      'max(depth)',
      'sum(depth) / 2',
      'rate(depth{queue="dead"}[10m])',
    ]) {
      const { series } = await ask(backend, request(query, { use: 'instant' }));
      expect([query, series[0]?.newest]).toEqual([query, dead]);
    }
    const alive = await ask(backend, request('max(depth{queue="alive"})', { use: 'instant' }));
    expect(alive.series[0]?.newest).toBe(to - 3000);
    const constant = await ask(backend, request('vector(1)', { use: 'instant' }));
    expect(constant.series[0]).toEqual({ labels: {}, times: [to], values: [1] });
  });

  test.each([
    ['sum(nowhere) or vector(0)', 0],
    ['(count(nowhere) or vector(0)) + 1', 0],
    ['sum(rate(nowhere[5m])) or vector(0)', 0],
    // Tied to something that is there, a 0 is a measurement.
    ['sum(nowhere) or 0 * max(depth)', 1],
    ['sum(nowhere) or max(depth offset 1m) * 0', 1],
  ])('a value that nothing was measured for is none: %s', async (query, points) => {
    const { series } = await ask(backend, request(query, { use: 'instant' }));
    expect(series).toHaveLength(points);
  });

  test('what has left the look-back is aged within its own range', async () => {
    const later = windowTo(to + 10 * MINUTE);
    const { series } = await ask(
      backend,
      request('max_over_time(depth{queue="dead"}[1h])', { use: 'instant', window: later }),
    );
    expect(series[0]?.newest).toBe(to - 123_000);
  });

  test('repeated values are no points of their steps', async () => {
    for (const query of [
      'depth{queue="dead"}',
      'max(depth{queue="dead"}) + 0',
      'sum(rate(depth{queue="dead"}[5m]))',
    ]) {
      const { series } = await ask(backend, request(query, { use: 'steps' }));
      expect([query, series[0]?.times.at(-1)]).toEqual([query, to - 2 * MINUTE]);
      expect(series[0]?.newest).toBe(to - 123_000);
      expect(series[0]?.times).toHaveLength(8);
    }
    const both = await ask(backend, request('depth', { use: 'steps' }));
    expect(both.series.map(({ labels, times }) => [labels['queue'], times.length])).toEqual([
      ['alive', 10],
      ['dead', 8],
    ]);
  });

  test('raw samples are those of the window alone', async () => {
    const { series } = await ask(backend, request('depth{queue="alive"}', { use: 'raw' }));
    expect(series[0]?.values).toHaveLength(40);
    expect(series[0]?.times[0]).toBeGreaterThan(window.from);
  });

  test('seen tells which selector ever had a sample', async () => {
    const source = 'sum(increase(orders_total{code="200"}[1m])) / sum(increase(ordres_total[1m]))';
    const { series } = await ask(backend, request(source, { use: 'seen', lookbackMs: 7 * 86_400_000 }));
    expect(series).toEqual([{ labels: { selector: 'orders_total{code="200"}' }, times: [to], values: [3] }]);
    const misspelt = await ask(backend, request({ counter: 'orders_total{cod="200"}' }, { use: 'seen' }));
    expect(misspelt.series).toEqual([]);
    const named = await ask(backend, request('{__name__=~"depth|up"}', { use: 'seen' }));
    expect(named.series[0]?.values).toEqual([4]);
  });

  test('unlisted counts the values that the segment does not list', async () => {
    const { series } = await ask(
      backend,
      request(
        { counter: 'orders_total{track="canary",code="{{code}}"}' },
        {
          use: 'unlisted',
          segment: { variable: 'code', listed: ['200'] },
          variables: variables({ code: '200' }),
        },
      ),
    );
    expect(series.map(({ labels }) => labels)).toEqual([{ code: '500' }]);
    expect(series[0]?.values[0]).toBeGreaterThan(15);
  });

  test('escaped variables match what they say and nothing else', async () => {
    const track = 'canary"} or orders_total{track="stable';
    const equal = await ask(
      backend,
      request({ counter: 'orders_total{track="{{t}}"}' }, { variables: variables({ t: track }) }),
    );
    expect(equal.series).toEqual([]);
    const regex = await ask(
      backend,
      request({ counter: 'orders_total{track=~"{{t}}"}' }, { variables: variables({ t: 'canar.' }) }),
    );
    expect(regex.series).toEqual([]);
    const odd = 'a\nb\\c"d\'e\t\u0001é';
    for (const quote of ['"', "'"]) {
      const written = `count(label_replace(vector(1), "x", "y", "", "") * 0 + on () vector(1)) + count(absent({x=${quote}{{t}}${quote}}))`;
      const { series } = await ask(
        backend,
        request(written, { use: 'instant', variables: variables({ t: odd }) }),
      );
      expect(series[0]?.values).toEqual([2]);
    }
  });

  test('a refused query has the server’s words and a caret', async () => {
    const failure = await failureOf(ask(backend, request('sum(depth) + rate(up)', { use: 'instant' })));
    expect(failure.code).toBe('backend.query');
    expect(failure.detail?.slice(0, 2)).toEqual(['sum(depth) + rate(up)', '                  ^']);
    expect(failure.detail?.[2]).toContain('expected type range vector');
  });

  test('a query that fails while it runs is the query’s fault', async () => {
    const failure = await failureOf(ask(backend, request('depth * on (job) depth', { use: 'instant' })));
    expect(failure.code).toBe('backend.query');
    expect(failure.detail?.at(-1)).toContain('many-to-many');
  });

  test('a query of some kilobytes travels', async () => {
    const long = `sum(depth{queue!~"${'x'.repeat(9000)}"})`;
    expect((await ask(backend, request(long, { use: 'steps' }))).series).toHaveLength(1);
  });

  test('it says what it is', async () => {
    const health = await backend.probe(contextWith());
    expect(health.identity).toMatch(/^Prometheus 2\.\d+/);
    // The history ends hours ago, far beyond the five minutes that a plain selector looks back.
    expect(health.newestAgeMs).toBeGreaterThan(300_000);
    expect(health.notes).toEqual([]);
  });
});
