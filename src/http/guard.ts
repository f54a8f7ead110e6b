import { type LookupAddress, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { isListedHost } from '../contracts/fetcher.js';

/** What a run may ask of the web. */
export interface Reach {
  /** `shop.example.com` at ports 80 and 443, or `shop.example.com:8443`; lower case. */
  readonly hosts: readonly string[];
  readonly isPrivateAllowed: boolean;
}

/** Addresses of a company or of this machine; link-local ones, where clouds keep their credentials, are in no list. */
const PRIVATE: ReadonlySet<string> = new Set(['loopback', 'private', 'uniqueLocal', 'carrierGradeNat']);

/** Code of the error that a refused address ends a connection with. */
export const REFUSED = 'ERR_ADDRESS_REFUSED';

/**
 * Why an address may not be connected to.
 *
 * Anything but plain public addresses is refused, and so are those that wrap another one (NAT64, 6to4, Teredo): what
 * they lead to is decided by a router.
 *
 * @returns the class of the address in words, or undefined when it may be asked
 */
export function refusedAddress(address: string, isPrivateAllowed: boolean): string | undefined {
  if (!ipaddr.isValid(address)) return 'no address';
  // An IPv4 address in the clothes of IPv6 is what it is.
  const range = ipaddr.process(address).range();
  if (range === 'unicast' || (isPrivateAllowed && PRIVATE.has(range))) return undefined;
  return range.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
}

/** Why a URL may not be asked, told by its text alone; its name may still resolve to an address that may not. */
export function refusedUrl(text: string, reach: Reach): string | undefined {
  return URL.canParse(text) ? refusedPlace(new URL(text), reach) : 'is no address';
}

/** The same of an address that was taken apart. */
export function refusedPlace(url: URL, { hosts, isPrivateAllowed }: Reach): string | undefined {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return `is neither http nor https`;
  const literal = ipaddr.isValid(bareHost(url.hostname)) ? bareHost(url.hostname) : undefined;
  const refused = literal === undefined ? undefined : refusedAddress(literal, isPrivateAllowed);
  if (refused !== undefined) return `is a ${refused} address`;
  return isListedHost(url, hosts) ? undefined : 'is not on the list of hosts';
}

/** An IPv6 literal without its brackets. */
export function bareHost(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

/**
 * Looks a name up and hands on checked addresses alone, so that the address that was checked is the one connected to.
 *
 * One refused address refuses the name: a name that answers with both is an attempt.
 */
export function guardedLookup(isPrivateAllowed: boolean, resolve: typeof lookup = lookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, '', 0);
      const addresses: readonly LookupAddress[] = found;
      const [refused] = addresses.flatMap(({ address }) => refusedAddress(address, isPrivateAllowed) ?? []);
      const [first] = addresses;
      if (refused !== undefined || first === undefined) {
        const words = `its name leads to a ${refused ?? 'missing'} address`;
        return callback(Object.assign(new Error(words), { code: REFUSED }), '', 0);
      }
      if (options.all === true) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    });
  };
}
