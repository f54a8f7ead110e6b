import type { Clock } from '../contracts/clock.js';

/** Up to a third of the interval more, so that many runs do not fall into step. */
const JITTER = 1 / 3;
/** A timer is no finer than this. */
const SHORTEST_MS = 1;

/** Turns at one host: so many at once, so many a second, none while it asked to be left alone. */
export class Pace {
  readonly #clock: Clock;
  #next = 0;
  #open = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Waits for a turn, and gives back what ends it. Rejects with the signal's reason. */
  async turn(perSecond: number, connections: number, signal: AbortSignal): Promise<() => void> {
    while (this.#open >= connections) await new Promise<void>((free) => this.#waiting.push(free));
    this.#open += 1;
    const end = (): void => {
      this.#open -= 1;
      this.#waiting.shift()?.();
    };
    try {
      signal.throwIfAborted();
      const now = this.#clock.monotonic();
      const at = Math.max(now, this.#next);
      const interval = 1000 / perSecond;
      this.#next = at + interval * (1 + this.#clock.random() * JITTER);
      if (at - now >= SHORTEST_MS) await this.#clock.sleep(at - now, signal);
    } catch (error) {
      end();
      throw error;
    }
    return end;
  }

  /** Leaves the host alone for a while. */
  pause(ms: number): void {
    this.#next = Math.max(this.#next, this.#clock.monotonic() + ms);
  }
}
