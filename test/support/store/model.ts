/**
 * A shop with a canary, seeded: the same options give the same counters, byte for byte.
 *
 * Time comes from the options and from `step()`, never from a clock. With the defaults a 5 % canary sees about 1,900
 * critical and 800 edge checkouts in 30 minutes at the evening peak (20:00 UTC), and 55 % of that at 08:00 UTC.
 */
import { type Fault, type FaultName, faultsAt, isScraped, minutesOf } from './faults.js';
import { normal, poisson, type Random, streamOf } from './random.js';
import { Registry } from './registry.js';
import { type Load, type Streams, serve } from './traffic.js';

export interface StoreOptions {
  readonly seed: number;
  /** Epoch milliseconds of the first sample. */
  readonly start: number;
  /** 15 by default. */
  readonly scrapeSeconds?: number;
  /** Epoch milliseconds at which the canary's instances come up; `start` by default. */
  readonly deploy?: number;
  /** Instances per arm; 2 stable and 1 canary by default. */
  readonly tracks?: { readonly stable: number; readonly canary: number };
  /** Share of the traffic, or a ramp over the minutes since the deploy; 0.05 by default. */
  readonly canaryShare?: number | ((minutesSinceDeploy: number) => number);
  readonly faults?: readonly Fault[];
  /** Checkouts started per minute over both arms at the peak of the day; all else is a multiple. 1800 by default. */
  readonly trafficPerMinute?: number;
  /** Share of checkouts by `path`; critical 0.7 and edge 0.3 by default. A third path is one that no gate lists. */
  readonly paths?: Readonly<Record<string, number>>;
}

/** One scraped target. */
export interface Instance {
  readonly job: string;
  readonly instance: string;
  /** Absent on what both arms share. */
  readonly track?: 'stable' | 'canary';
  readonly registry: Registry;
}

export interface Store {
  readonly scrapeSeconds: number;
  /** All targets, those of a canary that is not deployed yet included. */
  readonly instances: readonly Instance[];
  /** Epoch milliseconds of the newest state. */
  now(): number;
  /** Serves one scrape interval of traffic. */
  step(): void;
  /** The targets that exist now, in a fixed order, with whether a scrape of them succeeds. */
  targets(): readonly { readonly target: Instance; readonly isUp: boolean }[];
  /** The truth: the sum over all series of this name that carry these labels. */
  total(name: string, labels?: Readonly<Record<string, string>>): number;
}

interface Shop extends Instance {
  readonly track: 'stable' | 'canary';
  readonly streams: Streams;
  /** Its part of the arm's traffic. */
  readonly part: number;
}

const PEAK_HOUR = 20;
const ORDERS_READY = 40;
const QUEUE_GROWTH_PER_MINUTE = 20;

export function createStore(options: StoreOptions): Store {
  const { seed, start, scrapeSeconds = 15, deploy = start, faults = [], trafficPerMinute = 1800 } = options;
  const paths = options.paths ?? { critical: 0.7, edge: 0.3 };
  const { canaryShare = 0.05, tracks = { stable: 2, canary: 1 } } = options;
  const shops = [
    ...shopsOf('stable', tracks.stable, seed, false),
    ...shopsOf('canary', tracks.canary, seed, faultsAt(faults, 0).has('no-traffic-flat')),
  ];
  const queue: Instance = { job: 'rabbitmq', instance: 'rabbitmq-0', registry: new Registry({}, true) };
  const drift = driftOf(streamOf(seed, 'drift'), scrapeSeconds);
  const queueStream = streamOf(seed, 'queue');
  let now = start;

  const minutesSinceDeploy = () => (now - deploy) / 60_000;
  const exists = (shop: Shop) => shop.track === 'stable' || now >= deploy;

  const setQueue = () => {
    const growth = QUEUE_GROWTH_PER_MINUTE * minutesOf('queue-growth', faults, minutesSinceDeploy());
    const ready = poisson(queueStream, ORDERS_READY) + Math.round(growth);
    queue.registry.set('rabbitmq_queue_messages_ready', 'Messages ready.', { queue: 'orders' }, ready);
  };
  setQueue();

  const instances = [...shops, queue];
  return {
    scrapeSeconds,
    instances,
    now: () => now,
    step: () => {
      // What holds at the beginning of the interval holds throughout.
      const isDeployed = now >= deploy && tracks.canary > 0;
      const active = isDeployed ? faultsAt(faults, minutesSinceDeploy()) : new Set<FaultName>();
      const isCut = active.has('no-traffic-absent') || active.has('no-traffic-flat');
      const wanted = typeof canaryShare === 'number' ? canaryShare : canaryShare(minutesSinceDeploy());
      const canaryPart = isDeployed && !isCut ? wanted : 0;
      const serving = shops.filter(exists);
      const { traffic, completion } = drift();
      now += scrapeSeconds * 1000;
      for (const { registry, streams, track, part } of serving) {
        const share = (track === 'canary' ? canaryPart : 1 - canaryPart) * part;
        const checkoutsAtPeak = (trafficPerMinute / 60) * scrapeSeconds * share;
        const load: Load = {
          checkouts: checkoutsAtPeak * dailyCurve(now) * traffic,
          checkoutsAtPeak,
          completionDrift: completion,
          paths,
          faults: track === 'canary' ? active : new Set(),
          stepSeconds: scrapeSeconds,
          now,
        };
        serve(registry, streams, load);
      }
      setQueue();
    },
    targets: () => {
      const minutes = minutesSinceDeploy();
      const isCanaryUp = isScraped(faultsAt(faults, minutes), minutes);
      return [
        ...shops.filter(exists).map((target) => ({ target, isUp: target.track === 'stable' || isCanaryUp })),
        { target: queue, isUp: true },
      ];
    },
    total: (name, labels = {}) => totalOf(instances, name, labels),
  };
}

function shopsOf(track: 'stable' | 'canary', count: number, seed: number, startsAtZero: boolean): Shop[] {
  return Array.from({ length: count }, (_, index) => {
    const instance = `storefront-${track}-${index}`;
    const stream = (subject: string) => streamOf(seed, `${instance}/${subject}`);
    return {
      job: 'storefront',
      instance,
      track,
      part: 1 / count,
      registry: new Registry({ track }, startsAtZero),
      streams: {
        checkouts: stream('checkouts'),
        pages: stream('pages'),
        cache: stream('cache'),
        shield: stream('shield'),
        purges: stream('purges'),
        crawlers: stream('crawlers'),
        recommendations: stream('recommendations'),
      },
    };
  });
}

/** 1 at the evening peak, 0.55 twelve hours from it. */
function dailyCurve(now: number): number {
  const hours = (now / 3_600_000) % 24;
  return 0.775 + 0.225 * Math.cos(((hours - PEAK_HOUR) / 24) * 2 * Math.PI);
}

/** What moves both arms alike: a slow wander of the traffic (5 %) and of the completion (0.2 pp), half an hour long. */
function driftOf(random: Random, scrapeSeconds: number): () => { traffic: number; completion: number } {
  const keep = Math.exp(-scrapeSeconds / 1800);
  const fresh = Math.sqrt(1 - keep * keep);
  let traffic = normal(random);
  let completion = normal(random);
  return () => {
    traffic = keep * traffic + fresh * normal(random);
    completion = keep * completion + fresh * normal(random);
    return { traffic: Math.exp(0.05 * traffic), completion: 0.002 * completion };
  };
}

function totalOf(
  instances: readonly Instance[],
  name: string,
  labels: Readonly<Record<string, string>>,
): number {
  let total = 0;
  for (const { registry } of instances) {
    for (const family of registry.families.values()) {
      for (const series of family.series.values()) {
        if (series.name !== name) continue;
        if (Object.entries(labels).every(([label, value]) => series.labels[label] === value)) {
          total += series.value;
        }
      }
    }
  }
  return total;
}
