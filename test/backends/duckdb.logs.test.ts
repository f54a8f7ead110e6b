/** Access logs as tables: the same columns out of every format, and malformed lines that are rows and are counted. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { duckdb } from '../../src/backends/duckdb.js';
import type { Answer } from '../../src/model/series.js';
import { removeSandboxes, type Sandbox, sandbox } from '../support/sandbox.js';
import { contextOf, errorOf, open, prepared, requestOf } from './shared/world.js';

let place: Sandbox;
beforeAll(async () => {
  place = await sandbox();
});
afterAll(removeSandboxes);

let files = 0;

/** Asks one statement of a log with these lines. */
async function asked(
  format: string,
  lines: string | Uint8Array,
  query: unknown,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Answer> {
  files += 1;
  const name = `access-${files}.log`;
  writeFileSync(join(place.folder, name), lines);
  const config = { tables: { access: { path: name, format, ...more } } };
  return await prepared(open(duckdb, config, place.folder), requestOf(query)).fetch(contextOf());
}

/** All columns of the first row, as text. */
async function rowOf(format: string, line: string): Promise<Record<string, string>> {
  const columns = [
    'client',
    'method',
    'url',
    'path',
    'status',
    'bytes',
    'referer',
    'agent',
    'host',
    'cache',
    'seconds',
  ];
  const sql = `SELECT epoch(time) AS at, ${columns.join(', ')}, malformed FROM access`;
  const answer = await asked(format, `${line}\n`, { sql, value: 'at', labels: [...columns, 'malformed'] });
  const [series] = answer.series;
  const at = series?.values[0];
  return { ...series?.labels, at: at === undefined ? 'NULL' : new Date(at * 1000).toISOString() };
}

const AT = '2026-11-20T14:00:05.000Z';
const COMBINED =
  '203.0.113.7 - - [20/Nov/2026:15:00:05 +0100] "GET /p/red-shoe?size=42 HTTP/1.1" 200 5120 "https://shop.example/" "Mozilla/5.0 (\\"quoted\\")"';
const SEEN = {
  client: '203.0.113.7',
  method: 'GET',
  url: '/p/red-shoe?size=42',
  path: '/p/red-shoe',
  status: '200',
  bytes: '5120',
  malformed: 'false',
  at: AT,
};
const BROWSER = { ...SEEN, referer: 'https://shop.example/', agent: 'Mozilla/5.0 (\\"quoted\\")' };

const tabs = (fields: readonly string[]) => fields.join('\t');

test.each<readonly [what: string, format: string, line: string, row: Record<string, string>]>([
  [
    'common',
    'combined',
    '203.0.113.7 - eve [20/Nov/2026:14:00:05 +0000] "GET /p/red-shoe?size=42 HTTP/1.1" 200 5120',
    SEEN,
  ],
  ['combined', 'combined', COMBINED, BROWSER],
  [
    'combined with a cache status and a time',
    'combined',
    `${COMBINED} HIT 0.012`,
    { ...BROWSER, cache: 'HIT', seconds: '0.012' },
  ],
  [
    'the same the other way round, quoted',
    'combined',
    `${COMBINED} "0.012" "EXPIRED"`,
    { ...BROWSER, cache: 'EXPIRED', seconds: '0.012' },
  ],
  [
    'the same with names, no cache asked',
    'combined',
    `${COMBINED} rt=1.500 ucs="-"`,
    { ...BROWSER, seconds: '1.5' },
  ],
  [
    'a request that is none, as port scanners send',
    'combined',
    '203.0.113.7 - - [20/Nov/2026:14:00:05 +0000] "\\x16\\x03\\x01" 400 0 "-" "-"',
    { client: '203.0.113.7', status: '400', bytes: '0', malformed: 'false', at: AT },
  ],
  [
    'nginx JSON',
    'nginx-json',
    JSON.stringify({
      time_iso8601: '2026-11-20T15:00:05+01:00',
      remote_addr: '203.0.113.7',
      request: 'GET /p/red-shoe?size=42 HTTP/1.1',
      status: 200,
      body_bytes_sent: '5120',
      http_referer: '',
      http_user_agent: 'curl/8',
      host: 'shop.example',
      upstream_cache_status: 'MISS',
      request_time: 0.25,
    }),
    { ...SEEN, agent: 'curl/8', host: 'shop.example', cache: 'MISS', seconds: '0.25' },
  ],
  [
    'nginx JSON with seconds since 1970 and parted requests',
    'nginx-json',
    '{"msec":"1795183205.000","remote_addr":"203.0.113.7","request_method":"GET","request_uri":"/p/red-shoe?size=42","status":"200","bytes_sent":5120}',
    SEEN,
  ],
  [
    'CloudFront',
    'cloudfront',
    tabs(
      '2026-11-20 14:00:05 FRA56-P1 5120 203.0.113.7 GET d1.cloudfront.net /p/red-shoe 200 https://shop.example/ Mozilla/5.0%20(X11) size=42 - Hit abc== shop.example https 300 0.004 - TLSv1.3 TLS_AES_128_GCM_SHA256 Hit HTTP/2.0 - - 51234 0.004 Hit text/html 5000 - -'.split(
        ' ',
      ),
    ),
    {
      ...SEEN,
      referer: 'https://shop.example/',
      agent: 'Mozilla/5.0 (X11)',
      host: 'shop.example',
      cache: 'Hit',
      seconds: '0.004',
    },
  ],
  [
    'Fastly',
    'fastly',
    '{"timestamp":"2026-11-20T14:00:05+0000","client_ip":"203.0.113.7","host":"shop.example","url":"/p/red-shoe?size=42","request_method":"GET","request_user_agent":"curl/8","response_state":"HIT-CLUSTER","response_status":200,"response_body_size":5120}',
    { ...SEEN, agent: 'curl/8', host: 'shop.example', cache: 'HIT-CLUSTER' },
  ],
  [
    'ALB',
    'alb',
    'https 2026-11-20T14:00:05.000000Z app/shop/50dc 203.0.113.7:2817 10.0.0.1:80 0.001 0.048 0.001 200 200 34 5120 "GET https://shop.example:443/p/red-shoe?size=42 HTTP/1.1" "curl/8" ECDHE TLSv1.2 arn:aws:x "Root=1-58" "shop.example" "arn:y" 0 2026-11-20T14:00:04Z "forward" "-" "-" "10.0.0.1:80" "200" "-" "-"',
    {
      ...SEEN,
      url: 'https://shop.example:443/p/red-shoe?size=42',
      agent: 'curl/8',
      host: 'shop.example',
      seconds: '0.05',
    },
  ],
  [
    'ALB, no target took it',
    'alb',
    'http 2026-11-20T14:00:05Z app/shop/50dc 203.0.113.7:2817 - -1 -1 -1 503 - 34 366 "GET http://shop.example:80/ HTTP/1.1" "-" - - - "-" "-" "-" 0 2026-11-20T14:00:04Z "fixed-response" "-" "-" "-" "-" "-" "-"',
    {
      client: '203.0.113.7',
      method: 'GET',
      url: 'http://shop.example:80/',
      path: '/',
      status: '503',
      bytes: '366',
      malformed: 'false',
      at: AT,
    },
  ],
])('%s: every field of it', async (_, format, line, row) => {
  const seen = await rowOf(format, line);
  expect({ ...seen, seconds: seen['seconds'] === undefined ? undefined : Number(seen['seconds']) }).toEqual({
    ...row,
    seconds: row['seconds'] === undefined ? undefined : Number(row['seconds']),
  });
});

describe('malformed lines', () => {
  test('are counted without taking lines apart, and are those that are read as such', async () => {
    // Lines with a character less, more or another, and lines cut short.
    const broken = fc.sample(
      fc
        .tuple(
          fc.nat(COMBINED.length),
          fc.nat(2),
          fc.constantFrom('', ' ', '"', '\\', '[', ']', '-', '9', 'x'),
        )
        .map(([at, gone, put]) => COMBINED.slice(0, at) + put + COMBINED.slice(at + gone)),
      { numRuns: 500, seed: 1 },
    );
    const cut = Array.from({ length: COMBINED.length }, (_, end) => COMBINED.slice(0, end + 1));
    const answer = await asked(
      'combined',
      [...broken, ...cut].join('\n'),
      'SELECT count(*) FILTER (malformed) FROM access',
      { 'most-malformed': '100%' },
    );
    const malformed = answer.series[0]?.values[0] ?? 0;
    expect(malformed).toBeGreaterThan(150);
    expect(malformed).toBeLessThan(500);
    expect(answer.notes?.[0]).toContain(`${malformed} of ${broken.length + cut.length} lines are malformed`);
  });

  const good = `${COMBINED}\n`;
  const bytes = (...parts: readonly (string | readonly number[])[]) =>
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));

  test.each<readonly [string, Uint8Array | string]>([
    [
      'a line that was cut',
      `${good}203.0.113.7 - - [20/Nov/2026:14:00:05 +0000] "GET /p HTTP/1.1" 200\n${good}`,
    ],
    ['a quote that is never closed', `${good}${COMBINED.slice(0, -1)}\n${good}`],
    ['a day that is none', `${good}${COMBINED.replace('20/Nov', '32/Nov')}\n${good}`],
    ['bytes that are no UTF-8', bytes(good, [0xff, 0xfe, 0x00, 0x0a], good)],
    ['a line of three megabytes', `${good}${'x'.repeat(3_000_000)}\n${good}`],
    ['a header, a comma, a stray quote', `${good}"a",b\n${good}`],
    [
      'Windows line ends, an empty line, no last line end',
      `${good.replace('\n', '\r\n')}\r\n\r\nbad\r\n${good.trimEnd()}`,
    ],
  ])('%s: one row that is malformed, and two that are not', async (_, lines) => {
    const sql = 'SELECT malformed AS bad, count(*) AS n FROM access GROUP BY ALL ORDER BY bad';
    const { series } = await asked('combined', lines, { sql, labels: ['bad'] }, { 'most-malformed': '50%' });
    expect(series.map(({ labels, values }) => [labels['bad'], values])).toEqual([
      ['false', [2]],
      ['true', [1]],
    ]);
  });

  test('are told in a note, and a text in them can be looked at', async () => {
    const lines = `${good.repeat(199)}no record\n`;
    const { notes, warnings, series } = await asked(
      'combined',
      lines,
      "SELECT count(*) FROM access WHERE malformed AND line = 'no record' AND client IS NULL",
    );
    expect({ notes, warnings }).toEqual({
      notes: ['log "access": 1 of 200 lines is malformed (0.5 %)'],
      warnings: undefined,
    });
    expect(series[0]?.values).toEqual([1]);
  });

  test('above the share that is allowed, what was read is no whole answer', async () => {
    const { notes, warnings } = await asked('combined', `${good}bad\nworse\n`, 'SELECT count(*) FROM access');
    expect({ notes, warnings }).toEqual({
      notes: undefined,
      warnings: [
        'log "access": 2 of 3 lines are malformed (67 %); at most 1 % may be: is its "format" right?',
      ],
    });
  });

  test('headers of CloudFront are none', async () => {
    const lines = '#Version: 1.0\n#Fields: date time x-edge-location\n';
    const { series, notes } = await asked('cloudfront', lines, 'SELECT count(*) FROM access');
    expect([series[0]?.values, notes]).toEqual([[0], undefined]);
  });

  test('every statement on a log tells them, the first as well as the second', async () => {
    writeFileSync(join(place.folder, 'twice.log'), `${good.repeat(100)}bad\n`);
    const config = { tables: { twice: { path: 'twice.log', format: 'combined' } } };
    const backend = open(duckdb, config, place.folder);
    const ask = () => prepared(backend, requestOf('SELECT count(*) FROM twice AS t')).fetch(contextOf());
    const note = 'log "twice": 1 of 101 lines is malformed (0.99 %)';
    expect([(await ask()).notes, (await ask()).notes]).toEqual([[note], [note]]);
  });
});

test('rotated and packed files are one log', async () => {
  writeFileSync(join(place.folder, 'rotated.log'), `${COMBINED}\n`);
  writeFileSync(join(place.folder, 'rotated.log.1.gz'), gzipSync(`${COMBINED}\n${COMBINED}\n`));
  const config = { tables: { access: { path: ['rotated.log', 'rotated.log.*.gz'], format: 'combined' } } };
  const query = prepared(open(duckdb, config, place.folder), requestOf('SELECT count(*) FROM access'));
  expect((await query.fetch(contextOf())).series[0]?.values).toEqual([3]);
});

test('a log that is not there is a failure of its own table alone', async () => {
  const config = { tables: { gone: { path: 'gone.log', format: 'alb' }, here: 'here.csv' } };
  writeFileSync(join(place.folder, 'here.csv'), 'gone\n1\n');
  const backend = open(duckdb, config, place.folder);
  const ask = (sql: string) => prepared(backend, requestOf(sql)).fetch(contextOf());
  expect((await errorOf(ask('SELECT count(*) FROM gone'))).failure).toMatchObject({
    code: 'backend.file',
    message: expect.stringContaining('gone.log'),
  });
  expect((await ask('SELECT sum(gone) FROM here')).series[0]?.values).toEqual([1]);
});
