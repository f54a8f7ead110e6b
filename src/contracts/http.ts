import type { Secret } from '../model/secret.js';

/** How a request proves who it is. */
export type HttpAuth =
  | { readonly kind: 'basic'; readonly username: string; readonly password: Secret }
  | { readonly kind: 'bearer'; readonly token: Secret };

/** TLS options; paths are absolute, files are read once per run by `http/tls.ts`. */
export interface HttpTls {
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly serverName?: string;
  /** Turns certificate checks off; the report carries a note. */
  readonly insecureSkipVerify?: boolean;
}

export interface HttpRequest {
  /** Backend id, for messages and the per-backend pool. */
  readonly backend: string;
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly auth?: HttpAuth;
  readonly tls?: HttpTls;
  /** Statuses outside 2xx that are returned instead of thrown, and never retried: [400, 422] for PromQL errors. */
  readonly acceptStatuses?: readonly number[];
  /** Cap on this decompressed body, where it is lower than that of the run. */
  readonly maxBytes?: number;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decompressed body as UTF-8 text. */
  readonly body: string;
  readonly attempts: number;
}

/**
 * The one door to the network.
 *
 * @throws BackendError with a masked failure: unreachable, dns, tls, timeout, auth (401, 403), not-found (404),
 *   rate-limited (429 after retries), server-error (5xx after retries), redirect, rejected (other 4xx),
 *   too-large, malformed (cut transfer), deadline, interrupted
 */
export interface Http {
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse>;
}

/** Settings of one run. */
export interface HttpSettings {
  /** Per attempt, from connect to the last byte. */
  readonly attemptTimeoutMs: number;
  /** Tries after the first. */
  readonly retries: number;
  /** Cap on the decompressed body. */
  readonly maxBytes: number;
  readonly userAgent: string;
  /** Proxy variables: HTTP_PROXY, HTTPS_PROXY, NO_PROXY and lower case. */
  readonly env: Readonly<Record<string, string | undefined>>;
}
