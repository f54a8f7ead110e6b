/** A crawl through the real program: exit codes, the list of pages in the report, recordings, and what is compared. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GateReport } from '../../src/model/report.js';
import { runGatekeeper } from '../support/binary.js';
import { checkGate, foundIn } from '../support/checked-gate.js';
import { filesIn, removeSandboxes, type Sandbox, sandbox } from '../support/sandbox.js';

let server: Server;
let url: string;
let asked = 0;
/** Values of Authorization, in order. */
const heard: (string | undefined)[] = [];

/** The canary lost the canonical address of one page; both arms have a page without a title. */
beforeAll(async () => {
  server = createServer((request, response) => {
    asked += 1;
    heard.push(request.headers.authorization);
    const { pathname } = new URL(request.url ?? '', 'http://shop');
    const isCanary = request.headers.cookie?.startsWith('arm=canary') === true;
    response.setHeader('content-type', 'text/html');
    if (pathname === '/gone') response.writeHead(500);
    const canonical =
      isCanary && pathname === '/p/1' ? '' : `<link rel="canonical" href="${url}${pathname}">`;
    const title = pathname === '/untitled' ? '' : `<title>Page ${pathname}</title>`;
    response.end(pathname === '/robots.txt' ? '' : `<html><head>${title}${canonical}</head></html>`);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await removeSandboxes();
});

const gate = (criteria: string, urls = '[/, /p/1, /untitled]', more = ''): string => `gate: seo
owners: { decide: [seo-lead], stop: [oncall] }
arms: { canary: { track: canary }, baseline: { track: stable } }
signals:
  pages:
    crawl:
      hosts: ["${new URL(url).host}"]
      base: ${url}
      urls: ${urls}
      expect: [title, canonical]
      rate: 1000/s
      cookies: { arm: "{{track}}" }
      allow-private: true
${more}criteria:
${criteria}`;

const check = (place: Sandbox, ...args: readonly string[]) => checkGate(place, 'seo.gate.yaml', args);

test('each take of one probe, and the findings by name and page', async () => {
  const place = await sandbox({
    'seo.gate.yaml': gate(`  findings: { signal: pages, pass: "== 0", advisory: true }
  regressions: { signal: pages, take: regressions, pass: "== 0", advisory: true }
  share: { signal: pages, take: share ok, pass: ">= 30%", warn: ">= 10%" }
  not-worse: { signal: pages, take: share ok, pass: ">= baseline - 5pp", advisory: true }
  speed: { signal: pages, take: p95 ttfb, pass: "<= 1500ms" }
  size: { signal: pages, take: p50 size, pass: "<= 2KB" }
`),
  });
  const before = asked;
  const { code, criteria } = await check(place);
  expect(code).toBe(0);
  // Three pages of two arms, each asked for once.
  expect(asked - before).toBe(6);
  const { findings, regressions, share, speed, size } = criteria;
  expect([findings?.verdict, findings?.value, findings?.n]).toEqual(['fail', 2, 3]);
  expect(foundIn(findings)).toEqual(['canonical.missing /p/1', 'title.missing /untitled']);
  expect([regressions?.verdict, regressions?.value]).toEqual(['fail', 1]);
  expect(foundIn(regressions)).toEqual(['canonical.missing /p/1']);
  expect(regressions?.notes).toContain('not counted: 1 findings that the baseline has, too');
  expect([share?.verdict, share?.value]).toEqual(['pass', expect.closeTo(1 / 3)]);
  expect(criteria['not-worse']).toMatchObject({
    verdict: 'fail',
    judge: 'point',
    baseline: { value: expect.closeTo(2 / 3) },
  });
  expect([speed?.verdict, speed?.unit, speed?.n]).toEqual(['pass', 's', 3]);
  expect([size?.verdict, size?.unit]).toEqual(['pass', 'B']);
  expect(speed?.findings).toBeUndefined();
  expect(speed?.notes.join()).toMatch(/^slowest: \/\S* \d/);
});

test('people see the pages, and a failed gate leaves with 1', async () => {
  const place = await sandbox({ 'seo.gate.yaml': gate('  pages: { pass: "== 0" }\n') });
  const { code, stdout } = await runGatekeeper(['check', 'seo.gate.yaml'], { cwd: place.folder });
  expect(code).toBe(1);
  expect(stdout).toContain(`found     canonical.missing /p/1: no canonical address, ${url}/p/1 is`);
  expect(stdout).toContain('title.missing /untitled: no title, or an empty one');
});

test('a page that never answers fails; its time is not known, and no other time stands for it', async () => {
  const text = gate(
    '  pages: { pass: "== 0" }\n  speed: { signal: pages, take: p95 ttfb, pass: "<= 5s" }\n',
    '[/, "http://127.0.0.1:9/"]',
  ).replace('hosts: [', 'hosts: ["127.0.0.1:9", ');
  const { code, criteria } = await check(await sandbox({ 'seo.gate.yaml': text }));
  expect(code).toBe(1);
  expect(foundIn(criteria['pages'])).toEqual(['fetch.network http://127.0.0.1:9/']);
  expect(criteria['speed']).toMatchObject({ verdict: 'inconclusive', reason: { code: 'partial' } });
});

test('what could not be found out is no excuse for itself', async () => {
  const text = gate('  pages: { take: regressions, pass: "== 0" }\n', '[/, "http://127.0.0.1:9/"]').replace(
    'hosts: [',
    'hosts: ["127.0.0.1:9", ',
  );
  const { criteria } = await check(await sandbox({ 'seo.gate.yaml': text }));
  expect(foundIn(criteria['pages'])).toEqual(['fetch.network http://127.0.0.1:9/']);
});

test('a secret of the environment is sent, and stands in no report and no recording', async () => {
  const secret = 'pl4nted-s3cret';
  const before = heard.length;
  const text = gate('  pages: { pass: "<= 5" }\n').replace(
    '      cookies:',
    '      headers: { authorization: { env: KEY } }\n      cookies:',
  );
  const place = await sandbox({ 'seo.gate.yaml': text });
  const flags = ['check', 'seo.gate.yaml', '--report', 'json', '--record', 'set'];
  const { code, stdout, stderr } = await runGatekeeper(flags, { cwd: place.folder, env: { KEY: secret } });
  expect(code).toBe(0);
  expect(heard.slice(before)).toContain(secret);
  const stored = Object.values(await filesIn(place.path('set'))).join('\n');
  expect(`${stdout}${stderr}${stored}`).not.toContain(secret);
  expect(stdout).toContain('<KEY>');
});

test('where nothing answers, nothing is judged', async () => {
  const text = gate('  pages: { pass: "== 0" }\n').replaceAll(new URL(url).host, '127.0.0.1:9');
  const { code, criteria } = await check(await sandbox({ 'seo.gate.yaml': text }));
  expect(code).toBe(4);
  expect(criteria['pages']).toMatchObject({ verdict: 'error', reason: { code: 'backend' } });
});

describe('a recording', () => {
  const CRITERIA = '  pages: { pass: "<= 5" }\n  new: { signal: pages, take: regressions, pass: "== 0" }\n';
  let place: Sandbox;
  let live: GateReport;
  beforeAll(async () => {
    place = await sandbox({ 'seo.gate.yaml': gate(CRITERIA) });
    live = (await check(place, '--record', 'before')).report;
  });

  test('is judged again without a network, to the same report', async () => {
    const before = asked;
    const { report, code } = await check(place, '--replay', 'before');
    expect(asked).toBe(before);
    expect(code).toBe(1);
    const { mode: _, recordedAt: __, ...same } = report;
    const { mode: ___, recordedAt: ____, ...as } = live;
    expect(same).toEqual(as);
  });

  test('holds facts of pages, and not the pages', async () => {
    const files = await filesIn(place.path('before/crawl'));
    expect(Object.keys(files)).toEqual(['pages.baseline.baseline.yaml', 'pages.pages.canary.yaml']);
    expect(files['pages.pages.canary.yaml']).toContain('title: Page /p/1');
    expect(files['pages.pages.canary.yaml']).not.toContain('<html>');
  });

  test('knows headers and cookies by name or digest alone, and is judged again without them', async () => {
    const sent = `      headers: { x-shop: "\${SHOP_ID}-{{track}}", x-plain: plain-header-value }
      cookies: { arm: "{{track}}", session: { env: SESSION }, pin: "\${PIN}" }
`;
    const text = gate(CRITERIA).replace(/ {6}cookies: .*\n/, sent);
    const env = { SHOP_ID: 'shop-7f3a91c2', SESSION: 'sess-4be01d77', PIN: '904' };
    const own = await sandbox({ 'seo.gate.yaml': text });
    const run = (args: readonly string[], given: Readonly<Record<string, string>>) =>
      runGatekeeper(['check', 'seo.gate.yaml', '--report', 'json', ...args], {
        cwd: own.folder,
        env: { ...process.env, ...given },
      });
    const first = await run(['--record', 'set'], env);
    const stored = Object.values(await filesIn(own.path('set'))).join('\n');
    for (const value of [...Object.values(env), 'plain-header-value'])
      expect(stored.includes(value), value).toBe(false);
    expect(stored).toContain('"session":"<SESSION>"');
    const again = await run(['--replay', 'set'], {});
    expect([first.code, again.code, again.stderr]).toEqual([1, 1, '']);
    expect(Object.keys(await filesIn(own.path('set/crawl')))).toHaveLength(2);
  });

  test('does not answer for another list', async () => {
    const other = await sandbox({ 'seo.gate.yaml': gate(CRITERIA, '[/, /p/1]') });
    const { code, stderr } = await runGatekeeper(
      ['check', 'seo.gate.yaml', '--replay', place.path('before')],
      { cwd: other.folder },
    );
    expect(code).toBe(2);
    expect(stderr).toContain('holds no answer for seo: "pages" of signal "pages"');
  });

  test('made before a release is a baseline for after it', async () => {
    const once = (criteria: string, more: string): string =>
      gate(criteria)
        .replace(/^arms:.*\n/m, '')
        .replace(/ {6}cookies: .*\n/, more);
    const past = await sandbox({ 'seo.gate.yaml': once('  pages: { pass: "<= 5" }\n', '') });
    await check(past, '--record', 'before', '--at', '2026-11-20T14:35:00Z');
    const criteria = '  new: { signal: pages, take: regressions, pass: "== 0" }\n';
    const after = once(criteria, '      cookies: { arm: canary }\n      baseline: { recorded: before }\n');
    await past.write({ 'seo.gate.yaml': after });
    const { code, criteria: judged } = await check(past);
    expect(code).toBe(1);
    expect(foundIn(judged['new'])).toEqual(['canonical.missing /p/1']);
    const file = 'before/crawl/pages.pages.current.yaml';
    await past.write({ 'seo.gate.yaml': after.replace('recorded: before', `recorded: ${file}`) });
    expect(foundIn((await check(past)).criteria['new'])).toEqual(['canonical.missing /p/1']);

    // A path that leads nowhere is the file's fault, told before anything is asked.
    await past.write({
      'before/crawl/more.pages.current.yaml': '',
      'down/crawl/pages.pages.current.yaml': 'error: {}\n',
    });
    const line = after.split('\n').findIndex((each) => each.includes('baseline:')) + 1;
    for (const [recorded, why] of [
      ['nowhere', 'ENOENT'],
      ['before', 'it holds several crawls; name the file of one'],
      ['down', 'it holds no pages'],
      ['seo.gate.yaml', 'it holds no pages'],
    ] as const) {
      await past.write({ 'seo.gate.yaml': after.replace('recorded: before', `recorded: ${recorded}`) });
      for (const command of ['validate', 'check']) {
        const { code: refused, stderr } = await runGatekeeper([command, 'seo.gate.yaml'], {
          cwd: past.folder,
        });
        expect([refused, stderr]).toEqual([2, expect.stringContaining(`seo.gate.yaml:${line}:29`)]);
        expect(stderr).toContain(`the recorded baseline ${recorded} cannot be read: ${why}`);
      }
    }
  });

  test('may be the one that makes the baseline which its gate names', async () => {
    const own = gate('  new: { signal: pages, take: regressions, pass: "== 0" }\n')
      .replace(/^arms:.*\n/m, '')
      .replace(/ {6}cookies: .*\n/, '      baseline: { recorded: set }\n');
    const here = await sandbox({ 'seo.gate.yaml': own });
    expect((await check(here, '--record', 'set')).code).toBe(4);
    expect((await check(here)).code).toBe(0);
    // Told that it is the baseline, it asks for none, and again when there is one.
    for (const set of ['first', 'again']) {
      await here.write({ 'seo.gate.yaml': own.replace('recorded: set', 'recorded: first') });
      const recorded = await runGatekeeper(['record', set, 'seo.gate.yaml', '--baseline'], {
        cwd: here.folder,
      });
      expect(recorded).toMatchObject({ code: 0, stdout: expect.stringMatching(`^${set}: 1 answer as of`) });
      expect((await check(here)).code).toBe(0);
    }
    const judged = ['record', 'third', 'seo.gate.yaml', '--baseline', '--expect', 'pass'];
    const { code, stderr } = await runGatekeeper(judged, { cwd: here.folder });
    expect([code, stderr]).toEqual([2, expect.stringContaining('--baseline cannot go with --expect')]);
  });
});
