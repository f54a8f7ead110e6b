/**
 * The crawlers of a large access log: the share of a crawler's hits that failed, against GoAccess reading the same file.
 *
 * npm run bench:crawler-log -- [MILLIONS OF LINES]
 *
 * Needs `goaccess` on the path (Debian's package). A log of a tenth of the size tells whether time grows with the lines.
 */

import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Random, randomOf } from '../src/stats/draw.js';
import { BINARY, rounded, run, runWithPeak, say, sayResult } from './support/measure.js';

const LINES = Number(process.argv[2] ?? 10) * 1_000_000;
const DAYS = 4;
const START = Date.UTC(2026, 10, 1);
const AGENTS = [
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
];
const MONTH = '/Nov/2026';

const GATE = `gate: crawlers
owners: { decide: [release-captain], stop: [oncall] }
backends:
  logs: { type: duckdb, tables: { access: { path: access.log, format: combined } } }
window: { for: ${DAYS}d, step: 1h, settle: 0s }
signals:
  failing: { backend: logs, crawler-log: { log: access, bad: [5xx, 429] } }
criteria:
  failing: { pass: "<= 5%" }
`;

const folder = mkdtempSync(join(tmpdir(), 'gatekeeper-bench-crawler-log-'));
try {
  const small = await measure(LINES / 10);
  const large = await measure(LINES);
  sayResult('crawler-log', {
    lines: LINES,
    toGoAccess: rounded(large.ms / large.goaccessMs),
    secondsPerMillion: [rounded((small.ms / (LINES / 10)) * 1000), rounded((large.ms / LINES) * 1000)],
    peakMiB: Math.round(large.peakMiB),
    targets: { toGoAccess: '<= 0.5', peakMiB: '<= 1024' },
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(lines: number): Promise<{ ms: number; goaccessMs: number; peakMiB: number }> {
  const log = join(folder, 'access.log');
  await writeLog(log, lines);
  const gate = join(folder, 'crawlers.gate.yaml');
  writeFileSync(gate, GATE);
  const end = new Date(START + DAYS * 86_400_000).toISOString();
  const args = [BINARY, 'check', gate, '--at', end, '--quiet', '--backend-timeout', '10m'];
  const ours = runWithPeak({ args, env: { NODE_EXTRA_CA_CERTS: undefined } });
  const report = join(folder, 'goaccess.json');
  const theirs = run({
    program: 'goaccess',
    args: [log, '--log-format=COMBINED', '--no-progress', '-o', report],
    env: {},
  });
  say(
    `${lines} lines: check ${(ours.ms / 1000).toFixed(1)} s, ${Math.round(ours.peakMiB)} MiB; goaccess ${(theirs.ms / 1000).toFixed(1)} s`,
  );
  return { ms: ours.ms, goaccessMs: theirs.ms, peakMiB: ours.peakMiB };
}

/** Seeded; one line in twenty is Googlebot's, one of them in a hundred failed. */
async function writeLog(file: string, lines: number): Promise<void> {
  const random = randomOf(7);
  const out = createWriteStream(file);
  for (let written = 0; written < lines; ) {
    const batch: string[] = [];
    for (let i = 0; i < 10_000 && written < lines; i += 1, written += 1)
      batch.push(lineOf(random, written / lines));
    if (!out.write(`${batch.join('\n')}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}

function lineOf(random: Random, share: number): string {
  const at = new Date(START + share * DAYS * 86_400_000);
  const isBot = random() < 0.05;
  const agent = isBot ? AGENTS[0] : AGENTS[1 + Math.floor(random() * 3)];
  const address = isBot
    ? `66.249.66.${Math.floor(random() * 200)}`
    : `203.0.113.${Math.floor(random() * 250)}`;
  const status = random() < 0.01 ? 503 : random() < 0.05 ? 404 : 200;
  const two = (n: number): string => String(n).padStart(2, '0');
  const clock = `${two(at.getUTCDate())}${MONTH}:${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`;
  const path = `/p/${Math.floor(random() * 50_000)}`;
  return `${address} - - [${clock}] "GET ${path} HTTP/1.1" ${status} ${Math.floor(random() * 50_000)} "https://shop.example/" "${agent}"`;
}
