import type { BackendContext } from '../../../contracts/backend.js';
import { isListedHost } from '../../../contracts/fetcher.js';
import { BackendError } from '../../../model/failure.js';
import type { Page, PageHtml } from '../../../model/page.js';
import type { Answer } from '../../../model/series.js';
import { normalUrl } from '../../probing/addresses.js';
import { cacheStatusIn } from '../../probing/cache-status.js';
import { eachOfHost } from '../../probing/each-of-host.js';
import { refuseSilence } from '../../probing/silence.js';
import { baseOf, canonicalOf } from '../addresses.js';
import { textOf } from './decode.js';
import { createSiteFiles, type SiteFiles } from './files.js';
import { type IsListed, readHtml } from './html.js';
import type { Order } from './order.js';
import { renderPage } from './render.js';
import type { Row } from './rows.js';
import { type Answered, createFollow, type Follow } from './visit.js';

/** Who robots and people say they are. */
const USER_AGENTS: Readonly<Record<string, string>> = {
  googlebot: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  browser:
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36',
};
const HTML = /^\s*(?:text\/html|application\/xhtml\+xml)\b/i;
/** Two pages of one template that differ less than this say the same. */
const ALIKE = 0.05;

/** Asks for all pages of an order and what its checks need besides. @throws BackendError alone */
export async function probePages(order: Order, context: BackendContext): Promise<Answer> {
  const fetcher = await context.fetcher();
  const follow = createFollow(order, fetcher, context);
  const files = createSiteFiles(order, follow);
  const rows =
    'rows' in order.pages ? order.pages.rows : await rowsOfSitemap(order.pages.sitemap, order, files);
  const listedUrls = new Set(rows.map(({ url }) => url));
  const areLinksRead = order.needs.has('links') || order.needs.has('rendered');
  const isListed: IsListed | undefined = areLinksRead ? (url) => listedUrls.has(url) : undefined;
  const nowhere = createNowhere(follow, context);
  const ask = (row: Row, isTarget: boolean): Promise<Page> =>
    visitPage(row, isTarget, { order, follow, files, isListed, nowhere, context });
  const pages = await eachOfHost(rows, order.connections, (row) => ask(row, false));
  refuseSilence(
    pages.map(({ url, hops, failure }) => ({ url, silence: hops.length > 0 ? undefined : failure })),
  );
  const targets = targetsOf(pages, order).map((url): Row => ({ url, listed: url, expected: {} }));
  return {
    series: [],
    pages: [...pages, ...(await eachOfHost(targets, order.connections, (row) => ask(row, true)))],
  };
}

interface Probe {
  readonly order: Order;
  readonly follow: Follow;
  readonly files: SiteFiles;
  readonly isListed: IsListed | undefined;
  readonly nowhere: (url: string) => Promise<Nowhere>;
  readonly context: BackendContext;
}

async function visitPage(row: Row, isTarget: boolean, probe: Probe): Promise<Page> {
  const { order, follow, files, isListed } = probe;
  const { hops, answer, failure } = await follow(
    row.url,
    order.foreignHosts.length === 0 ? {} : { mayFetch: files.mayFetch },
  );
  const head = { ...row, isTarget, hops };
  if (answer === undefined || failure !== undefined)
    return { ...head, robotsHeaders: [], linkHeaders: [], ...(failure !== undefined && { failure }) };
  const finalUrl = hops.at(-1)?.url ?? row.url;
  const html = htmlOf(answer, finalUrl, isListed);
  return {
    ...head,
    ...headersOf(answer),
    ...(html !== undefined && { html }),
    ...(isTarget ? {} : await besides(row, html, finalUrl, probe)),
  };
}

/** What checks need of a listed page besides its answer. */
async function besides(
  row: Row,
  html: PageHtml | undefined,
  finalUrl: string,
  probe: Probe,
): Promise<Partial<Page>> {
  const { order, files, isListed } = probe;
  const { needs } = order;
  return {
    ...(needs.has('robots-txt') && { robotsTxt: await files.verdict(row.url) }),
    ...(needs.has('sitemap') && { sitemap: await files.membership(row.url) }),
    ...(needs.has('agents') &&
      isListedHost(new URL(row.url), order.hosts) && { agents: await statusesOf(row.url, probe) }),
    ...(needs.has('nowhere') &&
      html !== undefined && { nowhere: alike(html, await probe.nowhere(finalUrl)) }),
    ...(needs.has('rendered') &&
      html !== undefined &&
      (await renderPage(finalUrl, order, probe.context, isListed))),
  };
}

function htmlOf(answer: Answered, finalUrl: string, isListed: IsListed | undefined): PageHtml | undefined {
  const [type = ''] = answer.headers['content-type'] ?? [];
  return HTML.test(type) ? readHtml(textOf(answer.body, type), finalUrl, isListed) : undefined;
}

function headersOf({ headers, ttfbMs, body }: Answered) {
  const [contentType] = headers['content-type'] ?? [];
  const { vary, 'cache-status': caches } = headers;
  return {
    robotsHeaders: headers['x-robots-tag'] ?? [],
    linkHeaders: headers['link'] ?? [],
    bytes: body.length,
    ...(ttfbMs !== undefined && { ttfb: Math.round(ttfbMs) / 1000 }),
    ...(contentType !== undefined && { contentType }),
    ...(vary !== undefined && { vary: vary.join(', ') }),
    ...(caches !== undefined && {
      caches: cacheStatusIn(caches)?.map(({ name, isHit }) => ({ name, isHit })) ?? null,
    }),
  };
}

/** The final status under each of the names; null where nothing answered. */
async function statusesOf(
  url: string,
  { order, follow }: Probe,
): Promise<Readonly<Record<string, number | null>>> {
  const statuses: Record<string, number | null> = {};
  for (const name of order.agents) {
    const userAgent = USER_AGENTS[name];
    const way = userAgent === undefined ? undefined : await follow(url, { userAgent });
    statuses[name] = way?.answer?.status ?? null;
  }
  return statuses;
}

interface Nowhere {
  readonly status: number | null;
  readonly html: PageHtml | undefined;
}

/** Asks once in each section for what cannot exist. */
function createNowhere(follow: Follow, { clock }: BackendContext): (url: string) => Promise<Nowhere> {
  const sections = new Map<string, Promise<Nowhere>>();
  const ask = async (section: string): Promise<Nowhere> => {
    const name = `gatekeeper-nowhere-${Math.floor(clock.random() * 2 ** 40).toString(36)}`;
    const { answer } = await follow(`${section}${name}`);
    return { status: answer?.status ?? null, html: answer && htmlOf(answer, section, undefined) };
  };
  return (url) => {
    const { origin, pathname } = new URL(url);
    const first = pathname.split('/')[1] ?? '';
    const section = pathname.split('/').length > 2 ? `${origin}/${first}/` : `${origin}/`;
    const known = sections.get(section) ?? ask(section);
    sections.set(section, known);
    return known;
  };
}

/** The same title and headings, and about as much text. */
function alike(html: PageHtml, { status, html: other }: Nowhere): NonNullable<Page['nowhere']> {
  const isAlike =
    other !== undefined &&
    html.title === other.title &&
    html.h1.join('\n') === other.h1.join('\n') &&
    Math.abs(html.textLength - other.textLength) <= ALIKE * Math.max(html.textLength, other.textLength);
  return { status, isAlike };
}

/** Pages that listed ones name as canonical or as alternate, and that may be asked. */
function targetsOf(pages: readonly Page[], { needs, hosts, foreignHosts, most }: Order): readonly string[] {
  const named = pages.flatMap((page) => {
    const canonical = needs.has('canonicals') ? canonicalOf(page) : undefined;
    const alternates = needs.has('alternates') ? (page.html?.hreflang ?? []) : [];
    return [canonical, ...alternates.map(({ href }) => normalUrl(href, baseOf(page)))];
  });
  const known = new Set(pages.map(({ url }) => url));
  const wanted = new Set(named.filter((url) => url !== undefined && !known.has(url)));
  return [...wanted]
    .filter((url) => url !== undefined)
    .filter((url) => isListedHost(new URL(url), [...hosts, ...foreignHosts]))
    .slice(0, most);
}

async function rowsOfSitemap(url: string, order: Order, files: SiteFiles): Promise<readonly Row[]> {
  const listing = await files.listing(url);
  if (listing.state === 'unread') {
    throw new BackendError({
      code: listing.code,
      message: `the pages of the crawl could not be read: ${listing.detail}`,
      mend: listing.detail.endsWith(' address')
        ? 'write "allow-private: true" where the host is in your own network'
        : 'look at the sitemap; without it nobody knows which pages to ask for',
    });
  }
  const strange = [...listing.urls].filter((each) => !isListedHost(new URL(each), order.hosts));
  if (strange.length > 0) {
    throw new BackendError({
      code: 'backend.answer-shape',
      message: `${url} lists ${strange.length} pages on hosts that are not listed, such as ${strange[0]}`,
      mend: 'add their hosts to "hosts", or take them out of the sitemap',
    });
  }
  return [...listing.urls].map((each) => ({ url: each, listed: each, expected: {} }));
}
