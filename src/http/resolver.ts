import { Resolver as Client } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';
import type { Resolved, Resolver } from '../contracts/resolver.js';

/** Settings of one resolver. */
export interface ResolverSettings {
  /** Empty for those of the system. */
  readonly servers: readonly string[];
  /** Of one try. */
  readonly timeoutMs: number;
  readonly tries: number;
}

/** By these a server says for certain that there is no such record. */
const NONE: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA']);

/** Asks DNS servers themselves: files of the machine have no say in who owns an address. */
export function createResolver({ servers, timeoutMs, tries }: ResolverSettings): Resolver {
  const client = new Client({ timeout: timeoutMs, tries });
  if (servers.length > 0) client.setServers([...servers]);
  return {
    names: async (address) => {
      const found = await answer(client.resolvePtr(reverseName(address)));
      return found.state === 'found'
        ? { ...found, values: found.values.map((name) => name.toLowerCase().replace(/\.$/, '')) }
        : found;
    },
    addresses: (name, family) => answer(family === 4 ? client.resolve4(name) : client.resolve6(name)),
  };
}

async function answer(asked: Promise<readonly string[]>): Promise<Resolved> {
  try {
    const values = await asked;
    return values.length === 0 ? { state: 'none' } : { state: 'found', values };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return NONE.has(code) ? { state: 'none' } : { state: 'failed', why: code };
  }
}

/** `66.249.66.1` is asked for as `1.66.249.66.in-addr.arpa`. */
function reverseName(address: string): string {
  const parsed = ipaddr.process(address);
  const bytes = parsed.toByteArray().reverse();
  if (parsed.kind() === 'ipv4') return `${bytes.join('.')}.in-addr.arpa`;
  const digits = bytes.flatMap((byte) => [byte & 15, byte >> 4]);
  return `${digits.map((digit) => digit.toString(16)).join('.')}.ip6.arpa`;
}
