/** `backtest` on a real Prometheus: what a look says is what a check says, of full windows and of rollouts. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BacktestReport } from '../../src/model/backtest.js';
import type { GateReport } from '../../src/model/report.js';
import type { RolloutsReport } from '../../src/model/rollouts.js';
import { type BinaryResult, runGatekeeper } from '../support/binary.js';
import { needs, type Prometheus, startPrometheus } from '../support/prometheus.js';
import { filesIn, removeSandboxes, type Sandbox, sandbox } from '../support/sandbox.js';

afterAll(removeSandboxes);

const HOUR_MS = 3_600_000;
const run = (place: Sandbox, ...args: string[]): Promise<BinaryResult> =>
  runGatekeeper(args, { cwd: place.folder });

describe.skipIf(!needs('prometheus', 'promtool'))('on a real Prometheus', () => {
  const END = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 4 * HOUR_MS;
  const SPAN_MS = 26 * HOUR_MS;
  let prometheus: Prometheus;

  beforeAll(async () => {
    const lines = ['# TYPE requests counter'];
    for (const outcome of ['good', 'bad']) {
      let value = 0;
      for (let t = END - SPAN_MS - HOUR_MS; t <= END; t += 30_000) {
        const isDown = t > END - 3 * HOUR_MS && t <= END - 2 * HOUR_MS;
        value += outcome === 'good' ? 500 : isDown ? 50 : 1;
        lines.push(
          `requests_total{job="shop",instance="a:1",outcome="${outcome}"} ${value} ${(t - 3000) / 1000}`,
        );
      }
    }
    lines.push('# TYPE depth gauge');
    for (let t = END - SPAN_MS - HOUR_MS; t <= END; t += 30_000)
      lines.push(`depth{job="shop"} ${(t / 30_000) % 50} ${(t - 3000) / 1000}`);
    prometheus = await startPrometheus({ openMetrics: [...lines, '# EOF', ''].join('\n') });
  }, 60_000);
  afterAll(async () => {
    await prometheus.stop();
  });

  const iso = (t: number): string => new Date(t).toISOString();
  const gateText = (): string => `gate: shop
owners: { decide: [captain], stop: [oncall] }
backends: { metrics: { type: prometheus, url: "${prometheus.url}" } }
window: { for: 10m, step: 2m, settle: 0s }
signals:
  raw: { ratio: { bad: { counter: 'requests_total{outcome="bad"}' }, total: { counter: requests_total } } }
  asked:
    ratio:
      bad: 'sum(increase(requests_total{outcome="bad"}[{{step}}]))'
      total: 'sum(increase(requests_total[{{step}}]))'
  depth: { value: 'depth', better: lower }
criteria:
  raw: { pass: "<= 2%" }
  asked: { pass: "<= 2%" }
  depth: { take: p90, pass: "<= 40", min-samples: 3 }
`;

  test('each look says what a check at that instant says, in a handful of questions', async () => {
    const place = await sandbox({ 'gates/shop.gate.yaml': gateText() });
    const result = await runGatekeeper(
      [
        'backtest',
        '--from',
        iso(END - 25 * HOUR_MS),
        '--to',
        iso(END),
        '--every',
        '30m',
        '--report',
        'json',
        '--record',
        'history',
      ],
      { cwd: place.folder, timeoutMs: 60_000 },
    );
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const report = JSON.parse(result.stdout) as BacktestReport;
    expect(report.looks).toBe(51);
    expect(report.gates[0]?.criteria.map(({ alarms }) => alarms.false).slice(0, 2)).toEqual([1, 1]);
    for (const look of [0, 20, 44, 45, 46, 47, 50]) {
      const at = END - 25 * HOUR_MS + look * 30 * 60_000;
      const checked = await run(place, 'check', '--at', iso(at), '--report', 'json');
      const { gates } = JSON.parse(checked.stdout) as {
        gates: { criteria: { verdict: string; value: number | null }[] }[];
      };
      const said = report.gates[0]?.criteria.map(({ verdicts, values }) => [verdicts[look], values[look]]);
      expect(said).toEqual(gates[0]?.criteria.map(({ verdict, value }) => [verdict, value]));
    }
    expect(Object.keys(await filesIn(place.path('history'))).length).toBeLessThan(20);
  }, 60_000);

  test('each look in a rollout says what a check that is given the release says', async () => {
    const place = await sandbox({ 'gates/shop.gate.yaml': gateText() });
    // The third begins in the last ten minutes of the hour that is down.
    const range = ['--from', iso(END - 5 * HOUR_MS), '--to', iso(END), '--since-every', '85m'];
    const result = await run(place, 'backtest', ...range, '--every', '3m', '--report', 'json');
    const [shopGate] = (JSON.parse(result.stdout) as RolloutsReport).gates;
    expect(shopGate?.rollouts).toHaveLength(4);
    expect(shopGate?.rollouts[2]?.outcome).toBe('stopped');
    for (const { since, looks } of shopGate?.rollouts ?? [])
      for (const { at, criteria } of looks) {
        const checked = await run(place, 'check', '--since', since, '--at', at, '--report', 'json');
        const { gates } = JSON.parse(checked.stdout) as GateReport;
        expect(criteria).toEqual(
          gates[0]?.criteria.map(({ key, verdict, reason, value }) => {
            return { key, verdict, reason: reason?.code ?? null, value };
          }),
        );
      }
  }, 60_000);
});
