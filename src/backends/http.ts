import type * as z from 'zod';
import { type BackendContext, defineBackend, type Health } from '../contracts/backend.js';
import { strict } from '../contracts/schema.js';
import { SecretStore, SecretValue } from '../contracts/secrets.js';
import { failed, ok } from '../model/failure.js';
import { formatDuration, parseHttpDate } from '../model/time.js';
import { jsonOf } from './http/answer.js';
import { bindRequest, type HttpQuery, httpQuery } from './http/request.js';
import { maskOf as maskOfEndpoint } from './prometheus/mask.js';
import { addressOf, endpointNotes, endpointShape, requestTo, rootedIn } from './shared/endpoint.js';
import { pick } from './shared/json-path.js';
import { seriesOf, shapeTrouble } from './shared/points.js';
import { parseQuery } from './shared/query.js';

const config = strict({ ...endpointShape }).meta({ description: 'An endpoint that answers JSON.' });
type Config = z.output<typeof config>;

/**
 * Any endpoint that answers JSON.
 *
 * `json` leads from the answer to a number, or to rows whose fields `time`, `value` and `labels` name. Paths are
 * dotted names, `[0]`, `[-1]` for the last, and `["a.b"]` for names with dots; pairs are read with
 * `time: "[0]"` and `value: "[1]"`. For `steps` the last point of a stratum counts, for `counts` their sum. A query
 * that answers one number without a time serves instants, and windows of one step.
 */
export const http = defineBackend({
  type: 'http',
  about: 'Any HTTP endpoint that answers JSON: one number, or rows with times',
  config,
  query: httpQuery,
  open: (block, site) => {
    const endpoint = rootedIn(site.folder, block);
    return {
      address: addressOf(endpoint),
      prepare: (request) => {
        const query = parseQuery(httpQuery, request.source);
        if (!query.ok) return query;
        const trouble = shapeTrouble(query.value, request.use, request.window);
        if (trouble !== undefined) return failed(trouble);
        const bound = bindRequest(query.value, request);
        if (!bound.ok) return bound;
        const { path, params, more, text } = bound.value;
        const { use, window } = request;
        const { json } = query.value;
        const source = { backend: site.id, mask: maskOf(block, query.value) };
        return ok({
          backend: site.id,
          key: JSON.stringify([site.id, text, use, window.from, window.to, window.stepMs]),
          text,
          use,
          window,
          notes: endpointNotes(endpoint),
          ifEmpty: `look at what is answered${json === undefined ? '' : `, and whether it has ${JSON.stringify(json.text)}`}: gatekeeper plan shows the request`,
          fetch: async (context) => {
            const door = await context.http();
            const answer = await door.send(requestTo(endpoint, site.id, path, params, more), context.signal);
            const found = jsonOf(answer, source);
            const isAbsent = json !== undefined && pick(found, json) === undefined;
            return {
              series: seriesOf(found, query.value, use, window, source),
              ...(isAbsent && {
                notes: [`no ${JSON.stringify(json.text)} in the answer of backend "${site.id}"`],
              }),
            };
          },
        });
      },
      probe: (context) => probe(endpoint, site.id, context),
    };
  },
});

/** The base URL need not be an address that answers; that something answers there is what is asked. */
const ANSWERS_AT_ALL = [400, 404, 405, 406, 415, 422];
/** Less may be the way of the answer. */
const SKEW_SHOWN_MS = 60_000;

async function probe(endpoint: Config, id: string, context: BackendContext): Promise<Health> {
  const door = await context.http();
  const request = requestTo(endpoint, id, '', [], { acceptStatuses: ANSWERS_AT_ALL });
  const { status, headers } = await door.send(request, context.signal);
  const theirs = parseHttpDate(headers['date'] ?? '');
  const skewMs = theirs === undefined ? 0 : theirs - context.clock.now();
  const isSkewed = Math.abs(skewMs) > SKEW_SHOWN_MS;
  return {
    identity: headers['server'] ?? `HTTP ${status}`,
    newestAgeMs: null,
    notes: [
      ...(status < 300 ? [] : [`its base URL answers ${status}; queries may still find their paths`]),
      ...(isSkewed
        ? [`its clock is ${formatDuration(Math.abs(skewMs))} ${skewMs > 0 ? 'ahead of' : 'behind'} ours`]
        : []),
      ...endpointNotes(endpoint),
    ],
  };
}

/** Hides the secrets of the backend and of the query before a text is cut: half a secret would pass every later mask. */
function maskOf(block: Config, { headers, params, body }: HttpQuery): (text: string) => string {
  const secrets = new SecretStore();
  const register = (value: unknown): void => {
    if (value instanceof SecretValue) secrets.register(value);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(register);
  };
  [headers, params, body].forEach(register);
  const maskEndpoint = maskOfEndpoint(block);
  return (text) => secrets.mask(maskEndpoint(text));
}
