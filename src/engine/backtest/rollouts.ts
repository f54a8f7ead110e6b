import type { Gate } from '../../contracts/gate.js';
import type { TakeMeasurement } from '../../contracts/take.js';
import { ok, type Result } from '../../model/failure.js';
import type { Deploy } from '../../model/rollouts.js';
import type { EpochMs } from '../../model/time.js';
import { collect } from '../collect.js';
import type { RunPolicy } from '../policy.js';
import { type GateVerdict, judgeGate } from '../report.js';
import { cuttableOf, cuttingTake } from './cutting-take.js';

/** Gates as a check `--since` a release, `--at` an instant, reads them. */
export type GatesAt = (since: EpochMs, at: EpochMs) => Promise<Result<readonly Gate[]>>;

/** One look at a gate in a rollout. */
export interface LookInRollout {
  readonly at: EpochMs;
  readonly gate: Gate;
  readonly judged: GateVerdict;
}

/** Looks by gate id, the last of which decided, or had a full window. */
export interface WalkedRollout {
  readonly deploy: Deploy;
  readonly looks: ReadonlyMap<string, readonly LookInRollout[]>;
}

/** How rollouts are looked at. */
export interface RolloutFacts {
  readonly everyMs: number;
  readonly gatesAt: GatesAt;
  readonly take: TakeMeasurement;
  readonly concurrency: number;
  readonly policy: RunPolicy;
}

/** When the windows of all gates are full, for a release that began then. */
export async function fullAt(gatesAt: GatesAt, since: EpochMs): Promise<Result<EpochMs>> {
  const gates = await gatesAt(since, since);
  return gates.ok ? ok(Math.max(...gates.value.map((gate) => gate.fullAt))) : gates;
}

/**
 * Looks at a rollout as it went on: each gate at every multiple of the cadence after its begin, until it passes or
 * fails, or its window is full.
 */
export async function walkRollout(
  deploy: Deploy,
  { everyMs, gatesAt, take, concurrency, policy }: RolloutFacts,
): Promise<Result<WalkedRollout>> {
  const end = await fullAt(gatesAt, deploy.since);
  if (!end.ok) return end;
  const whole = await gatesAt(deploy.since, end.value);
  if (!whole.ok) return whole;
  const cutting = cuttingTake(take, cuttableOf(whole.value));
  const looks = new Map<string, LookInRollout[]>(whole.value.map(({ id }) => [id, []]));
  for (let at = deploy.since + everyMs; ; at += everyMs) {
    const loaded = await gatesAt(deploy.since, at);
    if (!loaded.ok) return loaded;
    const open = loaded.value.filter(({ id }) => !isOver(looks.get(id)));
    if (open.length === 0) return ok({ deploy, looks });
    // What traffic a file does not list is a remark on the one run.
    const gates = open.map((gate): Gate => ({ ...gate, unlisted: [] }));
    const measurements = await collect(gates, cutting, concurrency);
    for (const gate of gates)
      looks.get(gate.id)?.push({ at, gate, judged: judgeGate(gate, measurements, policy) });
  }
}

function isOver(looks: readonly LookInRollout[] = []): boolean {
  const last = looks.at(-1);
  return last !== undefined && (isDecision(last.judged) || last.gate.isWindowFull);
}

/** Whether a look ends a rollout: who loops over checks goes on after any other. */
export function isDecision({ verdict }: Pick<GateVerdict, 'verdict'>): boolean {
  return verdict === 'pass' || verdict === 'warn' || verdict === 'fail';
}
