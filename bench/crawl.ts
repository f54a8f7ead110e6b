/**
 * A probe of ten thousand pages on loopback, its limits lifted, against loops of the same requests: one through the same
 * client, with its guard, its pace and its caps, and one of bare node:http.
 *
 * The loops read bodies and throw them away; the probe decodes and parses each page, checks it and keeps what it says.
 * Memory is measured at a fifth of the pages, too: what is kept of a page is small. `wrk` tells what the server itself can
 * do, with as many connections, where it is installed (Debian's package).
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GateReport } from '../src/model/report.js';
import { freePort, startProcess, waitUntil } from '../test/support/processes.js';
import {
  BINARY,
  median,
  ratios,
  rounded,
  run,
  runWithPeak,
  say,
  sayResult,
  sayTimes,
} from './support/measure.js';

const PAGES = 10_000;
const FEWER = PAGES / 5;
const CONNECTIONS = 8;
const ROUNDS = 7;
const PAGE_BYTES = 10_000;

/** Bare: one agent, so many at a time, bodies read and thrown away. */
const LOOP = `
import { Agent, get } from 'node:http';
const [, , url] = process.argv;
const agent = new Agent({ keepAlive: true, maxSockets: ${CONNECTIONS} });
let next = 0;
const ask = (path) => new Promise((resolve, reject) => {
  get(url + path, { agent }, (answer) => {
    if (answer.statusCode !== 200) reject(new Error(String(answer.statusCode)));
    answer.on('data', () => {}).on('end', resolve).on('error', reject);
  }).on('error', reject);
});
const worker = async () => { while (next < ${PAGES}) await ask('/p/' + next++); };
const start = performance.now();
await Promise.all(Array.from({ length: ${CONNECTIONS} }, worker));
console.log(performance.now() - start);
agent.destroy();
`;

const folder = mkdtempSync(join(tmpdir(), 'gatekeeper-bench-crawl-'));
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
writeSite();
const nginx = await startProcess('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')]);
try {
  await waitUntil(
    () =>
      fetch(`${url}/p/0`).then(
        ({ ok }) => ok,
        () => false,
      ),
    'nginx answers',
  );
  const loop = join(folder, 'loop.mjs');
  writeFileSync(loop, LOOP);
  const env = { NODE_EXTRA_CA_CERTS: undefined, XDG_CACHE_HOME: join(folder, 'cache') };
  const [many, few] = [PAGES, FEWER].map((pages) => [
    BINARY,
    'check',
    writeGate(pages),
    '--report',
    'json',
    '--timeout',
    '5m',
  ]);
  if (many === undefined || few === undefined) throw new Error('two gates were expected');
  const times: Record<'check' | 'probe' | 'client' | 'loop', number[]> = {
    check: [],
    probe: [],
    client: [],
    loop: [],
  };
  const peaks = { few: 0, many: 0 };
  const client = ['tools/run.mjs', 'bench/support/fetch-loop.ts', url, String(PAGES), String(CONNECTIONS)];
  run({ args: many, env });
  for (let round = 0; round < ROUNDS; round += 1) {
    const ran = runWithPeak({ args: many, env });
    const report: GateReport = JSON.parse(ran.stdout);
    times.check.push(ran.ms);
    times.probe.push(report.gates[0]?.criteria[0]?.queries[0]?.durationMs ?? Number.NaN);
    times.client.push(Number(run({ args: client, env }).stdout));
    times.loop.push(Number(run({ args: [loop, url], env }).stdout));
    peaks.many = Math.max(peaks.many, ran.peakMiB);
    peaks.few = Math.max(peaks.few, runWithPeak({ args: few, env }).peakMiB);
  }
  sayTimes(`check of ${PAGES} pages`, times.check);
  sayTimes('the probe in it', times.probe);
  sayTimes('loop through the same client', times.client);
  sayTimes('loop of bare node:http', times.loop);
  const perSecond = (values: readonly number[]): number => Math.round((PAGES / median(values)) * 1000);
  say(
    `${perSecond(times.probe)} pages a second, loops ${perSecond(times.client)} and ${perSecond(times.loop)}`,
  );
  const wrk = serverPerSecond();
  if (wrk !== undefined) say(`the server alone, by wrk: ${wrk} pages a second`);
  const shareOf = (loop: readonly number[]): Record<string, number> => {
    const slower = ratios(times.probe, loop);
    return { median: rounded(1 / slower.median), fastest: rounded(1 / slower.fastest) };
  };
  sayResult('crawl', {
    pages: PAGES,
    perSecond: {
      probe: perSecond(times.probe),
      client: perSecond(times.client),
      loop: perSecond(times.loop),
      ...(wrk !== undefined && { wrk }),
    },
    shareOfClient: shareOf(times.client),
    shareOfLoop: shareOf(times.loop),
    peakMiB: { [FEWER]: Math.round(peaks.few), [PAGES]: Math.round(peaks.many) },
    targets: { shareOfClient: '>= 0.5', peakMiB: '<= 250' },
  });
} finally {
  await nginx.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** Undefined where wrk is not installed. */
function serverPerSecond(): number | undefined {
  const { stdout } = spawnSync('wrk', ['-t1', `-c${CONNECTIONS}`, '-d5s', `${url}/p/1`], {
    encoding: 'utf8',
  });
  const [, rate] = /^Requests\/sec:\s*([\d.]+)/m.exec(stdout ?? '') ?? [];
  return rate === undefined ? undefined : Math.round(Number(rate));
}

/** One page under every address, which a header names as canonical. */
function writeSite(): void {
  const links = Array.from({ length: 40 }, (_, i) => `<li><a href="/p/${i}">Page ${i}</a></li>`).join('\n');
  const data = '<script type="application/ld+json">{"@type":"Product","offers":{"price":"19.90"}}</script>';
  const robots = '<meta name="robots" content="index,follow,max-image-preview:large">';
  const head = `<title>A page - Shop</title><meta name="description" content="A page">${robots}${data}`;
  const start = `<!doctype html><html><head>${head}</head><body><h1>A page</h1><ul>${links}</ul><p>`;
  mkdirSync(join(folder, 'html'));
  writeFileSync(
    join(folder, 'html/page.html'),
    `${start}${'word '.repeat((PAGE_BYTES - start.length) / 5)}</p></body></html>`,
  );
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join('\n    ');
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off;
master_process off;
pid ${folder}/pid;
error_log stderr warn;
events { worker_connections 256; }
http {
    access_log off;
    default_type text/html;
    keepalive_requests 1000000;
    ${temporary}
    server {
        listen 127.0.0.1:${port};
        root ${folder}/html;
        location = /robots.txt { return 404; }
        location / {
            add_header Link '<${url}$request_uri>; rel="canonical"';
            try_files /page.html =404;
        }
    }
}
`,
  );
}

function writeGate(pages: number): string {
  const list = join(folder, `${pages}.csv`);
  writeFileSync(list, ['url', ...Array.from({ length: pages }, (_, i) => `/p/${i}`), ''].join('\n'));
  const gate = join(folder, `${pages}.gate.yaml`);
  writeFileSync(
    gate,
    `gate: crawl
owners: { decide: [seo-lead], stop: [oncall] }
signals:
  pages:
    crawl:
      hosts: ["127.0.0.1:${port}"]
      base: ${url}
      urls: { csv: ${list} }
      expect: [redirects, canonical, indexable, robots-txt, title, h1, size]
      rate: 1000000/s
      connections: ${CONNECTIONS}
      allow-private: true
criteria:
  pages: { pass: "== 0" }
`,
  );
  return gate;
}
