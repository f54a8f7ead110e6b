import { resolve } from 'node:path';
import * as z from 'zod';
import type { KnownCrawlers } from '../../contracts/backend.js';
import { strict } from '../../contracts/schema.js';
import { DOMAINS } from './domains.js';

/** The crawler whose addresses are shipped. */
const LISTED = 'googlebot';

const path = z.string().min(1);
const domain = z
  .string()
  .regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/, 'a domain such as crawl.example.com, in lower case');
const crawler = z.union([
  path,
  strict({
    list: path.optional().meta({ description: 'A JSON file with its published addresses.' }),
    domains: z
      .array(domain)
      .min(1, 'name at least one domain')
      .optional()
      .meta({ description: 'Domains that the names of its addresses end in, for "verify: dns".' }),
  }).refine(({ list, domains }) => list !== undefined || domains !== undefined, {
    error: 'nothing says how it is verified\nadd "list: FILE", or "domains: [crawl.example.com]"',
  }),
]);

const server = z.union([z.ipv4(), z.ipv6()]);

/** Crawlers by name: a list of addresses, or a list and domains. */
export const crawlersBlock = z
  .record(z.string().regex(/^[a-z0-9][a-z0-9._-]*$/, 'a name as in user agents, in lower case'), crawler)
  .meta({
    description:
      'JSON files with the published addresses of crawlers, by name; newer than what is shipped. Or { list, domains }.',
  });

/** How crawlers are known and verified. */
export interface Crawlers {
  /** Absolute paths of lists, by crawler. */
  readonly crawlers: Readonly<Record<string, string>>;
  /** Domains by crawler; undefined where DNS is not asked. */
  readonly domains: Readonly<Record<string, readonly string[]>> | undefined;
  /** That user agents are searched for. */
  readonly names: readonly string[];
  readonly known: KnownCrawlers;
}

export function crawlersOf(block: z.output<typeof crawlersBlock>, isByDns: boolean, home: string): Crawlers {
  const written = Object.entries(block).map(
    ([name, each]) => [name, typeof each === 'string' ? { list: each, domains: undefined } : each] as const,
  );
  const lists = written.flatMap(([name, { list }]) =>
    list === undefined ? [] : [[name, resolve(home, list)] as const],
  );
  const own = written.flatMap(([name, { domains }]) =>
    domains === undefined ? [] : [[name, domains] as const],
  );
  const domains = isByDns ? { ...DOMAINS, ...Object.fromEntries(own) } : undefined;
  const verified = new Set([LISTED, ...lists.map(([name]) => name), ...Object.keys(domains ?? {})]);
  const all = [...Object.keys(DOMAINS), ...own.map(([name]) => name)];
  return {
    crawlers: Object.fromEntries(lists),
    domains,
    known: { verified: [...verified], byDns: [...new Set(all)].filter((name) => !verified.has(name)) },
    names: [...new Set([LISTED, ...Object.keys(block), ...Object.keys(domains ?? {})])],
  };
}

/** True for `192.0.2.53`, `192.0.2.53:5353`, `2001:db8::53` and `[2001:db8::53]:53`. */
export function isServer(text: string): boolean {
  const [, bracketed, plain, port = '0'] = /^(?:\[([^\]]+)\]|([\d.]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  return server.safeParse(bracketed ?? plain ?? text).success && Number(port) < 65_536;
}
