import type { Clock } from '../contracts/clock.js';

/** How late a limit may be seen. */
const TICK_MS = 50;

interface Watched {
  readonly until: number;
  readonly signal: AbortSignal;
  readonly end: (isLate: boolean) => void;
}

/**
 * Ends what takes too long, or whose run was stopped: one timer for all requests under way.
 *
 * A timer and a listener for each would take a tenth of the time that a fast server leaves for a page.
 */
export class Watch {
  readonly #clock: Clock;
  readonly #all = new Set<Watched>();
  #isTicking = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns a function that ends the watch */
  over(limitMs: number, signal: AbortSignal, end: (isLate: boolean) => void): () => void {
    const watched = { until: this.#clock.monotonic() + limitMs, signal, end };
    this.#all.add(watched);
    if (!this.#isTicking) void this.#tick();
    return () => {
      this.#all.delete(watched);
    };
  }

  async #tick(): Promise<void> {
    const { signal } = new AbortController();
    this.#isTicking = true;
    while (this.#all.size > 0) {
      await this.#clock.sleep(TICK_MS, signal);
      const now = this.#clock.monotonic();
      for (const each of this.#all) {
        const isLate = now >= each.until;
        if (isLate || each.signal.aborted) each.end(isLate);
      }
    }
    this.#isTicking = false;
  }
}
