import type { BackendSite, PreparedQuery, QueryRequest } from '../../contracts/backend.js';

/** A question to web servers, known by its text. */
export function queryOf(
  site: BackendSite,
  { use, window }: QueryRequest,
  text: string,
): Omit<PreparedQuery, 'fetch'> {
  return { backend: site.id, key: JSON.stringify([site.id, text]), text, use, window, notes: [] };
}
