/** A small repository of gates in a folder of its own, for commands that read files. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';

const made: string[] = [];
afterEach(async () => {
  for (const folder of made.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** @returns the folder, which is removed after the test */
export async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gatekeeper-shop-'));
  made.push(folder);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

export const CONFIG = `backends:
  metrics:
    type: prometheus
    url: "\${METRICS_URL:-http://127.0.0.1:9090}"
    auth: { bearer: { env: METRICS_KEY } }
window: { settle: 2m }
`;

/** One of each: a ratio with segments, a comparison, a histogram, a value; waived, advisory, raw, secret, required. */
export const SHOP = `gate: shop
about: Canary of the shop
component: storefront
owners:
  decide: [captain]
  stop: [oncall]
  escalate: [{ to: "#shop" }, { to: director, after: 15m }]
runbook: https://runbooks.example/shop
vars:
  route: /checkout
  extra: { default: 'tier="gold"', raw: true }
arms:
  canary: { track: canary }
  baseline: { track: stable, shift: 7d }
window: { for: 10m, step: 1m }
signals:
  done:
    about: Share of checkouts that complete
    ratio:
      good: { counter: 'done_total{ok="1",track="{{track}}",path="{{path}}",route="{{route}}"}' }
      total: { counter: 'done_total{track="{{track}}",path="{{path}}",route="{{route}}"}' }
    segments: { path: [critical, edge] }
  latency:
    histogram: 'sum by (le) (increase(seconds_bucket{track="{{track}}",{{extra}}}[{{step}}]))'
    unit: s
criteria:
  done:
    pass: ">= 97%"
    warn: ">= 95%"
    critical: true
    segments: { edge: { min-samples: 50, pass: ">= 90%", warn: ">= 85%" } }
  latency-p95: { signal: latency, take: p95, pass: "<= baseline + 10%", evidence: point }
  queue: { value: sum(queue), unit: jobs, pass: "<= 5 jobs", advisory: true, on: { no-data: fail } }
`;

export const AT = '2026-11-20T14:36:10Z';
