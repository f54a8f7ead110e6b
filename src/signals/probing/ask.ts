import type { BackendContext } from '../../contracts/backend.js';
import { type Fetched, type Fetcher, isListedHost } from '../../contracts/fetcher.js';
import type { Manners } from './manners.js';

/** Cap on a page; a crawler reads less. */
const MOST_PAGE_BYTES = 5 * 1024 * 1024;

export interface Question {
  /** The page that was asked for first: headers and cookies go to its host, and to no other it redirects to. */
  readonly start: string;
  readonly userAgent?: string;
  readonly maxBytes?: number;
}

/** Sends one GET, following nothing. */
export type Ask = (url: string, question: Question) => Promise<Fetched>;

/** @param hosts all that may be asked, those of others included */
export function createAsk(
  manners: Manners,
  hosts: readonly string[],
  fetcher: Fetcher,
  context: BackendContext,
): Ask {
  const own = manners.userAgent ?? fetcher.userAgent;
  const ourName = manners.contact === undefined ? own : `${own} (+${manners.contact})`;
  const hasHeaders = Object.keys(manners.headers).length > 0;
  return (url, { start, userAgent = ourName, maxBytes = MOST_PAGE_BYTES }) =>
    fetcher.fetch(
      {
        url,
        headers: {
          ...(hasHeaders && mayCarry(start, url) && isListedHost(new URL(url), manners.hosts)
            ? manners.headers
            : {}),
          'user-agent': userAgent,
          accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
          'accept-encoding': 'gzip, deflate, br',
        },
        hosts,
        isPrivateAllowed: manners.isPrivateAllowed,
        perSecond: manners.perSecond,
        connections: manners.connections,
        timeoutMs: context.timeoutMs,
        maxBytes,
      },
      context.signal,
    );
}

/** Headers and cookies stay at the host that they are meant for, and are never sent in the clear after a start at https. */
function mayCarry(start: string, url: string): boolean {
  const [from, to] = [new URL(start), new URL(url)];
  if (from.hostname !== to.hostname || (from.protocol === 'https:' && to.protocol !== 'https:')) return false;
  // From http to https of one host is one site; another port is another.
  return from.port === to.port;
}
