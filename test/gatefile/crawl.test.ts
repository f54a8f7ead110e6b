/** What a crawl in a gate file must not say, and where the message points. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gateOf, load, troubleOf } from '../support/fake-backend.js';

const gate = (crawl: string, criterion = 'pass: "== 0"', more = ''): string =>
  `gate: shop\n${more}signals:\n  pages:\n    crawl:\n${crawl
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n')}\ncriteria:\n  pages: { ${criterion} }\n`;
const HEAD = 'hosts: [shop.example.com]\nbase: https://shop.example.com\n';
const SOUND = `${HEAD}urls: [/]`;

describe('a crawl is refused, at its place', () => {
  test.each([
    [
      'without hosts',
      'urls: [/]',
      '4:5 gatefile.missing-key "hosts" is missing in "crawl" of signal "pages"',
    ],
    [
      'without pages',
      HEAD.trim(),
      '4:5 gatefile.invalid "urls" is a list of pages, { csv: PATH } or { sitemap: URL }, not an empty value',
    ],
    ['with no page', `${HEAD}urls: []`, '7:13 gatefile.invalid list at least one page'],
    [
      'with a host that is more than a host',
      `${SOUND}\nforeign-hosts: ["http://a/b"]`,
      '8:23 gatefile.invalid "http://a/b" is no host: a host is a name, with a port where it is not 80 or 443, and without "/b"',
    ],
    [
      'with a page elsewhere',
      `${HEAD}urls: [/, "https://evil.example/"]`,
      '7:17 gatefile.invalid "https://evil.example/" is on a host that is not listed',
    ],
    [
      'at another port',
      `${HEAD}urls: ["https://shop.example.com:8443/"]`,
      '7:14 gatefile.invalid "https://shop.example.com:8443/" is on a host that is not listed',
    ],
    [
      'with a page without a host',
      'hosts: [shop.example.com]\nurls: [/]',
      '6:14 gatefile.invalid "/" names no host',
    ],
    [
      'with a page of blanks, which is not the base',
      `${HEAD}urls: [" "]`,
      '7:14 gatefile.invalid an empty text is no address',
    ],
    [
      'with a page twice',
      `${HEAD}urls: [/a, "https://shop.example.com:443/a#x"]`,
      '7:18 gatefile.invalid "https://shop.example.com:443/a#x" is listed twice',
    ],
    [
      'with a status that is none',
      `${HEAD}urls: [{ url: /, status: 99 }]`,
      '7:32 gatefile.invalid "99" is no status',
    ],
    [
      'with a host that has a path',
      'hosts: ["https://shop.example/de/"]\nurls: [https://shop.example/]',
      '5:15 gatefile.invalid "https://shop.example/de/" is no host: a host is a name, with a port where it is not 80 or 443, and without "/de/"',
    ],
    [
      'with a host that has a user, who is not shown',
      'hosts: ["https://u@shop.example"]\nurls: [https://shop.example/]',
      '5:15 gatefile.invalid a host is a name, with a port where it is not 80 or 443, and without a user',
    ],
    [
      'with a base without a scheme, which is not told of each page',
      'hosts: [shop.example]\nbase: shop.example\nurls: [/, /a]',
      '6:13 gatefile.invalid "shop.example" is no base: it does not begin with http:// or https://',
    ],
    [
      'with a base that is no address',
      'hosts: [shop.example]\nbase: "https://shop example"\nurls: [/]',
      '6:13 gatefile.invalid "https://shop example" is no base: it is no address',
    ],
    [
      'with an unknown column',
      `${HEAD}urls: [{ url: /, titel: x }]`,
      '7:24 gatefile.unknown-key unknown key "titel" in item 1 of "urls" of signal "pages"',
    ],
    [
      'with more pages than allowed',
      `${HEAD}at-most: 1\nurls: [/a, /b]`,
      '8:13 gatefile.invalid the list has 2 pages, at most 1 are allowed',
    ],
    ['with an unknown check', `${SOUND}\nexpect: [canonicl]`, '8:16 gatefile.invalid "canonicl" is no check'],
    [
      'with an unknown parameter',
      `${SOUND}\nexpect: { redirects: { most: 2 } }`,
      '8:30 gatefile.unknown-key unknown key "most" in "redirects" of signal "pages"',
    ],
    [
      'with a pattern that is none',
      `${SOUND}\nexpect: { title: { matches: "(" } }`,
      '8:35 gatefile.invalid "(" is no regular expression',
    ],
    [
      'that renders with nothing',
      `${SOUND}\nexpect: [rendered]`,
      '8:15 gatefile.invalid "rendered" needs something that runs scripts',
    ],
    [
      'that renders another arm',
      `${SOUND}\nrender: { chromium: c }\ncookies: { a: b }`,
      '8:15 gatefile.invalid a browser is started without headers and cookies, and would be shown another arm',
    ],
    ['at a rate of nothing', `${SOUND}\nrate: 0/s`, '8:13 gatefile.invalid a rate above 0 is expected'],
    [
      'with a header of ours',
      `${SOUND}\nheaders: { Host: a }`,
      '8:24 gatefile.invalid "Host" is no header that may be set here',
    ],
    [
      'with a secret in plain text',
      `${SOUND}\nheaders: { Authorization: Bearer pl4nted }`,
      '8:33 gatefile.secret "Authorization" holds its secret in plain text',
    ],
    [
      'with an unknown variable',
      `${SOUND}\nheaders: { x-arm: "{{arm}}" }`,
      '8:25 gatefile.variable "{{arm}}" names no variable',
    ],
    [
      'with a sitemap elsewhere',
      `${HEAD}urls: { sitemap: "https://evil.example/s" }`,
      '7:24 gatefile.invalid "https://evil.example/s" is no address on a host that is listed',
    ],
    [
      'with a list that is not there',
      `${HEAD}urls: { csv: none.csv }`,
      '7:20 gatefile.invalid "none.csv" cannot be read (ENOENT)',
    ],
  ])('%s', async (_what, crawl, trouble) => {
    expect(await troubleOf(gate(crawl))).toEqual([trouble]);
  });

  test.each([
    [
      'evidence over time',
      'pass: "== 0", evidence: sequential',
      'a crawl has no steps, which evidence "sequential" needs',
    ],
    ['a quantile of nothing', 'take: p95, pass: "<= 1s"', '"p95" cannot be taken of a crawl'],
    ['tolerance', 'pass: "== 0", tolerate: 2 of 5 steps', '"tolerate" needs a value for each step'],
    [
      'regressions since nothing',
      'take: regressions, pass: "== 0"',
      'criterion "pages" counts regressions, and nothing says since what',
    ],
  ])('its criterion with %s', async (_what, criterion, message) => {
    const { failures } = await load(gate(SOUND, criterion));
    expect(failures.map((each) => each.message)).toEqual([message]);
  });

  test('a backend has nothing to say', async () => {
    const text = gate(SOUND, 'pass: "== 0"', 'backends: { m: { type: fake } }\n').replace(
      '    crawl:',
      '    backend: m\n    crawl:',
    );
    expect(await troubleOf(text)).toEqual([
      '5:5 gatefile.invalid "backend" has no meaning here: a crawl asks no backend',
    ]);
  });

  const ARMS = 'arms: { canary: { track: canary }, baseline: { track: stable } }\n';
  test('regressions against the same pages', async () => {
    const criterion = 'take: regressions, pass: "== 0"';
    expect(await troubleOf(gate(SOUND, criterion, ARMS))).toEqual([
      '10:18 gatefile.query criterion "pages" compares "pages" with itself: its pages are the same in both arms',
    ]);
    const shifted = ARMS.replace('stable }', 'stable, shift: 7d }');
    expect(await troubleOf(gate(SOUND, criterion, shifted))).toEqual([
      '10:18 gatefile.query pages cannot be asked for as they were: arm "baseline" is shifted',
    ]);
  });

  test('arms of another time', async () => {
    const shifted = ARMS.replace('stable }', 'stable, shift: 7d }');
    const crawl = `${SOUND}\ncookies: { arm: "{{track}}" }`;
    expect(await troubleOf(gate(crawl, 'take: share ok, pass: ">= baseline"', shifted))).toEqual([
      '11:34 gatefile.query pages cannot be asked for as they were: arm "baseline" is shifted',
    ]);
  });
});

test('a crawl asks no backend, is judged by its point, and finds nothing to be the least', async () => {
  const { criteria } = await gateOf(gate(SOUND));
  expect(criteria[0]).toMatchObject({
    kind: 'crawl',
    evidence: 'point',
    rule: { take: { kind: 'findings' }, minSamples: 1, better: undefined },
  });
});

describe('a list in CSV', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatekeeper-list-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const listed = async (csv: string): Promise<readonly string[]> => {
    writeFileSync(join(folder, 'list.csv'), csv);
    const text = gate(`${HEAD}urls: { csv: ${join(folder, 'list.csv')} }`);
    const { failures } = await load(text);
    return failures.map(
      ({ span, message }) => `${span?.file.endsWith('list.csv')} ${span?.line}:${span?.col} ${message}`,
    );
  };

  test.each([
    [
      'columns, quotes and empty lines',
      '\ufeffurl,title,status\r\n/a,"Shoes, ""red""\nand more",200\r\n\r\n/b,,\r\n',
      [],
    ],
    ['an unknown column', 'url,statsu\n/a,200\n', ['true 1:5 unknown column "statsu"']],
    ['no column of pages', 'status\n200\n', ['column "url"']],
    ['a row without a page', 'url,status\n,200\n/a,200\n', ['true 2:1 an empty text is no address']],
    ['no page', 'url\n', ['lists no page']],
    ['a quote without end', 'url,title\n/a,"b\n', ['true 2:4 a quote opens here and never ends']],
    // The rest of the row was dropped, so that a page with another status passed.
    ['blanks after a quote', 'url,status\n"/a" ,abc\n"/b"\t,200\r\n"/c" ', ['true 2:7 "abc" is no status']],
    [
      'text after a quote',
      'url,title\n"/a" b,c\n',
      ['true 2:6 "b" stands after the quote that ends the cell'],
    ],
    [
      'text after a quote of several lines',
      'title,url\n"x\ny"z,/a\n',
      ['true 3:3 "z" stands after the quote that ends the cell'],
    ],
    ['a column twice', 'url,title,title\n/a,b,c\n', ['true 1:11 column "title" is named twice']],
    [
      'a cell too many',
      'url,status\n/a,200,x\n',
      ['true 2:8 this line has 3 cells, and the first line names 2 columns'],
    ],
    [
      'cells that say nothing sensible',
      'url,title,status,index\n/a,"x\ny",abc,perhaps\n',
      ['true 3:4 "abc" is no status', 'true 3:8 "perhaps" is no index'],
    ],
    [
      'a page elsewhere',
      'url\n/a\nhttps://evil.example/\n',
      ['true 3:1 "https://evil.example/" is on a host that is not listed'],
    ],
  ])('with %s', async (_what, csv, expected) => {
    const found = await listed(csv);
    expect(found).toHaveLength(expected.length);
    for (const [i, each] of expected.entries()) expect(found[i]).toContain(each);
  });
});
