/** What pages say for each take: an error page is never a quick one, and never an excuse. */
import { describe, expect, test } from 'vitest';
import type { Observation } from '../../../src/model/evidence.js';
import type { Page } from '../../../src/model/page.js';
import type { Take } from '../../../src/model/take.js';
import { crawl } from '../../../src/signals/crawl.js';
import { codesOf, observation, prepared } from '../support.js';

const BLOCK = { hosts: ['shop.example'], base: 'https://shop.example', urls: ['/'], expect: ['title'] };
const TTFB: Take = { kind: 'page-quantile', quantile: 0.95, of: 'ttfb' };
const SIZE: Take = { kind: 'page-quantile', quantile: 0.95, of: 'size' };
const REGRESSIONS: Take = { kind: 'regressions' };

const HTML = {
  title: 'Shoes',
  h1: [],
  description: null,
  base: null,
  canonicals: [],
  robots: [],
  hreflang: [],
  items: [],
  brokenItems: 0,
  links: 0,
  deadLinks: [],
  linksTo: [],
  textLength: 0,
};

function pageOf(listed: string, status: number, over: Partial<Page> = {}): Page {
  const url = `https://shop.example${listed}`;
  return {
    url,
    listed,
    isTarget: false,
    expected: {},
    hops: [{ url, status }],
    robotsHeaders: [],
    linkHeaders: [],
    ttfb: 0.1,
    bytes: 10,
    html: HTML,
    ...over,
  };
}

function seen(
  take: Take,
  pages: readonly Page[],
  before: readonly Page[] = [],
  expected: unknown = ['title'],
): Observation {
  return observation(
    prepared(crawl, { ...BLOCK, expect: expected }),
    { pages: { series: [], pages }, baseline: { series: [], pages: before } },
    { take },
  );
}

describe('quantiles of pages', () => {
  const valuesOf = (one: Observation): readonly number[] =>
    one.evidence.kind === 'raw' ? one.evidence.values : [];
  const redirected = pageOf('/old', 500, {
    expected: { status: '301' },
    hops: [
      { url: 'https://shop.example/old', status: 301 },
      { url: 'https://shop.example/', status: 500 },
    ],
  });
  const { ttfb: _, ...untimed } = pageOf('/', 200);

  test.each<readonly [string, Take, readonly Page[], readonly number[], readonly string[]]>([
    ['pages that answered', TTFB, [pageOf('/', 200), pageOf('/a', 200)], [0.1, 0.1], []],
    ['a page that answers 500 is not quick', TTFB, [pageOf('/', 200), pageOf('/a', 500)], [0.1], ['partial']],
    ['nor one that answers 404 small', SIZE, [pageOf('/', 200), pageOf('/a', 404)], [10], ['partial']],
    ['nothing but 500', TTFB, [pageOf('/', 500), pageOf('/a', 500)], [], ['no-data']],
    ['a 410 that the list expects', TTFB, [pageOf('/a', 410, { expected: { status: '410' } })], [0.1], []],
    ['a redirect that leads to 500', TTFB, [redirected], [], ['no-data']],
    ['one whose time nobody measured', TTFB, [untimed, pageOf('/a', 200)], [0.1], ['partial']],
  ])('%s', (_what, take, pages, values, codes) => {
    const one = seen(take, pages);
    expect([valuesOf(one), codesOf(one)]).toEqual([values, codes]);
  });

  test('names the pages that are missing', () => {
    const [trouble] = seen(TTFB, [pageOf('/', 200), pageOf('/a', 503)]).trouble;
    expect(trouble?.text).toBe('1 of 2 pages gave no answer to measure: /a (503)');
  });

  test('an error that every page is expected to give', () => {
    expect(valuesOf(seen(TTFB, [pageOf('/', 503)], [], { status: { is: 503 } }))).toEqual([0.1]);
  });
});

describe('regressions', () => {
  const untitled = { html: { ...HTML, title: null } };
  const toLogin = (listed: string, end = `/login?for=${listed}`): Page =>
    pageOf(listed, 200, {
      hops: [
        { url: `https://shop.example${listed}`, status: 302 },
        { url: `https://shop.example${end}`, status: 200 },
      ],
    });
  const silent: Partial<Page> = { hops: [], failure: { kind: 'timeout', text: 'no answer' } };

  test.each<readonly [string, Page, Page, readonly string[]]>([
    ['what is old', pageOf('/', 200, untitled), pageOf('/', 200, untitled), []],
    ['gone before and now', pageOf('/', 404), pageOf('/', 404), []],
    ['500 before and now', pageOf('/', 500), pageOf('/', 500), ['status.server-error']],
    ['500 before, 503 now', pageOf('/', 503), pageOf('/', 500), ['status.overloaded']],
    ['403 before and now', pageOf('/', 403), pageOf('/', 403), ['status.denied']],
    ['429 before and now', pageOf('/', 429), pageOf('/', 429), ['status.overloaded']],
    ['401 before, untitled now', pageOf('/', 200, untitled), pageOf('/', 401), ['title.missing']],
    ['500 before, silent now', pageOf('/', 200, silent), pageOf('/', 500), ['fetch.timeout']],
    ['silent before, 500 now', pageOf('/', 500), pageOf('/', 200, silent), ['status.server-error']],
    ['500 before, untitled now', pageOf('/', 200, untitled), pageOf('/', 500), ['title.missing']],
    ['500 before, sound now', pageOf('/', 200), pageOf('/', 500), []],
  ])('%s', (_what, now, before, expected) => {
    expect((seen(REGRESSIONS, [now], [before]).findings ?? []).map(({ name }) => name)).toEqual(expected);
  });

  test.each<readonly [string, readonly Page[], readonly string[]]>([
    ['every page is gone in both arms', [pageOf('/', 404), pageOf('/a', 410)], ['no-data']],
    ['one of two pages is gone in both arms', [pageOf('/', 404), pageOf('/a', 200)], []],
    ['every page is gone, as the list expects', [pageOf('/', 404, { expected: { status: '404' } })], []],
    ['every page is denied, which counts by itself', [pageOf('/', 403)], []],
    ['every page leads to a login in both arms', [toLogin('/a'), toLogin('/b')], ['no-data']],
    ['every page leads there or is gone', [toLogin('/a'), pageOf('/b', 404)], ['no-data']],
    ['one of two pages leads elsewhere', [toLogin('/a'), pageOf('/b', 200)], []],
    ['every page leads elsewhere, each to its own', [toLogin('/a'), toLogin('/b', '/b/')], []],
    [
      'every page leads where the list says',
      ['/a', '/b'].map((url) => ({ ...toLogin(url), expected: { final: '/login?for=x' } })),
      [],
    ],
  ])('%s', (_what, pages, codes) => {
    expect(codesOf(seen(REGRESSIONS, pages, pages))).toEqual(codes);
  });

  const alternate = (...langs: readonly string[]) => langs.map((lang) => ({ lang, href: '/' }));
  const german = { html: { ...HTML, hreflang: alternate('de', 'EN'), items: [{ type: 'Product' }] } };
  test.each<readonly [string, Page, Page, unknown, readonly string[]]>([
    [
      'all that it had is lost',
      pageOf('/', 200),
      pageOf('/', 200, german),
      ['hreflang', 'json-ld'],
      [
        'hreflang.lost: "de", "en" of the baseline is gone',
        'json-ld.lost: "Product" of the baseline is gone',
      ],
    ],
    ['nobody chose to look', pageOf('/', 200), pageOf('/', 200, german), ['title'], []],
    ['an error page had it', pageOf('/', 200), pageOf('/', 404, german), ['json-ld'], []],
    [
      'the list says that it is missing',
      pageOf('/', 200),
      pageOf('/', 200, german),
      { 'json-ld': { types: ['Product'] } },
      ['json-ld.missing: no "Product"'],
    ],
    [
      'it has more',
      pageOf('/', 200, { html: { ...HTML, items: [{ type: 'Thing' }] } }),
      pageOf('/', 200),
      ['json-ld'],
      [],
    ],
  ])('%s', (_what, now, before, expected, told) => {
    const { findings = [] } = seen(REGRESSIONS, [now], [before], expected);
    expect(findings.map(({ name, detail }) => `${name}: ${detail}`)).toEqual(told);
  });

  test('a robot that got no answer, before and now', () => {
    const dropped = [pageOf('/', 200, { agents: { googlebot: null } })];
    const found = seen(REGRESSIONS, dropped, dropped, { 'user-agents': { as: ['googlebot'] } }).findings;
    expect(found?.map(({ name }) => name)).toEqual(['user-agents.unverified']);
  });

  test('a finding that an error page shared with it excuses nothing', () => {
    const slow = { ttfb: 2 };
    const found = seen(REGRESSIONS, [pageOf('/', 200, slow)], [pageOf('/', 500, slow)], ['ttfb']).findings;
    expect(found?.map(({ name }) => name)).toEqual(['ttfb.slow']);
  });
});
