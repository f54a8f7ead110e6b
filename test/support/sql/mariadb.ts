/** A real MariaDB in a folder of its own. */
import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import mysql from 'mysql2/promise';
import { freePort, type Running, startProcess, waitUntil } from '../processes.js';

export interface Mariadb {
  readonly port: number;
  /** Runs statements as root, in the database `shop`. */
  readonly sql: (...statements: readonly string[]) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** @param tls PEM files; with them it takes connections with and without TLS */
export async function startMariadb(tls?: { readonly cert: string; readonly key: string }): Promise<Mariadb> {
  const folder = await mkdtemp('/tmp/gatekeeper-mariadb-');
  // It runs as the user of its package.
  await chmod(folder, 0o777);
  const data = join(folder, 'data');
  await promisify(execFile)('mariadb-install-db', [
    '--no-defaults',
    '--user=mysql',
    `--datadir=${data}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    // Two at once would take each other's temporary tables in a common folder.
    `--tmpdir=${folder}`,
  ]);
  const files = Object.entries(tls ?? {}).map(([name, from]) => ({ name, from, to: join(folder, name) }));
  for (const { from, to } of files) {
    await copyFile(from, to);
    await chmod(to, 0o644);
  }
  const port = await freePort();
  const running = await startProcess('mariadbd', [
    '--no-defaults',
    '--user=mysql',
    `--datadir=${data}`,
    `--socket=${join(folder, 'socket')}`,
    `--port=${port}`,
    `--tmpdir=${folder}`,
    '--bind-address=127.0.0.1',
    '--default-time-zone=+05:30',
    '--innodb-buffer-pool-size=16M',
    '--innodb-flush-log-at-trx-commit=0',
    ...files.map(({ name, to }) => `--ssl-${name}=${to}`),
  ]);
  const connect = (database?: string) =>
    mysql.createConnection({
      host: '127.0.0.1',
      port,
      user: 'root',
      ...(database === undefined ? {} : { database }),
    });
  await waitUntil(() => isUp(running, connect), 'MariaDB to answer');
  return {
    port,
    sql: async (...statements) => {
      const connection = await connect('shop');
      for (const statement of statements) await connection.query(statement);
      await connection.end();
    },
    stop: async () => {
      await running.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function isUp(running: Running, connect: () => Promise<mysql.Connection>): Promise<boolean> {
  const ended = running.ended();
  if (ended !== undefined) throw new Error(`MariaDB ended (${ended}): ${running.output()}`);
  try {
    const connection = await connect();
    await connection.query('CREATE DATABASE shop');
    await connection.end();
    return true;
  } catch {
    return false;
  }
}
