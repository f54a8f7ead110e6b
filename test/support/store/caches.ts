/** What the caches of one instance do in one step: an edge, a shield behind it, the origin behind both, and purges. */
import { moved, multinomial, poisson } from './random.js';
import type { Registry } from './registry.js';
import type { Load, Streams } from './traffic.js';

const CACHED_PER_CHECKOUT = 6;
const EDGE = {
  HIT: 0.82,
  MISS: 0.1,
  EXPIRED: 0.04,
  STALE: 0.005,
  UPDATING: 0.005,
  REVALIDATED: 0.01,
  BYPASS: 0.02,
};
/** Gets what the edge cannot answer, and so the rarer pages. */
const SHIELD = { HIT: 0.55, MISS: 0.25, EXPIRED: 0.1, BYPASS: 0.1 };
/** 40 a minute over both arms at the peak, each by the one that learns of the change. */
const PURGES_PER_CHECKOUT = 1 / 45;

export function serveCaches(registry: Registry, streams: Streams, load: Load): void {
  const toShield = serveEdge(registry, streams, load);
  const shield = multinomial(streams.shield, toShield, SHIELD);
  countRequests(registry, 'shield', shield);
  const toOrigin = toShield - shield.HIT;
  registry.add('origin_requests_total', 'Requests that no cache answered.', {}, toOrigin);
  purge(registry, streams, load);
}

/** @returns what it asks of the shield */
function serveEdge(registry: Registry, { cache }: Streams, { checkouts, faults }: Load): number {
  const statuses = faults.has('cache-collapse') ? moved(EDGE, 'HIT', 'EXPIRED', 0.8) : EDGE;
  const requests = poisson(cache, checkouts * CACHED_PER_CHECKOUT);
  const counts = multinomial(cache, requests, statuses);
  countRequests(registry, 'edge', counts);
  return counts.MISS + counts.EXPIRED + counts.REVALIDATED + counts.BYPASS;
}

function countRequests(registry: Registry, layer: string, counts: Readonly<Record<string, number>>): void {
  const help = 'Requests to a cache by $upstream_cache_status.';
  for (const [status, count] of Object.entries(counts))
    registry.add('nginx_cache_requests_total', help, { layer, status }, count);
}

function purge(registry: Registry, { purges }: Streams, { checkoutsAtPeak, faults, stepSeconds, now }: Load) {
  const isStorm = faults.has('purge-storm');
  const pages = poisson(purges, checkoutsAtPeak * PURGES_PER_CHECKOUT * (isStorm ? 10 : 1));
  // The step in which a minute ends.
  const everything = isStorm && now % 60_000 < stepSeconds * 1000 ? 1 : 0;
  const help = 'Purges by what they empty.';
  registry.add('cache_purges_total', help, { scope: 'page' }, pages);
  registry.add('cache_purges_total', help, { scope: 'everything' }, everything);
}
