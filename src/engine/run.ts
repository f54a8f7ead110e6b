import type { Gate } from '../contracts/gate.js';
import type { TakeMeasurement } from '../contracts/take.js';
import { type CollectProgress, collect } from './collect.js';
import { type Outcome, type RunFacts, reportOn } from './report.js';

/** Asks, judges and folds: the whole of `check` between the gates and the report. */
export async function runGates(
  gates: readonly Gate[],
  take: TakeMeasurement,
  facts: RunFacts,
  concurrency: number,
  progress?: CollectProgress,
): Promise<Outcome> {
  return reportOn(gates, await collect(gates, take, concurrency, progress), facts);
}
