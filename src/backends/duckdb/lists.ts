import { readFile } from 'node:fs/promises';
import ipaddr from 'ipaddr.js';
import * as z from 'zod';
import { optional } from '../../contracts/schema.js';
import { BackendError } from '../../model/failure.js';
import { parseInstant } from '../../model/time.js';
import { wordsOf } from '../sql/refusal.js';
import { DOMAINS } from './domains.js';
import { GOOGLEBOT } from './googlebot.js';

/** Where a crawler crawls from. */
export interface CrawlerList {
  /** Day on which its owner published the list; null where the list does not say. */
  readonly published: string | null;
  /** CIDR. */
  readonly prefixes: readonly string[];
}

/** Lists that are there without being named. */
const SHIPPED: ReadonlyMap<string, CrawlerList> = new Map([['googlebot', GOOGLEBOT]]);

/** The form in which Google, Bing and others publish their addresses. */
const published = z.looseObject({
  creationTime: optional(() => z.string()),
  prefixes: z
    .array(z.looseObject({ ipv4Prefix: optional(() => z.string()), ipv6Prefix: optional(() => z.string()) }))
    .min(1),
});

/**
 * What is shipped, and the lists in files, which replace it.
 *
 * @param files absolute paths by the name of the crawler
 * @throws BackendError `backend.file` or `backend.malformed`
 */
export async function loadLists(
  files: Readonly<Record<string, string>>,
  backend: string,
): Promise<ReadonlyMap<string, CrawlerList>> {
  const read = Object.entries(files).map(
    async ([name, path]) => [name, await listIn(path, backend)] as const,
  );
  return new Map([...SHIPPED, ...(await Promise.all(read))]);
}

async function listIn(path: string, backend: string): Promise<CrawlerList> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new BackendError({
      code: 'backend.file',
      message: `the list ${path} under "crawlers" of "${backend}" cannot be read (${wordsOf(error).code})`,
      mend: 'check the path: it is relative to the file that configures the backend',
    });
  });
  const parsed = published.safeParse(jsonOf(text));
  const found = parsed.success
    ? parsed.data.prefixes.map(({ ipv4Prefix, ipv6Prefix }) => ipv4Prefix ?? ipv6Prefix ?? '')
    : [];
  if (!parsed.success || !found.every((prefix) => ipaddr.isValidCIDR(prefix))) {
    throw new BackendError({
      code: 'backend.malformed',
      message: `${path} under "crawlers" of "${backend}" is no list of addresses as crawlers publish them`,
      mend: 'it should be {"creationTime": …, "prefixes": [{"ipv4Prefix": "192.0.2.0/27"}, …]}, with at least one prefix',
    });
  }
  return { published: parsed.data.creationTime ?? null, prefixes: found };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Tells whether an address is one of a crawler's own; null for a crawler without a list, and for what is no address. */
export type Verify = (crawler: string, address: string) => boolean | null;

/** Addresses whose answer is kept; of others it is found again. */
const MOST_KNOWN = 50_000;

export function verifierOf(lists: ReadonlyMap<string, CrawlerList>): Verify {
  const ranges = new Map(
    [...lists].map(([name, { prefixes }]) => [name, prefixes.map((prefix) => ipaddr.parseCIDR(prefix))]),
  );
  // A crawler comes back with few addresses, thousands of times.
  const known = new Map<string, boolean | null>();
  return (crawler, address) => {
    const key = `${crawler} ${address}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const own = ranges.get(crawler);
    const isIn = own === undefined || !ipaddr.isValid(address) ? null : isInside(address, own);
    // Forged addresses never end; the crawler's own are seen early and often.
    if (known.size < MOST_KNOWN) known.set(key, isIn);
    return isIn;
  };
}

function isInside(address: string, ranges: readonly ReturnType<typeof ipaddr.parseCIDR>[]): boolean {
  // An IPv4 address in the clothes of IPv6 is the IPv4 address.
  const parsed = ipaddr.process(address);
  return ranges.some(([network, bits]) => parsed.kind() === network.kind() && parsed.match(network, bits));
}

/**
 * What a report says of the lists behind it.
 *
 * @param texts of the statement: where one of them is a crawler, only the lists of those are spoken of
 */
export function listNotes(
  lists: ReadonlyMap<string, CrawlerList>,
  texts: ReadonlySet<string>,
): readonly string[] {
  const isNamed = [...lists.keys(), ...Object.keys(DOMAINS)].some((name) => texts.has(name));
  const asked = [...lists].filter(([name]) => !isNamed || texts.has(name));
  return asked.map(([name, { published: at }]) => {
    const day =
      at === null || parseInstant(at.replace(/(?<=\d)$/, 'Z')) === undefined ? null : at.slice(0, 10);
    return `crawler "${name}" was verified by ${day === null ? 'a list without a date' : `the addresses published on ${day}`}`;
  });
}
