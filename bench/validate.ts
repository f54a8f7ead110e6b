/** `validate` of a thousand gate files, and whether a file takes as long among a thousand as among a hundred. */
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
const FEW = 100;
const MANY = 1000;

const folder = mkdtempSync(join(tmpdir(), 'gatekeeper-bench-validate-'));
try {
  const cache = join(folder, 'cache');
  mkdirSync(cache);
  const env = { NODE_EXTRA_CA_CERTS: undefined, XDG_CACHE_HOME: cache };
  const one = write(1);
  const few = write(FEW);
  const many = write(MANY);
  const validate = (path: string): number => run({ args: [BINARY, 'validate', path], env }).ms;
  validate(one);
  const times = await interleaved(ROUNDS, {
    one: () => validate(one),
    few: () => validate(few),
    many: () => validate(many),
  });
  sayTimes('validate 1 file', times.one);
  sayTimes(`validate ${FEW} files`, times.few);
  sayTimes(`validate ${MANY} files`, times.many);
  const { peakMiB, cpuMs, stdout } = runWithPeak({ args: [BINARY, 'validate', many], env });
  say(stdout.trim());
  const perFew = (median(times.few) - median(times.one)) / (FEW - 1);
  const perMany = (median(times.many) - median(times.one)) / (MANY - 1);
  sayResult('validate', {
    secondsForThousand: rounded(median(times.many) / 1000),
    perFileMsOfHundred: rounded(perFew),
    perFileMsOfThousand: rounded(perMany),
    perFileRatio: rounded(perMany / perFew),
    fastestSecondsForThousand: rounded(Math.min(...times.many) / 1000),
    cpuSecondsForThousand: rounded(cpuMs / 1000),
    peakMiB: Math.round(peakMiB),
    targets: { secondsForThousand: '< 3', perFileRatio: '<= 1.2' },
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A folder of gates as a team would write them: two signals, three criteria, a comparison among them. */
function write(count: number): string {
  const path = join(folder, `gates-${count}`);
  mkdirSync(path);
  for (let i = 0; i < count; i += 1)
    writeFileSync(join(path, `service-${i}.gate.yaml`), gateOf(`service-${i}`));
  return path;
}

function gateOf(name: string): string {
  return `gate: ${name}
about: The canary of ${name} is as good as what it replaces
component: ${name}
owners: { decide: [release-captain], stop: [oncall-${name}], escalate: [{ to: "#oncall", after: 15m }] }
backends:
  metrics: { type: prometheus, url: "\${PROMETHEUS_URL:-http://127.0.0.1:9090}" }
arms:
  canary: { track: canary }
  baseline: { track: stable }
window: { for: 30m, step: 1m, settle: 1m }
signals:
  errors:
    about: Share of requests answered with 5xx
    ratio:
      bad: { counter: 'http_requests_total{service="${name}",code=~"5..",track="{{track}}"}' }
      total: { counter: 'http_requests_total{service="${name}",track="{{track}}"}' }
  latency:
    about: Time to answer
    histogram: { counter: 'http_request_duration_seconds_bucket{service="${name}",track="{{track}}"}' }
    unit: s
criteria:
  errors:
    pass: "<= 1%"
    warn: "<= 2%"
    critical: true
  latency-share:
    signal: latency
    take: share <= 500ms
    pass: ">= 95%"
  latency-p95:
    signal: latency
    take: p95
    pass: "<= baseline + 10%"
    evidence: point
    min-samples: 1000
`;
}
