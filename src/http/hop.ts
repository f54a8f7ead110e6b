import type { HttpRequest, HttpTls } from '../contracts/http.js';
import { BackendError } from '../model/failure.js';
import { decode, placeOf } from './mask.js';
import { TroubleError } from './trouble.js';

/** One exchange with one server: a request, or what a redirect made of it. */
export interface Hop {
  /** Without userinfo. */
  readonly url: URL;
  readonly method: HttpRequest['method'];
  /** With the credentials, where this server is to have them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly tls?: HttpTls;
}

const MOST_REDIRECTS = 5;
const FOLLOWED: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** All that another origin is told; which of the other headers are secret cannot be known here. */
const HARMLESS: ReadonlySet<string> = new Set(['accept', 'accept-encoding', 'user-agent']);
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;
// RFC 9110 5.5, and what node:http takes: no line breaks, no control characters, nothing above Latin-1.
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * The first exchange of a request, with credentials and user agent in its headers.
 *
 * @throws BackendError for a URL that is none, or a header that HTTP cannot carry; neither is shown
 */
export function firstHop(request: HttpRequest, userAgent: string): Hop {
  // Checked, since what `new URL` throws carries the text, password and all.
  if (!URL.canParse(request.url)) {
    throw refused(`the url of backend "${request.backend}" is none`, 'write it like http://host:9090/path');
  }
  const url = new URL(request.url);
  const headers: Record<string, string> = {
    'user-agent': userAgent,
    // Where nothing has to travel, packing costs more than it saves: a fifth of a run of 1,000 range queries.
    'accept-encoding': LOOPBACK.test(url.hostname) ? 'identity' : 'gzip, deflate, br',
  };
  for (const [name, value] of Object.entries(request.headers)) headers[name.toLowerCase()] = value;
  const credentials = credentialsOf(request, url);
  if (credentials !== undefined) headers['authorization'] = credentials;
  refuseBroken(headers, request.backend);
  url.username = '';
  url.password = '';
  url.hash = '';
  return {
    url,
    method: request.method,
    headers,
    ...(request.body === undefined ? {} : { body: request.body }),
    ...(request.tls === undefined ? {} : { tls: request.tls }),
  };
}

function credentialsOf({ auth }: HttpRequest, url: URL): string | undefined {
  if (auth?.kind === 'bearer') return `Bearer ${auth.token.value}`;
  if (auth?.kind === 'basic') return basic(auth.username, auth.password.value);
  if (url.username === '' && url.password === '') return undefined;
  return basic(decode(url.username), decode(url.password));
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function refuseBroken(headers: Readonly<Record<string, string>>, backend: string): void {
  for (const [name, value] of Object.entries(headers)) {
    if (HEADER_VALUE.test(value)) continue;
    throw refused(
      `the header "${name}" for backend "${backend}" holds a character that HTTP cannot carry`,
      'look for a line break or a typographic character in its value; a token file may end with one',
    );
  }
}

function refused(message: string, mend: string): BackendError {
  return new BackendError({ code: 'backend.rejected', message, mend, attempts: 0 });
}

/**
 * Where a 3xx answer leads.
 *
 * Another origin gets no credentials, no headers of the user's and no client certificate.
 *
 * @param trail the URLs asked so far in this try
 * @throws TroubleError for a loop, too many hops, a POST, a step down from https, or a target that is no web address
 */
export function nextHop(
  hop: Hop,
  status: number,
  location: string | undefined,
  trail: readonly string[],
): Hop {
  const target = targetOf(hop.url, location);
  if (!FOLLOWED.has(status) || target === undefined) {
    throw refusal(`answered ${status} without a usable Location`, 'check the url of the backend');
  }
  const place = placeOf(target);
  if (hop.method !== 'GET') {
    throw refusal(
      `answered ${status} to a POST and points to ${place}`,
      `use that address in the backend's url`,
    );
  }
  if (hop.url.protocol === 'https:' && target.protocol !== 'https:') {
    throw refusal(`points from https to plain ${place}`, "use an https address in the backend's url");
  }
  if (trail.includes(target.href))
    throw refusal(`redirects in a loop, back to ${place}`, 'check the url of the backend');
  if (trail.length > MOST_REDIRECTS) {
    throw refusal(
      `redirects more than ${MOST_REDIRECTS} times, last to ${place}`,
      'check the url of the backend',
    );
  }
  if (target.origin === hop.url.origin) return { ...hop, url: target };
  const headers = Object.entries(hop.headers).filter(([name]) => HARMLESS.has(name));
  const ca = hop.tls?.caFile;
  return {
    url: target,
    method: hop.method,
    headers: Object.fromEntries(headers),
    ...(ca === undefined ? {} : { tls: { caFile: ca } }),
  };
}

function targetOf(from: URL, location: string | undefined): URL | undefined {
  if (location === undefined || !URL.canParse(location, from.href)) return undefined;
  const target = new URL(location, from.href);
  if (target.protocol !== 'http:' && target.protocol !== 'https:') return undefined;
  target.username = '';
  target.password = '';
  target.hash = '';
  return target;
}

function refusal(what: string, mend: string): TroubleError {
  return new TroubleError({ kind: 'redirect', what, mend });
}

export function isRedirect(status: number): boolean {
  return FOLLOWED.has(status);
}
