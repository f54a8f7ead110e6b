import type { Http, HttpRequest, HttpResponse, HttpSettings } from '../../src/contracts/http.js';
import { SecretStore } from '../../src/contracts/secrets.js';
import { createHttp } from '../../src/http/client.js';
import { BackendError, type Failure } from '../../src/model/failure.js';
import { type FakeClock, fakeClock } from './fake-clock.js';

export interface Client {
  readonly http: Http;
  readonly clock: FakeClock;
  readonly secrets: SecretStore;
  /** Sends a GET, or what is given, under the backend id `prom`. */
  readonly get: (url: string, more?: Partial<HttpRequest>, signal?: AbortSignal) => Promise<HttpResponse>;
  /** The error that a request ends with; fails when it succeeds. */
  readonly fail: (url: string, more?: Partial<HttpRequest>, signal?: AbortSignal) => Promise<BackendError>;
  readonly failure: (url: string, more?: Partial<HttpRequest>) => Promise<Failure>;
}

/** The real client with a fake clock, short limits and no proxy. */
export function testClient(settings: Partial<HttpSettings> = {}): Client {
  const clock = fakeClock();
  const secrets = new SecretStore();
  const http = createHttp(
    {
      attemptTimeoutMs: 5000,
      retries: 2,
      maxBytes: 8 * 1024 ** 2,
      userAgent: 'gatekeeper/test',
      env: {},
      ...settings,
    },
    clock,
    secrets.mask,
  );
  const get: Client['get'] = (url, more = {}, signal = new AbortController().signal) =>
    http.send({ backend: 'prom', method: 'GET', url, headers: {}, ...more }, signal);
  const fail: Client['fail'] = async (...request) => {
    const outcome = await get(...request).catch((error: unknown) => error);
    if (outcome instanceof BackendError) return outcome;
    throw new Error(`expected a BackendError, got ${outcome instanceof Error ? outcome.stack : 'an answer'}`);
  };
  return { http, clock, secrets, get, fail, failure: async (...request) => (await fail(...request)).failure };
}
