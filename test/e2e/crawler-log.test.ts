/** Crawlers of an access log through the real program: last crawls, new patterns, proof by DNS, days, whom is asked. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { GateReport } from '../../src/model/report.js';
import { runGatekeeper } from '../support/binary.js';
import { startDns } from '../support/dns-server.js';
import { removeSandboxes, type Sandbox, sandbox } from '../support/sandbox.js';

afterAll(removeSandboxes);

const NOW = Date.UTC(2026, 10, 20, 14);
const HOUR = 3_600_000;
const MONTHS = { 9: 'Oct', 10: 'Nov' } as Readonly<Record<number, string>>;

interface Hit {
  readonly ago: number;
  readonly path: string;
  readonly status?: number;
  readonly client?: string;
}

/** A line for each hit, `ago` hours before 14:00. */
function log(hits: readonly Hit[]): string {
  return [...hits]
    .sort((a, b) => b.ago - a.ago)
    .map(({ ago, path, status = 200, client = '66.249.66.1' }) => {
      const at = new Date(NOW - ago * HOUR);
      const clock = `${String(at.getUTCDate()).padStart(2, '0')}/${MONTHS[at.getUTCMonth()]}/2026:${at.toISOString().slice(11, 19)} +0000`;
      return `${client} - - [${clock}] "GET ${path} HTTP/1.1" ${status} 5 "-" "Googlebot/2.1"\n`;
    })
    .join('');
}

const BACKENDS =
  'backends: { logs: { type: duckdb, tables: { access: { path: access.log, format: combined } } } }';

const gate = (signals: string, criteria: string, head = BACKENDS): string => `gate: bots
owners: { decide: [captain], stop: [oncall] }
${head}
window: { for: 1d, step: 1h, settle: 0s }
signals:
${signals}
criteria:
${criteria}
`;

const AT = ['--at', '2026-11-20T14:00:00Z'];

async function check(place: Sandbox, more: readonly string[] = AT) {
  const args = ['check', 'bots.gate.yaml', '--report', 'json', ...more];
  const { code, stdout, stderr } = await runGatekeeper(args, { cwd: place.folder });
  if (stdout === '') throw new Error(stderr);
  const report = JSON.parse(stdout) as GateReport;
  const criteria = report.gates.flatMap((each) => each.criteria);
  return {
    code,
    report,
    criteria,
    verdicts: Object.fromEntries(criteria.map((one) => [one.id, one.verdict])),
  };
}
type Result = Awaited<ReturnType<typeof check>>;
const found = ({ criteria }: Result, id: string) =>
  criteria
    .find((one) => one.id === id)
    ?.findings?.map(({ name, url, detail }) => `${name} ${url}: ${detail}`);
const why = ({ criteria }: Result, id: string) => criteria.find((one) => one.id === id)?.reason?.text;

test('the last crawl of each page: over the limit by name, never crawled is no pass, an error is no crawl', async () => {
  const place = await sandbox({
    'access.log': log([
      { ago: 0.5, path: '/a' },
      { ago: 100, path: '/b' },
      { ago: 0.5, path: '/b', status: 503 },
      { ago: 1, path: '/b', client: '203.0.113.7' },
      { ago: 2, path: '/c', status: 304 },
      { ago: 239, path: '/d' },
    ]),
    'pages.csv': 'url,index\n/a,yes\nhttps://shop.example/b,yes\n/never,\n',
    'bots.gate.yaml': gate(
      `  well: { crawler-log: { log: access, urls: [/a, /c] } }
  listed: { crawler-log: { log: access, urls: { csv: pages.csv }, look-back: 10d } }
  short: { crawler-log: { log: access, urls: [/a, /b] } }`,
      `  well: { pass: "<= 7d" }
  long: { signal: listed, take: max since-crawl, pass: "<= 3d" }
  open: { signal: listed, take: max since-crawl, pass: "<= 30d" }
  most: { signal: listed, take: p50 since-crawl, pass: "<= 5d" }
  short: { pass: "<= 7d" }`,
    ),
  });
  const seen = await check(place);
  expect([seen.code, seen.verdicts]).toEqual([
    1,
    { well: 'pass', long: 'fail', open: 'inconclusive', most: 'inconclusive', short: 'inconclusive' },
  ]);
  expect(found(seen, 'well')).toEqual([]);
  const never =
    'since-crawl.never /never: never crawled in the 9d23h since the first hit of googlebot that the log shows';
  expect(found(seen, 'long')).toEqual([never, 'since-crawl.long https://shop.example/b: crawled 4d4h ago']);
  expect(found(seen, 'open')).toEqual([never]);
  expect(why(seen, 'open')).toBe(
    'a page was not crawled in all the time that was looked at, which is too short to tell',
  );
  // Within the window, the log shows too little of /b.
  expect(found(seen, 'short')?.[0]).toMatch(/^since-crawl\.never \/b: /);
});

test('new patterns: against a time before, against an arm of the past, and with no past', async () => {
  const steady = Array.from({ length: 300 }, (_, i): Hit => ({ ago: i + 0.5, path: `/p/${i}?size=${i}` }));
  const fresh = [1, 2, 3].map((ago): Hit => ({ ago, path: `/filter/color-${ago}?b=1&a=2` }));
  const head = `${BACKENDS}\narms: { now: {}, then: { shift: 7d } }`;
  const signals = `  back: { crawler-log: { log: access, before: 7d } }
  arm: { crawler-log: { log: access, before: arm } }
  section: { crawler-log: { log: access, before: arm, section: /p/ } }
  empty: { crawler-log: { log: access, before: 7d, section: /filter/ } }`;
  const criteria = `  back: { take: new-patterns, pass: "<= 0", min-samples: 10 }
  arm: { pass: "<= 0", min-samples: 10 }
  few: { signal: arm, pass: "<= 1", min-samples: 10 }
  section: { pass: "<= 0", min-samples: 10 }
  empty: { pass: "<= 0", min-samples: 1 }`;
  const place = await sandbox({
    'access.log': log([...steady, ...fresh, { ago: 1, path: '/impostor/1', client: '203.0.113.7' }]),
    'bots.gate.yaml': gate(signals, criteria, head),
  });
  const seen = await check(place);
  expect(seen.verdicts).toEqual({
    back: 'fail',
    arm: 'fail',
    few: 'pass',
    section: 'pass',
    empty: 'inconclusive',
  });
  const pattern = ['pattern.new /filter/{slug}?a&b: 3 hits'];
  expect([found(seen, 'back'), found(seen, 'arm'), found(seen, 'section')]).toEqual([pattern, pattern, []]);
  expect(why(seen, 'empty')).toBe('no verified hit of googlebot in the time before the window');
  await place.write({ 'access.log': log(steady.filter(({ ago }) => ago > 24)) });
  const gone = await check(place);
  expect([gone.verdicts['back'], why(gone, 'back')]).toEqual([
    'inconclusive',
    'no verified hit of googlebot in the window',
  ]);
  // An arm that lies in the window in part would hide what is new there.
  const near = head.replace('shift: 7d', 'shift: 12h');
  await place.write({
    'bots.gate.yaml': gate(
      '  arm: { crawler-log: { log: access, before: arm } }',
      '  arm: { pass: "<= 0" }',
      near,
    ),
  });
  const overlap = await runGatekeeper(['validate', 'bots.gate.yaml'], { cwd: place.folder });
  expect([overlap.code, overlap.stderr]).toEqual([
    2,
    expect.stringMatching(/bots\.gate\.yaml:4:18 {2}.*arm "then" is not before: its window overlaps/),
  ]);
  // Without an arm of the past there is nothing to tell from.
  await place.write({
    'bots.gate.yaml': gate('  arm: { crawler-log: { log: access, before: arm } }', '  arm: { pass: "<= 0" }'),
  });
  const { code, stderr } = await runGatekeeper(['validate', 'bots.gate.yaml'], { cwd: place.folder });
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(
      /bots\.gate\.yaml:8:3 {2}criterion "arm" counts patterns that were not there before, and no arm is of the past/,
    ),
  ]);
});

test('crawlers proved by DNS; what it does not answer is told apart; a replay asks no DNS', async () => {
  const server = await startDns({
    'PTR 1.100.51.198.in-addr.arpa': ['crawl-198-51-100-1.googlebot.com'],
    'A crawl-198-51-100-1.googlebot.com': ['198.51.100.1'],
    'PTR 5.100.51.198.in-addr.arpa': 2,
  });
  const from = (client: string, many: number, status = 200) =>
    Array.from(
      { length: many },
      (_, i): Hit => ({ ago: 0.1 + (i * 23.8) / many, path: '/', client, status }),
    );
  const signals = `  errors: { crawler-log: { log: access, bad: 5xx } }
  impostors: { crawler-log: { log: access, bad: impostors } }`;
  const place = await sandbox({
    'access.log': log([
      ...from('198.51.100.1', 60),
      ...from('66.249.66.1', 30),
      ...from('198.51.100.4', 5, 500),
      ...from('198.51.100.5', 2, 500),
    ]),
    'bots.gate.yaml': gate(
      signals,
      `  errors: { pass: "<= 5%", min-samples: 30 }
  strict: { signal: errors, pass: "<= 1%", min-samples: 30 }
  impostors: { pass: "<= 10%", min-samples: 30 }
  fewer: { signal: impostors, pass: "<= 6%", min-samples: 30 }`,
      BACKENDS.replace('type: duckdb', `type: duckdb, verify: dns, dns-servers: ["${server.address}"]`),
    ),
  });
  const live = await check(place, [...AT, '--record', 'set']);
  expect(live.criteria.map(({ id, verdict, n, value }) => [id, verdict, n, value])).toEqual([
    ['errors', 'pass', 90, 0],
    ['strict', 'inconclusive', 90, 0],
    ['impostors', 'pass', 95, 5 / 95],
    ['fewer', 'inconclusive', 95, 5 / 95],
  ]);
  expect(live.criteria[1]?.reason).toMatchObject({
    code: 'partial',
    text: '2 hits that claim to be googlebot could be neither verified nor refuted, and the verdict hangs on them',
  });
  expect(live.report.gates[0]?.notes).toContain('DNS did not tell whose 198.51.100.5 (ESERVFAIL) is');
  const asked = server.asked.length;
  await rm(place.path('access.log'));
  const again = await check(place, ['--replay', 'set']);
  expect(again.criteria.map(({ verdict, value, reason }) => [verdict, value, reason])).toEqual(
    live.criteria.map(({ verdict, value, reason }) => [verdict, value, reason]),
  );
  expect([asked > 0, server.asked.length - asked]).toEqual([true, 0]);
  await server.close();
});

test('the only backend that has logs need not be named; of two, one must be, and no other will do', async () => {
  const two = (more: string) => `backends:
  logs: { type: duckdb, tables: { access: { path: access.log, format: combined } } }
  ${more}`;
  const prometheus = 'prom: { type: prometheus, url: "http://127.0.0.1:9" }';
  const write = async (place: Sandbox, head: string, signal = '') =>
    place.write({
      'bots.gate.yaml': gate(
        `  bad: { ${signal}crawler-log: { log: access, bad: 5xx } }`,
        '  bad: { pass: "<= 5%", min-samples: 1 }',
        head,
      ),
    });
  const place = await sandbox({ 'access.log': log([{ ago: 0.5, path: '/' }]) });
  await write(place, two(prometheus));
  expect((await check(place)).criteria[0]).toMatchObject({ value: 0, n: 1 });
  const refused = async () => {
    const { code, stderr } = await runGatekeeper(['validate', 'bots.gate.yaml'], { cwd: place.folder });
    expect(code).toBe(2);
    return stderr;
  };
  await write(place, two('old: { type: duckdb }'));
  const many = await refused();
  expect(many).toMatch(
    /bots\.gate\.yaml:8:3 {2}signal "bad" must say its backend: there are 2 of type "duckdb"/,
  );
  expect(many).toContain('add "backend: logs" or "backend: old"');
  await write(place, two(prometheus), 'backend: prom, ');
  const wrong = await refused();
  expect(wrong).toMatch(
    /bots\.gate\.yaml:8:19 {2}a crawler-log asks a backend of type "duckdb", and "prom" is of type "prometheus"/,
  );
  expect(wrong).toContain('write "backend: logs"');
});

test('the gates of the page on SQL: every question of a crawler-log, and days by section and class', async () => {
  const page = await readFile(join(import.meta.dirname, '../../docs/sql.md'), 'utf8');
  const example = (name: string): string =>
    (new RegExp(`\`\`\`yaml\\n(gate: ${name}\\n.*?)\`\`\``, 's').exec(page)?.[1] ?? '').replace(
      'folder: /var/log/nginx, ',
      'folder: logs, ',
    );
  // The last whole day ended at midnight, fourteen hours ago.
  const days = (path: string, perDay: readonly number[], status: number) =>
    perDay.flatMap((many, day) =>
      Array.from({ length: many }, (_, i): Hit => ({ ago: day * 24 + 15 + i / 100, path, status })),
    );
  const hourly = Array.from({ length: 200 }, (_, hour) =>
    ['/', ...Array.from({ length: 10 }, () => '/p/1')].map((path): Hit => ({ ago: hour + 0.5, path })),
  );
  const place = await sandbox({
    'bots.gate.yaml': example('crawler-sections'),
    'all/bots.gate.yaml': example('crawlers'),
    'logs/access.log': log([
      ...days('/p/1', [3, 120], 404),
      ...days('/p/1', [1, 1, 7], 503),
      ...days('/c/shoes', [1], 410),
      ...days('/p/1', [200], 200),
    ]),
    'all/logs/access.log': log([...hourly.flat(), { ago: 1, path: '/p/1?size=2', status: 503 }]),
  });
  const seen = await check(place);
  expect(seen.criteria.map(({ series, value, verdict }) => [series, value, verdict])).toEqual([
    [{ class: '4xx', section: '/c' }, 1, 'pass'],
    [{ class: '4xx', section: '/p' }, 120, 'fail'],
    [{ class: '5xx', section: '/p' }, 7, 'pass'],
  ]);
  const args = ['check', 'all/bots.gate.yaml', '--at', '2026-11-20T14:01:00Z', '--report', 'json'];
  const { stdout } = await runGatekeeper(args, { cwd: place.folder });
  const [whole] = (JSON.parse(stdout) as GateReport).gates;
  expect(whole?.criteria.map(({ id, verdict, value }) => [id, verdict, value])).toEqual([
    ['googlebot-errors', 'pass', 1 / 265],
    ['googlebot-redirects', 'pass', 0],
    ['googlebot-parameters', 'pass', 1 / 265],
    ['googlebot-impostors', 'pass', 0],
    ['preferred', 'pass', HOUR / 2000],
    ['routes', 'fail', 1],
  ]);
});
