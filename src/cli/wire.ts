/**
 * The outer world: registries, clock, timers, package. The only file that imports them, so that everything else takes
 * them as parameters; the process itself is in process.ts, which `--version` needs without the rest.
 */
import { fileURLToPath } from 'node:url';
import { backends } from '../backends/registry.js';
import type { BackendContext } from '../contracts/backend.js';
import type { Clock } from '../contracts/clock.js';
import type { Fetcher } from '../contracts/fetcher.js';
import type { Http } from '../contracts/http.js';
import type { Lookup } from '../contracts/lookup.js';
import type { Reporter } from '../contracts/reporter.js';
import type { Plugins } from '../gatefile/context.js';
import { judges } from '../judges/registry.js';
import { BackendError } from '../model/failure.js';
import { formatDuration } from '../model/time.js';
import {
  loadBacktestSchema,
  loadResultSchema,
  loadRolloutsSchema,
  reporters,
} from '../reporters/registry.js';
import { signals } from '../signals/registry.js';
import type { Io, StopSignal } from './io.js';
import { VERSION } from './version.js';

/** Cap on one answer, decompressed. */
const USER_AGENT = `gatekeeper/${VERSION}`;
const DNS_TIMEOUT_MS = 2000;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

export const plugins: Plugins = { backends, signals, judges };
export const formats: Lookup<Reporter> = reporters;
export const resultSchema = loadResultSchema;
export const backtestSchema = loadBacktestSchema;
export const rolloutsSchema = loadRolloutsSchema;

/** The folder of the built-in catalogue. */
export const catalogFolder: string = fileURLToPath(new URL('../../gates/catalog', import.meta.url));

/** A timer of the system that is longer fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  random: () => Math.random(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      };
      const timer = setTimeout(
        () => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        },
        Math.min(ms, LONGEST_TIMER_MS),
      );
      signal.addEventListener('abort', onAbort, { once: true });
    }),
};

/** One signal for what may stop a run: SIGINT, SIGTERM, the deadline. The first cause wins. */
export interface Stopper {
  readonly signal: AbortSignal;
  readonly stopped: () => StopSignal | undefined;
  readonly release: () => void;
}

export function createStopper(io: Io, deadlineMs: number): Stopper {
  const controller = new AbortController();
  let stopped: StopSignal | undefined;
  const abort = (code: 'backend.interrupted' | 'backend.deadline', message: string, mend?: string): void => {
    controller.abort(new BackendError({ code, message, ...(mend !== undefined && { mend }) }));
  };
  const stopListening = io.onSignal((signal) => {
    stopped ??= signal;
    abort('backend.interrupted', `the run was stopped by ${signal}`);
  });
  const timer = setTimeout(() => {
    abort(
      'backend.deadline',
      `the whole run took longer than ${formatDuration(deadlineMs)}`,
      'give it more time with --timeout, or find out which backend is slow: gatekeeper doctor',
    );
  }, deadlineMs);
  return {
    signal: controller.signal,
    stopped: () => stopped,
    release: () => {
      clearTimeout(timer);
      stopListening();
    },
  };
}

/** Settings of the doors to the network. */
export interface NetworkFlags {
  readonly backendTimeoutMs: number;
  readonly retries: number;
}

/** What a backend may use of the world; the HTTP client is loaded by the first that asks for it. */
export function createBackendContext(
  flags: NetworkFlags,
  io: Io,
  signal: AbortSignal,
  mask: (text: string) => string,
): BackendContext {
  let http: Promise<Http> | undefined;
  let fetcher: Promise<Fetcher> | undefined;
  const open = async (): Promise<Http> => {
    const { createHttp } = await import('../http/client.js');
    return createHttp(
      {
        attemptTimeoutMs: flags.backendTimeoutMs,
        retries: flags.retries,
        maxBytes: MAX_ANSWER_BYTES,
        userAgent: USER_AGENT,
        env: io.env,
      },
      realClock,
      mask,
    );
  };
  return {
    http: () => {
      http ??= open();
      return http;
    },
    fetcher: () => {
      // One for all, or two probes would ask one host twice as often as either may.
      fetcher ??= openFetcher();
      return fetcher;
    },
    resolver: async (servers) => {
      const { createResolver } = await import('../http/resolver.js');
      return createResolver({ servers, timeoutMs: DNS_TIMEOUT_MS, tries: 2 });
    },
    clock: realClock,
    signal,
    timeoutMs: flags.backendTimeoutMs,
    maxBytes: MAX_ANSWER_BYTES,
    env: io.env,
  };
}

/** The door to web servers, for tests: they ask it what it refuses. */
export async function openFetcher(): Promise<Fetcher> {
  const { createFetcher } = await import('../http/fetcher.js');
  return createFetcher(realClock, USER_AGENT);
}

/** Calls back every `ms` until released; keeps no process alive. */
export function every(ms: number, run: () => void): () => void {
  const timer = setInterval(run, ms);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}
