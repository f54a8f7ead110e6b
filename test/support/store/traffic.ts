/** What one instance serves in one step, written into its registry. */
import { serveCaches } from './caches.js';
import type { FaultName } from './faults.js';
import { binomial, lognormal, moved, multinomial, poisson, type Random } from './random.js';
import type { Registry } from './registry.js';

/** What reaches one instance in one step. */
export interface Load {
  /** Checkouts that are expected to start here; other human traffic is a multiple of them. */
  readonly checkouts: number;
  /** The same without the daily curve: crawlers do not sleep. */
  readonly checkoutsAtPeak: number;
  /** Added to the share of completed checkouts, on both arms alike. */
  readonly completionDrift: number;
  /** Share of checkouts by path. */
  readonly paths: Readonly<Record<string, number>>;
  readonly faults: ReadonlySet<FaultName>;
  readonly stepSeconds: number;
  /** Epoch milliseconds at the end of the step. */
  readonly now: number;
}

/** One stream per subject, so that a fault in one leaves the others as they were. */
export interface Streams {
  readonly checkouts: Random;
  readonly pages: Random;
  readonly cache: Random;
  readonly shield: Random;
  readonly purges: Random;
  readonly crawlers: Random;
  readonly recommendations: Random;
}

interface Completion {
  readonly completed: number;
  readonly failed: number;
}

interface Route {
  /** Requests per checkout. */
  readonly factor: number;
  readonly medianSeconds: number;
  readonly spread: number;
}

const COMPLETION: Readonly<Record<string, Completion>> = {
  critical: { completed: 0.982, failed: 0.005 },
  edge: { completed: 0.935, failed: 0.015 },
};
const OTHER_PATH: Completion = { completed: 0.93, failed: 0.02 };

/** With these, 96.6 % of healthy checkouts answer within 0.5 s, and 89 % of those that are 30 % slower. */
const ROUTES: Readonly<Record<string, Route>> = {
  '/': { factor: 1.5, medianSeconds: 0.1, spread: 0.5 },
  '/p': { factor: 3, medianSeconds: 0.16, spread: 0.5 },
  '/cart': { factor: 1.5, medianSeconds: 0.18, spread: 0.5 },
  '/checkout': { factor: 1, medianSeconds: 0.22, spread: 0.45 },
};
const CODES = { '200': 0.975, '302': 0.015, '404': 0.008, '500': 0.0015, '503': 0.0005 };

const CRAWLERS: Readonly<Record<string, number>> = { googlebot: 0.45, bingbot: 0.15 };
const CRAWLER_CLASSES = { '2xx': 0.93, '3xx': 0.055, '4xx': 0.013, '5xx': 0.002 };
const FETCHES_PER_CHECKOUT = 0.02;

const RECOMMENDATIONS_PER_CHECKOUT = 1.5;

export function serve(registry: Registry, streams: Streams, load: Load): void {
  const attempts = serveCheckouts(registry, streams.checkouts, load);
  servePages(registry, streams.pages, load, attempts);
  serveCaches(registry, streams, load);
  serveCrawlers(registry, streams.crawlers, load);
  serveRecommendations(registry, streams.recommendations, load);
}

/** @returns how many checkouts were attempted */
function serveCheckouts(registry: Registry, random: Random, load: Load): number {
  let all = 0;
  for (const path in load.paths) {
    const attempts = poisson(random, load.checkouts * (load.paths[path] ?? 0));
    const healthy = COMPLETION[path] ?? OTHER_PATH;
    const drop = dropOn(path, load.faults);
    const failing = load.faults.has('errors') ? 0.03 : 0;
    const completed = healthy.completed + load.completionDrift - drop - failing;
    const failed = healthy.failed + failing;
    const outcomes = multinomial(random, attempts, { completed, abandoned: 1 - completed - failed, failed });
    for (const [outcome, count] of Object.entries(outcomes)) {
      registry.add('checkout_attempts_total', 'Checkouts by how they ended.', { path, outcome }, count);
    }
    all += attempts;
  }
  return all;
}

function dropOn(path: string, faults: ReadonlySet<FaultName>): number {
  if (path === 'critical' && faults.has('checkout-drop-critical')) return 0.04;
  return path === 'edge' && faults.has('checkout-drop-edge') ? 0.08 : 0;
}

function servePages(registry: Registry, random: Random, load: Load, attempts: number): void {
  const codes = load.faults.has('errors') ? moved(CODES, '200', '500', 0.03) : CODES;
  for (const [route, { factor, medianSeconds, spread }] of Object.entries(ROUTES)) {
    const requests = route === '/checkout' ? attempts : poisson(random, load.checkouts * factor);
    for (const [code, count] of Object.entries(multinomial(random, requests, codes))) {
      registry.add('http_requests_total', 'Requests by route and status.', { route, code }, count);
    }
    const slower = route === '/checkout' && load.faults.has('slow-checkout') ? 1.3 : 1;
    registry.observe(
      'http_request_duration_seconds',
      'Time to answer.',
      { route },
      durationsOf(random, requests, medianSeconds * slower, spread),
    );
  }
}

function serveCrawlers(registry: Registry, random: Random, load: Load): void {
  const classes = load.faults.has('crawler-5xx')
    ? moved(CRAWLER_CLASSES, '2xx', '5xx', 0.05)
    : CRAWLER_CLASSES;
  for (const [crawler, factor] of Object.entries(CRAWLERS)) {
    const hits = poisson(random, load.checkoutsAtPeak * factor);
    for (const [status_class, count] of Object.entries(multinomial(random, hits, classes))) {
      registry.add('crawler_requests_total', 'Crawler hits.', { crawler, status_class }, count);
    }
    registry.observe(
      'crawler_request_duration_seconds',
      'Time to answer a crawler.',
      { crawler },
      durationsOf(random, hits, 0.16, 0.5),
    );
  }
  const robots = load.faults.has('robots-404') ? '4xx' : '2xx';
  for (const [resource, status_class] of [
    ['robots', robots],
    ['sitemap', '2xx'],
  ] as const) {
    const fetches = poisson(random, load.checkoutsAtPeak * FETCHES_PER_CHECKOUT);
    registry.add('crawler_fetches_total', 'Fetches of crawl files.', { resource, status_class }, fetches);
    if (resource === 'sitemap' && fetches > 0) {
      registry.set('sitemap_last_fetch_timestamp_seconds', 'When last fetched.', {}, load.now / 1000);
    }
  }
}

function serveRecommendations(registry: Registry, random: Random, load: Load): void {
  const calls = poisson(random, load.checkouts * RECOMMENDATIONS_PER_CHECKOUT);
  const broken = load.faults.has('recommendations-down') ? 0.305 : 0.005;
  const wanted = binomial(random, calls, broken);
  const served = binomial(random, wanted, load.faults.has('fallback-down') ? 0.5 : 0.999);
  const help = 'Calls to recommendations.';
  registry.add('recs_requests_total', help, { code: '200' }, calls - wanted);
  registry.add('recs_requests_total', help, { code: '503' }, wanted);
  registry.add('recs_fallback_wanted_total', 'Pages that needed the fallback.', {}, wanted);
  registry.add('recs_fallback_served_total', 'Pages that the fallback filled.', {}, served);
}

function durationsOf(random: Random, count: number, median: number, spread: number): readonly number[] {
  return Array.from({ length: count }, () => lognormal(random, median, spread));
}
