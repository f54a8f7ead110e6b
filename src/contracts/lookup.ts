/** A registry seen from outside: the names it has, and a lazy door to each. */
export interface Lookup<T> {
  readonly ids: readonly string[];
  load(id: string): Promise<T> | undefined;
}

/** Makes a lookup of a table of lazy imports. */
export function lookupOf<T>(table: Readonly<Record<string, () => Promise<T>>>): Lookup<T> {
  return {
    ids: Object.keys(table),
    load: (id) => (Object.hasOwn(table, id) ? table[id]?.() : undefined),
  };
}
