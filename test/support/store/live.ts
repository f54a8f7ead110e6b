/**
 * One arm of many shops, live in a process of its own: `node tools/run.mjs test/support/store/live.ts JSON`. Each shop has a
 * port of its own; the first line on standard output holds their addresses. It serves until it is killed.
 */
import { startExporter } from './exporter.js';
import type { FaultName } from './faults.js';
import { createStore } from './model.js';

export interface LiveShop {
  readonly name: string;
  readonly seed: number;
  /** What is wrong with its canary from the start. */
  readonly fault: FaultName | null;
}

export interface LiveArm {
  readonly track: 'stable' | 'canary';
  readonly shops: readonly LiveShop[];
}

/** host:port by the name of the shop. */
export type LiveAddresses = Readonly<Record<string, string>>;

/** A minute of the shop in a second. */
const SPEED = 60;
/** 600 checkouts a minute at the evening peak, a third of them on the canary. */
const TRAFFIC = { trafficPerMinute: 600, canaryShare: 1 / 3 };
const PEAK = Date.parse('2026-03-02T19:30:00Z');

async function serve({ track, shops }: LiveArm): Promise<LiveAddresses> {
  const addresses: Record<string, string> = {};
  for (const { name, seed, fault } of shops) {
    const store = createStore({
      ...TRAFFIC,
      seed,
      start: PEAK,
      tracks: { stable: 1, canary: 1 },
      faults: fault === null ? [] : [{ name: fault }],
    });
    const own = store.instances.filter((instance) => instance.track === track);
    const { scrape } = await startExporter({ ...store, instances: own }, { speed: SPEED });
    const address = scrape[0]?.targets[0];
    if (address !== undefined) addresses[name] = address;
  }
  return addresses;
}

process.stdout.write(`${JSON.stringify(await serve(JSON.parse(process.argv[2] ?? '')))}\n`);
