import { siteOf } from './addresses.js';

/** Results in the order of the list; of each host, as many at a time as connections. */
export async function eachOfHost<Row extends { readonly url: string }, Result>(
  rows: readonly Row[],
  connections: number,
  ask: (row: Row) => Promise<Result>,
): Promise<readonly Result[]> {
  const results = new Map<string, Result>();
  const byHost = new Map<string, Row[]>();
  for (const row of rows) {
    const site = siteOf(row.url);
    const known = byHost.get(site) ?? [];
    known.push(row);
    byHost.set(site, known);
  }
  await Promise.all(
    [...byHost.values()].flatMap((queue) => {
      let next = 0;
      const work = async (): Promise<void> => {
        for (let row = queue[next++]; row !== undefined; row = queue[next++])
          results.set(row.url, await ask(row));
      };
      return Array.from({ length: Math.min(connections, queue.length) }, work);
    }),
  );
  return rows.flatMap(({ url }) => results.get(url) ?? []);
}
