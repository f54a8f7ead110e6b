import type { Client, Query } from 'pg';
import type { BackendContext } from '../../contracts/backend.js';
import { BackendError } from '../../model/failure.js';
import { RowCollector } from '../sql/answer.js';
import { plainStatement, type Statement } from '../sql/bind.js';
import { inTime } from '../sql/deadline.js';
import { loadDriver } from '../sql/driver.js';
import type { SqlSource } from '../sql/refusal.js';
import type { Table } from '../sql/rows.js';
import type { SqlServer } from '../sql/server.js';
import { tlsOfPg, tlsOptions } from '../sql/tls.js';
import { postgresFailure } from './failure.js';

/** Every value as the server prints it: wide numbers keep their digits, times their zone. */
const AS_TEXT = { getTypeParser: () => (text: string) => text };

/**
 * Asks one statement in a connection of its own, in a transaction that can only read and that runs in UTC.
 *
 * @throws BackendError
 */
export async function askPostgres(
  server: SqlServer,
  source: SqlSource,
  statement: Statement,
  context: BackendContext,
): Promise<Table> {
  const { backend } = source;
  const driver = await loadDriver(backend, 'postgres', 'pg', () => import('pg'));
  const tls = server.tls === undefined ? undefined : await tlsOptions(server.tls, backend);
  const client = new driver.Client({
    host: server.host,
    port: server.port,
    database: server.database,
    user: server.user,
    password: server.password?.value,
    ssl: tls === undefined ? false : tlsOfPg(tls),
    connectionTimeoutMillis: context.timeoutMs,
    application_name: 'gatekeeper',
    types: AS_TEXT,
  });
  // A socket that breaks between two questions would otherwise end the process.
  client.on('error', () => undefined);
  const cut = () => client.connection.stream.destroy();
  try {
    return await inTime(
      backend,
      context,
      async () => {
        await client.connect();
        const ms = Math.max(1, Math.ceil(context.timeoutMs));
        await client.query(
          `BEGIN TRANSACTION READ ONLY; SET LOCAL statement_timeout = ${ms}; SET LOCAL TIME ZONE 'UTC'; SET LOCAL datestyle = 'ISO'`,
        );
        return await rowsOf(client, driver.Query, statement, new RowCollector(backend, context.maxBytes));
      },
      cut,
    );
  } catch (error) {
    throw postgresFailure(error, source, statement);
  } finally {
    cut();
  }
}

function rowsOf(
  client: Client,
  PgQuery: typeof Query,
  { sql, parameters }: Statement,
  collector: RowCollector,
): Promise<Table> {
  // The extended protocol takes one statement only, with or without parameters.
  const config = { text: sql, values: [...parameters], rowMode: 'array', queryMode: 'extended' };
  const query = new PgQuery<(string | null)[]>(config);
  return new Promise((settled, rejected) => {
    query.on('row', (row) => {
      try {
        collector.add(row);
      } catch (error) {
        rejected(error instanceof BackendError ? error : new Error('a row could not be kept'));
        client.connection.stream.destroy();
      }
    });
    query.on('error', rejected);
    query.on('end', (result) => settled(collector.table(result.fields.map(({ name }) => name))));
    client.query(query);
  });
}

/** Product and version. @throws BackendError */
export async function identityOf(
  server: SqlServer,
  source: SqlSource,
  context: BackendContext,
): Promise<string> {
  const table = await askPostgres(server, source, plainStatement('SHOW server_version'), context);
  return `PostgreSQL ${String(table.rows[0]?.[0] ?? '')}`.trim();
}
