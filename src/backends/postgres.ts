import { defineBackend } from '../contracts/backend.js';
import { formatInstant } from '../model/time.js';
import { askPostgres, identityOf } from './postgres/session.js';
import { type Dialect, POSTGRES_QUOTING } from './sql/dialect.js';
import { prepareSql } from './sql/prepare.js';
import { sqlQuery } from './sql/query.js';
import { serverBlock, serverOf } from './sql/server.js';

const dialect: Dialect = {
  product: 'PostgreSQL',
  quoting: POSTGRES_QUOTING,
  isNumbered: true,
  place: (value, index) =>
    value.kind === 'text'
      ? { sql: `$${index}`, parameter: value.text }
      : { sql: `$${index}::timestamptz`, parameter: formatInstant(value.ms) },
};

/** PostgreSQL and what speaks its protocol: one SELECT, in a read-only transaction that runs in UTC. */
export const postgres = defineBackend({
  type: 'postgres',
  about: 'PostgreSQL, and what speaks its protocol: SQL in a read-only transaction',
  config: serverBlock.meta({ description: 'A PostgreSQL server; it needs the package pg.' }),
  query: sqlQuery,
  open: (block, { id, folder }) => {
    const server = serverOf(block, 'postgres', 5432, folder);
    const source = { backend: id, product: dialect.product, mask: server.mask };
    return {
      address: server.address,
      prepare: (request) =>
        prepareSql(request, source, { dialect }, server.notes, (statement, context) =>
          askPostgres(server, source, statement, context),
        ),
      probe: async (context) => ({
        identity: await identityOf(server, source, context),
        newestAgeMs: null,
        notes: server.notes,
      }),
    };
  },
});
