import { subscribe } from 'node:diagnostics_channel';
import { setMaxListeners } from 'node:events';
import { ClientRequest, type IncomingMessage } from 'node:http';
import axios, { AxiosHeaders, type InternalAxiosRequestConfig } from 'axios';
import type { Clock } from '../contracts/clock.js';
import type { Http, HttpRequest, HttpResponse, HttpSettings } from '../contracts/http.js';
import { BackendError } from '../model/failure.js';
import { createRoutes, type Route } from './agents.js';
import { readBeginning, readBody } from './body.js';
import { failureOf } from './failures.js';
import { firstHop, type Hop, isRedirect, nextHop } from './hop.js';
import { type Mask, maskFor } from './mask.js';
import { decideRetry, retryAfterMs } from './retry.js';
import { type Trouble, TroubleError, troubleOf } from './trouble.js';

// Called directly: merging defaults and running interceptors costs more than the request itself
// (1,000 requests on one connection: 134-177 ms through axios.get, 92-118 ms so, 55 ms with bare node:http).
const adapter = axios.getAdapter('http');

// An answer that changes the protocol (101) is no response, and its end no error: axios, which hears of nothing else, would
// wait for ever, and shows nobody its request.
subscribe('http.client.request.start', (started) => {
  const request = typeof started === 'object' && started !== null && Reflect.get(started, 'request');
  if (!(request instanceof ClientRequest)) return;
  request.once('upgrade', (_message, socket) => {
    socket.destroy();
    request.emit('error', new TroubleError({ kind: 'malformed', what: 'it changes the protocol (101)' }));
  });
});

/** Of an error page no more is read than this; the connection is given up past it. */
const ERROR_PAGE_BYTES = 64 * 1024;

/** What a failure needs to know of the try that ended in it. */
interface Trace {
  trail: string[];
  proxy: URL | undefined;
}

/**
 * The one door to the network: keep-alive, retries, redirects, proxies, caps and masks.
 *
 * A signal's reason is thrown as it is when it is a BackendError (`backend.deadline`, `backend.interrupted`);
 * any other reason counts as an interruption. The first cause wins.
 *
 * @param mask replaces the run's secrets; whatever leaves here went through it
 */
export function createHttp(settings: HttpSettings, clock: Clock, mask: Mask): Http {
  const routeTo = createRoutes(settings.env);

  async function tryOnce(
    first: Hop,
    request: HttpRequest,
    signal: AbortSignal,
    trace: Trace,
  ): Promise<Omit<HttpResponse, 'attempts'>> {
    const startedAt = clock.monotonic();
    const maxBytes = Math.min(request.maxBytes ?? settings.maxBytes, settings.maxBytes);
    const remainingMs = (): number => settings.attemptTimeoutMs - (clock.monotonic() - startedAt);
    let hop = first;
    for (;;) {
      trace.trail.push(hop.url.href);
      const route: Route = await routeTo(hop.url, hop.tls);
      trace.proxy = route.proxy;
      const timeoutMs = Math.max(1, Math.ceil(remainingMs()));
      const { status, headers, message } = await exchange(hop, route, timeoutMs, signal);
      if ((status >= 200 && status < 300) || request.acceptStatuses?.includes(status) === true) {
        return {
          status,
          headers,
          body: await readBody(message, { maxBytes, remainingMs }),
        };
      }
      const said = await readBeginning(message, { maxBytes: ERROR_PAGE_BYTES, remainingMs });
      if (!isRedirect(status))
        throw new TroubleError(statusTrouble(status, said, retryAfterMs(headers, clock.now())));
      hop = nextHop(hop, status, headers['location'], trace.trail);
    }
  }

  async function send(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    throwIfAborted(signal);
    // Every request in flight listens on the one signal of the run; node would take the eleventh for a leak.
    setMaxListeners(0, signal);
    const first = firstHop(request, settings.userAgent);
    let malformed = 0;
    for (let made = 1; ; made += 1) {
      const trace: Trace = { trail: [], proxy: undefined };
      try {
        return { ...(await tryOnce(first, request, signal, trace)), attempts: made };
      } catch (error) {
        throwIfAborted(signal);
        if (error instanceof BackendError) throw error;
        const trouble = troubleOf(error);
        if (trouble.kind === 'malformed') malformed += 1;
        const decision = decideRetry(trouble, { made, retries: settings.retries, malformed }, clock.random());
        if (decision.kind === 'stop') {
          const { attemptTimeoutMs } = settings;
          // No `cause`: an AxiosError holds headers and URL, and inspect() prints causes.
          throw new BackendError(
            failureOf(trouble, {
              request,
              ...trace,
              attempts: made,
              attemptTimeoutMs,
              mask: maskFor(request, mask),
            }),
          );
        }
        await sleep(decision.waitMs, signal);
      }
    }
  }

  async function sleep(ms: number, signal: AbortSignal): Promise<void> {
    try {
      await clock.sleep(ms, signal);
    } finally {
      throwIfAborted(signal);
    }
  }

  return { send };
}

function statusTrouble(status: number, said: string, waitMs: number | undefined): Trouble {
  return { kind: 'status', status, said, ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }) };
}

function throwIfAborted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  if (signal.reason instanceof BackendError) throw signal.reason;
  throw new BackendError({ code: 'backend.interrupted', message: 'the run was interrupted' });
}

/** What a server answered: the head, and the body still to be read. */
interface Head {
  readonly status: number;
  /** Lower-case names; several of one name are joined. */
  readonly headers: Readonly<Record<string, string>>;
  readonly message: IncomingMessage;
}

/**
 * Sends one request and waits for the head of its answer, whatever the status.
 *
 * @param timeoutMs until the head; whole milliseconds
 * @throws AxiosError, which holds the request's secrets: `troubleOf` reads it, nothing else may
 */
async function exchange(hop: Hop, route: Route, timeoutMs: number, signal: AbortSignal): Promise<Head> {
  const config: InternalAxiosRequestConfig = {
    url: hop.url.href,
    method: hop.method,
    headers: new AxiosHeaders(hop.headers),
    httpAgent: route.agent,
    httpsAgent: route.agent,
    proxy: false,
    maxRedirects: 0,
    responseType: 'stream',
    decompress: false,
    validateStatus: null,
    timeout: timeoutMs,
    signal,
    ...(hop.body === undefined ? {} : { data: hop.body }),
  };
  const { status, data } = await adapter(config);
  const message: IncomingMessage = data;
  return { status, headers: headersOf(message), message };
}

function headersOf(message: IncomingMessage): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}
