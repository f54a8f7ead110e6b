/** A real Prometheus with an hour of a small shop in it, and the gate of four criteria about it. */
import { join } from 'node:path';
import { type Prometheus, startPrometheus } from '../../test/support/prometheus.js';
import { createStore } from '../../test/support/store/model.js';
import { historyOf } from '../../test/support/store/openmetrics.js';
import { ROOT } from './measure.js';

export const FOUR_GATE = join(ROOT, 'bench/data/four.gate.yaml');

const HOUR_MS = 3_600_000;

export interface Shop {
  readonly prometheus: Prometheus;
  /** An instant with an hour of data before it. */
  readonly at: number;
}

export async function startShop(): Promise<Shop> {
  // A round hour some hours ago: what is backfilled must not overlap the server's own head.
  const at = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 4 * HOUR_MS;
  const store = createStore({ seed: 4, start: at - HOUR_MS });
  const prometheus = await startPrometheus({
    openMetrics: historyOf(store, { from: at - HOUR_MS, to: at + 15_000 }),
  });
  return { prometheus, at };
}
