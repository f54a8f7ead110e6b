import * as z from 'zod';
import type { QueryRequest, Variables } from '../../contracts/backend.js';
import { withBuiltIns, withSymbolicBuiltIns } from '../../contracts/placeholders.js';
import { optional, strict } from '../../contracts/schema.js';
import { failed, ok, type Result } from '../../model/failure.js';
import { formatInstant } from '../../model/time.js';
import { namedStrings, type RequestMore } from '../shared/endpoint.js';
import { pointsKeys, shapeAsWritten } from '../shared/points.js';
import { contentTypeOf, expandBody } from './body.js';
import {
  byName,
  expandHeaders,
  expandParams,
  expandPath,
  inTheClear,
  type Pairs,
  type Reveal,
} from './expand.js';

/** One question to an endpoint, and where its answer holds the numbers. */
export const httpQuery = strict({
  path: optional(() => z.string(), { description: 'Path below the url; {{variables}} are percent-encoded.' }),
  method: optional(() => z.enum(['GET', 'POST']), { description: 'GET, or POST where there is a body.' }),
  headers: optional(() => namedStrings, { description: 'Headers, besides those of the backend.' }),
  params: optional(() => namedStrings, { description: 'Query parameters, besides those of the backend.' }),
  body: optional(() => z.union([z.string(), z.record(z.string(), z.unknown())]), {
    description: 'A text, or a mapping that is sent as JSON.',
  }),
  ...pointsKeys,
})
  .refine(({ method, body }) => method !== 'GET' || body === undefined, {
    path: ['method'],
    error: 'a GET carries no body\nwrite "method: POST", or leave the method out',
  })
  .meta({ description: 'A request, and the place of the value or the rows in its JSON answer.' });
export type HttpQuery = z.output<typeof httpQuery>;

/** A query with its variables: what is sent, and the text it is known by. */
export interface BoundRequest {
  readonly path: string;
  readonly params: Pairs;
  readonly more: RequestMore;
  /** Such as `GET /stats?track=canary json=data.p95`: no host, no secrets, `{{from}}` and `{{to}}` as written. */
  readonly text: string;
}

/** Binds a query to the variables of a request; every trouble at once. */
export function bindRequest(query: HttpQuery, request: QueryRequest): Result<BoundRequest> {
  const { variables, window } = request;
  const sent = expand(query, withBuiltIns(variables, window, formatInstant), inTheClear);
  if (!sent.ok) return sent;
  const shown = expand(query, withSymbolicBuiltIns(variables, window), byName);
  if (!shown.ok) return shown;
  const { path, params, more } = sent.value;
  return ok({ path, params, more, text: textOf(shown.value, query) });
}

type Expanded = Omit<BoundRequest, 'text'> & { readonly headers: Pairs };

function expand(query: HttpQuery, variables: Variables, reveal: Reveal): Result<Expanded> {
  const path = expandPath(query.path ?? '', variables);
  const params = expandParams(query.params ?? {}, variables, reveal);
  const headers = expandHeaders(query.headers ?? {}, variables, reveal);
  const body = expandedBody(query, variables, reveal);
  if (!path.ok || !params.ok || !headers.ok || !body.ok) {
    return failed(...[path, params, headers, body].flatMap((part) => (part.ok ? [] : part.failures)));
  }
  const { text, type } = body.value;
  return ok({
    path: path.value,
    params: params.value,
    headers: headers.value,
    more: {
      method: query.method ?? (text === undefined ? 'GET' : 'POST'),
      headers: { ...(text === undefined ? {} : { 'content-type': type }), ...lowerCased(headers.value) },
      ...(text === undefined ? {} : { body: text }),
    },
  });
}

interface ExpandedBody {
  readonly text: string | undefined;
  readonly type: string;
}

function expandedBody(
  { body, headers }: HttpQuery,
  variables: Variables,
  reveal: Reveal,
): Result<ExpandedBody> {
  if (body === undefined) return ok({ text: undefined, type: '' });
  const type = writtenType(headers) ?? contentTypeOf(body);
  const text = expandBody(body, type, variables, reveal);
  return text.ok ? ok({ text: text.value, type }) : text;
}

function writtenType(headers: HttpQuery['headers']): string | undefined {
  const [, value] =
    Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'content-type') ?? [];
  return typeof value === 'string' ? value : undefined;
}

function lowerCased(pairs: Pairs): Readonly<Record<string, string>> {
  return Object.fromEntries(pairs.map(([name, value]) => [name.toLowerCase(), value]));
}

function textOf({ path, params, headers, more }: Expanded, query: HttpQuery): string {
  const written = params.map(([name, value]) => `${readable(name)}=${readable(value)}`);
  const separator = written.length === 0 ? '' : path.includes('?') ? '&' : '?';
  const shape = Object.entries(shapeAsWritten(query)).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return [
    `${more.method} /${path.replace(/^\/+/, '')}${separator}${written.join('&')}`,
    ...headers.map(([name, value]) => `${name.toLowerCase()}:${JSON.stringify(value)}`),
    ...(more.body === undefined ? [] : [`body=${more.body}`]),
    ...shape,
  ].join(' ');
}

/** Encoded where a reader would take it for something else, and no further. */
function readable(text: string): string {
  return text.replaceAll(/[%&#+\s]/g, (character) => encodeURIComponent(character));
}
