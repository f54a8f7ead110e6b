import * as z from 'zod';
import { defineBackend } from '../contracts/backend.js';
import { optional, strict } from '../contracts/schema.js';
import { askClickhouse, identityOf } from './clickhouse/ask.js';
import { escaping, withParameters } from './clickhouse/dialect.js';
import { maskOf } from './prometheus/mask.js';
import { addressOf, endpointNotes, endpointShape, rootedIn } from './shared/endpoint.js';
import { prepareSql } from './sql/prepare.js';
import { sqlQuery } from './sql/query.js';

const config = strict({
  ...endpointShape,
  database: optional(() => z.string().min(1), {
    description: 'Which database; that of the user without it.',
  }),
}).meta({ description: 'The HTTP interface of ClickHouse; user and password go under auth.basic.' });

/** ClickHouse over HTTP: one SELECT that can only read, with parameters where the server knows them. */
export const clickhouse = defineBackend({
  type: 'clickhouse',
  about: 'ClickHouse over HTTP: SQL that can only read',
  config,
  query: sqlQuery,
  open: (block, { id, folder }) => {
    const { database, ...rest } = block;
    const endpoint = rootedIn(folder, rest);
    const source = { backend: id, product: 'ClickHouse', mask: maskOf(endpoint) };
    const server = { endpoint, database, source };
    const notes = endpointNotes(endpoint);
    return {
      address: `${addressOf(endpoint)}${database === undefined ? '' : `/${database}`}`,
      prepare: (request) =>
        prepareSql(request, source, { dialect: withParameters, older: escaping }, notes, (...asked) =>
          askClickhouse(server, ...asked),
        ),
      probe: async (context) => ({ identity: await identityOf(server, context), newestAgeMs: null, notes }),
    };
  },
});
