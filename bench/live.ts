/** Four live queries in one run, against four `promtool query instant` processes one after another. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BINARY, interleaved, ROOT, ratios, run, sayResult, sayTimes } from './support/measure.js';
import { startShop } from './support/shop.js';

const ROUNDS = 20;
const GATE = join(ROOT, 'bench/data/live.gate.yaml');
/** As the gate has them. */
const QUERIES = [
  'sum(rate(http_requests_total[5m]))',
  'sum(rate(http_requests_total{code=~"5.."}[5m])) / sum(rate(http_requests_total[5m]))',
  'histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))',
  'max(rabbitmq_queue_messages_ready)',
];

const folder = mkdtempSync(join(tmpdir(), 'gatekeeper-bench-live-'));
const { prometheus, at } = await startShop();
try {
  const warm = join(folder, 'warm');
  mkdirSync(warm);
  const plain = { NODE_EXTRA_CA_CERTS: undefined, PROMETHEUS_URL: prometheus.url };
  const check = [BINARY, 'check', GATE, '--at', String(at / 1000)];
  for (let i = 0; i < 2; i += 1) run({ args: check, env: { ...plain, XDG_CACHE_HOME: warm } });
  const times = await interleaved(ROUNDS, {
    promtool: () =>
      QUERIES.reduce(
        (sum, query) =>
          sum +
          run({
            program: 'promtool',
            args: ['query', 'instant', '--time', String(at / 1000), prometheus.url, query],
            env: plain,
          }).ms,
        0,
      ),
    warm: () => run({ args: check, env: { ...plain, XDG_CACHE_HOME: warm } }).ms,
    withoutCache: () => run({ args: check, env: { ...plain, GATEKEEPER_COMPILE_CACHE: 'off' } }).ms,
    bare: () => run({ args: ['-e', '0'], env: plain }).ms,
  });
  sayTimes('node -e 0', times.bare);
  sayTimes('promtool query instant, four times', times.promtool);
  sayTimes('check, warm cache', times.warm);
  sayTimes('check, cache off', times.withoutCache);
  sayResult('live', {
    warmToPromtool: ratios(times.warm, times.promtool),
    withoutCacheToPromtool: ratios(times.withoutCache, times.promtool),
    targets: { warmToPromtool: '<= 1.3' },
  });
} finally {
  await prometheus.stop();
  rmSync(folder, { recursive: true, force: true });
}
