/**
 * A backtest of 30 days at looks every 5 minutes, on a recording; and whether a replayed report is the same, byte for
 * byte, in 100 runs and in other time zones.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BINARY,
  median,
  ROOT,
  rounded,
  run,
  runWithPeak,
  say,
  sayResult,
  sayTimes,
} from './support/measure.js';

const DAYS = 30;
const ROUNDS = 3;
const RUNS = 100;
const ZONES = ['UTC', 'Asia/Tokyo', 'America/St_Johns', 'Pacific/Chatham', 'Europe/Berlin'];
const TO = Date.UTC(2026, 0, 31) / 1000;
const FROM = TO - DAYS * 86_400;

const GATE = `gate: shop
owners: { decide: [captain], stop: [oncall] }
backends: { records: { type: file } }
arms: { canary: { track: canary }, baseline: { track: stable } }
window: { for: 30m, step: 1m, settle: 0s }
signals:
  errors:
    ratio:
      bad: { path: '{{track}}.csv', time: time, value: bad }
      total: { path: '{{track}}.csv', time: time, value: requests }
  latency: { value: { path: '{{track}}.csv', time: time, value: latency }, unit: s, better: lower }
criteria:
  errors: { pass: "<= 1.3%", warn: "<= 1.4%" }
  errors-not-worse: { signal: errors, pass: "<= baseline + 1pp" }
  latency: { take: p95, pass: "<= 300ms" }
  latency-drift: { signal: latency, take: mean, pass: "<= baseline + 25%", evidence: history }
`;

const folder = mkdtempSync(join(tmpdir(), 'gatekeeper-bench-backtest-'));
try {
  writeFileSync(join(folder, 'shop.gate.yaml'), GATE);
  for (const [track, requests] of [
    ['canary', 300],
    ['stable', 5000],
  ] as const)
    writeFileSync(join(folder, `${track}.csv`), table(requests));
  writeFileSync(join(folder, 'incidents.csv'), incidents());
  const cache = join(folder, 'cache');
  mkdirSync(cache);
  const env = { NODE_EXTRA_CA_CERTS: undefined, XDG_CACHE_HOME: cache };
  const gate = [join(folder, 'shop.gate.yaml'), '--cwd', folder, '--quiet'];
  const labelled = ['--incidents', 'incidents.csv'];
  const backtest = [BINARY, 'backtest', ...gate, ...labelled];
  const recorded = ['--from', String(FROM), '--to', String(TO), '--record', 'history'];
  run({ args: [...backtest, ...recorded], env });
  const replay = [...backtest, '--replay', 'history'];
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) times.push(run({ args: replay, env }).ms);
  sayTimes(`backtest of ${DAYS} days, every 5 minutes`, times);
  const { peakMiB, stdout } = runWithPeak({ args: replay, env });
  say(stdout);

  const seen = new Map<string, number>();
  for (let i = 0; i < RUNS; i += 1) {
    const reports = replayedReports({ ...env, TZ: ZONES[i % ZONES.length] });
    seen.set(reports, (seen.get(reports) ?? 0) + 1);
  }
  say(`${RUNS} replays in ${ZONES.length} time zones: ${seen.size} different`);
  sayResult('backtest', {
    days: DAYS,
    looks: (DAYS * 24 * 60) / 5 + 1,
    answers: readdirSync(join(folder, 'history', 'records')).length,
    seconds: rounded(median(times) / 1000),
    fastestSeconds: rounded(Math.min(...times) / 1000),
    peakMiB: Math.round(peakMiB),
    replays: RUNS,
    differentReports: seen.size,
    targets: { seconds: '< 30', differentReports: 1 },
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** One hash over a replay's reports in two formats. */
function replayedReports(env: Record<string, string | undefined>): string {
  const hash = createHash('sha256');
  for (const format of ['json', 'pretty']) {
    const args = [
      BINARY,
      'check',
      'gates',
      '--replay',
      'fixtures/regressed',
      '--cwd',
      ROOT,
      '--report',
      format,
    ];
    hash.update(run({ args, env, codes: [1] }).stdout);
  }
  return hash.digest('hex');
}

/** Minutes from ten hours and more before the first look, so that the past is there, too. */
function table(requests: number): string {
  const rows = ['time,requests,bad,latency'];
  for (let t = FROM - 2 * 86_400; t <= TO; t += 60) {
    const isDown = t % 604_800 < 3600;
    const share = (isDown ? 0.05 : 0.01) * (0.7 + 0.6 * noise(t, requests));
    const latency = 0.2 + 0.1 * noise(t, requests + 1) + (isDown ? 0.2 : 0);
    rows.push(`${t},${requests},${Math.round(requests * share)},${latency.toFixed(4)}`);
  }
  return `${rows.join('\n')}\n`;
}

/** The hours of a week in which it is down, but for the last. */
function incidents(): string {
  const first = Math.ceil(FROM / 604_800) * 604_800;
  const rows = Array.from({ length: 4 }, (_, i) => {
    const from = first + i * 604_800;
    return `week-${i + 1},${from},${from + 3600}`;
  });
  return ['id,from,to', ...rows, ''].join('\n');
}

function noise(t: number, seed: number): number {
  const x = Math.sin(t * 12.9898 + seed * 78.233) * 43_758.5453;
  return x - Math.floor(x);
}
