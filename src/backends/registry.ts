import type { BackendType } from '../contracts/backend.js';
import { lookupOf } from '../contracts/lookup.js';

/** Every backend type there is, loaded when a gate names it. */
export const backends = lookupOf<BackendType>({
  prometheus: async () => (await import('./prometheus.js')).prometheus,
  http: async () => (await import('./http.js')).http,
  exec: async () => (await import('./exec.js')).exec,
  file: async () => (await import('./file.js')).file,
  duckdb: async () => (await import('./duckdb.js')).duckdb,
  postgres: async () => (await import('./postgres.js')).postgres,
  mysql: async () => (await import('./mysql.js')).mysql,
  clickhouse: async () => (await import('./clickhouse.js')).clickhouse,
});
