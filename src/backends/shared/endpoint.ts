import { resolve } from 'node:path';
import * as z from 'zod';
import type { HttpAuth, HttpRequest, HttpTls } from '../../contracts/http.js';
import { optional, secret, strict, stringOrSecret } from '../../contracts/schema.js';
import type { SecretValue } from '../../contracts/secrets.js';

const auth = strict({
  basic: optional(
    () => strict({ username: z.string().meta({ description: 'Name of the user.' }), password: secret }),
    { description: 'A name and a password.' },
  ),
  bearer: optional(() => secret),
})
  .refine(({ basic, bearer }) => (basic === undefined) !== (bearer === undefined), {
    error: 'either "basic" or "bearer" is expected, and not both',
  })
  .meta({ description: 'How requests prove who they are.' });

const tls = strict({
  ca: optional(() => z.string(), { description: 'PEM file with the authorities to trust.' }),
  cert: optional(() => z.string(), { description: 'PEM file with the client certificate.' }),
  key: optional(() => z.string(), { description: 'PEM file with the client key.' }),
  'server-name': optional(() => z.string(), { description: 'Name that the certificate must hold.' }),
  'insecure-skip-verify': optional(() => z.boolean(), { description: 'Takes any certificate.' }),
})
  .refine(({ cert, key }) => (cert === undefined) === (key === undefined), {
    error: '"cert" and "key" go together: give both, or neither',
  })
  .meta({ description: 'Certificates, and how they are checked.' });

/** Names to strings or secrets: headers and query parameters. */
export const namedStrings = z.record(z.string().min(1), stringOrSecret);

/**
 * What every backend that speaks HTTP takes in its block; spread it into `strict({ ...endpointShape, … })`.
 * Paths under `tls` are relative to the file that configures the backend: pass the block through `rootedIn`.
 */
export const endpointShape = {
  url: z
    .string()
    .refine(isHttpUrl, { error: 'an http:// or https:// URL is expected, such as http://127.0.0.1:9090' })
    .meta({ description: 'Base URL; a path in it is kept in front of every request path.' }),
  headers: optional(() => namedStrings, { description: 'Headers of every request.' }),
  params: optional(() => namedStrings, { description: 'Query parameters of every request.' }),
  auth: optional(() => auth),
  tls: optional(() => tls),
};

/** A checked block, or any block that holds one. */
export type Endpoint = z.output<z.ZodObject<typeof endpointShape>>;

/** The same block with the files under `tls` as absolute paths. */
export function rootedIn<C extends Endpoint>(folder: string, config: C): C {
  if (config.tls === undefined) return config;
  const { ca, cert, key } = config.tls;
  const files = Object.entries({ ca, cert, key }).flatMap(([name, path]) =>
    path === undefined ? [] : [[name, resolve(folder, path)]],
  );
  return { ...config, tls: { ...config.tls, ...Object.fromEntries(files) } };
}

/** What a request may add to its endpoint's share. */
export interface RequestMore {
  readonly headers?: Readonly<Record<string, string>>;
  /** Makes it a POST. */
  readonly body?: string;
  readonly method?: HttpRequest['method'];
  readonly acceptStatuses?: readonly number[];
  readonly maxBytes?: number;
}

export type Params = Readonly<Record<string, string>> | readonly (readonly [name: string, value: string])[];

/**
 * A request to `path` below the base URL: `http://h/prom/` and `/api/v1/query` make `http://h/prom/api/v1/query`.
 *
 * @param id     the backend's id, for messages
 * @param path   percent-encoded already; '' is the base URL itself
 * @param params plain text, encoded here; a name given here replaces the same name in the block or the base URL
 * @returns      holds secrets as plain text: for `Http.send` alone, never for a message
 */
export function requestTo(
  config: Endpoint,
  id: string,
  path: string,
  params: Params = [],
  more: RequestMore = {},
): HttpRequest {
  const request = {
    backend: id,
    method: more.method ?? (more.body === undefined ? 'GET' : 'POST'),
    url: urlOf(config, path, params),
    headers: mergeHeaders({ accept: 'application/json' }, plain(config.headers), more.headers ?? {}),
    ...(more.body === undefined ? {} : { body: more.body }),
    ...(more.acceptStatuses === undefined ? {} : { acceptStatuses: more.acceptStatuses }),
    ...(more.maxBytes === undefined ? {} : { maxBytes: more.maxBytes }),
  } as const;
  return {
    ...request,
    ...(config.auth === undefined ? {} : { auth: authOf(config.auth) }),
    ...(config.tls === undefined ? {} : { tls: tlsOf(config.tls) }),
  };
}

/** Where an endpoint points, for reports: no userinfo, no query. */
export function addressOf(config: Endpoint): string {
  const url = new URL(config.url);
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`;
}

/** Remarks that every report on this endpoint must carry. */
export function endpointNotes(config: Endpoint): readonly string[] {
  return config.tls?.['insecure-skip-verify'] === true
    ? ['certificates are not checked (insecure-skip-verify)']
    : [];
}

function isHttpUrl(text: string): boolean {
  return /^https?:\/\/[^/]/i.test(text) && URL.canParse(text);
}

function urlOf(config: Endpoint, path: string, params: Params): string {
  const url = new URL(config.url);
  url.hash = '';
  // The path's own query stays as it was written.
  const [below, query] = split(path, '?');
  if (below !== '') url.pathname = `${url.pathname.replace(/\/+$/, '')}/${below.replace(/^\/+/, '')}`;
  const all = new URLSearchParams(url.search);
  for (const pairs of [
    Object.entries(plain(config.params)),
    [...new URLSearchParams(query)],
    pairsOf(params),
  ]) {
    for (const [name] of pairs) all.delete(name);
    for (const [name, value] of pairs) all.append(name, value);
  }
  url.search = all.toString();
  return url.href;
}

function split(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function pairsOf(params: Params): readonly (readonly [string, string])[] {
  return Array.isArray(params) ? params : Object.entries(params);
}

/** Strings with the secrets in the clear. */
function plain(named: Readonly<Record<string, string | SecretValue>> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(named).map(([name, value]) => [name, typeof value === 'string' ? value : value.value]),
  );
}

/** Later ones win, whatever the case of their names. */
function mergeHeaders(
  ...parts: readonly Readonly<Record<string, string>>[]
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    parts.flatMap((part) => Object.entries(part).map(([name, value]) => [name.toLowerCase(), value])),
  );
}

function authOf(config: NonNullable<Endpoint['auth']>): HttpAuth {
  if (config.bearer !== undefined) return { kind: 'bearer', token: config.bearer };
  if (config.basic !== undefined) return { kind: 'basic', ...config.basic };
  throw new Error('auth without basic and bearer: the schema refuses it');
}

function tlsOf(config: NonNullable<Endpoint['tls']>): HttpTls {
  const { ca, cert, key, 'server-name': serverName, 'insecure-skip-verify': insecureSkipVerify } = config;
  return {
    ...(ca === undefined ? {} : { caFile: ca }),
    ...(cert === undefined ? {} : { certFile: cert }),
    ...(key === undefined ? {} : { keyFile: key }),
    ...(serverName === undefined ? {} : { serverName }),
    ...(insecureSkipVerify === undefined ? {} : { insecureSkipVerify }),
  };
}
