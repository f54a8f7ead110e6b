/**
 * A thousand distinct range queries in one run, against a bare loop of the same requests.
 *
 * Twice: queries as gates ask them (a ratio of two rates over a shop's pods), and the cheapest that there are (a selector of one
 * series), which show what the program itself takes.
 *
 * What the requests are is not guessed: a relay between the program and the server writes them down once, and the loop then
 * sends exactly those.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPrometheus } from '../test/support/prometheus.js';
import { BINARY, ratios, run, runWithPeak, say, sayResult, sayTimes } from './support/measure.js';

const QUERIES = 1000;
const CONCURRENCY = 8;
const ROUNDS = { typical: 3, cheapest: 7 };
const PODS = 12;
const CODES = ['200', '301', '404', '500', '503'];
const HOUR_MS = 3_600_000;

/** Bare: one agent, so many at a time, bodies read and thrown away. */
const LOOP = `
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
const [, , url, file] = process.argv;
const paths = JSON.parse(readFileSync(file, 'utf8'));
const agent = new Agent({ keepAlive: true, maxSockets: ${CONCURRENCY} });
let next = 0;
const ask = (path) => new Promise((resolve, reject) => {
  get(url + path, { agent }, (answer) => {
    if (answer.statusCode !== 200) reject(new Error(String(answer.statusCode)));
    answer.on('data', () => {}).on('end', resolve).on('error', reject);
  }).on('error', reject);
});
const worker = async () => { while (next < paths.length) await ask(paths[next++]); };
await Promise.all(Array.from({ length: ${CONCURRENCY} }, worker));
agent.destroy();
`;

const at = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 4 * HOUR_MS;
const folder = mkdtempSync(join(tmpdir(), 'gatekeeper-bench-range-'));
const prometheus = await startPrometheus({ openMetrics: history() });
try {
  const cache = join(folder, 'cache');
  mkdirSync(cache);
  const env = { NODE_EXTRA_CA_CERTS: undefined, XDG_CACHE_HOME: cache };
  const typical = await measured('typical', (i) => `${rateOf('code=~"5.."', i)} / ${rateOf('', i)}`, env);
  const cheapest = await measured('cheapest', (i) => `load{shard="${i}"}`, env);
  sayResult('range', {
    typical,
    cheapest,
    targets: { checkToLoop: '<= 1.5', peakMiB: '<= 200' },
  });
} finally {
  await prometheus.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** Check, bare loop and the reading of the gate, in turns. @param query the PromQL of one criterion */
async function measured(
  name: keyof typeof ROUNDS,
  query: (i: number) => string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Readonly<Record<string, unknown>>> {
  const gate = join(folder, `${name}.gate.yaml`);
  writeFileSync(gate, gateOf(query));
  const args = [
    BINARY,
    'check',
    gate,
    '--at',
    String(at / 1000),
    '--concurrency',
    String(CONCURRENCY),
    '--quiet',
  ];
  const all = await requestsOf(args, env);
  say(`${name}: ${QUERIES} range queries are ${all.length} requests`);
  const loop = join(folder, 'loop.mjs');
  const paths = join(folder, 'paths.json');
  writeFileSync(loop, LOOP);
  writeFileSync(paths, JSON.stringify(all));

  const live = { ...env, PROMETHEUS_URL: prometheus.url };
  const times: Record<'check' | 'loop' | 'start', number[]> = { check: [], loop: [], start: [] };
  let peak = 0;
  run({ args, env: live });
  for (let round = 0; round < ROUNDS[name]; round += 1) {
    const ran = runWithPeak({ args, env: live });
    peak = Math.max(peak, ran.peakMiB);
    times.check.push(ran.ms);
    times.loop.push(run({ args: [loop, prometheus.url, paths], env }).ms);
    times.start.push(run({ args: [BINARY, 'validate', gate, '--quiet'], env }).ms);
  }
  sayTimes(`check, ${QUERIES} range queries`, times.check);
  sayTimes('loop over the same requests', times.loop);
  sayTimes('validate of the same gate', times.start);
  return {
    requests: all.length,
    checkToLoop: ratios(times.check, times.loop),
    checkWithoutReadingTheGateToLoop: ratios(
      times.check.map((ms, i) => ms - (times.start[i] ?? 0)),
      times.loop,
    ),
    peakMiB: Math.round(peak),
  };
}

/** Distinct by its range, as a thousand criteria of one gate would not ask the same. */
function rateOf(matchers: string, i: number): string {
  return `sum(rate(requests_total{${matchers}}[${300 + i}s]))`;
}

/** An hour of a gauge on a thousand shards, and of a counter on a shop's pods. */
function history(): string {
  const lines = ['# TYPE load gauge'];
  for (let shard = 0; shard < QUERIES; shard += 1) {
    for (let s = -3600; s <= 0; s += 15) {
      lines.push(
        `load{shard="${shard}",job="shop",instance="a:1"} ${1 + ((shard + s / 15) % 7)} ${at / 1000 + s}`,
      );
    }
  }
  lines.push('# TYPE requests counter');
  for (let pod = 0; pod < PODS; pod += 1) {
    for (const [rank, code] of CODES.entries()) {
      for (let s = -3600; s <= 0; s += 15) {
        const count = Math.floor(((s + 3600) * (pod + 1)) / 10 ** rank);
        lines.push(
          `requests_total{code="${code}",pod="shop-${pod}",job="shop",instance="a:${pod}"} ${count} ${at / 1000 + s}`,
        );
      }
    }
  }
  return `${lines.join('\n')}\n# EOF\n`;
}

function gateOf(query: (i: number) => string): string {
  const all = Array.from({ length: QUERIES }, (_, i) => i);
  return `gate: range
owners: { decide: [release-captain], stop: [oncall] }
window: { for: 30m, step: 1m }
backends:
  metrics: { type: prometheus, url: "\${PROMETHEUS_URL:-http://127.0.0.1:9090}" }
signals:
${all.map((i) => `  load-${i}: { value: '${query(i)}' }`).join('\n')}
criteria:
${all.map((i) => `  load-${i}: { take: mean, pass: "<= 100" }`).join('\n')}
`;
}

/** What the run asks, in the order in which it asks. */
async function requestsOf(
  args: readonly string[],
  env: Record<string, string | undefined>,
): Promise<readonly string[]> {
  const seen: string[] = [];
  const relay = createServer((request, response) => {
    seen.push(request.url ?? '');
    get(`${prometheus.url}${request.url}`, { headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
  }).listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const { port } = relay.address() as AddressInfo;
  await runAsync(args, { ...env, PROMETHEUS_URL: `http://127.0.0.1:${port}` });
  relay.close();
  relay.closeAllConnections();
  return seen;
}

async function runAsync(args: readonly string[], env: Record<string, string | undefined>): Promise<void> {
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: 'ignore' });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`the run left with ${code}`);
}
