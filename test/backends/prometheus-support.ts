/** What the tests of the Prometheus backend share. */

import { loadGrammar } from '../../src/backends/prometheus/parse.js';
import { prometheus } from '../../src/backends/prometheus.js';
import type { Backend, BackendContext, PreparedQuery, QueryRequest } from '../../src/contracts/backend.js';
import type { Clock } from '../../src/contracts/clock.js';
import { createHttp } from '../../src/http/client.js';
import { BackendError, type Failure, type Result } from '../../src/model/failure.js';
import type { Answer } from '../../src/model/series.js';
import type { Window } from '../../src/model/window.js';

await loadGrammar();

export const MINUTE = 60_000;

/** A clock that is right, for real servers; nothing here sleeps. */
export const wallClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  random: () => 0,
  sleep: () => Promise.resolve(),
};

export function contextWith(clock: Clock = wallClock, maxBytes = 64 * 1024 ** 2): BackendContext {
  const settings = { attemptTimeoutMs: 10_000, retries: 0, maxBytes, userAgent: 'test', env: {} };
  const http = createHttp(settings, clock, (text) => text);
  return {
    http: () => Promise.resolve(http),
    resolver: () => Promise.reject(new Error('this test asks no DNS')),
    fetcher: () => Promise.reject(new Error('this test probes no pages')),
    clock,
    signal: new AbortController().signal,
    timeoutMs: 10_000,
    maxBytes,
    env: {},
  };
}

export function open(config: Record<string, unknown>): Backend {
  const opened = prometheus.open(config, { id: 'metrics', folder: '/' });
  if (!opened.ok) throw new Error(opened.issues.map(({ message }) => message).join('\n'));
  return opened.backend;
}

/** A request for ten steps of a minute, `to` being a round instant. */
export function requestOf(source: unknown, more: Partial<QueryRequest> = {}): QueryRequest {
  return { source, use: 'counts', window: windowTo(1_700_000_040_000), variables: new Map(), ...more };
}

export function windowTo(to: number, strata = 10, stepMs = MINUTE): Window {
  return { from: to - strata * stepMs, to, stepMs };
}

export function variables(values: Record<string, string>): QueryRequest['variables'] {
  return new Map(Object.entries(values).map(([name, value]) => [name, { value, isRaw: false }]));
}

export function prepared(backend: Backend, request: QueryRequest): PreparedQuery {
  return unwrap(backend.prepare(request));
}

export function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.failures, null, 1));
  return result.value;
}

export function failuresOf(result: Result<unknown>): readonly Failure[] {
  return result.ok ? [] : result.failures;
}

export function ask(backend: Backend, request: QueryRequest, context = contextWith()): Promise<Answer> {
  return prepared(backend, request).fetch(context);
}

export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof BackendError) return error.failure;
    throw error;
  }
  throw new Error('it did not fail');
}
