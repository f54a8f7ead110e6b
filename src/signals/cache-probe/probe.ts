import { createHash } from 'node:crypto';
import type { BackendContext } from '../../contracts/backend.js';
import type { Fetched } from '../../contracts/fetcher.js';
import type { CacheVisit, Page } from '../../model/page.js';
import type { Answer } from '../../model/series.js';
import { createAsk } from '../probing/ask.js';
import { cacheStatusIn } from '../probing/cache-status.js';
import { eachOfHost } from '../probing/each-of-host.js';
import { refuseSilence } from '../probing/silence.js';
import { KNOWN_HEADERS } from './known-headers.js';
import type { Order } from './order.js';

/** Asks for each address several times, one after the other. @throws BackendError alone */
export async function probeCaches(order: Order, context: BackendContext): Promise<Answer> {
  const ask = createAsk(order, order.hosts, await context.fetcher(), context);
  const pages = await eachOfHost(order.rows, order.connections, async ({ url, listed }) => {
    const visits: CacheVisit[] = [];
    while (visits.length < order.times) visits.push(visitOf(await ask(url, { start: url }), order.marker));
    return pageOf(url, listed, visits);
  });
  refuseSilence(
    pages.map(({ url, visits = [] }) => ({
      url,
      silence: visits.every(({ failure }) => failure !== undefined) ? visits[0]?.failure : undefined,
    })),
  );
  return { series: [], pages };
}

function pageOf(url: string, listed: string, visits: readonly CacheVisit[]): Page {
  return { url, listed, isTarget: false, expected: {}, hops: [], robotsHeaders: [], linkHeaders: [], visits };
}

function visitOf(fetched: Fetched, marker: string | undefined): CacheVisit {
  if (fetched.state === 'failed')
    return { status: null, failure: { kind: fetched.kind, text: fetched.text } };
  const { status, headers, body } = fetched;
  const caches = headers['cache-status'];
  const age = headers['age'];
  const others = Object.fromEntries(KNOWN_HEADERS.flatMap((name) => joined(name, headers[name])));
  return {
    status,
    ...(caches !== undefined && { caches: cacheStatusIn(caches) }),
    ...(Object.keys(others).length > 0 && { others }),
    ...(age !== undefined && { age: secondsIn(age) }),
    ...Object.fromEntries(joined('cacheControl', headers['cache-control'])),
    ...Object.fromEntries(joined('vary', headers['vary'])),
    ...(headers['set-cookie'] !== undefined && { setsCookie: true }),
    body: createHash('sha256').update(body).digest('hex').slice(0, 16),
    ...(marker !== undefined && {
      hasMarker: Buffer.from(body.buffer, body.byteOffset, body.length).includes(marker),
    }),
  };
}

/** Whole: what matters may stand last. Node takes no more than 16 KiB of headers. */
function joined(name: string, lines: readonly string[] | undefined): readonly (readonly [string, string])[] {
  return lines === undefined ? [] : [[name, lines.join(', ')]];
}

/** RFC 9111 5.1: one whole number; null for anything else. */
function secondsIn(lines: readonly string[]): number | null {
  const [only = '', ...others] = lines;
  return others.length === 0 && /^\d{1,15}$/.test(only.trim()) ? Number(only) : null;
}
