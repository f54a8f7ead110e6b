import type { PageFailureKind } from '../model/page.js';

/** One question to a web server, answered as it is: no redirect is followed. */
export interface FetchRequest {
  /** http or https, without userinfo. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** All that may be asked: `shop.example.com` at ports 80 and 443, or `shop.example.com:8443`. */
  readonly hosts: readonly string[];
  /** True: loopback and private networks may be asked, too. */
  readonly isPrivateAllowed: boolean;
  /** Of one host, over all that ask it. */
  readonly perSecond: number;
  readonly connections: number;
  /** From connect to the last byte. */
  readonly timeoutMs: number;
  /** Cap on the decompressed body. */
  readonly maxBytes: number;
}

export type Fetched =
  | {
      readonly state: 'answered';
      readonly status: number;
      /** Lower-case names; one entry per line. */
      readonly headers: Readonly<Record<string, readonly string[]>>;
      /** Decompressed. */
      readonly body: Uint8Array;
      /** From the start of the request to the head of its answer; undefined where nobody measured it, as in a test. */
      readonly ttfbMs: number | undefined;
    }
  | { readonly state: 'failed'; readonly kind: PageFailureKind; readonly text: string };

/**
 * The door to web servers that are probed as a crawler does: hosts from a list, addresses checked when a connection is
 * opened, each host paced.
 */
export interface Fetcher {
  /** Name and version of this tool, as servers are told. */
  readonly userAgent: string;
  /** @throws BackendError when the run was stopped, and for nothing else */
  fetch(request: FetchRequest, signal: AbortSignal): Promise<Fetched>;
  /** Why an address may not be asked, before anything is sent; undefined when it may. */
  refusal(url: string, rules: Pick<FetchRequest, 'hosts' | 'isPrivateAllowed'>): string | undefined;
  /** A page after its scripts ran, where that is known without a browser; then none is started. */
  rendered?(url: string): string | undefined;
}

/** True for a host of the list; an entry without a port means ports 80 of http and 443 of https. */
export function isListedHost(url: URL, hosts: readonly string[]): boolean {
  const port = url.port !== '' ? url.port : url.protocol === 'https:' ? '443' : '80';
  // `url.host` has no port where it is the protocol's own, as an entry without one.
  return hosts.includes(url.host) || hosts.includes(`${url.hostname}:${port}`);
}
