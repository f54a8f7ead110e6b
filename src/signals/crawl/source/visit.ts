import type { BackendContext } from '../../../contracts/backend.js';
import type { Fetched, Fetcher } from '../../../contracts/fetcher.js';
import type { PageFailure, PageHop } from '../../../model/page.js';
import { normalUrl } from '../../probing/addresses.js';
import { createAsk } from '../../probing/ask.js';
import type { Order } from './order.js';

const MOST_HOPS = 10;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export type Answered = Extract<Fetched, { state: 'answered' }>;

/** What came of following redirects to their end. */
export interface Way {
  readonly hops: readonly PageHop[];
  /** Of the last hop; undefined where there is a failure. */
  readonly answer?: Answered;
  readonly failure?: PageFailure;
}

export interface Visit {
  readonly userAgent?: string;
  readonly maxBytes?: number;
  /** May this be fetched from a host of others, by its robots.txt? */
  readonly mayFetch?: (url: string) => Promise<boolean>;
  readonly mostHops?: number;
}

/** Follows redirects, each hop checked before it is asked. */
export type Follow = (url: string, visit?: Visit) => Promise<Way>;

/** Asks as an order says. Headers and cookies go to the host that was asked for, and to no other it redirects to. */
export function createFollow(order: Order, fetcher: Fetcher, context: BackendContext): Follow {
  const rules = { hosts: [...order.hosts, ...order.foreignHosts], isPrivateAllowed: order.isPrivateAllowed };
  const ask = createAsk(order, rules.hosts, fetcher, context);
  return async (start, { mayFetch, mostHops = MOST_HOPS, ...question } = {}) => {
    const hops: PageHop[] = [];
    const stopped = (kind: PageFailure['kind'], text: string): Way => ({ hops, failure: { kind, text } });
    let url = start;
    for (;;) {
      if (mayFetch !== undefined && !(await mayFetch(url)))
        return stopped('robots', 'its robots.txt keeps us out');
      const fetched = await ask(url, { start, ...question });
      if (fetched.state === 'failed') return stopped(fetched.kind, fetched.text);
      hops.push({ url, status: fetched.status });
      const [location] = fetched.headers['location'] ?? [];
      if (!REDIRECTS.has(fetched.status) || location === undefined) return { hops, answer: fetched };
      const target = normalUrl(location, url);
      if (target === undefined) return stopped('redirect', 'redirects to what is no address');
      const refused = fetcher.refusal(target, rules);
      if (refused !== undefined)
        return stopped('refused', `redirects to ${placeOf(target)}, which ${refused}`);
      if (hops.some((hop) => hop.url === target))
        return stopped('loop', `redirects in a loop, back to ${placeOf(target)}`);
      if (hops.length > mostHops)
        return stopped('too-many-redirects', `redirects more than ${mostHops} times`);
      url = withoutUser(target);
    }
  };
}

function withoutUser(target: string): string {
  const url = new URL(target);
  url.username = '';
  url.password = '';
  return url.href;
}

/** Without userinfo and query, which may hold secrets. */
function placeOf(target: string): string {
  const url = new URL(target);
  return `${url.protocol}//${url.host}${url.pathname}`.slice(0, 200);
}
