/** Crawlers in access logs: who says to be one, and whether the address bears it out. */
import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GOOGLEBOT } from '../../src/backends/duckdb/googlebot.js';
import { loadLists, verifierOf } from '../../src/backends/duckdb/lists.js';
import { duckdb } from '../../src/backends/duckdb.js';
import { BackendError } from '../../src/model/failure.js';
import { removeSandboxes, type Sandbox, sandbox } from '../support/sandbox.js';
import { contextOf, errorOf, open, prepared, requestOf, variablesOf } from './shared/world.js';

let place: Sandbox;
beforeAll(async () => {
  place = await sandbox();
});
afterAll(removeSandboxes);

const shipped = verifierOf(new Map([['googlebot', GOOGLEBOT]]));

test.each<readonly [address: string, isGooglebot: boolean | null]>([
  ['66.249.73.135', true],
  ['66.249.64.0', true],
  ['66.249.72.95', true],
  ['66.249.72.96', false],
  ['66.249.80.1', false],
  ['34.22.85.31', true],
  ['34.22.85.32', false],
  ['2001:4860:4801:10::1', true],
  ['2001:4860:4801:11::1', false],
  ['::ffff:66.249.66.1', true],
  ['203.0.113.7', false],
  ['crawl-66-249-66-1.googlebot.com', null],
  ['', null],
])('%s is an address of Googlebot: %s', (address, isGooglebot) => {
  expect(shipped('googlebot', address)).toBe(isGooglebot);
  // What is known already is told again.
  expect(shipped('googlebot', address)).toBe(isGooglebot);
});

test('an address is inside a list exactly when it lies in one of its blocks', () => {
  const byte = fc.integer({ min: 0, max: 255 });
  const address = fc.tuple(fc.constantFrom(10, 11), fc.constantFrom(0, 1), byte, byte);
  const verify = verifierOf(
    new Map([['bot', { published: null, prefixes: ['10.0.16.0/20', '11.1.7.0/30'] }]]),
  );
  fc.assert(
    fc.property(address, ([a, b, c, d]) => {
      const isIn = (a === 10 && b === 0 && c >= 16 && c < 32) || (a === 11 && b === 1 && c === 7 && d < 4);
      expect(verify('bot', [a, b, c, d].join('.'))).toBe(isIn);
    }),
  );
});

test('a crawler that nobody listed is neither true nor false', () => {
  expect(shipped('bingbot', '66.249.66.1')).toBe(null);
});

describe('a list in a file', () => {
  const load = (text: string) => {
    writeFileSync(place.path('bots.json'), text);
    return loadLists({ googlebot: place.path('bots.json') }, 'shop');
  };

  test('replaces what is shipped', async () => {
    const text =
      '{"creationTime": "2026-11-01T00:00:00.000000", "prefixes": [{"ipv4Prefix": "192.0.2.0/24"}]}';
    const verify = verifierOf(await load(text));
    expect([verify('googlebot', '192.0.2.9'), verify('googlebot', '66.249.66.1')]).toEqual([true, false]);
  });

  test.each([
    ['no JSON', '<html>'],
    ['no prefixes', '{"creationTime": "2026-11-01"}'],
    ['an empty list, by which every crawler would be false', '{"prefixes": []}'],
    ['a prefix that is none', '{"prefixes": [{"ipv4Prefix": "192.0.2.0/33"}]}'],
    ['a prefix without an address', '{"prefixes": [{"service": "bot"}]}'],
  ])('%s is refused', async (_, text) => {
    const error = await errorOf(load(text));
    expect(error).toBeInstanceOf(BackendError);
    expect(error.failure.code).toBe('backend.malformed');
  });

  test('a file that is not there is named', async () => {
    const error = await errorOf(loadLists({ bingbot: place.path('absent.json') }, 'shop'));
    expect(error.failure).toMatchObject({
      code: 'backend.file',
      message: expect.stringContaining('absent.json'),
    });
  });
});

const line = (client: string, agent: string, status = 200) =>
  `${client} - - [20/Nov/2026:14:00:05 +0000] "GET / HTTP/1.1" ${status} 5 "-" "${agent}"\n`;

test('in a log, a claim is a column, and its proof another', async () => {
  const lines = [
    line('66.249.66.1', 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'),
    line('2001:4860:4801:10::9', 'GOOGLEBOT-IMAGE/1.0'),
    line('203.0.113.7', 'Mozilla/5.0 (compatible; Googlebot/2.1)'),
    line('203.0.113.8', 'Mozilla/5.0'),
    'no line\n',
    line('not-an-address', 'Googlebot/2.1'),
    line('192.0.2.1', 'somebot/1'),
  ];
  await place.write({
    'access.log': lines.join(''),
    'somebot.json': '{"prefixes": [{"ipv4Prefix": "192.0.2.0/24"}]}',
  });
  const tables = { access: { path: 'access.log', format: 'combined', 'most-malformed': '50%' } };
  const backend = open(duckdb, { tables, crawlers: { somebot: 'somebot.json' } }, place.folder);
  const sql = 'SELECT crawler, verified, count(*) AS n FROM access GROUP BY ALL ORDER BY ALL';
  const query = prepared(backend, requestOf({ sql, value: 'n', labels: ['crawler', 'verified'] }));
  const { series, notes } = await query.fetch(contextOf());
  expect(series.map(({ labels, values }) => [labels['crawler'], labels['verified'], ...values])).toEqual([
    ['googlebot', 'false', 1],
    ['googlebot', 'true', 2],
    ['googlebot', undefined, 1],
    ['somebot', 'true', 1],
    [undefined, undefined, 2],
  ]);
  expect(notes).toEqual([
    'log "access": 1 of 7 lines is malformed (14 %)',
    'crawler "googlebot" was verified by the addresses published on 2026-03-16',
    'crawler "somebot" was verified by a list without a date',
  ]);
});

describe('a crawler that cannot be verified', () => {
  const LINE = '66.249.66.1 - - [20/Nov/2026:14:00:05 +0000] "GET / HTTP/1.1" 200 5 "-" "bingbot/2.0"\n';
  const tables = { access: { path: 'bing.log', format: 'combined' } };
  const ask = (sql: string, config: object = {}) => {
    writeFileSync(place.path('bing.log'), LINE);
    writeFileSync(place.path('bing.json'), '{"prefixes": [{"ipv4Prefix": "192.0.2.0/24"}]}');
    return prepared(
      open(duckdb, { tables, ...config }, place.folder),
      requestOf(sql, { variables: variablesOf({ who: 'bingbot' }) }),
    ).fetch(contextOf());
  };
  const words = 'crawler "bingbot" has no list of addresses, and DNS is not asked: no hit of it is verified';
  const shippedNote = 'crawler "googlebot" was verified by the addresses published on 2026-03-16';

  test.each<readonly [sql: string, config: object, warnings: unknown, notes: unknown]>([
    ["crawler = 'bingbot' AND verified", {}, [words], undefined],
    ["crawler = 'bingbot'", {}, [words], undefined],
    ['crawler = {{who}} AND verified', {}, [words], undefined],
    [
      "crawler = 'bingbot' AND verified",
      { crawlers: { bingbot: 'bing.json' } },
      undefined,
      ['crawler "bingbot" was verified by a list without a date'],
    ],
    ["crawler = 'googlebot' AND verified", {}, undefined, [shippedNote]],
    ['verified', {}, undefined, [shippedNote]],
    ["agent LIKE '%bingbot%'", {}, undefined, undefined],
  ])('%s with %j', async (condition, config, warnings, notes) => {
    const answer = await ask(`SELECT count(*) AS n FROM access WHERE ${condition}`, config);
    expect([answer.warnings, answer.notes]).toEqual([warnings, notes]);
  });

  test.each<readonly [config: object, verified: readonly string[], byDns: readonly string[]]>([
    [{}, ['googlebot'], ['bingbot', 'applebot', 'yandexbot']],
    [{ crawlers: { bingbot: 'bing.json' } }, ['googlebot', 'bingbot'], ['applebot', 'yandexbot']],
    [
      { crawlers: { mybot: { domains: ['bot.example'] } } },
      ['googlebot'],
      ['bingbot', 'applebot', 'yandexbot', 'mybot'],
    ],
    [
      { verify: 'dns', crawlers: { mybot: { domains: ['bot.example'] } } },
      ['googlebot', 'bingbot', 'applebot', 'yandexbot', 'mybot'],
      [],
    ],
  ])('of %j is told from those that can', (config, verified, byDns) => {
    expect(open(duckdb, config).crawlers).toEqual({ verified, byDns });
  });
});
