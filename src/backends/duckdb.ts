import { resolve } from 'node:path';
import * as z from 'zod';
import { defineBackend } from '../contracts/backend.js';
import { optional, strict } from '../contracts/schema.js';
import { formatInstant } from '../model/time.js';
import { Database } from './duckdb/database.js';
import { pathRewriter } from './duckdb/paths.js';
import { tableBlock, tableOf } from './duckdb/tables.js';
import type { Dialect } from './sql/dialect.js';
import { prepareSql } from './sql/prepare.js';
import { sqlQuery } from './sql/query.js';

const folder = z.string().min(1);
/** The crawler whose addresses are shipped. */
const LISTED = 'googlebot';

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
  crawlers: optional(
    () =>
      z.record(z.string().regex(/^[a-z0-9][a-z0-9._-]*$/, 'a name as in user agents, in lower case'), folder),
    {
      description:
        'JSON files with the published addresses of crawlers, by name; newer than what is shipped.',
    },
  ),
}).meta({ description: 'SQL over files, with no server; it needs the package @duckdb/node-api.' });

/** SQL over CSV, NDJSON, Parquet and access logs on disk, in a database that lives in memory and can only read. */
export const duckdb = defineBackend({
  type: 'duckdb',
  about: 'SQL over CSV, NDJSON, Parquet and access logs on disk, with no server',
  config,
  query: sqlQuery,
  open: (block, { id, folder: home }) => {
    const root = resolve(home, block.folder ?? '.');
    const source = { backend: id, product: 'DuckDB', mask: (text: string) => text };
    const lists = Object.entries(block.crawlers ?? {}).map(([name, path]) => [name, resolve(home, path)]);
    const crawlers: Readonly<Record<string, string>> = Object.fromEntries(lists);
    const names = [...new Set([LISTED, ...Object.keys(crawlers)])];
    const database = new Database({
      source,
      folders: [root, ...(block.allow ?? []).map((path) => resolve(home, path))],
      tables: Object.entries(block.tables ?? {}).map(([name, table]) => tableOf(name, table, root, names)),
      crawlers,
    });
    const dialect = dialectIn(root);
    return {
      address: block.folder ?? '.',
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
    quoting: {
      hasBackslashes: false,
      hasEscapeTexts: true,
      hasDollarTexts: true,
      hasHashComments: false,
      hasNestedComments: true,
      needsBlankAfterDashes: false,
    },
    isNumbered: true,
    place: (value, index) =>
      value.kind === 'text'
        ? { sql: `$${index}`, parameter: value.text }
        : { sql: `CAST($${index} AS TIMESTAMPTZ)`, parameter: formatInstant(value.ms) },
    rewriteText: pathRewriter(root),
  };
}
