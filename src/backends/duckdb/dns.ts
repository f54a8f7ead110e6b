import ipaddr from 'ipaddr.js';
import type { BackendContext } from '../../contracts/backend.js';
import type { Resolver } from '../../contracts/resolver.js';
import { isWithin } from './domains.js';
import type { Verify } from './lists.js';

/** Addresses that one run asks about; whatever is beyond it stays unknown. */
export const MOST_ADDRESSES = 2000;
const AT_ONCE = 32;
/** Names of one address that are looked up: no crawler has more. */
const MOST_NAMES = 5;
/** Of the time that a query has: the statement must be asked again after it. */
const SHARE_OF_TIME = 0.5;

/** What came of one address: its crawler's own, somebody else's, or not known, and why. */
type Proof = { readonly isOwn: boolean } | { readonly isOwn: null; readonly why: string };

const NO_TIME: Proof = { isOwn: null, why: 'no time was left' };

interface Asked {
  readonly address: string;
  readonly domains: readonly string[];
}

/**
 * Proof by DNS that an address is a crawler's own: its name lies in a domain of the crawler, and that name has the address.
 *
 * A statement cannot wait: an address that is not proved yet is unknown to it, is noted, and after `settle` the statement is asked
 * again. Each address is asked about once in a run, so that no two statements are told different things.
 */
export class DnsProofs {
  readonly #domains: Readonly<Record<string, readonly string[]>>;
  readonly #proofs = new Map<string, Proof>();
  readonly #open = new Map<string, Asked>();
  #settling: Promise<void> = Promise.resolve();
  #lacking = 0;
  #unknown = 0;
  /** Of the unknown addresses the least, so that two runs say the same, and why it is unknown. */
  #leastUnknown: string | undefined;
  #isBeyond = false;

  constructor(domains: Readonly<Record<string, readonly string[]>>) {
    this.#domains = domains;
  }

  /** How often an answer was lacking so far: while it grows, a statement was told less than there is to know. */
  get lacking(): number {
    return this.#lacking;
  }

  /** True for a crawler whose domains are known. */
  knows(crawler: string): boolean {
    return Object.hasOwn(this.#domains, crawler);
  }

  /** @returns null where it is not known, or not yet */
  readonly verify: Verify = (crawler, address) => {
    const domains = Object.hasOwn(this.#domains, crawler) ? this.#domains[crawler] : undefined;
    if (domains === undefined || !ipaddr.isValid(address)) return null;
    const key = `${crawler} ${address}`;
    const proof = this.#proofs.get(key);
    if (proof !== undefined) return proof.isOwn;
    const isOpen = this.#open.has(key);
    // Whoever forges addresses could fill the memory with them.
    if (!isOpen && this.#proofs.size + this.#open.size >= MOST_ADDRESSES) {
      this.#isBeyond = true;
      return null;
    }
    this.#lacking += 1;
    if (!isOpen) this.#open.set(key, { address, domains });
    return null;
  };

  /** Asks about all that was lacking; what has no answer within the time stays unknown. */
  settle(context: BackendContext, servers: readonly string[]): Promise<void> {
    // One after the other: what another statement is waiting for need not be asked twice.
    this.#settling = this.#settling.catch(() => undefined).then(() => this.#settle(context, servers));
    return this.#settling;
  }

  async #settle(context: BackendContext, servers: readonly string[]): Promise<void> {
    const open = [...this.#open];
    if (open.length === 0) return;
    const resolver = await context.resolver(servers);
    const done = new AbortController();
    let isLate = false;
    const late = context.clock
      .sleep(context.timeoutMs * SHARE_OF_TIME, AbortSignal.any([context.signal, done.signal]))
      .catch(() => undefined)
      .then((): Proof => {
        isLate = true;
        return NO_TIME;
      });
    const queue = [...open];
    const work = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const [key, asked] = next;
        this.#know(key, isLate ? NO_TIME : await Promise.race([late, proofOf(asked, resolver)]));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    done.abort();
  }

  #know(key: string, proof: Proof): void {
    this.#open.delete(key);
    this.#proofs.set(key, proof);
    if (proof.isOwn !== null) return;
    const unknown = `${key.slice(key.indexOf(' ') + 1)} (${proof.why})`;
    this.#unknown += 1;
    if (this.#leastUnknown === undefined || unknown < this.#leastUnknown) this.#leastUnknown = unknown;
  }

  /** What a report says of addresses that nobody answered for; none is undefined. */
  unknown(): string | undefined {
    const beyond = `DNS was asked about ${MOST_ADDRESSES} addresses, and there are more`;
    if (this.#leastUnknown === undefined) return this.#isBeyond ? beyond : undefined;
    const rest = this.#unknown === 1 ? ' is' : ` and ${this.#unknown - 1} more are`;
    return `DNS did not tell whose ${this.#leastUnknown}${rest}${this.#isBeyond ? `; ${beyond}` : ''}`;
  }
}

async function proofOf({ address, domains }: Asked, resolver: Resolver): Promise<Proof> {
  const names = await resolver.names(address);
  if (names.state === 'failed') return { isOwn: null, why: names.why };
  if (names.state === 'none') return { isOwn: false };
  const own = names.values.filter((name) => isWithin(name, domains)).slice(0, MOST_NAMES);
  const wanted = ipaddr.process(address);
  let why: string | undefined;
  for (const name of own) {
    const found = await resolver.addresses(name, wanted.kind() === 'ipv4' ? 4 : 6);
    if (found.state === 'failed') why = found.why;
    const isBack =
      found.state === 'found' &&
      found.values.some(
        (each) => ipaddr.isValid(each) && ipaddr.process(each).toString() === wanted.toString(),
      );
    if (isBack) return { isOwn: true };
  }
  return why === undefined ? { isOwn: false } : { isOwn: null, why };
}
