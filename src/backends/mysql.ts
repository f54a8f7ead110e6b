import { defineBackend } from '../contracts/backend.js';
import { formatInstant } from '../model/time.js';
import { askMysql, identityOf } from './mysql/session.js';
import type { Dialect } from './sql/dialect.js';
import { prepareSql } from './sql/prepare.js';
import { sqlQuery } from './sql/query.js';
import { serverBlock, serverOf } from './sql/server.js';

const dialect: Dialect = {
  product: 'MySQL',
  quoting: {
    hasBackslashes: true,
    hasEscapeTexts: false,
    hasDollarTexts: false,
    hasHashComments: true,
    hasNestedComments: false,
    needsBlankAfterDashes: true,
  },
  isNumbered: false,
  place: (value) =>
    value.kind === 'text'
      ? { sql: '?', parameter: value.text }
      : {
          sql: 'CAST(? AS DATETIME(3))',
          parameter: formatInstant(value.ms).replace('T', ' ').replace('Z', ''),
        },
  refuse: (kind, text) => {
    const isCode = kind === 'comment' && /^\/\*M?!/.test(text);
    // A read-only session writes files of the server with INTO OUTFILE.
    if (!isCode && (kind === 'comment' || !/(?<![@.\w$])INTO\b/i.test(text))) return undefined;
    return {
      code: 'gatefile.query',
      message: isCode ? 'the server runs what stands in "/*! ... */"' : 'a gate only reads, and INTO writes',
      mend: isCode
        ? 'write it as code, or as a comment: /* ... */'
        : 'leave INTO out; a name goes between backquotes',
    };
  },
};

/** MySQL and MariaDB: one SELECT, prepared at the server, in a read-only session that runs in UTC. */
export const mysql = defineBackend({
  type: 'mysql',
  about: 'MySQL and MariaDB: SQL in a read-only session',
  config: serverBlock.meta({ description: 'A MySQL or MariaDB server; it needs the package mysql2.' }),
  query: sqlQuery,
  open: (block, { id, folder }) => {
    const server = serverOf(block, 'mysql', 3306, folder);
    const source = { backend: id, product: dialect.product, mask: server.mask };
    return {
      address: server.address,
      prepare: (request) =>
        prepareSql(request, source, { dialect }, server.notes, (statement, context) =>
          askMysql(server, source, statement, context),
        ),
      probe: async (context) => ({
        identity: await identityOf(server, source, context),
        newestAgeMs: null,
        notes: server.notes,
      }),
    };
  },
});
