/** What scripts change, by a real Chromium: found by the check, kept to listed hosts, and ended with all its processes. */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GateReport } from '../../src/model/report.js';
import { runGatekeeper } from '../support/binary.js';
import { needs, waitUntil } from '../support/processes.js';
import { removeSandboxes, type Sandbox, sandbox } from '../support/sandbox.js';

const CHROMIUM = '/usr/bin/chromium';
const asked: string[] = [];
let server: Server;
let url: string;

/** Pages that scripts leave alone, change, and never end. */
const pages = (): Readonly<Record<string, string>> => ({
  '/plain': '<script>document.body.dataset.seen = 1;</script>',
  '/app': `<script>
    document.title = 'App';
    document.querySelector('link').href = '/elsewhere';
    setTimeout(() => { document.querySelector('meta').content = 'noindex'; }, 300);
  </script>`,
  '/reaching': `<script>
    fetch('${url.replace('127.0.0.1', 'localhost')}/stolen', { mode: 'no-cors' }).then(
      () => { document.title = 'reached'; }, () => {});
    fetch('/own');
  </script>`,
  '/endless': '<script>for (;;);</script>',
});

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? '/';
    asked.push(path);
    const canonical = `<link rel="canonical" href="${url}${path}">`;
    const head = `<title>Page</title><meta name="robots" content="index">${canonical}`;
    response.setHeader('content-type', 'text/html');
    response.end(`<!doctype html><html><head>${head}</head><body>${pages()[path] ?? ''}</body></html>`);
  }).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await removeSandboxes();
});

const placeOf = (path: string): Promise<Sandbox> =>
  sandbox({
    'seo.gate.yaml': `gate: seo
owners: { decide: [seo-lead], stop: [oncall] }
signals:
  pages:
    crawl:
      hosts: ["127.0.0.1:${new URL(url).port}"]
      base: ${url}
      urls: [${path}]
      expect: [rendered]
      rate: 100/s
      allow-private: true
      render: { chromium: ${CHROMIUM} }
criteria:
  pages: { pass: "== 0" }
`,
    'tmp/.keep': '',
  });

async function findingsOf(place: Sandbox, ...flags: readonly string[]): Promise<readonly string[]> {
  const args = ['check', 'seo.gate.yaml', '--report', 'json', ...flags];
  const { stdout, stderr } = await runGatekeeper(args, {
    cwd: place.folder,
    env: { TMPDIR: place.path('tmp') },
    timeoutMs: 120_000,
  });
  if (stdout === '') throw new Error(stderr);
  const report = JSON.parse(stdout) as GateReport;
  return (report.gates[0]?.criteria[0]?.findings ?? []).map(({ name, detail }) => `${name}: ${detail}`);
}

/** Processes whose command line names a folder of ours, as the profile of a browser does. */
function processesOf(place: Sandbox): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return line.includes(`--user-data-dir=${place.folder}`) ? [line] : [];
      } catch {
        // It ended meanwhile.
        return [];
      }
    });
}

async function expectNothingLeft(place: Sandbox): Promise<void> {
  await waitUntil(
    () => Promise.resolve(processesOf(place).length === 0),
    'no process of the browser is left',
  );
  expect(readdirSync(place.path('tmp'))).toEqual(['.keep']);
}

describe.skipIf(!needs('chromium'))('with Chromium', () => {
  const patient = ['--backend-timeout', '60s'];

  test('what scripts make of canonical address, robots and title is found, also when it comes late', async () => {
    const place = await placeOf('/app');
    expect(await findingsOf(place, ...patient)).toEqual([
      `rendered.canonical: scripts change it from ${url}/app to ${url}/elsewhere`,
      'rendered.robots: scripts change it from robots: index to robots: noindex',
      'rendered.title: scripts change it from Page to App',
    ]);
    await expectNothingLeft(place);
  });

  test('a page that says the same once its scripts ran has no finding', async () => {
    expect(await findingsOf(await placeOf('/plain'), ...patient)).toEqual([]);
  });

  test('scripts reach listed hosts alone', async () => {
    expect(await findingsOf(await placeOf('/reaching'), ...patient)).toEqual([]);
    expect(asked).toContain('/own');
    expect(asked).not.toContain('/stolen');
  });

  test('a script without end is ended with its browser, and nothing of it is left', async () => {
    const place = await placeOf('/endless');
    expect(await findingsOf(place, '--backend-timeout', '8s')).toEqual([
      expect.stringMatching(/^rendered\.unverified: .*the browser printed no page in 8 s/),
    ]);
    await expectNothingLeft(place);
  });

  test('a run that is over takes the browser along', async () => {
    const place = await placeOf('/endless');
    const args = ['check', 'seo.gate.yaml', '--timeout', '6s', '--backend-timeout', '60s'];
    const { code } = await runGatekeeper(args, {
      cwd: place.folder,
      env: { TMPDIR: place.path('tmp') },
      timeoutMs: 60_000,
    });
    expect(code).toBe(4);
    await expectNothingLeft(place);
  });
});
