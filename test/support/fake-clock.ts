import type { Clock } from '../../src/contracts/clock.js';

export interface FakeClock extends Clock {
  /** Milliseconds of every sleep asked for, in order. */
  readonly sleeps: readonly number[];
}

/**
 * A clock whose sleeps end at once and move its time on; an aborted signal is rejected with its reason.
 *
 * `monotonic` runs with the real time, since the sockets of a test do.
 */
export function fakeClock(startMs = Date.UTC(2026, 10, 20, 14, 35), random = 1): FakeClock {
  const sleeps: number[] = [];
  let now = startMs;
  return {
    sleeps,
    now: () => now,
    monotonic: () => performance.now(),
    random: () => random,
    sleep: (ms, signal) => {
      if (signal.aborted) return Promise.reject(signal.reason);
      sleeps.push(ms);
      now += ms;
      return Promise.resolve();
    },
  };
}
