import type { Lookup } from '../../contracts/lookup.js';

/** Every plug-in of a registry, in its order. */
export async function loadAll<T>(lookup: Lookup<T>): Promise<readonly T[]> {
  const loaded = await Promise.all(lookup.ids.map(async (id) => await lookup.load(id)));
  return loaded.filter((each): each is Awaited<T> => each !== undefined);
}
