import type { HttpRequest } from '../contracts/http.js';
import { SecretStore } from '../contracts/secrets.js';

export type Mask = (text: string) => string;

/** Names of secrets end so: `x-api-key`, `access_token`, `clientSecret`; `author` and `keyword` do not. */
const SENSITIVE =
  /(?:auth|authorization|cookie|credentials?|key|pass|passwd|password|pwd|secret|session|session_?id|sid|sig|signature|token|jwt)$/i;

/**
 * What a failure shows of a URL: scheme, host and path. No userinfo, and no query either, since a secret may sit
 * under any parameter's name; the query is in the report as the question's text.
 */
export function placeOf(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

/**
 * The run's mask, and on top of it every secret of this one request: a server may echo what it was sent.
 *
 * Covers URL userinfo, credentials, and parameters, headers and cookies that sound like secrets.
 */
export function maskFor(request: HttpRequest, mask: Mask): Mask {
  const store = new SecretStore();
  const add = (name: string, value: string): void => store.register({ name, value });
  const { auth } = request;
  if (auth?.kind === 'bearer') add(auth.token.name, auth.token.value);
  if (auth?.kind === 'basic') {
    add(auth.password.name, auth.password.value);
    add(auth.password.name, base64(`${auth.username}:${auth.password.value}`));
  }
  for (const [name, value] of Object.entries(request.headers)) {
    if (!SENSITIVE.test(name)) continue;
    add(name, value);
    add(name, value.slice(value.indexOf(' ') + 1));
    if (name.toLowerCase() === 'cookie') for (const part of value.split(/[;=\s]+/)) add(name, part);
  }
  if (URL.canParse(request.url)) {
    const url = new URL(request.url);
    const [user, password] = [decode(url.username), decode(url.password)];
    add('url', password);
    if (password !== '') add('url', base64(`${user}:${password}`));
    for (const [name, value] of url.searchParams) if (SENSITIVE.test(name)) add(name, value);
  }
  return (text) => store.mask(mask(text));
}

const LONGEST = 200;

/** The beginning of a server's text on one line: masked before it is cut, tags and control characters dropped. */
export function excerpt(text: string, mask: Mask): string {
  const line = mask(text)
    .replaceAll(/<(?:style|script|!--)[\s\S]*?(?:<\/(?:style|script)>|-->)/gi, ' ')
    .replaceAll(/<\/?[a-z!][^<>]*>/g, ' ')
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim();
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST)}…`;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** Userinfo as it was meant; a stray `%` stays as it is. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
