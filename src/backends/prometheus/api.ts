import type { BackendContext } from '../../contracts/backend.js';
import type { HttpResponse } from '../../contracts/http.js';
import { BackendError, type Failure } from '../../model/failure.js';
import { type EpochMs, formatDuration, parseHttpDate } from '../../model/time.js';
import type { Window } from '../../model/window.js';
import { type Endpoint, requestTo } from '../shared/endpoint.js';
import { caretAt, offsetNamedBy } from './caret.js';
import { type Decoded, decodeData, type Envelope, envelopeOf } from './decode.js';

/** One server, and the outer world of one fetch. */
export interface Server {
  readonly id: string;
  readonly endpoint: Endpoint;
  readonly context: BackendContext;
  /** Hides the endpoint's secrets in what the server says. */
  readonly mask: (text: string) => string;
}

/** A decoded answer with what the server says is missing from it. */
export interface Reply extends Decoded {
  readonly warnings: readonly string[];
}

/** Longer queries are sent in a body: servers and proxies cap a URL at 4 to 8 kB, and encoding may double the text. */
const LONGEST_IN_URL = 2000;
/** Server and client may differ by this much before windows are wrong. */
const SKEW_MS = 60_000;
/** Error texts of Thanos and Mimir that name the class `execution` although part of the system was away. */
const AWAY =
  /rpc error: code = (Unavailable|DeadlineExceeded|Canceled|Aborted)|context (deadline exceeded|canceled)/;
/** Error types that blame the server; VictoriaMetrics' are its HTTP statuses. All others blame the query. */
const SERVER_SIDE = /^(timeout|canceled|unavailable|internal|429|5\d\d)$/;

/**
 * The value of a query at one instant.
 *
 * @param maxBytes cap on the answer, where it is lower than that of the run
 * @throws BackendError
 */
export function askInstant(server: Server, query: string, at: EpochMs, maxBytes?: number): Promise<Reply> {
  return ask(server, '/api/v1/query', query, { time: seconds(at) }, maxBytes);
}

/** Its value at the end of each step of the window. @throws BackendError */
export async function askSteps(
  server: Server,
  query: string,
  window: Window,
  maxBytes?: number,
): Promise<Reply> {
  const times = {
    start: seconds(window.from + window.stepMs),
    end: seconds(window.to),
    step: seconds(window.stepMs),
  };
  const reply = await ask(server, '/api/v1/query_range', query, times, maxBytes);
  const isOnGrid = (time: EpochMs): boolean =>
    time > window.from && time <= window.to && (time - window.from) % window.stepMs === 0;
  // VictoriaMetrics moves a window that is not a multiple of its step.
  if (reply.series.every(({ times }) => times.every(isOnGrid))) return reply;
  throw new BackendError({
    code: 'backend.answer-shape',
    message: `"${server.id}" answered for other instants than the ends of the steps`,
    mend: `give a window that starts at a multiple of its step (${formatDuration(window.stepMs)})`,
  });
}

/** Unix seconds, with up to three decimals. */
export function seconds(ms: number): string {
  return String(ms / 1000);
}

async function ask(
  server: Server,
  path: string,
  query: string,
  times: Readonly<Record<string, string>>,
  maxBytes: number | undefined,
): Promise<Reply> {
  const { id, endpoint, context } = server;
  const form = { query, ...times };
  const more = { acceptStatuses: [400, 422], ...(maxBytes !== undefined && { maxBytes }) };
  const request =
    query.length <= LONGEST_IN_URL
      ? requestTo(endpoint, id, path, form, more)
      : requestTo(endpoint, id, path, [], {
          body: new URLSearchParams(form).toString(),
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          ...more,
        });
  const http = await context.http();
  const response = await http.send(request, context.signal);
  const envelope = envelopeOf(response.body);
  if (envelope === undefined) throw notTheApi(server, response);
  if (envelope.status === 'error') throw refusal(server, query, envelope);
  const decoded = decodeData(envelope.data, id);
  return { ...decoded, warnings: [...warningsOf(envelope).map(server.mask), ...skewOf(response, context)] };
}

/** @returns the failure that an answer which is not the API's makes */
export function notTheApi({ id, mask }: Server, { status, body }: HttpResponse): BackendError {
  const start = mask(body.slice(0, 4096)).trim().slice(0, 80);
  return new BackendError({
    code: 'backend.malformed',
    message: `what "${id}" answered (HTTP ${status}) is no complete answer of the Prometheus API`,
    mend: 'check "url": it is the part before /api/v1, such as https://host/prometheus',
    detail: [start === '' ? 'the answer is empty' : `it begins: ${JSON.stringify(start)}`],
  });
}

function refusal(
  { id, mask }: Server,
  query: string,
  { errorType = '', error: said = '' }: Envelope,
): BackendError {
  const error = mask(said);
  if (SERVER_SIDE.test(errorType) || AWAY.test(error)) {
    return new BackendError({
      code: 'backend.server-error',
      message: `"${id}" could not answer (${errorType}): ${error}`,
      mend: 'see the state of the server; the query itself was not refused',
    });
  }
  const offset = offsetNamedBy(error, query);
  const failure: Failure = {
    code: 'backend.query',
    message: `the server "${id}" rejected the query`,
    mend: 'mend the query; what the server says stands below it',
    detail: [...(offset === undefined ? query.split('\n') : caretAt(query, offset)), ...error.split('\n')],
  };
  return new BackendError(failure);
}

function warningsOf({ warnings = [], isPartial }: Envelope): readonly string[] {
  // Prometheus 2.48 to 2.52 sends remarks on style, later `infos`, among its warnings.
  const told = warnings.filter((warning) => !warning.startsWith('PromQL info:'));
  return isPartial === true
    ? [...told, 'partial: some of the storage behind the server did not answer']
    : told;
}

/**
 * A server whose clock is another shifts every window, and nothing else in its answer would show it.
 *
 * @returns at most one warning, which begins with `clock:`
 */
function skewOf({ headers }: HttpResponse, { clock }: BackendContext): readonly string[] {
  // A cache keeps the date of the first answer.
  const there = headers['age'] === undefined ? parseHttpDate(headers['date'] ?? '') : undefined;
  if (there === undefined) return [];
  const skewMs = Math.round((there - clock.now()) / 1000) * 1000;
  if (Math.abs(skewMs) <= SKEW_MS) return [];
  const size = formatDuration(Math.abs(skewMs));
  return [`clock: the server's clock is ${size} ${skewMs > 0 ? 'ahead of' : 'behind'} this machine's`];
}
