import { resolve } from 'node:path';
import * as z from 'zod';
import { defineBackend } from '../contracts/backend.js';
import { optional, strict } from '../contracts/schema.js';
import { formatInstant } from '../model/time.js';
import { crawlersBlock, crawlersOf, isServer } from './duckdb/crawlers.js';
import { Database } from './duckdb/database.js';
import { pathRewriter } from './duckdb/paths.js';
import { tableBlock, tableOf } from './duckdb/tables.js';
import { type Dialect, POSTGRES_QUOTING } from './sql/dialect.js';
import { prepareSql } from './sql/prepare.js';
import { sqlQuery } from './sql/query.js';

const folder = z.string().min(1);

const config = strict({
  folder: optional(() => folder, {
    description: 'Where the files are, relative to this file; paths in statements start there, too.',
  }),
  allow: optional(() => z.array(folder), {
    description: 'More folders that may be read; nothing else is, links included.',
  }),
  tables: optional(
    () =>
      z.record(
        z.string().regex(/^[A-Za-z_]\w*$/, 'the name of a table is letters, digits and _'),
        tableBlock,
      ),
    { description: 'Files by the name that statements call them.' },
  ),
  crawlers: optional(() => crawlersBlock),
  verify: optional(() => z.enum(['lists', 'dns'], '"verify" is "lists" or "dns"'), {
    description:
      'How claims to be a crawler are verified: by lists of addresses alone, or, for addresses that no list has, by DNS as well.',
  }),
  'dns-servers': optional(
    () =>
      z
        .array(
          z.string().refine(isServer, 'an address such as 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:53'),
        )
        .min(1, 'name at least one server'),
    { description: 'Who is asked by DNS; the servers of the system without it.' },
  ),
})
  .refine((block) => block['dns-servers'] === undefined || block.verify === 'dns', {
    path: ['dns-servers'],
    error: 'no DNS is asked\nadd "verify: dns", or remove it',
  })
  .meta({ description: 'SQL over files, with no server; it needs the package @duckdb/node-api.' });

/** SQL over CSV, NDJSON, Parquet and access logs on disk, in a database that lives in memory and can only read. */
export const duckdb = defineBackend({
  type: 'duckdb',
  about: 'SQL over CSV, NDJSON, Parquet and access logs on disk, with no server',
  config,
  query: sqlQuery,
  open: (block, { id, folder: home }) => {
    const root = resolve(home, block.folder ?? '.');
    const source = { backend: id, product: 'DuckDB', mask: (text: string) => text };
    const { crawlers, domains, names, known } = crawlersOf(
      block.crawlers ?? {},
      block.verify === 'dns',
      home,
    );
    const database = new Database({
      source,
      folders: [root, ...(block.allow ?? []).map((path) => resolve(home, path))],
      tables: Object.entries(block.tables ?? {}).map(([name, table]) => tableOf(name, table, root, names)),
      crawlers,
      known,
      dns: domains === undefined ? undefined : { domains, servers: block['dns-servers'] ?? [] },
    });
    const dialect = dialectIn(root);
    return {
      address: block.folder ?? '.',
      crawlers: known,
      prepare: (request) =>
        prepareSql(request, source, { dialect }, [], (statement, context) =>
          database.ask(statement, context),
        ),
      probe: (context) => database.health(context),
    };
  },
});

function dialectIn(root: string): Dialect {
  return {
    product: 'DuckDB',
    quoting: POSTGRES_QUOTING,
    isNumbered: true,
    place: (value, index) =>
      value.kind === 'text'
        ? { sql: `$${index}`, parameter: value.text }
        : { sql: `CAST($${index} AS TIMESTAMPTZ)`, parameter: formatInstant(value.ms) },
    rewriteText: pathRewriter(root),
  };
}
