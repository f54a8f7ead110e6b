/** What a resolver answered: names or addresses; none, for certain; or nothing that could be told, and why. */
export type Resolved =
  | { readonly state: 'found'; readonly values: readonly string[] }
  | { readonly state: 'none' }
  | { readonly state: 'failed'; readonly why: string };

/** The door to DNS. It never throws: an answer that did not come is `failed`. */
export interface Resolver {
  /** Names of an address (PTR), lower case, without a dot at the end. */
  names(address: string): Promise<Resolved>;
  /** Addresses of a name: A records, or AAAA. */
  addresses(name: string, family: 4 | 6): Promise<Resolved>;
}

/** @param servers `192.0.2.53`, `192.0.2.53:5353`, `[2001:db8::53]:53`; empty for those of the system */
export type OpenResolver = (servers: readonly string[]) => Promise<Resolver>;
