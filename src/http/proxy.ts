import { BackendError } from '../model/failure.js';

export type Env = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that a request goes through, as curl decides it: the lower-case variable wins, and loopback is proxied
 * like any other host unless NO_PROXY names it.
 *
 * axios would read the process' environment itself and exempts loopback names of its own choice; it is told
 * `proxy: false`.
 *
 * @throws BackendError where the variable holds no http or https URL; its value is never shown
 */
export function proxyFor(url: URL, env: Env): URL | undefined {
  const name = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const written = readVariable(env, name);
  if (written === '' || isExempt(url, readVariable(env, 'NO_PROXY'))) return undefined;
  const text = written.includes('://') ? written : `http://${written}`;
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  if (proxy === undefined || (proxy.protocol !== 'http:' && proxy.protocol !== 'https:')) {
    throw new BackendError({
      code: 'backend.unreachable',
      message: `the environment variable ${name} holds no http:// or https:// URL of a proxy`,
      mend: `set ${name} to a URL such as http://proxy.example:3128, or unset it`,
      attempts: 0,
    });
  }
  return proxy;
}

/** Whether NO_PROXY exempts a URL: `*`, hosts with everything below them (a leading dot changes nothing), `host:port`. */
export function isExempt(url: URL, noProxy: string): boolean {
  const host = bare(url.hostname);
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return noProxy.split(/[\s,]+/).some((entry) => {
    if (entry === '*') return true;
    // `host:8080` or `[::1]:8080`; more than one colon without brackets is an IPv6 address.
    const [, named = entry, wantedPort] = /^(\[.*\]|[^:]*):(\d+)$/.exec(entry) ?? [];
    const name = bare(named.replace(/^\*?\./, ''));
    if (name === '' || (wantedPort !== undefined && wantedPort !== port)) return false;
    return host === name || host.endsWith(`.${name}`);
  });
}

/** Lower case, without the brackets of IPv6 and without a closing dot. */
function bare(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}

function readVariable(env: Env, name: string): string {
  return (env[name.toLowerCase()] || env[name] || '').trim();
}
