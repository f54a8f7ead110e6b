/** `gatekeeper doctor`: reaches each backend for real. */
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runGatekeeper } from '../support/binary.js';
import { freePort } from '../support/processes.js';
import { needs, type Prometheus, startPrometheus } from '../support/prometheus.js';
import { folderWith, SHOP } from './shop.js';

const NOW_S = Math.floor(Date.now() / 1000);
/** One sample of `up`, as old as that. */
const upOf = (ageSeconds: number): string => `# TYPE up gauge\nup{job="a"} 1 ${NOW_S - ageSeconds}\n# EOF\n`;

const config = (...blocks: readonly string[]): string =>
  `backends:\n${blocks.map((block) => `  ${block}\n`).join('')}`;
const prometheus = (name: string, url: string): string => `${name}: { type: prometheus, url: "${url}" }`;

async function doctor(files: Readonly<Record<string, string>>, ...args: readonly string[]) {
  return runGatekeeper(['doctor', ...args], { cwd: await folderWith(files) });
}

describe.skipIf(!needs('prometheus'))('doctor, with a real Prometheus', () => {
  let fresh: Prometheus;
  let old: Prometheus;
  beforeAll(async () => {
    [fresh, old] = await Promise.all([
      startPrometheus({ scrape: [{ job: 'none', targets: ['127.0.0.1:1'], interval: '1s' }] }),
      startPrometheus({ openMetrics: upOf(200) }),
    ]);
    // `up` is there from the first scrape on, which fails and is recorded all the same.
    for (;;) {
      const answer = await fetch(`${fresh.url}/api/v1/query?query=up`);
      if ((await answer.text()).includes('"value"')) break;
    }
  }, 60_000);
  afterAll(async () => {
    await Promise.all([fresh?.stop(), old?.stop()]);
  });

  test('all reached: identity, age of the newest data, exit 0', async () => {
    const { code, stdout, stderr } = await doctor({
      'gatekeeper.config.yaml': config(prometheus('metrics', fresh.url)),
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.replace(/Prometheus [\d.]+\S*/, 'Prometheus X').replace(/\d+s old/, 'Ns old')).toBe(
      `metrics   prometheus   ${fresh.url}\n  REACHED  Prometheus X\n  newest   Ns old\n\n1 backend: 1 reached, 0 not\n`,
    );
  });

  test('one that cannot be reached: exit 4, and the others are told all the same', async () => {
    const closed = `http://127.0.0.1:${await freePort()}`;
    const text = config(prometheus('metrics', fresh.url), prometheus('gone', closed));
    const { code, stdout } = await doctor({ 'gatekeeper.config.yaml': text }, '--retries', '0');
    expect(code).toBe(4);
    expect(stdout).toContain('  REACHED  Prometheus');
    expect(stdout).toContain(`gone   prometheus   ${closed}
  FAILED  backend "gone" could not be reached: ECONNREFUSED ${closed.slice('http://'.length)}
          GET ${closed}/api/v1/status/buildinfo
  next    check the url of backend "gone", and that it is up and can be reached from here
  next    gatekeeper explain backend.unreachable

2 backends: 1 reached, 1 not
`);
  });

  test("a gate's own backend is reached, too, and its deploy time need not be given", async () => {
    const gate = SHOP.replace('arms:', `backends: { own: { type: prometheus, url: "${fresh.url}" } }\narms:`);
    const needing = gate.replace('step: 1m }', 'step: 1m, since: required }');
    const { code, stdout } = await doctor({ 'gates/shop.gate.yaml': needing });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^own {3}prometheus/);
  });

  test('data that grow old are warned of, or not found at all', async () => {
    const { code, stdout } = await doctor({
      'gatekeeper.config.yaml': config(prometheus('metrics', old.url)),
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/newest {3}(?:3|4)m old|its newest data cannot be asked for/);
  });
});

describe('doctor', () => {
  test('other types of backends: a folder, a command, and a file that grows old', async () => {
    const text = config('files: { type: file, folder: data }', 'tool: { type: exec, command: [node] }');
    const { code, stdout } = await doctor({ 'gatekeeper.config.yaml': text, 'data/a.csv': 'x\n' });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /files {3}file {3}data\n {2}REACHED {2}folder with 1 file\n {2}newest {3}\d+s old\n/,
    );
    expect(stdout).toContain('2 backends: 2 reached, 0 not\n');
  });

  test('data older than 5 minutes are warned of; they are reached all the same', async () => {
    const cwd = await folderWith({
      'gatekeeper.config.yaml': config('files: { type: file, folder: data }'),
      'data/a.csv': 'x\n',
    });
    await utimes(join(cwd, 'data/a.csv'), NOW_S - 7500, NOW_S - 7500);
    const { code, stdout } = await runGatekeeper(['doctor'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/WARN {5}the newest data are 2h5m old: does anything still write to it\?\n/);
  });

  test('a log that matches no file is not reached, and web servers are not asked', async () => {
    const gate = `gate: shop
signals:
  pages: { crawl: { hosts: [shop.example], base: "https://shop.example", urls: [/] } }
criteria: { pages: { take: share ok, pass: ">= 99%" } }
`;
    const logs = (path: string): string =>
      config(`logs: { type: duckdb, tables: { access: { path: ${path}, format: combined }, other: a.csv } }`);
    const files = { 'a.csv': 'x\n1\n', 'gates/shop.gate.yaml': gate };
    const gone = await doctor({ ...files, 'gatekeeper.config.yaml': logs('gone/access.log*') });
    expect(gone.code).toBe(4);
    expect(gone.stdout.replace(/'\/.*gone/, "'gone")).toBe(`logs   duckdb   .
  FAILED  backend "logs": no file for table "access"
          table "access": no file in ['gone/access.log*']
          table "other": 1 file
  next    check the path: it starts at "folder" of the backend; and whether the file was written
  next    gatekeeper explain backend.file

1 backend: 0 reached, 1 not
not asked: the web servers that shop.pages probes
`);
    const there = await doctor({ ...files, 'gatekeeper.config.yaml': logs('a.csv') });
    expect(there).toMatchObject({ code: 0, stdout: expect.stringContaining('table "access": 1 file\n') });
  });

  test('gates that have probes alone need no backend: what they will ask, exit 0', async () => {
    const gate = `gate: shop
arms: { canary: { track: canary }, baseline: { track: stable } }
signals:
  pages: { crawl: { hosts: [shop.example], base: "https://shop.example", urls: [/], cookies: { arm: "{{track}}" } } }
  caches: { cache-probe: { hosts: [shop.example], base: "https://shop.example", urls: [/a, /b] } }
criteria:
  pages: { take: regressions, pass: "<= 0" }
  caches: { take: share hit, pass: ">= 50%" }
`;
    expect(await doctor({ 'gates/shop.gate.yaml': gate })).toMatchObject({
      code: 0,
      stderr: '',
      stdout: `no backend to reach: these gates ask web servers alone, and not before "gatekeeper check"
  shop.caches  {"urls":["/a","/b"],"base":"https://shop.example","times":2}
  shop.pages   {"urls":[{"url":"/"}],"base":"https://shop.example","cookies":{"arm":"sha256:e100fbce008c04ec"},"needs":["canonicals","robots-txt"]}
               {"urls":[{"url":"/"}],"base":"https://shop.example","cookies":{"arm":"sha256:f379ccb92b911644"},"needs":["canonicals","robots-txt"]}
`,
    });
  });

  test('no password of a URL is printed when nobody answers there', async () => {
    const cwd = await folderWith({
      'gatekeeper.config.yaml': config(prometheus('metrics', `\${METRICS_URL}`)),
    });
    const env = { METRICS_URL: `http://me:pass-word-1@127.0.0.1:${await freePort()}` };
    const { code, stdout, stderr } = await runGatekeeper(['doctor', '--retries', '0'], { cwd, env });
    expect(code).toBe(4);
    expect(stdout + stderr).not.toContain('pass-word-1');
  });

  test.each<[what: string, files: Record<string, string>, args: readonly string[], message: string]>([
    [
      'no backend at all',
      {},
      [],
      'there is no backend to reach\n   name one under "backends:" in a gate file or in gatekeeper.config.yaml\n',
    ],
    [
      'a type that is none',
      { 'gatekeeper.config.yaml': config('a: { type: promethues, url: "http://x" }') },
      [],
      'did you mean "prometheus"?',
    ],
    ['a path that is not there', {}, ['gates/none.gate.yaml'], 'gates/none.gate.yaml is not there'],
    [
      'a secret that is not set',
      {
        'gatekeeper.config.yaml': config(
          'a: { type: prometheus, url: "http://x", auth: { bearer: { env: NONE_SUCH } } }',
        ),
      },
      [],
      'secret environment variable NONE_SUCH is not set',
    ],
    ['a wrong number', {}, ['--retries', 'many'], "option '--retries <n>' argument 'many' is invalid"],
  ])('%s exits 2', async (_, files, args, message) => {
    const { code, stdout, stderr } = await doctor(files, ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});
