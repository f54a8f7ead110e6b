/** `test` of a thousand gate tests: one process, from start to end, with a thousand distinct runs of the engine. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BINARY,
  interleaved,
  median,
  rounded,
  run,
  runWithPeak,
  say,
  sayResult,
  sayTimes,
} from './support/measure.js';

const ROUNDS = 5;
const FILES = 100;
const PER_FILE = 10;
const TARGET_MS = 5000;

const folder = mkdtempSync(join(tmpdir(), 'gatekeeper-bench-test-'));
try {
  const cache = join(folder, 'cache');
  mkdirSync(cache);
  const env = { NODE_EXTRA_CA_CERTS: undefined, XDG_CACHE_HOME: cache };
  const one = write(1, 1);
  const many = write(FILES, PER_FILE);
  const test = (path: string): number => run({ args: [BINARY, 'test', '--quiet', path], env }).ms;
  test(one);
  const times = await interleaved(ROUNDS, { one: () => test(one), many: () => test(many) });
  sayTimes('1 gate test', times.one);
  sayTimes(`${FILES * PER_FILE} gate tests in ${FILES} files`, times.many);
  const { peakMiB, cpuMs, stdout } = runWithPeak({ args: [BINARY, 'test', '--quiet', many], env });
  say(stdout.trim());
  sayResult('gate-test', { ms: rounded(median(times.many), 0), target: TARGET_MS, cpuMs, peakMiB });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A folder of gates, each with tests that no other repeats: a third of them looks three times. */
function write(files: number, perFile: number): string {
  const path = join(folder, `${files}x${perFile}`);
  mkdirSync(path);
  for (let i = 0; i < files; i += 1) {
    writeFileSync(join(path, `service-${i}.gate.yaml`), gate(`service-${i}`));
    writeFileSync(join(path, `service-${i}.gate.test.yaml`), tests(i, perFile));
  }
  return path;
}

function tests(file: number, count: number): string {
  const blocks = Array.from({ length: count }, (_, i) => {
    const bad = 4 * ((file * 7 + i * 13) % 10);
    const looks = i % 3 === 2;
    return `  - name: ${bad} errors a minute on ${file}
    series:
      - { signal: errors, part: bad, arm: canary, values: ${bad}x29 }
      - { signal: errors, part: total, arm: canary, values: '1000+${i}x29' }
    ${looks ? 'at: [5m, 10m, 35m]\n    expect: [{ criteria: { latency-share: inconclusive } }, { criteria: { latency-share: pass } }, {' : 'expect: {'} criteria: { errors: ${bad <= 10 ? 'pass' : bad <= 20 ? 'warn' : 'fail'} } }${looks ? ']' : ''}`;
  });
  return `series:
  - { signal: errors, part: bad, values: 4x29 }
  - { signal: errors, part: total, values: 1000x29 }
  - signal: latency
    part: bucket
    values: { "0.1": 60x29, "0.25": 90x29, "0.5": 98x29, "1": 100x29, "+Inf": 100x29 }
tests:
${blocks.join('\n')}
`;
}

function gate(name: string): string {
  return `gate: ${name}
backends:
  metrics: { type: prometheus, url: "\${PROMETHEUS_URL}" }
arms:
  canary: { track: canary }
  baseline: { track: stable }
window: { for: 30m, step: 1m, settle: 1m }
signals:
  errors:
    ratio:
      bad: { counter: 'http_requests_total{service="${name}",code=~"5..",track="{{track}}"}' }
      total: { counter: 'http_requests_total{service="${name}",track="{{track}}"}' }
  latency:
    histogram: { counter: 'http_request_duration_seconds_bucket{service="${name}",track="{{track}}"}' }
    unit: s
criteria:
  errors: { pass: "<= 1%", warn: "<= 2%", evidence: point, critical: true }
  errors-not-worse: { signal: errors, pass: "<= baseline + 1pp" }
  latency-share: { signal: latency, take: share <= 500ms, pass: ">= 95%" }
  latency-p95: { signal: latency, take: p95, pass: "<= baseline + 10%" }
`;
}
