import type { EpochMs } from '../model/time.js';

/** Time and chance as parameters. */
export interface Clock {
  now(): EpochMs;
  /** Milliseconds that only grow, for durations. */
  monotonic(): number;
  /** Rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Uniform in 0..1, for jitter alone; never reaches a verdict. */
  random(): number;
}
