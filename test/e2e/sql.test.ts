/** A gate judged by DuckDB on files, with the real program: verdicts, what is refused, and what a recording keeps. */
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import type { GateReport } from '../../src/model/report.js';
import { type BinaryOptions, type BinaryResult, runGatekeeper } from '../support/binary.js';
import { removeSandboxes, type Sandbox, sandbox } from '../support/sandbox.js';

const EXAMPLE = join(import.meta.dirname, '../../docs/sql');
const GATE = 'shop/storefront.gate.yaml';
const LOOK = ['check', GATE, '--at', '2026-11-20T14:31:00Z', '--report', 'json'];

let place: Sandbox;
beforeEach(async () => {
  place = await sandbox({ 'outside.csv': 'n\n1\n', '.git/HEAD': '' });
  await cp(EXAMPLE, place.path('shop'), { recursive: true });
});
afterAll(removeSandboxes);

const run = (args: readonly string[], options: BinaryOptions = {}): Promise<BinaryResult> =>
  runGatekeeper(args, { cwd: place.folder, ...options });

async function judged(args: readonly string[], options: BinaryOptions = {}) {
  const { code, stdout, stderr } = await run(args, options);
  expect(stderr).toBe('');
  const report = JSON.parse(stdout) as GateReport;
  return {
    code,
    report,
    criteria: report.gates.flatMap((gate) =>
      gate.criteria.map(({ key, verdict, value, n, reason }) => ({ key, verdict, value, n, reason })),
    ),
  };
}

async function edit(from: string, to: string): Promise<void> {
  const text = await readFile(place.path(GATE), 'utf8');
  expect(text).toContain(from);
  await writeFile(place.path(GATE), text.replace(from, to));
}

const errorsOf = (criteria: Awaited<ReturnType<typeof judged>>['criteria']) =>
  criteria.flatMap(({ key, verdict, reason }) =>
    verdict === 'error' ? [[key, reason?.code, reason?.text]] : [],
  );

/** Counted by hand in the files: awk -F, '$2=="canary"' checkouts.csv; grep -c ' HIT ' access.log. */
test('passes on the files of the example, and tells the malformed line', async () => {
  const { code, report, criteria } = await judged(LOOK);
  expect(code).toBe(0);
  expect(criteria.map(({ key, verdict, value, n }) => [key, verdict, value, n])).toEqual([
    ['storefront-on-disk.completion', 'pass', expect.closeTo(295 / 300), 300],
    ['storefront-on-disk.checkout-time', 'pass', expect.any(Number), 300],
    ['storefront-on-disk.cache-hits', 'pass', expect.closeTo(203 / 234), 234],
    ['storefront-on-disk.crawler-errors', 'pass', 1 / 50, 1],
  ]);
  expect(report.gates[0]?.notes).toContain('log "access": 1 of 240 lines is malformed (0.42 %)');
});

test('fails on a release that breaks the checkout', async () => {
  const { code, criteria } = await judged([...LOOK, '--var', 'track=broken']);
  expect([code, criteria[0]?.verdict, criteria[0]?.n]).toEqual([1, 'fail', 150]);
});

test('a variable cannot leave its place: nothing is found, and nothing passes', async () => {
  const { code, criteria } = await judged([...LOOK, '--var', "track=' OR 1=1 --"]);
  expect([code, criteria[0]?.verdict, criteria[0]?.reason?.code]).toEqual([3, 'inconclusive', 'no-data']);
});

test('a log with too many malformed lines decides nothing', async () => {
  await writeFile(place.path('shop/access.log.1'), 'not a line of a log\n'.repeat(20));
  const { code, criteria } = await judged(LOOK);
  expect([code, criteria[2]?.verdict, criteria[2]?.reason?.text]).toEqual([
    3,
    'inconclusive',
    'the backend says its answer is not whole: log "access": 21 of 260 lines are malformed (8.1 %); at most 1 % may be: is its "format" right?',
  ]);
});

test('a statement that DuckDB rejects is exit 2, with a caret under the place', async () => {
  await edit(
    "AS n FROM access\n          WHERE time >= {{from}} AND time < {{to}} AND cache = 'HIT'",
    'AS n FROM acess',
  );
  const { code, criteria } = await judged(LOOK);
  expect(criteria[2]?.reason?.next).toBe('did you mean "access"?');
  expect([code, ...errorsOf(criteria)]).toEqual([
    2,
    [
      'storefront-on-disk.cache-hits',
      'query',
      `DuckDB "shop" rejected the query
SELECT date_trunc('minute', time) AS minute, count(*) AS n FROM acess GROUP BY minute
                                                                ^
Catalog Error: Table with name acess does not exist!`,
    ],
  ]);
});

test('a file that was not written is exit 4, and the other criteria are judged', async () => {
  await rm(place.path('shop/checkouts.csv'));
  const { code, criteria } = await judged(LOOK);
  expect(code).toBe(4);
  expect(criteria.map(({ verdict }) => verdict)).toEqual(['error', 'error', 'pass', 'pass']);
  expect(criteria[0]?.reason?.text).toContain('No files found');
});

const SHARE =
  'SELECT count(*) FILTER (WHERE status >= 500 OR status = 429) / nullif(count(*), 0) AS share FROM access';

test('a log without a line is no data, and no pass', async () => {
  await writeFile(place.path('shop/access.log'), '');
  const { code, criteria } = await judged(LOOK);
  expect([
    code,
    ...criteria.slice(2).map(({ verdict, reason }) => [verdict, reason?.code, reason?.next]),
  ]).toEqual([
    3,
    ...[2, 3].map(() => [
      'inconclusive',
      'no-data',
      'look whether there are rows in the window, and whether the statement finds them: gatekeeper plan shows it',
    ]),
  ]);
});

test.each([
  ['../outside.csv', "FROM '../outside.csv'"],
  ['a path from the root', "FROM read_csv('/etc/hosts', header = false)"],
  ['the network', "FROM read_csv('https://example.com/x.csv')"],
])('%s is refused: exit 2', async (_, from) => {
  await edit(SHARE, `SELECT count(*) AS n ${from}`);
  await edit("WHERE time > {{from}} AND time <= {{to}} AND crawler = 'googlebot' AND verified", '');
  const { code, criteria } = await judged(LOOK);
  expect(code).toBe(2);
  expect(errorsOf(criteria)).toEqual([
    ['storefront-on-disk.crawler-errors', 'query', expect.stringContaining('Cannot access file')],
  ]);
});

test('a folder that is named is read', async () => {
  await edit('    type: duckdb\n', '    type: duckdb\n    allow: [..]\n');
  await edit('checkouts: checkouts.csv', 'checkouts: checkouts.csv\n      outside: ../outside.csv');
  await edit(SHARE, 'SELECT sum(outside.n) / 10000 AS n FROM outside, access');
  const { code } = await judged(LOOK);
  expect(code).toBe(0);
});

test('a placeholder between quotes is refused before anything is asked, with its place and the mend', async () => {
  await edit('track = {{track}}\n        time', "track = '{{track}}'\n        time");
  const { code, stdout, stderr } = await run(['validate', GATE]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/storefront\.gate\.yaml:\d+:\d+ {2}"\{\{track\}\}" stands inside a quoted text/);
  expect(stderr).toContain('write {{track}} without quotes');
});

test('a recording answers as the files did, without them and without DuckDB', async () => {
  await run(['check', GATE, '--at', '2026-11-20T14:31:00Z', '--record', 'set']);
  const live = await judged(LOOK);
  await rm(place.path('shop/checkouts.csv'));
  await rm(place.path('shop/access.log'));
  const replay = await judged(['check', GATE, '--replay', 'set', '--report', 'json'], {
    env: { NODE_OPTIONS: await without('@duckdb/node-api') },
  });
  expect([replay.code, replay.criteria]).toEqual([0, live.criteria]);
  expect(replay.report.gates[0]?.notes).toContain('log "access": 1 of 240 lines is malformed (0.42 %)');
});

test('a crawler is judged by its log: verified hits, what is bad among them, and impostors', async () => {
  const hit = (client: string, path: string, status: number, second: number) =>
    `${client} - - [20/Nov/2026:14:00:${String(second).padStart(2, '0')} +0000] "GET ${path} HTTP/1.1" ${status} 5 "-" "Googlebot/2.1"\n`;
  const hits = Array.from({ length: 50 }, (_, i) =>
    hit('66.249.66.1', i % 10 === 0 ? '/p?x=1' : '/p', i === 7 ? 503 : 200, i + 1),
  );
  const false_ = [hit('203.0.113.7', '/p', 503, 51), hit('203.0.113.8', '/p', 503, 52)];
  await place.write({
    'bots/access.log': [...hits, ...false_].join(''),
    'bots/bots.gate.yaml': `gate: bots
owners: { decide: [captain], stop: [oncall] }
backends: { logs: { type: duckdb, tables: { access: { path: access.log, format: combined } } } }
window: { for: 1m, step: 1m, settle: 0s }
signals:
  errors: { crawler-log: { log: access, bad: [5xx, 429] } }
  waste: { crawler-log: { log: access, bad: parameters } }
  impostors: { crawler-log: { log: access, bad: impostors } }
  blog: { crawler-log: { log: access, good: 2xx, section: /blog/ } }
criteria:
  errors: { pass: "<= 5%", min-samples: 10 }
  waste: { pass: "<= 5%", min-samples: 10 }
  impostors: { pass: "<= 5%", min-samples: 10 }
  blog: { pass: ">= 50%", min-samples: 10 }
`,
  });
  const look = ['check', 'bots/bots.gate.yaml', '--at', '2026-11-20T14:01:00Z', '--report', 'json'];
  const { code, criteria, report } = await judged(look);
  expect([code, ...criteria.map(({ verdict, value, n }) => [verdict, value, n])]).toEqual([
    1,
    ['pass', 1 / 50, 50],
    ['fail', 5 / 50, 50],
    ['pass', 2 / 52, 52],
    ['inconclusive', null, 0],
  ]);
  expect(report.gates[0]?.notes).toContain(
    'crawler "googlebot" was verified by the addresses published on 2026-03-16',
  );
});

/** Hides a package, as where it was not installed; a value for NODE_OPTIONS. */
async function without(name: string): Promise<string> {
  const hook = `const { Module } = require('node:module');
const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  if (request === ${JSON.stringify(name)}) throw Object.assign(new Error('Cannot find module'), { code: 'MODULE_NOT_FOUND' });
  return resolve.call(this, request, ...rest);
};`;
  await place.write({ 'without.cjs': hook });
  return `--require=${place.path('without.cjs')}`;
}

test.each([
  ['duckdb', '@duckdb/node-api', 'type: duckdb'],
  ['postgres', 'pg', 'type: postgres, database: shop, user: gate'],
  ['mysql', 'mysql2', 'type: mysql, database: shop, user: gate'],
])('%s: a package that is not installed is exit 2, and is named', async (type, name, block) => {
  await place.write({
    'one.gate.yaml': `gate: one
owners: { decide: [captain], stop: [oncall] }
backends: { shop: { ${block} } }
signals: { one: { value: "SELECT 1 AS n" } }
criteria: { one: { pass: "<= 1" } }
`,
  });
  const options = { env: { NODE_OPTIONS: await without(name) } };
  const { code, criteria } = await judged(['check', 'one.gate.yaml', '--report', 'json'], options);
  expect([code, criteria[0]?.reason]).toEqual([
    2,
    {
      code: 'query',
      text: `"shop" needs the package ${name}, which is not installed`,
      next: `install it beside gatekeeper: npm install ${name} (backends of type "${type}" need it)`,
    },
  ]);
});

test('counters that only grow are taken by their growth, across a restart, as the page on SQL shows', async () => {
  const page = await readFile(join(import.meta.dirname, '../../docs/sql.md'), 'utf8');
  const gate = /```yaml\n(gate: edge-cache\n.*?)```/s.exec(page)?.[1] ?? '';
  const end = Date.UTC(2026, 10, 20, 14, 31) / 1000;
  // Every 5 s 2 hits of 10 requests; half of each total before the restart was there before the window.
  const document = (i: number, hits: number, misses: number): string => {
    const none = { responses: 0 };
    const cache = { hit: { responses: hits }, miss: { responses: misses }, stale: none, updating: none };
    const others = { expired: { responses: 7 }, revalidated: none, bypass: { responses: 3 } };
    return JSON.stringify({
      timestamp: (end - 600 + 5 * i) * 1000,
      caches: { http_cache: { ...cache, ...others } },
    });
  };
  const restart = 60;
  const lines = Array.from({ length: 121 }, (_, i) =>
    i < restart ? document(i, 5000 + 2 * i, 100 + 8 * i) : document(i, 2 * (i - restart), 8 * (i - restart)),
  );
  await writeFile(place.path('edge.gate.yaml'), gate);
  await writeFile(place.path('edge-status.ndjson'), lines.join('\n'));
  const look = ['check', 'edge.gate.yaml', '--at', '2026-11-20T14:32:00Z', '--report', 'json'];
  const { code, criteria } = await judged(look);
  // 119 differences of 2 in 10, and the restart, which brings what the new totals begin with: 0 hits of 10.
  expect(criteria).toEqual([
    {
      key: 'edge-cache.hit-ratio',
      verdict: 'pass',
      value: expect.closeTo(238 / 1200, 9),
      n: 1200,
      reason: null,
    },
  ]);
  expect(code).toBe(0);
});
