/** An error budget on a real Prometheus with three days of history: raw counters, and a query per step. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GateReport } from '../../src/model/report.js';
import { runGatekeeper } from '../support/binary.js';
import { needs, type Prometheus, startPrometheus } from '../support/prometheus.js';
import { removeSandboxes, sandbox } from '../support/sandbox.js';

const MINUTE_S = 60;
const DAYS = 3;
/** A round minute some hours ago: what is backfilled must not overlap the server's own head. */
const NOW = Math.floor(Date.now() / 3_600_000) * 3600 - 4 * 3600;
const FIRST = NOW - (DAYS * 24 * 60 + 10) * MINUTE_S;

/** A counter of two pods, of which one took over from the other a day ago; scraped three seconds before each minute. */
function counter(outcome: string, perMinute: (minutesAgo: number) => number): string {
  const lines: string[] = [];
  const handOver = NOW - 24 * 3600;
  for (const [pod, from, to] of [
    ['old:1', FIRST, handOver],
    ['new:1', handOver, NOW],
  ] as const) {
    let value = 0;
    for (let t = from; t <= to; t += MINUTE_S) {
      value += t === from ? 0 : perMinute((NOW - t) / MINUTE_S);
      lines.push(`requests_total{job="shop",instance="${pod}",outcome="${outcome}"} ${value} ${t - 3}`);
    }
  }
  return lines.join('\n');
}

/** 1,000 requests a minute; 0.02 % fail, and 2 % in the last ninety minutes. */
const bad = (ago: number): number => (ago < 90 ? 20 : ago % 5 === 0 ? 1 : 0);
const history = [
  '# TYPE requests counter',
  counter('good', (ago) => 1000 - bad(ago)),
  counter('bad', bad),
  '# EOF',
  '',
].join('\n');

const gateOf = (url: string, bad: string, total: string): string => `gate: shop
owners: { decide: [captain], stop: [oncall] }
backends: { metrics: { type: prometheus, url: "${url}" } }
window: { for: 10m, step: 5m, settle: 0s }
signals: { errors: { ratio: { bad: ${bad}, total: ${total} } } }
criteria: { slo: { signal: errors, burn: { objective: 99.9%, period: 30d } } }
`;

describe.skipIf(!needs('prometheus', 'promtool'))('three days of Prometheus', () => {
  let prometheus: Prometheus;
  beforeAll(async () => {
    prometheus = await startPrometheus({ openMetrics: history });
  }, 60_000);
  afterAll(async () => {
    await prometheus.stop();
    await removeSandboxes();
  });

  test.each([
    ['raw counters', `{ counter: 'requests_total{outcome="bad"}' }`, '{ counter: requests_total }', 1200],
    [
      'queries',
      `'sum(increase(requests_total{outcome="bad"}[{{step}}]))'`,
      `'sum(increase(requests_total[{{step}}]))'`,
      null,
    ],
  ])('%s: the page fires, the tickets know of the whole three days', async (_, bad, total, exact) => {
    const place = await sandbox({ 'shop.gate.yaml': gateOf(prometheus.url, bad, total) });
    const { code, stdout, stderr } = await runGatekeeper(
      ['check', 'shop.gate.yaml', '--report', 'json', '--at', String(NOW)],
      { cwd: place.folder, timeoutMs: 60_000 },
    );
    expect(stderr).toBe('');
    const slo = (JSON.parse(stdout) as GateReport).gates[0]?.criteria[0];
    expect([code, slo?.verdict, slo?.reason?.code]).toEqual([1, 'fail', 'threshold']);
    expect(slo?.reason?.text).toContain('burns the 30-day budget 20x too fast over 1h and 5m');
    const rows = slo?.evidence?.burn?.rows ?? [];
    expect(rows.map(({ name, state }) => [name, state])).toEqual([
      ['page-quick', 'burns'],
      ['page-slow', 'quiet'],
      ['ticket-quick', 'quiet'],
      ['ticket-slow', 'quiet'],
    ]);
    if (exact !== null) expect(rows[0]?.long).toEqual({ window: '1h', burn: 20, bad: exact, n: 60_000 });
    // 90 minutes of 20, and one in five minutes of the rest: a pod that is gone still counts.
    const all = rows[3]?.long;
    expect(all?.bad).toBeGreaterThan(2600);
    expect(all?.bad).toBeLessThan(2700);
    expect(all?.n).toBeGreaterThan(4_300_000);
  });
});
