/** Last crawls, new patterns, and hits that nobody can vouch for: what is made of the answers, and of lists of pages. */
import { writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { duckdb } from '../../src/backends/duckdb.js';
import type { Answer } from '../../src/model/series.js';
import { crawlerLog } from '../../src/signals/crawler-log.js';
import { open, requestOf, variablesOf } from '../backends/shared/world.js';
import { removeSandboxes, sandbox } from '../support/sandbox.js';
import { countsText, observation, type Parts, prepared, WINDOW } from './support.js';

afterAll(removeSandboxes);

const HOUR = 3600;
/** One value at the end of the window for each label. */
const by = (name: string, values: Readonly<Record<string, number>>): Answer => ({
  series: Object.entries(values).map(([label, value]) => ({
    labels: { [name]: label },
    times: [WINDOW.to],
    values: [value],
  })),
});
const NONE: Answer = { series: [] };

describe('last crawls', () => {
  const signal = prepared(crawlerLog, { log: 'access', urls: ['/a', '/b'] });
  const seen = (since: Readonly<Record<string, number>>, more: Parts = {}) =>
    observation(signal, {
      since: by('url', since),
      searched: by('url', { '/a': 48 * HOUR, '/b': 48 * HOUR }),
      unsure: NONE,
      ...more,
    });

  test('each page has its time, the longest first', () => {
    const { evidence, measured, trouble, otherwise } = seen({ '/a': HOUR, '/b': 3 * HOUR });
    expect(evidence).toEqual({ kind: 'raw', values: [3 * HOUR, HOUR], isAtLeast: false });
    expect(measured?.map(({ name, url, detail }) => `${name} ${url}: ${detail}`)).toEqual([
      'since-crawl.long /b: crawled 3h ago',
      'since-crawl.long /a: crawled 1h ago',
    ]);
    expect([trouble, otherwise]).toEqual([[], undefined]);
  });

  test('a page that was never crawled is as old as the log, at least', () => {
    const { evidence, measured } = seen({ '/a': HOUR });
    expect(evidence).toEqual({ kind: 'raw', values: [48 * HOUR, HOUR], isAtLeast: true });
    expect(measured?.[0]).toMatchObject({ name: 'since-crawl.never', url: '/b', isAtLeast: true });
  });

  test('no hit at all is no data', () => {
    const { newest, trouble } = seen({}, { searched: NONE });
    expect([newest, trouble.map(({ code }) => code)]).toEqual([null, ['no-data']]);
  });

  test.each([
    ['a crawl', { '/a': HOUR, '/b': HOUR }, {}],
    ['an unsure hit', { '/a': HOUR }, { unsure: by('url', { '/b': HOUR }) }],
  ])('%s of a page that was not searched for is partial', (_, since, more) => {
    const { trouble } = seen(since, { ...more, searched: by('url', { '/a': 48 * HOUR }) });
    expect(trouble).toMatchObject([
      { code: 'partial', text: expect.stringContaining('for /b is not known') },
    ]);
  });

  test('a hit that nobody vouches for may be a later crawl', () => {
    const { otherwise, notes } = seen({ '/a': HOUR }, { unsure: by('url', { '/b': 2 * HOUR }) });
    expect(otherwise?.evidence).toEqual([{ kind: 'raw', values: [2 * HOUR, HOUR], isAtLeast: false }]);
    expect(notes).toHaveLength(1);
  });
});

describe('new patterns', () => {
  const signal = prepared(crawlerLog, { log: 'access', before: '7d' });
  const seen = (
    hits: Readonly<Record<string, number>>,
    before: Readonly<Record<string, number>>,
    more: Parts = {},
  ) =>
    observation(signal, {
      hits: by('pattern', hits),
      before: by('pattern', before),
      age: by('pattern', Object.fromEntries(Object.keys(hits).map((name) => [name, 60]))),
      ...more,
    });

  test('what was not there before counts, by its hits', () => {
    const found = seen({ '/a': 5, '/new': 2, '/newer': 3 }, { '/a': 1, '/gone': 1 });
    expect([countsText(found), found.newest]).toEqual(['2/10', WINDOW.to - 60_000]);
    expect(found.findings).toEqual([
      { name: 'pattern.new', url: '/newer', detail: '3 hits' },
      { name: 'pattern.new', url: '/new', detail: '2 hits' },
    ]);
  });

  test.each<
    readonly [what: string, hits: Record<string, number>, before: Record<string, number>, text: string]
  >([
    ['before is not all new', { '/a': 5 }, {}, 'the time before the window'],
    ['in the window is not none new', {}, { '/a': 5 }, 'the window'],
  ])('no hit %s', (_, hits, before, where) => {
    const { trouble, findings, evidence } = seen(hits, before);
    expect([findings, evidence]).toEqual([[], { kind: 'counts', strata: [null] }]);
    expect(trouble.map(({ code, text }) => [code, text])).toEqual([
      ['no-data', `no verified hit of googlebot in ${where}`],
    ]);
  });

  test('what nobody vouches for may be new, or may have been there', () => {
    const { otherwise } = seen(
      { '/a': 5, '/new': 2 },
      { '/a': 1 },
      { unsure: by('pattern', { '/odd': 1, '/a': 1 }), 'before-unsure': by('pattern', { '/new': 1 }) },
    );
    expect(otherwise?.evidence).toEqual([2, 0].map((k) => ({ kind: 'counts', strata: [{ k, n: 7 }] })));
  });
});

describe('shares, with hits that nobody vouches for', () => {
  const ends = (block: object, parts: Parts) =>
    observation(prepared(crawlerLog, { log: 'access', ...block }), parts).otherwise?.evidence.map(
      (evidence) =>
        evidence.kind === 'counts'
          ? evidence.strata.map((each) => each && `${each.k}/${each.n}`).join(' ')
          : '',
    );

  test('bad ones may be hits, and so may the others', () => {
    const parts = {
      bad: [1, 0, null, null, null],
      total: [10, 10, null, null, null],
      unsure: [3, null, 4, null, null],
      'unsure-bad': [1, null, null, null, null],
    };
    expect(ends({ bad: '5xx' }, parts)).toEqual(['2/11 0/10   ', '1/12 0/10 0/4  ']);
  });

  test('claims may be false, or not', () => {
    const parts = { bad: [1, 0, 0, 0, 0], total: [10, 10, 10, 10, 10], unsure: [2, null, null, null, null] };
    const rest = ' 0/10 0/10 0/10 0/10';
    expect(ends({ bad: 'impostors' }, parts)).toEqual([`3/12${rest}`, `1/12${rest}`]);
  });

  test('no hit but those is no data, and says so', () => {
    const signal = prepared(crawlerLog, { log: 'access', bad: '5xx' });
    const seen = observation(signal, { bad: NONE, total: NONE, unsure: [2, null, null, null, null] });
    expect([seen.newest, seen.trouble[0]?.text]).toEqual([
      null,
      "no hit is known to be the crawler's: 2 hits that claim to be googlebot could be neither verified nor refuted",
    ]);
  });
});

describe('lists of pages', () => {
  const sitemap = (locs: readonly string[], root = 'urlset', item = 'url'): string =>
    `<?xml version="1.0"?><${root}>${locs.map((loc) => `<${item}><loc>${loc}</loc></${item}>`).join('')}</${root}>`;

  /** The text by which the question is known, or what is wrong, with its place. */
  async function bound(urls: unknown, files: Readonly<Record<string, string | Uint8Array>> = {}) {
    const place = await sandbox();
    for (const [name, content] of Object.entries(files)) await writeFile(place.path(name), content);
    const signal = prepared(crawlerLog, { log: 'access', urls });
    const backend = await crawlerLog.through?.(open(duckdb, {}, place.folder), {
      id: 'shop',
      folder: place.folder,
    });
    await backend?.ready?.([urls], () => false);
    const [part] = signal.parts({ kind: 'since-crawl', quantile: 1 });
    const variables = variablesOf({ page: '/p/7' });
    const result = backend?.prepare(requestOf(part?.source, { variables }));
    if (result?.ok === true) return { text: result.value.text, key: result.value.key };
    return (result?.failures ?? []).map(({ message, span, path }) => {
      const at = span === undefined ? (path ?? []).join('.') : `${span.line}:${span.col}`;
      return `${at} ${message.replace(/\S*(list\.csv|map\.xml)/, '$1')}`;
    });
  }

  test('pages, variables in place, go into the statement; its text is short', async () => {
    const found = await bound(
      ['https://shop.example/it%27s?a=1', '/p/2', '{{page}}', { url: '/p/3', status: 200 }].slice(1),
    );
    expect(found).toMatchObject({
      text: expect.stringMatching(/VALUES \('each page', 'its path'\).* \["\/p\/2","\/p\/7","\/p\/3"\]$/),
    });
    expect(found).toMatchObject({ key: expect.stringContaining("('/p/7', '/p/7')") });
  });

  test.each<readonly [what: string, urls: unknown, files: Record<string, string | Uint8Array>, key: RegExp]>([
    [
      'a CSV, other columns left alone',
      { csv: 'list.csv' },
      { 'list.csv': 'url,status\n/a,200\n"/b,c",\n' },
      /'\/b,c'/,
    ],
    [
      'a sitemap',
      { sitemap: 'map.xml' },
      { 'map.xml': sitemap(['https://shop.example/a?b=1&amp;c=2']) },
      /'\/a\?b=1&c=2'/,
    ],
    [
      'a packed sitemap',
      { sitemap: 'map.xml.gz' },
      { 'map.xml.gz': gzipSync(sitemap(['http://shop.example/a'])) },
      /host IS NULL OR lower\(host\) = 'shop.example'/,
    ],
    ['quotes', ["/it's"], {}, /'\/it''s'/],
  ])('%s', async (_, urls, files, key) => {
    expect(await bound(urls, files)).toMatchObject({ key: expect.stringMatching(key) });
  });

  test.each<readonly [urls: unknown, files: Record<string, string>, failures: readonly string[]]>([
    [
      ['p/1', '//x/y', 'ftp://a/b'],
      {},
      ['urls.0 "p/1" is no page', 'urls.1 "//x/y" is no page', 'urls.2 "ftp://a/b" is no page'],
    ],
    [['/a', '/a#b'], {}, ['urls.1 "/a#b" is listed twice']],
    [['{{pgae}}'], {}, ['urls.0 "{{pgae}}" names no variable']],
    [
      ['https://a.example/', 'https://b.example/x'],
      {},
      ['urls.1 "https://b.example/x" is on another host than those before it: a.example, b.example'],
    ],
    [{ csv: 'absent.csv' }, {}, ['urls.csv "absent.csv" cannot be read (ENOENT)']],
    [{ csv: 'list.csv' }, { 'list.csv': 'page\n/a\n' }, ['1:1 list.csv has no column "url"']],
    [{ csv: 'list.csv' }, { 'list.csv': 'url\n/a\nb\n' }, ['3:1 "b" is no page']],
    [{ sitemap: 'https://shop.example/map.xml' }, {}, ['urls.sitemap map.xml" is no file']],
    [
      { sitemap: 'map.xml' },
      { 'map.xml': sitemap(['https://a/1'], 'sitemapindex', 'sitemap') },
      ['urls.sitemap map.xml is an index of sitemaps'],
    ],
    [{ sitemap: 'map.xml' }, { 'map.xml': sitemap([]) }, ['urls.sitemap map.xml lists no page']],
    [{ sitemap: 'map.xml' }, { 'map.xml': 'nothing' }, ['urls.sitemap map.xml is no sitemap: it is no XML']],
  ])('%j is refused', async (urls, files, failures) => {
    expect(await bound(urls, files)).toEqual(failures);
  });
});
