/** The sets of fixtures/ and the worlds they were recorded in, so that tests can serve the same history live. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { accessLogOf } from './store/access-log.js';
import type { FaultName } from './store/faults.js';
import { createStore } from './store/model.js';
import { historyOf } from './store/openmetrics.js';
import { startSite } from './store/site.js';

/** The instant of evaluation; with a minute to settle, the windows of all gates end at 14:34. */
export const FIXTURE_AT = '2026-11-20T14:35:00Z';

export const GATES = ['cache-hit-ratio', 'checkout-completion', 'crawl-signals', 'latency'] as const;
export type GateName = (typeof GATES)[number];

/** One shop and the gates that look at it. */
export interface World {
  readonly gates: readonly GateName[];
  readonly seed: number;
  /** What is wrong with the canary from its deploy on; `down`: nobody answers. */
  readonly faults: readonly FaultName[] | 'down';
}

export interface FixtureSet {
  readonly name: string;
  readonly exit: 0 | 1 | 3 | 4;
  readonly worlds: readonly World[];
}

export const FIXTURE_SETS: readonly FixtureSet[] = [
  {
    name: 'healthy',
    exit: 0,
    // Of the seeds 1 to 30, the one whose tightest criterion is farthest from its limit: three standard errors.
    worlds: [{ gates: GATES, seed: 1, faults: [] }],
  },
  {
    name: 'regressed',
    exit: 1,
    worlds: [
      {
        gates: GATES,
        // The edge path drops by 4 pp, against a margin of 2 pp with one standard error of 1.3 pp. With this seed it is
        // seen 3.6 pp below the limit; the other faults are far beyond what chance could hide.
        seed: 13,
        faults: [
          'checkout-drop-edge',
          'slow-checkout',
          'cache-collapse',
          'purge-storm',
          'crawler-5xx',
          'robots-404',
          'canonical-elsewhere',
          'noindex',
          'googlebot-503',
        ],
      },
    ],
  },
  {
    name: 'no-traffic',
    exit: 3,
    // Both ways of having none: series that do not exist, and series that stay at 0.
    worlds: [
      { gates: ['cache-hit-ratio', 'latency'], seed: 1, faults: ['no-traffic-absent'] },
      { gates: ['checkout-completion', 'crawl-signals'], seed: 1, faults: ['no-traffic-flat'] },
    ],
  },
  { name: 'backend-down', exit: 4, worlds: [{ gates: GATES, seed: 1, faults: 'down' }] },
];

const MINUTE = 60_000;
const AT = Date.parse(FIXTURE_AT);
/** Four minutes before the window begins. */
const DEPLOY = AT - 35 * MINUTE;

/** Where the shop of the checked-in sets stood: a replay asks for the addresses that were recorded. */
export const FIXTURE_SHOP = { port: 18_080, logs: '/tmp/gatekeeper-shop-logs' } as const;

/** The web site of a world, and the access log of its canary. */
export interface Storefront {
  readonly url: string;
  /** What gates are told of it. */
  readonly env: Readonly<Record<'SHOP_URL' | 'ACCESS_LOGS', string>>;
  stop(): Promise<void>;
}

/** @param logs  a folder of its own, which is emptied; nothing is there when the world is down */
export async function startStorefront({ seed, faults }: World, logs: string, port = 0): Promise<Storefront> {
  await rm(logs, { recursive: true, force: true });
  const env = (url: string): Storefront['env'] => ({ SHOP_URL: url, ACCESS_LOGS: logs });
  const stop = (): Promise<void> => rm(logs, { recursive: true, force: true });
  if (faults === 'down') {
    const url = `http://127.0.0.1:${port}`;
    return { url, env: env(url), stop };
  }
  const known = new Set(faults);
  const site = await startSite(known, port);
  await mkdir(logs, { recursive: true });
  await writeFile(join(logs, 'access.log'), accessLogOf({ seed, faults: known, from: DEPLOY, to: AT }));
  return {
    url: site.url,
    env: env(site.url),
    stop: async () => {
      await site.stop();
      await stop();
    },
  };
}

/** What Prometheus knows of this world, as OpenMetrics. */
export function historyFor({ seed, faults }: World): AsyncIterable<string> {
  const store = createStore({
    seed,
    start: DEPLOY - 60 * MINUTE,
    deploy: DEPLOY,
    faults: faults === 'down' ? [] : faults.map((name) => ({ name })),
  });
  return historyOf(store, { from: DEPLOY - 30 * MINUTE, to: AT });
}
