import { isListedHost } from '../../contracts/fetcher.js';

/** An address as browsers write it, without its fragment; undefined for what is none. */
export function normalUrl(text: string, base?: string): string | undefined {
  try {
    // Not asked before whether it can be read: that would read it twice.
    const { href } = new URL(text, base);
    const end = href.indexOf('#');
    return end === -1 ? href : href.slice(0, end);
  } catch {
    return undefined;
  }
}

/** What stands before the path of a normal address: reading all of it costs as much as a tenth of reading a page. */
export function siteOf(url: string): string {
  return url.slice(0, url.indexOf('/', 'https://'.length));
}

/** Lower case. An address stands for its host at its port, so that one variable can be both host and base. */
export function hostOf(written: string): string {
  if (!/^https?:\/\//i.test(written) || !URL.canParse(written)) return written.toLowerCase();
  const { protocol, hostname, port } = new URL(written);
  return `${hostname}:${port !== '' ? port : protocol === 'https:' ? '443' : '80'}`;
}

export function isAbsolute(text: string): boolean {
  return /^https?:\/\//i.test(text.trim());
}

/** What an address of a list is read under. */
export interface AddressRules {
  readonly base: string | undefined;
  readonly hosts: readonly string[];
}

/** An address of a list made absolute, or what is wrong with it. */
export type ListedAddress =
  | { readonly state: 'read'; readonly url: string }
  | { readonly state: 'refused'; readonly message: string; readonly mend: string };

/** Reads an address as a list holds it: on a host of the list, absolute or with a base to start from. */
export function listedAddress(listed: string, { base, hosts }: AddressRules): ListedAddress {
  const refused = (message: string, mend: string): ListedAddress => ({ state: 'refused', message, mend });
  if (listed.trim() === '')
    return refused('an empty text is no address', 'write the address of the page, or / for the first of all');
  if (base === undefined && !isAbsolute(listed))
    return refused(`"${listed}" names no host`, 'write it with http:// or https://, or give "base"');
  const url = normalUrl(listed, base);
  if (url === undefined)
    return refused(`"${listed}" is no address`, 'write it like https://shop.example.com/path');
  if (!isListedHost(new URL(url), hosts))
    return refused(
      `"${listed}" is on a host that is not listed`,
      `add "${new URL(url).host}" under "hosts", or take it off the list`,
    );
  return { state: 'read', url };
}
