import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitUntil } from './processes.js';
import { needs, type Prometheus, startPrometheus } from './prometheus.js';
import { startExporter } from './store/exporter.js';
import type { Fault, FaultName } from './store/faults.js';
import { createStore, type Store, type StoreOptions } from './store/model.js';
import { historyOf } from './store/openmetrics.js';
import { binomial, lognormal, multinomial, poisson, streamOf } from './store/random.js';

type Labels = Readonly<Record<string, string>>;

const MINUTE = 60_000;
/** Just before the evening peak. */
const DEPLOY = Date.parse('2026-03-02T19:30:00Z');
const END = DEPLOY + 30 * MINUTE;
const SPAN = { from: DEPLOY - 30 * MINUTE, to: END };
const CANARY = { track: 'canary' };
const STABLE = { track: 'stable' };

function storeWith(options: Partial<StoreOptions> = {}): Store {
  return createStore({ seed: 7, start: SPAN.from, deploy: DEPLOY, ...options });
}

function storeWithFault(name: FaultName, afterMinutes = 0): Store {
  return storeWith({ faults: [{ name, afterMinutes }] });
}

function runTo(store: Store, moment: number): Store {
  while (store.now() < moment) store.step();
  return store;
}

async function textOf(store: Store): Promise<string> {
  let text = '';
  for await (const chunk of historyOf(store, SPAN)) text += chunk;
  return text;
}

/** Reads counts of the 30 minutes after the deploy. */
function windowOf(faults: readonly Fault[]): (name: string, labels: Labels) => number {
  const before = runTo(storeWith({ faults }), DEPLOY);
  const after = runTo(storeWith({ faults }), END);
  return (name, labels) => after.total(name, labels) - before.total(name, labels);
}

/** A share of one arm in the 30 minutes after the deploy. */
type Share = (read: (name: string, labels: Labels) => number, track: Labels) => number;

const completionOf =
  (path: string): Share =>
  (read, track) =>
    read('checkout_attempts_total', { ...track, path, outcome: 'completed' }) /
    read('checkout_attempts_total', { ...track, path });
const withinHalfSecond: Share = (read, track) =>
  read('http_request_duration_seconds_bucket', { ...track, route: '/checkout', le: '0.5' }) /
  read('http_request_duration_seconds_count', { ...track, route: '/checkout' });
const errors: Share = (read, track) =>
  read('http_requests_total', { ...track, code: '500' }) / read('http_requests_total', track);
const cacheOf =
  (status: string, layer = 'edge'): Share =>
  (read, track) =>
    read('nginx_cache_requests_total', { ...track, layer, status }) /
    read('nginx_cache_requests_total', { ...track, layer });
const originPerRequest: Share = (read, track) =>
  read('origin_requests_total', track) / read('nginx_cache_requests_total', { ...track, layer: 'edge' });
const purgesOfEverything: Share = (read, track) =>
  read('cache_purges_total', { ...track, scope: 'everything' }) / read('cache_purges_total', track);
const crawlerErrors: Share = (read, track) =>
  read('crawler_requests_total', { ...track, status_class: '5xx' }) / read('crawler_requests_total', track);
const robotsFound: Share = (read, track) =>
  read('crawler_fetches_total', { ...track, resource: 'robots', status_class: '2xx' }) /
  read('crawler_fetches_total', { ...track, resource: 'robots' });
const recommendationErrors: Share = (read, track) =>
  read('recs_requests_total', { ...track, code: '503' }) / read('recs_requests_total', track);
const fallbackServed: Share = (read, track) =>
  read('recs_fallback_served_total', track) / read('recs_fallback_wanted_total', track);

describe('draws', () => {
  const random = streamOf(1, 'draws');
  const momentsOf = (draw: () => number) => {
    const values = Array.from({ length: 20_000 }, draw);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    return { mean, variance };
  };

  test.each([0.5, 40, 700])('a Poisson draw of mean %d has that mean and variance', (mean) => {
    const moments = momentsOf(() => poisson(random, mean));
    expect(Math.abs(moments.mean / mean - 1)).toBeLessThan(0.03);
    expect(Math.abs(moments.variance / mean - 1)).toBeLessThan(0.05);
  });

  test.each([
    [100, 0.02],
    [100, 0.93],
    [7, 0.5],
  ])('a binomial draw of %d at %d has the right mean and variance', (n, share) => {
    const moments = momentsOf(() => binomial(random, n, share));
    expect(Math.abs(moments.mean / (n * share) - 1)).toBeLessThan(0.03);
    expect(Math.abs(moments.variance / (n * share * (1 - share)) - 1)).toBeLessThan(0.05);
  });

  test('a binomial draw at the ends is certain', () => {
    expect([binomial(random, 9, 0), binomial(random, 9, 1), binomial(random, 0, 0.3)]).toEqual([0, 9, 0]);
  });

  test('half of the lognormal draws are below the median', () => {
    const below = momentsOf(() => (lognormal(random, 0.2, 0.5) < 0.2 ? 1 : 0));
    expect(below.mean).toBeCloseTo(0.5, 1);
  });

  test('a split loses nobody', () => {
    const { a, b, c } = multinomial(random, 1000, { a: 5, b: 4, c: 1 });
    expect(a + b + c).toBe(1000);
    expect(c).toBeGreaterThan(60);
  });

  test('streams of one seed differ by name, and repeat by name', () => {
    expect(streamOf(1, 'x')()).toBe(streamOf(1, 'x')());
    expect(streamOf(1, 'x')()).not.toBe(streamOf(1, 'y')());
    expect(streamOf(1, 'x')()).not.toBe(streamOf(2, 'x')());
  });
});

describe('the healthy store', () => {
  const read = windowOf([]);

  test('the same seed tells the same history, byte for byte; another seed another one', async () => {
    const history = await textOf(storeWith());
    expect(await textOf(storeWith())).toBe(history);
    expect(await textOf(storeWith({ seed: 8 }))).not.toBe(history);
  });

  test('counters and buckets never fall', async () => {
    const newest = new Map<string, number>();
    const fallen: string[] = [];
    for (const line of (await textOf(storeWith())).split('\n')) {
      const [series = '', value] = line.split(' ');
      if (!/_(total|bucket|sum|count)\{/.test(series)) continue;
      if (Number(value) < (newest.get(series) ?? 0)) fallen.push(line);
      newest.set(series, Number(value));
    }
    expect(fallen).toEqual([]);
    expect(newest.size).toBeGreaterThan(200);
  });

  test('the families of a history are contiguous', async () => {
    const families = (await textOf(storeWith())).match(/^# TYPE \S+/gm) ?? [];
    expect(new Set(families).size).toBe(families.length);
    expect(families).toHaveLength(15);
  });

  test.each([
    ['critical completion', completionOf('critical'), 0.982, 0.012],
    ['edge completion', completionOf('edge'), 0.935, 0.03],
    ['checkouts within 0.5 s', withinHalfSecond, 0.966, 0.012],
    ['errors', errors, 0.0015, 0.0015],
    ['cache hits', cacheOf('HIT'), 0.82, 0.015],
    ['hits of the shield', cacheOf('HIT', 'shield'), 0.55, 0.04],
    ['requests of the origin', originPerRequest, 0.0765, 0.01],
    ['purges of everything', purgesOfEverything, 0, 0],
    ['crawler errors', crawlerErrors, 0.002, 0.004],
    ['robots.txt found', robotsFound, 1, 0],
    ['recommendation errors', recommendationErrors, 0.005, 0.005],
  ] as const)('near the configured share on both arms: %s', (_, share, expected, tolerance) => {
    for (const track of [CANARY, STABLE]) {
      expect(Math.abs(share(read, track) - expected)).toBeLessThanOrEqual(tolerance);
    }
  });

  test('the canary gets its 5 %, enough to judge', () => {
    const critical = read('checkout_attempts_total', { ...CANARY, path: 'critical' });
    const edge = read('checkout_attempts_total', { ...CANARY, path: 'edge' });
    const everything = read('checkout_attempts_total', {});
    expect(critical).toBeGreaterThan(1600);
    expect(edge).toBeGreaterThan(500);
    expect(read('crawler_requests_total', { ...CANARY, crawler: 'googlebot' })).toBeGreaterThan(1000);
    expect(Math.abs((critical + edge) / everything - 0.05)).toBeLessThan(0.004);
  });

  test('a ramp moves traffic over', () => {
    const canaryShare = (minutes: number) => (minutes < 15 ? 0.05 : 0.5);
    const early = runTo(storeWith({ canaryShare }), DEPLOY + 15 * MINUTE);
    const atTurn = early.total('checkout_attempts_total', CANARY);
    const late = runTo(early, END);
    expect(late.total('checkout_attempts_total', CANARY) / atTurn).toBeGreaterThan(9);
  });

  test('night is quieter than the evening, for people', () => {
    const countOver = (start: number, name: string) =>
      runTo(createStore({ seed: 7, start }), start + 30 * MINUTE).total(name);
    const night = DEPLOY - 12 * 60 * MINUTE;
    const people = countOver(night, 'checkout_attempts_total') / countOver(DEPLOY, 'checkout_attempts_total');
    const crawlers = countOver(night, 'crawler_requests_total') / countOver(DEPLOY, 'crawler_requests_total');
    expect(people).toBeLessThan(0.75);
    expect(crawlers).toBeGreaterThan(0.95);
  });

  test('a path that no gate lists can have traffic', () => {
    const store = runTo(storeWith({ paths: { critical: 0.7, edge: 0.28, gift: 0.02 } }), END);
    expect(store.total('checkout_attempts_total', { path: 'gift' })).toBeGreaterThan(100);
  });
});

describe('faults', () => {
  test.each([
    ['checkout-drop-critical', completionOf('critical'), -0.04, 0.015],
    ['checkout-drop-edge', completionOf('edge'), -0.08, 0.03],
    ['slow-checkout', withinHalfSecond, -0.073, 0.02],
    ['errors', errors, 0.03, 0.006],
    ['errors', completionOf('critical'), -0.03, 0.015],
    ['cache-collapse', cacheOf('HIT'), -0.8, 0.015],
    ['cache-collapse', cacheOf('MISS'), 0, 0.01],
    ['cache-collapse', cacheOf('HIT', 'shield'), 0, 0.04],
    ['cache-collapse', originPerRequest, 0.36, 0.02],
    // 30 of everything beside 600 of pages.
    ['purge-storm', purgesOfEverything, 0.048, 0.01],
    ['crawler-5xx', crawlerErrors, 0.05, 0.015],
    ['robots-404', robotsFound, -1, 0],
    ['recommendations-down', recommendationErrors, 0.3, 0.03],
    ['fallback-down', fallbackServed, -0.5, 0.25],
  ] as const)('%s moves the canary away from the stable arm', (name, share, difference, tolerance) => {
    const read = windowOf([{ name }]);
    expect(Math.abs(share(read, CANARY) - share(read, STABLE) - difference)).toBeLessThanOrEqual(tolerance);
  });

  test('a fault leaves every other series as it was, byte for byte', async () => {
    const others = async (store: Store) =>
      (await textOf(store)).split('\n').filter((line) => !/(nginx_cache|origin_requests).*canary/.test(line));
    expect(await others(storeWithFault('cache-collapse'))).toEqual(await others(storeWith()));
  });

  test('a fault may begin later', () => {
    const early = runTo(storeWithFault('robots-404', 20), DEPLOY + 20 * MINUTE);
    expect(early.total('crawler_fetches_total', { status_class: '4xx' })).toBe(0);
    expect(runTo(early, END).total('crawler_fetches_total', { status_class: '4xx' })).toBeGreaterThan(0);
  });

  test('queue-growth grows by 20 a minute', () => {
    const store = runTo(storeWithFault('queue-growth'), END);
    expect(Math.abs(store.total('rabbitmq_queue_messages_ready') - 640)).toBeLessThan(40);
  });

  test('a canary without traffic is up: either with no series at all, or with series at 0', async () => {
    const absent = await textOf(storeWithFault('no-traffic-absent'));
    expect(absent).toMatch(/^up\{.*canary.*\} 1 /m);
    expect(absent).not.toMatch(/^checkout.*canary/m);

    const flat = (await textOf(storeWithFault('no-traffic-flat'))).match(/^checkout.*canary.*/gm) ?? [];
    expect(flat).toHaveLength(6 * 120);
    expect(flat.filter((line) => !/ 0 \d+$/.test(line))).toEqual([]);
  });

  test('a canary that loses its traffic keeps its counts', () => {
    const store = runTo(storeWithFault('no-traffic-flat', 10), DEPLOY + 10 * MINUTE);
    const counted = store.total('checkout_attempts_total', CANARY);
    expect(counted).toBeGreaterThan(0);
    expect(runTo(store, END).total('checkout_attempts_total', CANARY)).toBe(counted);
  });

  test.each([
    // 10 minutes of 4 scrapes, and the one at the deploy.
    ['exporter-dead', 10, 10 * 4],
    // The one at the deploy is the last of the half hour before.
    ['exporter-mostly-dead', 0, 1 + 4],
  ] as const)('%s: the series end while up says 0', async (name, afterMinutes, scrapes) => {
    const history = await textOf(storeWithFault(name, afterMinutes));
    const ups = history.match(/^up\{.*canary.*/gm) ?? [];
    expect(ups).toHaveLength(121);
    expect(ups.filter((line) => / 1 \d+$/.test(line))).toHaveLength(scrapes);
    expect(history.match(/^checkout.*critical.*completed.*canary.*/gm)?.length ?? 0).toBeLessThanOrEqual(
      scrapes,
    );
  });
});

describe.skipIf(!needs('prometheus', 'the store in a real Prometheus'))('in a real Prometheus', () => {
  let prometheus: Prometheus;
  let store: Store;

  beforeAll(async () => {
    store = storeWith();
    prometheus = await startPrometheus({ openMetrics: historyOf(store, SPAN) });
  });
  afterAll(() => prometheus?.stop());

  async function ask(url: string, query: string, time?: number): Promise<number | undefined> {
    const parameters = new URLSearchParams({
      query,
      ...(time === undefined ? {} : { time: `${time / 1000}` }),
    });
    const answer = (await (await fetch(`${url}/api/v1/query?${parameters}`)).json()) as {
      data: { result: { value: [number, string] }[] };
    };
    const value = answer.data.result[0]?.value[1];
    return value === undefined ? undefined : Number(value);
  }

  test.each(['critical', 'edge'])('increase over 30 m of %s checkouts is near the truth', async (path) => {
    const of = (outcome: string) =>
      ask(
        prometheus.url,
        `sum(increase(checkout_attempts_total{track="canary",path="${path}"${outcome}}[30m]))`,
        END,
      );
    const [completed = 0, attempts = 0] = [await of(',outcome="completed"'), await of('')];
    const truth = { ...CANARY, path };
    const completedTruly = store.total('checkout_attempts_total', { ...truth, outcome: 'completed' });
    const attemptsTruly = store.total('checkout_attempts_total', truth);
    expect(Math.abs(attempts / attemptsTruly - 1)).toBeLessThan(0.02);
    expect(Math.abs(completed / attempts - completedTruly / attemptsTruly)).toBeLessThan(0.003);
  });

  test('buckets make a quantile', async () => {
    const buckets = 'rate(http_request_duration_seconds_bucket{track="stable",route="/checkout"}[30m])';
    const p95 = await ask(prometheus.url, `histogram_quantile(0.95, sum by (le) (${buckets}))`, END);
    expect(p95).toBeGreaterThan(0.4);
    expect(p95).toBeLessThan(0.5);
  });

  test('the newest sample is visible at once', async () => {
    expect(await ask(prometheus.url, 'count(up == 1)', END)).toBe(4);
  });

  test('an instance served live is scraped', async () => {
    const live = storeWith();
    const exporter = await startExporter(runTo(live, DEPLOY), { speed: 60, interval: '500ms' });
    const scraping = await startPrometheus({ scrape: exporter.scrape });
    try {
      const attempts = 'sum(checkout_attempts_total{job="storefront",track="canary"})';
      await waitUntil(async () => ((await ask(scraping.url, attempts)) ?? 0) > 0, 'canary series');
      // Each target has its own moment within the interval.
      await waitUntil(async () => (await ask(scraping.url, 'sum(up)')) === 4, 'all four targets');
    } finally {
      await scraping.stop();
      await exporter.stop();
    }
  });
});
