/** Probing against a site on loopback that plays along, or does not. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { SecretValue } from '../../../src/contracts/secrets.js';
import { createFetcher } from '../../../src/http/fetcher.js';
import { BackendError, type Failure } from '../../../src/model/failure.js';
import type { Page } from '../../../src/model/page.js';
import { crawlSource } from '../../../src/signals/crawl/source.js';
import { clock, contextOf, requestOf, variablesOf } from '../../backends/shared/world.js';
import { type HostileServer, type Seen, startHostileServer } from '../../support/hostile-server.js';

interface Served {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}
type Site = Readonly<Record<string, Served | ((seen: Seen) => Served)>>;

let ours: HostileServer;
let theirs: HostileServer;
let folder: string;
let site: Site = {};
let theirSite: Site = {};

const HTML = { 'content-type': 'text/html' };
const page = (head = '', body = '<h1>Shoes</h1>'): Served => ({
  headers: HTML,
  body: `<html><head><title>Shoes</title>${head}</head><body>${body}</body></html>`,
});

beforeAll(async () => {
  const serve = (pages: () => Site) =>
    startHostileServer({
      handle: (seen, response) => {
        const entry = pages()[seen.url];
        const {
          status = 200,
          headers = {},
          body = '',
        } = typeof entry === 'function' ? entry(seen) : (entry ?? { status: 404, headers: HTML });
        response.writeHead(status, headers).end(body);
        return true;
      },
    });
  ours = await serve(() => site);
  theirs = await serve(() => theirSite);
  folder = await mkdtemp(join(tmpdir(), 'gatekeeper-crawl-'));
});
afterEach(() => {
  site = {};
  theirSite = {};
});
afterAll(async () => {
  await Promise.all([ours.close(), theirs.close(), rm(folder, { recursive: true })]);
});

const hostOf = (server: HostileServer): string => new URL(server.url).host;

function blockOf(over: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return {
    hosts: [hostOf(ours)],
    base: ours.url,
    urls: ['/'],
    expect: ['status'],
    rate: '1000/s',
    'allow-private': true,
    ...over,
  };
}

async function probe(
  over: Readonly<Record<string, unknown>>,
  variables: Readonly<Record<string, string>> = {},
): Promise<readonly Page[]> {
  const request = requestOf(blockOf(over), { use: 'raw', variables: variablesOf(variables) });
  const prepared = crawlSource({ id: 'crawl', folder }).prepare(request);
  if (!prepared.ok) throw new Error(prepared.failures.map(({ message }) => message).join('\n'));
  const fetcher = createFetcher(clock, 'gatekeeper/test');
  const { pages = [] } = await prepared.value.fetch(
    contextOf({ fetcher: () => Promise.resolve(fetcher), timeoutMs: 2000 }),
  );
  return pages;
}

async function one(over: Readonly<Record<string, unknown>>): Promise<Page> {
  const [first] = await probe(over);
  if (first === undefined) throw new Error('a page was expected');
  return first;
}

async function failureOf(over: Readonly<Record<string, unknown>>): Promise<Failure> {
  const outcome = await probe(over).catch((error: unknown) => error);
  if (outcome instanceof BackendError) return outcome.failure;
  throw new Error(`a BackendError was expected, not ${JSON.stringify(outcome)}`);
}

describe('redirects', () => {
  const to = (location: string, status = 301): Served => ({ status, headers: { location } });

  test('are followed, each hop told', async () => {
    site = { '/old': to('/new', 302), '/new': to('/'), '/': page() };
    const { hops, html } = await one({ urls: ['/old'] });
    expect(hops).toEqual([
      { url: `${ours.url}/old`, status: 302 },
      { url: `${ours.url}/new`, status: 301 },
      { url: `${ours.url}/`, status: 200 },
    ]);
    expect(html?.title).toBe('Shoes');
  });

  test.each([
    ['to another host', () => to(`${theirs.url}/`), 'refused'],
    ['to where clouds keep credentials', () => to('http://169.254.169.254/latest/meta-data'), 'refused'],
    ['to a file', () => to('file:///etc/passwd'), 'refused'],
    ['to no address', () => to('http://[/'), 'redirect'],
    ['in a loop', () => to('/old'), 'loop'],
  ])('%s end the way', async (_where, first, kind) => {
    site = { '/old': first(), '/': page() };
    const before = theirs.connections();
    const [old] = await probe({ urls: ['/old', '/'] });
    expect(old).toMatchObject({ failure: { kind }, hops: [{ status: 301 }] });
    expect(old?.html).toBeUndefined();
    expect(theirs.connections()).toBe(before);
  });

  test('without end are given up', async () => {
    const hop = (n: number): string => `/${'x'.repeat(n)}`;
    site = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [hop(n + 1), to(hop(n + 2))]));
    const { failure, hops } = await one({ urls: ['/x'] });
    expect(failure?.kind).toBe('too-many-redirects');
    expect(hops).toHaveLength(11);
  });

  test('to another host of ours take no cookie and no header along', async () => {
    site = { '/': to(`${theirs.url}/in`) };
    theirSite = { '/in': page() };
    const secret = new SecretValue('KEY', 'pl4nted');
    const headers = { 'x-arm': '{{track}}', authorization: secret };
    await probe(
      { hosts: [hostOf(ours), hostOf(theirs)], headers, cookies: { arm: 'canary' } },
      { track: 'canary' },
    );
    expect(ours.seen.at(-1)?.headers).toMatchObject({
      'x-arm': 'canary',
      authorization: 'pl4nted',
      cookie: 'arm=canary',
    });
    const { headers: told } = theirs.seen.at(-1) ?? {};
    expect([told?.['x-arm'], told?.authorization, told?.cookie]).toEqual([undefined, undefined, undefined]);
  });
});

test('a host may be written as an address', async () => {
  site = { '/': page() };
  expect((await one({ hosts: [`${ours.url}/`] })).hops).toEqual([{ url: `${ours.url}/`, status: 200 }]);
});

test('says who asks, by GET alone', async () => {
  site = { '/': page() };
  await probe({ contact: 'https://shop.example.com/bots' });
  const { method, headers } = ours.seen.at(-1) ?? {};
  expect([method, headers?.['user-agent']]).toEqual([
    'GET',
    'gatekeeper/test (+https://shop.example.com/bots)',
  ]);
});

describe('robots.txt', () => {
  const robots = async (served: Served | undefined): Promise<string | undefined> => {
    site = { '/': page(), ...(served && { '/robots.txt': served }) };
    return (await one({ expect: ['robots-txt'] })).robotsTxt?.state;
  };
  test.each([
    ['that is not there allows all', undefined, 'allowed'],
    ['that is forbidden allows all', { status: 403 }, 'allowed'],
    ['that fails forbids all', { status: 503 }, 'unreachable'],
    [
      'that says "too many requests" forbids all',
      { status: 429, headers: { 'retry-after': '3600' } },
      'unreachable',
    ],
    ['speaks to Googlebot', { body: 'user-agent: googlebot\ndisallow: /\n' }, 'disallowed'],
    ['is read to 500 KiB', { body: `${'#\n'.repeat(300 * 1024)}user-agent: *\ndisallow: /\n` }, 'allowed'],
  ])('%s', async (_what, served, state) => {
    expect(await robots(served)).toBe(state);
  });

  test('of our own hosts is judged, not obeyed; that of others is obeyed', async () => {
    const forbidden = { '/robots.txt': { body: 'user-agent: gatekeeper\ndisallow: /\n' }, '/': page() };
    site = { ...forbidden, '/': page(`<link rel=canonical href="${theirs.url}/">`) };
    theirSite = forbidden;
    const [own, foreign] = await probe({ 'foreign-hosts': [hostOf(theirs)], expect: ['canonical'] });
    expect(own?.html?.title).toBe('Shoes');
    expect(foreign).toMatchObject({ isTarget: true, hops: [], failure: { kind: 'robots' } });
    expect(theirs.seen.at(-1)?.url).toBe('/robots.txt');
  });
});

describe('sitemaps', () => {
  const urlset = (...urls: readonly string[]): string =>
    `<?xml version="1.0"?><urlset xmlns:i="x">${urls.map((url) => `<url><loc>${url}</loc><i:image><i:loc>${ours.url}/i</i:loc></i:image></url>`).join('')}</urlset>`;
  const member = async (served: Site, over: Readonly<Record<string, unknown>> = {}) => {
    site = { '/': page(), '/a&b': page(), ...served };
    return (await one({ expect: ['sitemap'], urls: ['/a&b'], ...over })).sitemap;
  };
  const here = (): string => urlset(`${ours.url}/a&amp;b`);

  test('are found at their usual place, or where robots.txt says; packed or not', async () => {
    expect(await member({ '/sitemap.xml': { body: here() } })).toMatchObject({ state: 'listed' });
    const named = {
      '/robots.txt': { body: `Sitemap: ${ours.url}/s.gz` },
      '/s.gz': { body: gzipSync(here()) },
    };
    expect(await member(named)).toMatchObject({ state: 'listed' });
  });
  test('are read through an index', async () => {
    const index = `<sitemapindex><sitemap><loc>${ours.url}/s1</loc></sitemap><sitemap><loc>${ours.url}/s2</loc></sitemap></sitemapindex>`;
    const served = { '/sitemap.xml': { body: index }, '/s1': { body: urlset() }, '/s2': { body: here() } };
    expect(await member(served)).toMatchObject({ state: 'listed' });
    expect(await member({ ...served, '/s1': { body: index } })).toMatchObject({
      state: 'unread',
      detail: expect.stringContaining('an index within an index'),
    });
  });
  test('may list more pages than the gate', async () => {
    const others = Array.from({ length: 20 }, (_, i) => `${ours.url}/${i}`);
    const served = { '/sitemap.xml': { body: urlset(...others, `${ours.url}/a&amp;b`) } };
    expect(await member(served, { 'at-most': 10 })).toMatchObject({ state: 'listed' });
    expect((await failureOf({ urls: { sitemap: '/sitemap.xml' }, 'at-most': 10 })).message).toContain(
      'lists more than the 10 pages that "at-most" allows',
    );
  });
  test('that do not list the page say so', async () => {
    expect(await member({ '/sitemap.xml': { body: urlset(`${ours.url}/`, `${ours.url}/i`) } })).toMatchObject(
      { state: 'absent' },
    );
  });

  const laughs = `<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><urlset><url><loc>&b;</loc></url></urlset>`;
  test.each([
    ['a bomb', () => gzipSync(Buffer.alloc(60 * 1024 ** 2, ' ')), 'cannot be unpacked'],
    ['entities of its own', () => laughs, 'is no address'],
    ['HTML', () => '<html></html>', 'neither <urlset> nor <sitemapindex>'],
    ['half a file', () => `<urlset><url><loc>${ours.url}/`, 'never ends'],
    ['nothing', () => '', 'is no XML'],
    ['an endless address', () => urlset(`${ours.url}/${'x'.repeat(3000)}`), 'longer than 2048'],
    [
      'more than it may',
      () => urlset(...Array.from({ length: 50_001 }, (_, i) => `${ours.url}/${i}`)),
      'more than 50,000',
    ],
  ])('of %s are not read', async (_what, body, detail) => {
    expect(await member({ '/sitemap.xml': { body: body() } })).toEqual({
      state: 'unread',
      detail: expect.stringContaining(detail),
    });
  });

  test('give the list of pages, which must be on listed hosts', async () => {
    site = { '/': page(), '/x': page(), '/map': { body: urlset(`${ours.url}/`, `${ours.url}/x`) } };
    const pages = await probe({ urls: { sitemap: '/map' } });
    expect(pages.map(({ listed }) => listed)).toEqual([`${ours.url}/`, `${ours.url}/x`]);
    site = { '/map': { body: urlset(`${theirs.url}/`) } };
    expect((await failureOf({ urls: { sitemap: '/map' } })).message).toContain(
      'lists 1 pages on hosts that are not listed',
    );
    expect(await failureOf({ urls: { sitemap: '/none' } })).toMatchObject({ code: 'backend.answer-shape' });
  });

  test.each([
    [500, 'backend.server-error'],
    [503, 'backend.server-error'],
    [429, 'backend.rate-limited'],
    [404, 'backend.answer-shape'],
  ])('that answer %i keep the list of pages back: %s', async (status, code) => {
    site = { '/map': { status } };
    expect(await failureOf({ urls: { sitemap: '/map' } })).toMatchObject({ code });
  });

  test('that nobody serves keep it back, too', async () => {
    const nobody = { hosts: ['127.0.0.1:9'], base: 'http://127.0.0.1:9', urls: { sitemap: '/map' } };
    expect(await failureOf(nobody)).toMatchObject({ code: 'backend.unreachable' });
  });
});

describe('what a page says', () => {
  test('is read in its own encoding', async () => {
    site = {
      '/': {
        headers: { 'content-type': 'text/html; charset=iso-8859-1' },
        body: Buffer.from('<title>Caf\u00e9</title>', 'latin1'),
      },
    };
    expect((await one({})).html?.title).toBe('Caf\u00e9');
  });
  test.each<readonly [string, string, Buffer]>([
    ['a mark of UTF-16', 'text/html', Buffer.from('\ufeff<title>Caf\u00e9</title>', 'utf16le')],
    ['a mark of UTF-8', 'text/html; charset=iso-8859-1', Buffer.from('\ufeff<title>Caf\u00e9</title>')],
    [
      'a head that cannot be in UTF-16',
      'text/html',
      Buffer.from('<meta charset=utf-16><title>Caf\u00e9</title>'),
    ],
  ])('is read by %s', async (_what, type, body) => {
    site = { '/': { headers: { 'content-type': type }, body } };
    expect((await one({})).html?.title).toBe('Caf\u00e9');
  });
  test('is decoded where it is kept, attributes by their own rules', async () => {
    const canonical = '<link rel="canonical" href="/?a=1&amp;b=2&copy=3">';
    site = {
      '/': page(
        `${canonical}<meta name="description" content="a &quot;b&quot; &lt;c&gt;">`,
        '<h1>T &amp; <b>&uuml;</b> &copy</h1>',
      ),
    };
    const { html } = await one({});
    expect(html?.canonicals[0]?.href).toBe('/?a=1&b=2&copy=3');
    expect(html?.description).toBe('a "b" <c>');
    expect(html?.h1).toEqual(['T & \u00fc \u00a9']);
  });
  test('of caches is read by RFC 9211', async () => {
    site = {
      '/': {
        headers: { ...HTML, 'cache-status': 'ExampleCache; hit, "CDN, Inc."; fwd=miss', vary: 'cookie' },
      },
    };
    expect(await one({})).toMatchObject({
      caches: [
        { name: 'ExampleCache', isHit: true },
        { name: 'CDN, Inc.', isHit: false },
      ],
      vary: 'cookie',
    });
    site = { '/': { headers: { ...HTML, 'cache-status': 'HIT;;' } } };
    expect((await one({})).caches).toBeNull();
  });
  test('differs from what nowhere says', async () => {
    const soft = page('', '<h1>Nothing here</h1>');
    site = new Proxy({ '/s/page': page(), '/robots.txt': { status: 404 } } as Site, {
      get: (known, url) => Reflect.get(known, url) ?? soft,
    });
    expect((await one({ urls: ['/s/page'], expect: ['soft-404'] })).nowhere).toEqual({
      status: 200,
      isAlike: false,
    });
    expect((await one({ urls: ['/s/gone'], expect: ['soft-404'] })).nowhere).toEqual({
      status: 200,
      isAlike: true,
    });
  });
  test('to Googlebot and to a browser', async () => {
    site = {
      '/': ({ headers }) =>
        headers['user-agent']?.includes('Googlebot') === true ? { status: 403 } : page(),
    };
    expect((await one({ expect: ['user-agents'] })).agents).toEqual({ googlebot: 403, browser: 200 });
    expect((await one({ expect: { 'user-agents': { as: ['browser'] } } })).agents).toEqual({ browser: 200 });
  });
  test('once its scripts ran, by a browser that is told which hosts there are', async () => {
    site = { '/': page() };
    const browser = join(folder, 'browser');
    await writeFile(browser, `#!/bin/sh\necho "<title>$*</title>"\n`);
    await chmod(browser, 0o755);
    const seen = await one({ expect: ['rendered'], render: { chromium: browser } });
    expect(seen.rendered?.title).toContain(`--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1`);
    expect(seen.rendered?.title).toContain(`--dump-dom ${ours.url}/`);
    const absent = await one({ expect: ['rendered'], render: { chromium: join(folder, 'no-browser') } });
    expect(absent).toMatchObject({ renderTrouble: 'the browser did not start (ENOENT)' });
  });
});

describe('nothing to judge', () => {
  test('where no page answers at all: the fault may lie on the way', async () => {
    const dead = { hosts: ['127.0.0.1:9'], base: 'http://127.0.0.1:9', urls: ['/', '/a'] };
    expect(await failureOf(dead)).toMatchObject({
      code: 'backend.unreachable',
      message: expect.stringMatching(/^none of 2 pages .*ECONNREFUSED/),
    });
  });
  test('where all hosts are private and the file does not say so', async () => {
    const failure = await failureOf({ 'allow-private': false });
    expect(failure.message).toContain('is a loopback address');
    expect(failure.mend).toContain('allow-private: true');
  });
  test('but one page that does not answer is a finding of that page', async () => {
    site = { '/': page() };
    const pages = await probe({ hosts: [hostOf(ours), '127.0.0.1:9'], urls: ['/', 'http://127.0.0.1:9/'] });
    expect(pages.map(({ failure }) => failure?.kind)).toEqual([undefined, 'network']);
  });
});
