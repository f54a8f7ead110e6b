/** The outer world and a request, for tests of backends. */
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  Backend,
  BackendContext,
  BackendType,
  PreparedQuery,
  QueryRequest,
  Variables,
} from '../../../src/contracts/backend.js';
import type { Clock } from '../../../src/contracts/clock.js';
import { BackendError } from '../../../src/model/failure.js';
import type { Window } from '../../../src/model/window.js';

export const TO = Date.parse('2026-11-20T14:05:00Z');
export const MINUTE = 60_000;
/** (14:00, 14:05], five strata. */
export const WINDOW: Window = { from: TO - 5 * MINUTE, to: TO, stepMs: MINUTE };

export const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    await sleep(ms, undefined, { signal }).catch(() => {
      throw signal.reason;
    });
  },
  random: () => 0,
};

export function contextOf(over: Partial<BackendContext> = {}): BackendContext {
  return {
    http: () => Promise.reject(new Error('this test needs no HTTP')),
    resolver: () => Promise.reject(new Error('this test asks no DNS')),
    fetcher: () => Promise.reject(new Error('this test probes no pages')),
    clock,
    signal: new AbortController().signal,
    timeoutMs: 5000,
    maxBytes: 1024 * 1024,
    env: process.env,
    ...over,
  };
}

export function variablesOf(named: Readonly<Record<string, string>>, isRaw = false): Variables {
  return new Map(Object.entries(named).map(([name, value]) => [name, { value, isRaw }]));
}

export function requestOf(source: unknown, over: Partial<QueryRequest> = {}): QueryRequest {
  return { source, use: 'instant', window: WINDOW, variables: new Map(), ...over };
}

export function open(type: BackendType, config: unknown, folder = '/'): Backend {
  const opened = type.open(config, { id: 'shop', folder });
  if (!opened.ok) throw new Error(opened.issues.map((issue) => issue.message).join('\n'));
  return opened.backend;
}

export function prepared(backend: Backend, request: QueryRequest): PreparedQuery {
  const result = backend.prepare(request);
  if (!result.ok) throw new Error(result.failures.map((failure) => failure.message).join('\n'));
  return result.value;
}

/** The failures of a preparation, as `code: message`. */
export function refusals(backend: Backend, request: QueryRequest): readonly string[] {
  const result = backend.prepare(request);
  return result.ok ? [] : result.failures.map((failure) => `${failure.code}: ${failure.message}`);
}

/** The BackendError of a promise; anything else fails the test. */
export async function errorOf(promise: Promise<unknown>): Promise<BackendError> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in outcome && outcome.error instanceof BackendError) return outcome.error;
  throw new Error(`a BackendError was expected, not ${JSON.stringify(outcome)}`);
}
