import type { Connection } from 'mysql2';
import type { BackendContext } from '../../contracts/backend.js';
import { BackendError } from '../../model/failure.js';
import { RowCollector } from '../sql/answer.js';
import { plainStatement, type Statement } from '../sql/bind.js';
import { inTime } from '../sql/deadline.js';
import { loadDriver } from '../sql/driver.js';
import type { SqlSource } from '../sql/refusal.js';
import type { Cell, Table } from '../sql/rows.js';
import type { SqlServer } from '../sql/server.js';
import { type TlsOptions, tlsOfMysql2, tlsOptions } from '../sql/tls.js';
import { mysqlFailure } from './failure.js';

/**
 * Asks one statement in a connection of its own, in a session that can only read and that runs in UTC.
 *
 * @throws BackendError
 */
export async function askMysql(
  server: SqlServer,
  source: SqlSource,
  statement: Statement,
  context: BackendContext,
): Promise<Table> {
  const { backend } = source;
  const driver = await loadDriver(backend, 'mysql', 'mysql2', () => import('mysql2'));
  const tls = server.tls === undefined ? undefined : await tlsOptions(server.tls, backend);
  let connection: Connection | undefined;
  try {
    return await inTime(
      backend,
      context,
      async () => {
        const opened = driver.createConnection(optionsOf(server, tls, context.timeoutMs));
        connection = opened;
        // What happens to the connection is told to it alone, and not to the question that waits for an answer.
        const broken = new Promise<never>((_, rejected) => {
          opened.on('error', rejected);
        });
        const answer = makeSafe(opened, context.timeoutMs).then(() =>
          rowsOf(opened, statement, new RowCollector(backend, context.maxBytes)),
        );
        return await Promise.race([broken, answer]);
      },
      () => connection?.destroy(),
    );
  } catch (error) {
    throw mysqlFailure(error, source, statement);
  } finally {
    connection?.destroy();
  }
}

function optionsOf(server: SqlServer, tls: TlsOptions | undefined, timeoutMs: number) {
  return {
    ...placeOf(server, tls),
    database: server.database,
    user: server.user,
    ...(server.password === undefined ? {} : { password: server.password.value }),
    connectTimeout: timeoutMs,
    // Wide numbers keep their digits, and times are read here, not in the zone of this machine.
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    jsonStrings: true,
    rowsAsArray: true,
  };
}

function placeOf({ host, port }: SqlServer, tls: TlsOptions | undefined) {
  // A socket has no name to be checked.
  if (host.startsWith('/')) return { socketPath: host, ...(tls === undefined ? {} : { ssl: { ...tls } }) };
  return tls === undefined ? { host, port } : tlsOfMysql2(tls, host, port);
}

/** MySQL counts the time limit in milliseconds, MariaDB in seconds and under another name. */
async function makeSafe(connection: Connection, timeoutMs: number): Promise<void> {
  const version = await collect(connection.query('SELECT VERSION()'), (rows) => String(rows[0]?.[0] ?? ''));
  const limit = /mariadb/i.test(version)
    ? `max_statement_time = ${Math.max(0.001, timeoutMs / 1000)}`
    : `max_execution_time = ${Math.max(1, Math.ceil(timeoutMs))}`;
  await collect(connection.query('SET SESSION TRANSACTION READ ONLY'), () => undefined);
  await collect(connection.query(`SET SESSION time_zone = '+00:00', ${limit}`), () => undefined);
}

type Command = ReturnType<Connection['query']>;

function collect<T>(command: Command, read: (rows: readonly (readonly Cell[])[]) => T): Promise<T> {
  const rows: (readonly Cell[])[] = [];
  return new Promise((settled, rejected) => {
    command.on('result', (row: unknown) => {
      if (Array.isArray(row)) rows.push(row.map(cellOf));
    });
    command.on('error', rejected);
    command.on('end', () => settled(read(rows)));
  });
}

function rowsOf(
  connection: Connection,
  { sql, parameters }: Statement,
  collector: RowCollector,
): Promise<Table> {
  const command = connection.execute({ sql, rowsAsArray: true }, [...parameters]);
  let columns: readonly string[] = [];
  return new Promise((settled, rejected) => {
    command.on('fields', (fields: unknown) => {
      columns = Array.isArray(fields) ? fields.map(nameOf) : [];
    });
    command.on('result', (row: unknown) => {
      if (!Array.isArray(row)) return;
      try {
        collector.add(row.map(cellOf));
      } catch (error) {
        rejected(error instanceof BackendError ? error : new Error('a row could not be kept'));
        connection.destroy();
      }
    });
    command.on('error', rejected);
    command.on('end', () => settled(collector.table(columns)));
  });
}

function nameOf(field: unknown): string {
  const name: unknown = typeof field === 'object' && field !== null ? Reflect.get(field, 'name') : undefined;
  return typeof name === 'string' ? name : '';
}

function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' || typeof value === 'string') return value;
  if (Buffer.isBuffer(value)) return value.toString('utf8');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Product and version. @throws BackendError */
export async function identityOf(
  server: SqlServer,
  source: SqlSource,
  context: BackendContext,
): Promise<string> {
  const table = await askMysql(server, source, plainStatement('SELECT VERSION()'), context);
  const version = String(table.rows[0]?.[0] ?? '');
  const [number = version] = version.split('-');
  return /mariadb/i.test(version) ? `MariaDB ${number}` : `MySQL ${number}`;
}
