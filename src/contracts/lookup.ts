/** A registry seen from outside: the names it has, and a lazy door to each. */
export interface Lookup<T> {
  readonly ids: readonly string[];
  load(id: string): Promise<T> | undefined;
}

/** Makes a lookup of a table of lazy imports, each made once: a gate of a thousand criteria asks a thousand times. */
export function lookupOf<T>(table: Readonly<Record<string, () => Promise<T>>>): Lookup<T> {
  const loading = new Map<string, Promise<T>>();
  return {
    ids: Object.keys(table),
    load: (id) => {
      const known = loading.get(id);
      if (known !== undefined || !Object.hasOwn(table, id)) return known;
      const started = table[id]?.();
      if (started !== undefined) loading.set(id, started);
      return started;
    },
  };
}
