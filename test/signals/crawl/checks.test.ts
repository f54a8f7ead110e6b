/** Each check: what a page must say to be found wrong, and that a sound page is not. */
import { describe, expect, test } from 'vitest';
import type { Page } from '../../../src/model/page.js';
import { CHECKS } from '../../../src/signals/crawl/checks/all.js';
import { chosenIn } from '../../../src/signals/crawl/expect.js';
import { findingsIn } from '../../../src/signals/crawl/observe.js';
import { readHtml } from '../../../src/signals/crawl/source/html.js';
import { NOW } from '../../support/fake-backend.js';

const URL_OF_PAGE = 'https://shop.example.com/p/1';
const PRODUCT =
  '{"@context":"https://schema.org","@graph":[{"@type":"Product","offers":[{"price":19.9,"priceCurrency":"EUR","availability":"https://schema.org/InStock"}]},{"@type":"BreadcrumbList"}]}';

/** A page without a fault. */
const SOUND = {
  title: '<title>Shoes - Shop</title>',
  canonical: `<link rel="canonical" href="${URL_OF_PAGE}">`,
  robots: '<meta name="robots" content="index, follow">',
  description: '<meta name="description" content="Shoes">',
  hreflang: `<link rel="alternate" hreflang="en" href="${URL_OF_PAGE}">`,
  data: `<script type="application/ld+json">${PRODUCT}</script>`,
  h1: '<h1>Shoes</h1>',
  body: '<a href="/p/2">more</a>',
};
type Parts = Partial<typeof SOUND>;

const htmlOf = (parts: Parts): string => {
  const { h1, body, ...head } = { ...SOUND, ...parts };
  return `<!doctype html><html><head>${Object.values(head).join('')}</head><body>${h1}${body}</body></html>`;
};
const readParts = (parts: Parts) => readHtml(htmlOf(parts), URL_OF_PAGE, (url) => url.endsWith('/p/2'));

function pageOf(parts: Parts = {}, over: Partial<Page> = {}): Page {
  return {
    url: URL_OF_PAGE,
    listed: '/p/1',
    isTarget: false,
    expected: {},
    hops: [{ url: URL_OF_PAGE, status: 200 }],
    contentType: 'text/html',
    robotsHeaders: [],
    linkHeaders: [],
    ttfb: 0.1,
    bytes: 1000,
    html: readParts(parts),
    rendered: readParts(parts),
    robotsTxt: { state: 'allowed', detail: '' },
    sitemap: { state: 'listed', detail: '' },
    agents: { googlebot: 200, browser: 200 },
    nowhere: { status: 404, isAlike: false },
    ...over,
  };
}

/** Another page of the site, which the judged one names. */
const other = (path: string, head: string, hops: Page['hops'] = []): Page => {
  const url = `https://shop.example.com${path}`;
  const html = readHtml(`<html><head>${head}</head></html>`, url, () => false);
  return {
    ...pageOf(),
    url,
    listed: path,
    isTarget: true,
    html,
    hops: hops.length > 0 ? hops : [{ url, status: 200 }],
  };
};

const names = (
  expectBlock: Readonly<Record<string, unknown>>,
  page: Page,
  ...others: readonly Page[]
): readonly string[] => findingsIn([page, ...others], chosenIn(expectBlock), NOW).map(({ name }) => name);

const EVERYTHING = Object.fromEntries(CHECKS.map(({ id }) => [id, {}]));

test('a sound page has no finding, whatever is checked', () => {
  expect(names(EVERYTHING, pageOf())).toEqual([]);
});

test('a check without parameters is written in a list, or without a value', () => {
  const bad = pageOf({ title: '' });
  expect(findingsIn([bad], chosenIn(['title']), NOW)).toEqual(
    findingsIn([bad], chosenIn({ title: null }), NOW),
  );
});

const at = (url: string, status: number) => ({ url, status });
const OTHER_URL = 'https://shop.example.com/p/9';

describe.each([
  ['status', {}, pageOf({}, { hops: [at(URL_OF_PAGE, 500)] }), ['status.server-error']],
  ['status', {}, pageOf({}, { hops: [at(URL_OF_PAGE, 404)] }), ['status.client-error']],
  ['status', {}, pageOf({}, { hops: [at(URL_OF_PAGE, 503)] }), ['status.overloaded']],
  ['status', {}, pageOf({}, { hops: [at(URL_OF_PAGE, 403)] }), ['status.denied']],
  ['status', { is: 401 }, pageOf({}, { hops: [at(URL_OF_PAGE, 401)] }), []],
  ['status', {}, pageOf({}, { hops: [at(URL_OF_PAGE, 404)], expected: { status: '404' } }), []],
  ['status', {}, pageOf({}, { expected: { status: '404' } }), ['status.other']],
  ['redirects', {}, pageOf({}, { hops: [at(URL_OF_PAGE, 301), at(OTHER_URL, 200)] }), ['redirects.final']],
  [
    'redirects',
    {},
    pageOf({}, { hops: [at(URL_OF_PAGE, 301), at(OTHER_URL, 200)], expected: { final: '/p/9' } }),
    [],
  ],
  [
    'redirects',
    {},
    pageOf(
      {},
      {
        hops: [at(URL_OF_PAGE, 302), at('http://shop.example.com/x', 301), at(OTHER_URL, 200)],
        expected: { final: '/p/9', status: '302' },
      },
    ),
    ['redirects.too-many', 'redirects.temporary', 'redirects.insecure'],
  ],
  ['canonical', {}, pageOf({ canonical: '' }), ['canonical.missing']],
  ['canonical', {}, pageOf({ canonical: '', body: SOUND.canonical }), ['canonical.outside-head']],
  ['canonical', {}, pageOf({ title: 'stray <title>Shoes - Shop</title>' }), ['canonical.outside-head']],
  ['canonical', {}, pageOf({ title: '\ufeff<title>Shoes - Shop</title>' }), ['canonical.outside-head']],
  ['canonical', {}, pageOf({ title: '<title>A</title><title>B</title><style>a{}</style>' }), []],
  ['canonical', {}, pageOf({ canonical: `<template>${SOUND.canonical}</template>` }), ['canonical.missing']],
  ['canonical', {}, pageOf({ title: '<template><p>text</p></template>' }), []],
  [
    'canonical',
    {},
    pageOf({ canonical: '' }, { linkHeaders: [`<https://a/>; rel=next, <${URL_OF_PAGE}>; rel="canonical"`] }),
    [],
  ],
  ['canonical', {}, pageOf({}, { linkHeaders: [`<${OTHER_URL}>; rel=canonical`] }), ['canonical.many']],
  ['canonical', {}, pageOf({ canonical: '<link rel=canonical href="/p/1">' }), ['canonical.relative']],
  ['canonical', {}, pageOf({ canonical: '<link rel=canonical href="https://[">' }), ['canonical.invalid']],
  [
    'canonical',
    {},
    pageOf({ canonical: `<link rel=canonical href="${OTHER_URL}">` }),
    ['canonical.other', 'canonical.unverified'],
  ],
  ['indexable', {}, pageOf({ robots: '<meta name=googlebot content=none>' }), ['indexable.noindex']],
  ['indexable', {}, pageOf({ robots: '<meta name=bingbot content=noindex>' }), []],
  ['indexable', {}, pageOf({}, { robotsHeaders: ['max-snippet: 10, NOINDEX'] }), ['indexable.noindex']],
  [
    'indexable',
    {},
    pageOf({}, { robotsHeaders: ['otherbot: noindex', 'googlebot: noindex'] }),
    ['indexable.noindex'],
  ],
  ...[
    'otherbot: nofollow, googlebot: noindex',
    'nofollow, googlebot: noindex',
    'nofollow, otherbot: noarchive, noindex',
    'noarchive, unavailable_after: Fri, 20 Nov 2026 14:00:00 GMT',
  ].map((line) => ['indexable', {}, pageOf({}, { robotsHeaders: [line] }), ['indexable.noindex']] as const),
  ...[
    'otherbot: nofollow, noindex',
    'nofollow, otherbot: noindex',
    'googlebot: nofollow, otherbot: none',
  ].map((line) => ['indexable', {}, pageOf({}, { robotsHeaders: [line] }), []] as const),
  [
    'indexable',
    {},
    pageOf({}, { robotsHeaders: ['unavailable_after: Fri, 20 Nov 2026 14:00:00 GMT'] }),
    ['indexable.noindex'],
  ],
  ['indexable', {}, pageOf({}, { robotsHeaders: ['unavailable_after: Fri, 20 Nov 2026 15:00:00 GMT'] }), []],
  ['indexable', {}, pageOf({}, { expected: { index: 'no' } }), ['indexable.index']],
  [
    'indexable',
    {},
    pageOf(
      {},
      {
        expected: { index: 'no' },
        robotsHeaders: ['noindex'],
        robotsTxt: { state: 'disallowed', detail: '' },
      },
    ),
    ['indexable.never-seen'],
  ],
  [
    'robots-txt',
    {},
    pageOf({}, { robotsTxt: { state: 'disallowed', detail: '' } }),
    ['robots-txt.disallowed'],
  ],
  [
    'robots-txt',
    {},
    pageOf({}, { robotsTxt: { state: 'disallowed', detail: '' }, expected: { crawl: 'no' } }),
    [],
  ],
  [
    'robots-txt',
    {},
    pageOf({}, { robotsTxt: { state: 'unreachable', detail: '' } }),
    ['robots-txt.unreachable'],
  ],
  ['hreflang', { languages: ['de'] }, pageOf(), ['hreflang.missing']],
  ['hreflang', { 'x-default': true }, pageOf({ hreflang: '' }), ['hreflang.missing']],
  [
    'hreflang',
    {},
    pageOf({
      hreflang:
        '<link rel=alternate hreflang=en-UK href="/p/9"><link rel=alternate hreflang=de href="https://foreign.example/">',
    }),
    [
      'hreflang.invalid',
      'hreflang.relative',
      'hreflang.no-self',
      'hreflang.unverified',
      'hreflang.unverified',
    ],
  ],
  ['sitemap', {}, pageOf({}, { sitemap: { state: 'absent', detail: '' } }), ['sitemap.absent']],
  ['sitemap', {}, pageOf({}, { sitemap: { state: 'unread', detail: '' } }), ['sitemap.unread']],
  ['sitemap', {}, pageOf({}, { expected: { index: 'no' } }), ['sitemap.listed']],
  ['title', {}, pageOf({ title: '<title> </title>' }), ['title.missing']],
  ['title', {}, pageOf({ title: '', body: '<svg><title>A shoe</title></svg>' }), ['title.missing']],
  ['title', { matches: ' - Store$' }, pageOf(), ['title.other']],
  ['title', {}, pageOf({}, { expected: { title: 'Boots' } }), ['title.other']],
  ['h1', {}, pageOf({ h1: '<h1><img alt=x></h1>' }), ['h1.missing']],
  ['description', {}, pageOf({ description: '' }), ['description.missing']],
  ['json-ld', { types: ['Organization'] }, pageOf(), ['json-ld.missing']],
  ['json-ld', {}, pageOf({ data: '<script type="application/ld+json">{</script>' }), ['json-ld.broken']],
  [
    'json-ld',
    {},
    pageOf({ data: '<script type="application/ld+json">{"@type":"Product"}</script>' }),
    ['json-ld.no-price', 'json-ld.no-currency', 'json-ld.no-availability'],
  ],
  [
    'json-ld',
    {},
    pageOf(
      {},
      {
        expected: {
          price: '19.90',
          currency: 'EUR',
          availability: 'InStock',
          types: 'Product BreadcrumbList',
        },
      },
    ),
    [],
  ],
  [
    'json-ld',
    {},
    pageOf({}, { expected: { price: '18', availability: 'OutOfStock' } }),
    ['json-ld.price', 'json-ld.availability'],
  ],
  ['json-ld', {}, pageOf({ data: '' }, { expected: { price: '18' } }), ['json-ld.missing']],
  [
    'rendered',
    {},
    pageOf(
      {},
      {
        rendered: readParts({
          canonical: '',
          robots: '<meta name=robots content=noindex>',
          body: `<p>${'long '.repeat(50)}</p>${'<a href=/x>x</a>'.repeat(5)}`,
        }),
      },
    ),
    ['rendered.canonical', 'rendered.robots', 'rendered.links', 'rendered.text'],
  ],
  ['soft-404', {}, pageOf({ h1: '<h1>Not Found</h1>' }), ['soft-404.words']],
  [
    'soft-404',
    {},
    pageOf({}, { nowhere: { status: 200, isAlike: true } }),
    ['soft-404.alike', 'soft-404.no-404'],
  ],
  ['soft-404', {}, pageOf({}, { nowhere: { status: null, isAlike: false } }), ['soft-404.unverified']],
  ['ttfb', { 'at-most': '50ms' }, pageOf(), ['ttfb.slow']],
  ['size', { 'at-most': '0.5KB' }, pageOf(), ['size.large']],
  ['cache', {}, pageOf({}, { caches: null, vary: '*' }), ['cache.unread', 'cache.vary']],
  ['cache', { hit: true }, pageOf({}, { caches: [{ name: 'edge', isHit: false }] }), ['cache.miss']],
  [
    'cache',
    { hit: true, vary: ['Accept-Encoding'] },
    pageOf({}, { caches: [{ name: 'edge', isHit: true }], vary: 'accept-encoding' }),
    [],
  ],
  ['user-agents', {}, pageOf({}, { agents: { googlebot: 403, browser: 200 } }), ['user-agents.googlebot']],
  ['user-agents', { as: ['browser'] }, pageOf({}, { agents: { browser: null } }), ['user-agents.unverified']],
  [
    'links',
    {},
    pageOf({ body: '<a onclick=x>a</a><a href="javascript:x()">b</a><a id=top></a>' }),
    ['links.dead'],
  ],
] as const)('%s %j', (id, parameters, page, expected) => {
  test(`finds ${expected.join(', ') || 'nothing'}`, () => {
    expect(names({ [id]: parameters }, page).filter((name) => name.startsWith(id))).toEqual(expected);
  });
});

describe('pages that the page names', () => {
  const named = pageOf(
    { canonical: `<link rel=canonical href="${OTHER_URL}">` },
    { expected: { canonical: OTHER_URL } },
  );
  const self = `<link rel=canonical href="${OTHER_URL}">`;

  test.each([
    ['a canonical page that names itself', other('/p/9', self), []],
    [
      'one that names another',
      other('/p/9', '<link rel=canonical href="https://shop.example.com/x">'),
      ['canonical.target'],
    ],
    [
      'one that redirects',
      other('/p/9', self, [at(OTHER_URL, 301), at(URL_OF_PAGE, 200)]),
      ['canonical.target'],
    ],
    [
      'one that never answered',
      { ...other('/p/9', self), hops: [], failure: { kind: 'timeout', text: '' } } as const,
      ['canonical.unverified'],
    ],
  ])('%s', (_what, target, expected) => {
    expect(names({ canonical: {} }, named, target)).toEqual(expected);
  });

  const german = `${SOUND.hreflang}<link rel=alternate hreflang=de href="${OTHER_URL}">`;
  test.each([
    ['links back', german, []],
    ['does not link back', '', ['hreflang.no-return']],
  ])('an alternate that %s', (_what, head, expected) => {
    expect(names({ hreflang: {} }, pageOf({ hreflang: german }), other('/p/9', head))).toEqual(expected);
  });

  test.each([
    ['redirects', [at('https://shop.example.com/p/2', 301), at(URL_OF_PAGE, 200)], ['links.redirected']],
    ['is gone', [at('https://shop.example.com/p/2', 410)], ['links.broken']],
    ['is there', [at('https://shop.example.com/p/2', 200)], []],
  ])('a link to a listed page that %s', (_what, hops, expected) => {
    expect(names({ links: {} }, pageOf(), other('/p/2', '', hops))).toEqual(expected);
  });
});

describe('what cannot be judged is a finding', () => {
  test('a page that was not fetched, and nothing else of it', () => {
    const page = pageOf({ title: '' }, { hops: [], failure: { kind: 'timeout', text: 'no answer' } });
    expect(names(EVERYTHING, page)).toEqual(['fetch.timeout']);
  });
  test('a page that is no HTML where HTML is judged', () => {
    const { html: _, ...page } = pageOf({}, { contentType: 'application/pdf' });
    expect(names({ title: {} }, page)).toEqual(['status.no-html']);
    expect(names({ ttfb: {} }, page)).toEqual([]);
    expect(names({ indexable: {} }, page)).toEqual([]);
    // Of a page without a type nobody knows what it may say to crawlers.
    expect(names({ indexable: {} }, { ...page, contentType: '' })).toEqual(['status.no-html']);
  });
  test('a page whose time nobody measured', () => {
    const { ttfb: _, ...page } = pageOf();
    expect(names({ ttfb: {} }, page)).toEqual(['ttfb.unverified']);
  });
  test('a page whose scripts did not run', () => {
    const { rendered: _, ...page } = pageOf({}, { renderTrouble: 'no browser' });
    expect(names({ rendered: {} }, page)).toEqual(['rendered.unverified']);
  });
});
