import { isListedHost } from '../../../contracts/fetcher.js';
import type { FailureCode } from '../../../model/failure.js';
import type { Page, PageFailureKind } from '../../../model/page.js';
import { MOST_SITEMAP_BYTES, readSitemap, type Sitemap } from '../../list/sitemap.js';
import { normalUrl, siteOf } from '../../probing/addresses.js';
import type { Order } from './order.js';
import { MOST_ROBOTS_BYTES, type Robots, readRobots } from './robots.js';
import type { Follow, Way } from './visit.js';

const GOOGLEBOT = 'Googlebot';
/** Our name in robots.txt. */
const OURSELVES = 'gatekeeper';
/** Looked up in, not asked for: shops list far more pages than a gate does. */
const MOST_KNOWN = 1_000_000;
/** RFC 9309 2.3.1.2: at least five. */
const MOST_ROBOTS_HOPS = 5;

type RobotsFile =
  | { readonly state: 'read'; readonly robots: Robots }
  | { readonly state: 'absent'; readonly detail: string }
  | { readonly state: 'unreachable'; readonly detail: string };

/** Addresses of a sitemap, or why they are not known. */
export type Listing =
  | { readonly state: 'read'; readonly urls: ReadonlySet<string>; readonly from: string }
  | { readonly state: 'unread'; readonly detail: string; readonly code: FailureCode };

/** robots.txt and sitemaps, each asked for once. */
export interface SiteFiles {
  verdict(url: string): Promise<NonNullable<Page['robotsTxt']>>;
  /** May we fetch it ourselves? Hosts of our own are not asked. */
  mayFetch(url: string): Promise<boolean>;
  membership(url: string): Promise<NonNullable<Page['sitemap']>>;
  /** Pages to be asked for: as many as the order allows. */
  listing(sitemapUrl: string): Promise<Listing>;
}

export function createSiteFiles(order: Order, follow: Follow): SiteFiles {
  const robotsFiles = new Map<string, Promise<RobotsFile>>();
  const listings = new Map<string, Promise<Listing>>();

  const robotsOf = (url: string): Promise<RobotsFile> => {
    const site = siteOf(url);
    const known = robotsFiles.get(site) ?? fetchRobots(new URL(url).origin, follow);
    robotsFiles.set(site, known);
    return known;
  };

  const listing = (url: string, most: number): Promise<Listing> => {
    const known = listings.get(url) ?? fetchListing(url, follow, most);
    listings.set(url, known);
    return known;
  };

  /** What the gate names, or robots.txt, or the usual place. */
  const sitemapsFor = async (url: string): Promise<readonly string[]> => {
    if (order.sitemap !== undefined) return [order.sitemap];
    const file = await robotsOf(url);
    const named = file.state === 'read' ? file.robots.sitemaps : [];
    const { origin } = new URL(url);
    return named.length === 0
      ? [`${origin}/sitemap.xml`]
      : named.map((each) => normalUrl(each, origin) ?? each);
  };

  return {
    listing: (url) => listing(url, order.most),
    verdict: async (url) => {
      const file = await robotsOf(url);
      if (file.state === 'absent') return { state: 'allowed', detail: file.detail };
      if (file.state === 'unreachable') return { state: 'unreachable', detail: file.detail };
      return file.robots.isAllowed(url, GOOGLEBOT)
        ? { state: 'allowed', detail: 'robots.txt allows it' }
        : { state: 'disallowed', detail: 'robots.txt keeps Googlebot out' };
    },
    mayFetch: async (url) => {
      if (isListedHost(new URL(url), order.hosts) || new URL(url).pathname === '/robots.txt') return true;
      const file = await robotsOf(url);
      return file.state === 'read' ? file.robots.isAllowed(url, OURSELVES) : file.state === 'absent';
    },
    membership: async (url) => {
      const found = await Promise.all((await sitemapsFor(url)).map((each) => listing(each, MOST_KNOWN)));
      if (found.some((each) => each.state === 'read' && each.urls.has(url)))
        return { state: 'listed', detail: 'the sitemap lists it' };
      // One that cannot be read may be the one that lists it.
      const unread = found.find((each) => each.state === 'unread');
      if (unread?.state === 'unread') return { state: 'unread', detail: unread.detail };
      return {
        state: 'absent',
        detail: `not in ${found.map((each) => (each.state === 'read' ? each.from : '')).join(', ')}`,
      };
    },
  };
}

/** By RFC 9309: 4xx allows all, anything else that is no file forbids all. */
async function fetchRobots(origin: string, follow: Follow): Promise<RobotsFile> {
  const url = `${origin}/robots.txt`;
  const way = await follow(url, { mostHops: MOST_ROBOTS_HOPS });
  const { answer } = way;
  if (answer === undefined) {
    if (way.failure?.kind === 'too-many-redirects')
      return { state: 'absent', detail: `${url} ${way.failure.text}` };
    return { state: 'unreachable', detail: `${url}: ${way.failure?.text ?? 'no answer'}` };
  }
  const { status, body } = answer;
  // Google takes 429 for trouble of the server, and keeps away.
  if (status >= 400 && status < 500 && status !== 429)
    return { state: 'absent', detail: `${url} answers ${status}, which allows all` };
  if (status < 200 || status >= 300)
    return { state: 'unreachable', detail: `${url} answers ${status}, which forbids all` };
  const text = new TextDecoder('utf-8').decode(body.subarray(0, MOST_ROBOTS_BYTES));
  return { state: 'read', robots: readRobots(text) };
}

async function fetchListing(url: string, follow: Follow, most: number): Promise<Listing> {
  const first = await fetchSitemap(url, follow);
  if (first.kind === 'broken') return unread(`${url}: ${first.why}`, first.code);
  if (first.kind === 'urls') return listed(first.locs, url, most);
  const urls: string[] = [];
  for (const child of first.locs) {
    const each = await fetchSitemap(child, follow);
    if (each.kind === 'broken') return unread(`${child}: ${each.why}`, each.code);
    if (each.kind === 'index') return unread(`${child}: an index within an index`);
    urls.push(...each.locs);
    if (urls.length > most) break;
  }
  return listed(urls, url, most);
}

function listed(locs: readonly string[], from: string, most: number): Listing {
  if (locs.length > most)
    return unread(
      `${from} lists more than ${most === MOST_KNOWN ? `${most} pages` : `the ${most} pages that "at-most" allows`}`,
    );
  const urls = locs.map((loc) => normalUrl(loc));
  const broken = urls.indexOf(undefined);
  if (broken >= 0) return unread(`${from}: "${locs[broken]?.slice(0, 100)}" is no address`);
  return { state: 'read', urls: new Set(urls.filter((each) => each !== undefined)), from };
}

/** What the server says is ours to mend; that it says nothing, or fails, is not. */
const UNANSWERED: Partial<Record<PageFailureKind, FailureCode>> = {
  timeout: 'backend.timeout',
  dns: 'backend.dns',
  tls: 'backend.tls',
  network: 'backend.unreachable',
};

function unread(detail: string, code: FailureCode = 'backend.answer-shape'): Listing {
  return { state: 'unread', detail, code };
}

type Fetched = Sitemap & { readonly code?: FailureCode };

async function fetchSitemap(url: string, follow: Follow): Promise<Fetched> {
  if (normalUrl(url) === undefined) return { kind: 'broken', why: 'it is no address' };
  const { answer, failure }: Way = await follow(url, { maxBytes: MOST_SITEMAP_BYTES });
  if (answer === undefined) {
    const code = failure && UNANSWERED[failure.kind];
    return { kind: 'broken', why: failure?.text ?? 'no answer', ...(code !== undefined && { code }) };
  }
  const { status, body } = answer;
  if (status === 200) return readSitemap(body);
  const code = status === 429 ? 'backend.rate-limited' : status >= 500 ? 'backend.server-error' : undefined;
  return { kind: 'broken', why: `it answers ${status}`, ...(code !== undefined && { code }) };
}
