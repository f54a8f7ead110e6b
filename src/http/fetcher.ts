import {
  type ClientRequest,
  Agent as HttpAgent,
  type IncomingMessage,
  request as requestHttp,
} from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Clock } from '../contracts/clock.js';
import type { Fetched, Fetcher, FetchRequest } from '../contracts/fetcher.js';
import { BackendError } from '../model/failure.js';
import type { PageFailureKind } from '../model/page.js';
import { readBytes } from './body.js';
import { bareHost, guardedLookup, REFUSED, refusedPlace, refusedUrl } from './guard.js';
import { Pace } from './pace.js';
import { LONGEST_WAIT_MS, retryAfterMs } from './retry.js';
import { type Trouble, TroubleError, troubleOf } from './trouble.js';
import { Watch } from './watch.js';

/** HTML packs to a tenth; what unpacks to more than this was made to. */
const MOST_RATIO = 200;
const TRIES = 3;
const BASE_WAIT_MS = 500;
/** Statuses by which a server asks to be left alone for a while. */
const LEFT_ALONE: ReadonlySet<number> = new Set([429, 503]);

type Answered = Extract<Fetched, { state: 'answered' }>;

/** The door to probed web servers. No proxy is used: behind one, nobody here would see what address is connected to. */
export function createFetcher(clock: Clock, userAgent: string): Fetcher {
  const paces = new Map<string, Pace>();
  const watch = new Watch(clock);
  const agents = [false, true].map((isPrivateAllowed) => {
    const options = { keepAlive: true, lookup: guardedLookup(isPrivateAllowed) };
    return { 'http:': new HttpAgent(options), 'https:': new HttpsAgent(options) };
  });

  const paceOf = (url: URL): Pace => {
    // A host is one machine to its owners, whatever the port.
    const key = url.hostname;
    const known = paces.get(key) ?? new Pace(clock);
    paces.set(key, known);
    return known;
  };

  /** One try: the whole of it in time, with a status of any kind. */
  async function ask(url: URL, request: FetchRequest, signal: AbortSignal): Promise<Answered> {
    const startedAt = clock.monotonic();
    const sent = send(url, request);
    let isLate = false;
    // A server may drip headers or body for ever: neither socket nor parser would mind.
    const seen = watch.over(request.timeoutMs, signal, (late) => {
      isLate = late;
      sent.destroy();
    });
    try {
      const message = await new Promise<IncomingMessage>((resolve, reject) => {
        let isAnswered = false;
        sent.on('response', (answer) => {
          isAnswered = true;
          resolve(answer);
        });
        sent.on('error', reject);
        // An answer that changes the protocol (101) is no response, and its end no error: nothing else would tell.
        sent.on('close', () => {
          if (!isAnswered)
            reject(new TroubleError({ kind: 'malformed', what: 'it ended without an answer' }));
        });
      });
      const ttfbMs = clock.monotonic() - startedAt;
      const bytes = await readBytes(message, {
        maxBytes: request.maxBytes,
        maxRatio: MOST_RATIO,
        remainingMs: () => request.timeoutMs - (clock.monotonic() - startedAt),
      });
      const { statusCode = 0, headersDistinct } = message;
      const headers = linesOf(headersDistinct);
      return { state: 'answered', status: statusCode, headers, body: bytes.whole(), ttfbMs };
    } catch (error) {
      if (isLate) throw new LateError();
      throw error;
    } finally {
      seen();
    }
  }

  function send(url: URL, { headers, isPrivateAllowed }: FetchRequest): ClientRequest {
    const isSecure = url.protocol === 'https:';
    const kinds = agents[isPrivateAllowed ? 1 : 0];
    // Taken apart here: node would read the address once more, which costs a tenth of a request.
    const { hostname, port, pathname, search } = url;
    const options = {
      host: bareHost(hostname),
      ...(port !== '' && { port }),
      path: pathname + search,
      headers: { host: url.host, ...headers },
      agent: kinds?.[isSecure ? 'https:' : 'http:'],
    };
    const request = isSecure ? requestHttps(options) : requestHttp(options);
    request.end();
    return request;
  }

  async function fetch(request: FetchRequest, signal: AbortSignal): Promise<Fetched> {
    // Userinfo and fragment are left behind: only host, path and query are sent.
    const url = URL.canParse(request.url) ? new URL(request.url) : undefined;
    const refused = url === undefined ? 'is no address' : refusedPlace(url, request);
    if (url === undefined || refused !== undefined)
      return { state: 'failed', kind: 'refused', text: refused ?? '' };
    const pace = paceOf(url);
    for (let made = 1; ; made += 1) {
      const end = await pace.turn(request.perSecond, request.connections, signal).catch((error: unknown) => {
        throw reasonOf(signal, error);
      });
      try {
        const answer = await ask(url, request, signal);
        const waitMs = askedToWait(answer, made, clock);
        if (waitMs === undefined) return answer;
        pace.pause(waitMs);
      } catch (error) {
        if (signal.aborted) throw reasonOf(signal, error);
        const failed = failureOf(error, request);
        const isWorthRetrying =
          failed.kind === 'network' || failed.kind === 'timeout' || failed.kind === 'dns';
        // Once: what fails twice is no matter of chance.
        if (!isWorthRetrying || made > 1) return { state: 'failed', ...failed };
        pace.pause(BASE_WAIT_MS);
      } finally {
        end();
      }
    }
  }

  return { userAgent, fetch, refusal: refusedUrl };
}

class LateError extends Error {}

/** How long a server wants to be left alone before it is asked again; undefined when the answer stands. */
function askedToWait({ status, headers }: Answered, made: number, clock: Clock): number | undefined {
  if (!LEFT_ALONE.has(status) || made >= TRIES) return undefined;
  const first = Object.fromEntries(Object.entries(headers).map(([name, lines]) => [name, lines[0] ?? '']));
  const asked = retryAfterMs(first, clock.now());
  if (asked === undefined) return status === 429 ? BASE_WAIT_MS * 2 ** made : undefined;
  return asked <= LONGEST_WAIT_MS ? asked : undefined;
}

function linesOf(headers: NodeJS.Dict<string[]>): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(Object.entries(headers).map(([name, lines]) => [name, lines ?? []]));
}

function failureOf(
  error: unknown,
  { maxBytes, timeoutMs }: FetchRequest,
): { kind: PageFailureKind; text: string } {
  if (error instanceof LateError)
    return { kind: 'timeout', text: `no whole answer in ${timeoutMs / 1000} s` };
  if (error instanceof Error && 'code' in error && error.code === REFUSED)
    return { kind: 'refused', text: error.message };
  return wordsOf(troubleOf(error), maxBytes);
}

function wordsOf(trouble: Trouble, maxBytes: number): { kind: PageFailureKind; text: string } {
  switch (trouble.kind) {
    case 'timeout':
      return { kind: 'timeout', text: 'no whole answer in time' };
    case 'malformed':
      return { kind: 'malformed', text: trouble.what };
    case 'too-large':
      return { kind: 'too-large', text: `larger than ${Math.round(maxBytes / 1024)} KiB, decompressed` };
    case 'dns':
    case 'tls':
      return { kind: trouble.kind, text: trouble.code };
    case 'network':
      return { kind: 'network', text: trouble.code };
    default:
      return { kind: 'malformed', text: trouble.kind };
  }
}

function reasonOf(signal: AbortSignal, error: unknown): unknown {
  if (!signal.aborted) return error;
  return signal.reason instanceof BackendError
    ? signal.reason
    : new BackendError({ code: 'backend.interrupted', message: 'the run was interrupted' });
}
