/** A real PostgreSQL, without durability, as a user that is not root: its tools refuse root. */
import { execFile } from 'node:child_process';
import { chmod, chown, copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort, type Running, startProcess, waitUntil } from '../processes.js';

const run = promisify(execFile);

export interface Postgres {
  readonly port: number;
  /** Runs statements as the superuser `gk`, in the database `postgres`. */
  readonly sql: (text: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Debian keeps the server's tools out of PATH, in a folder of their version. */
async function toolsFolder(): Promise<string> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => []);
  const newest = versions.map(Number).sort((a, b) => b - a)[0];
  return newest === undefined ? '' : `/usr/lib/postgresql/${newest}/bin/`;
}

/** @param tls PEM files; with them it takes connections with and without TLS */
export async function startPostgres(tls?: {
  readonly cert: string;
  readonly key: string;
}): Promise<Postgres> {
  const tools = await toolsFolder();
  const folder = await mkdtemp('/tmp/gatekeeper-postgres-');
  const isRoot = userInfo().uid === 0;
  const as = (command: string, args: readonly string[]): readonly [string, readonly string[]] =>
    isRoot
      ? ['setpriv', ['--reuid=nobody', '--regid=nogroup', '--clear-groups', command, ...args]]
      : [command, args];
  const own = async (path: string) => {
    await chmod(path, path === folder ? 0o700 : 0o600);
    if (isRoot) await chown(path, Number((await run('id', ['-u', 'nobody'])).stdout), -1);
  };
  await own(folder);
  const files = Object.entries(tls ?? {}).map(([name, from]) => ({ from, to: join(folder, `tls.${name}`) }));
  for (const { from, to } of files) {
    await copyFile(from, to);
    await own(to);
  }
  const data = join(folder, 'data');
  const passwords = join(folder, 'password');
  await writeFile(passwords, 'superuser\n');
  await own(passwords);
  const [initdb, args] = as(`${tools}initdb`, [
    '-D',
    data,
    '-U',
    'gk',
    '--auth=scram-sha-256',
    '-N',
    '--no-locale',
    '-E',
    'UTF8',
    `--pwfile=${passwords}`,
  ]);
  await run(initdb, [...args]);
  const port = await freePort();
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: folder,
    fsync: 'off',
    timezone: 'Asia/Kolkata',
  };
  const [server, serverArgs] = as(`${tools}postgres`, [
    '-D',
    data,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ...(tls === undefined
      ? []
      : [
          '-c',
          'ssl=on',
          ...files.flatMap(({ to }) => ['-c', `ssl_${to.endsWith('key') ? 'key' : 'cert'}_file=${to}`]),
        ]),
  ]);
  const running: Running = await startProcess(server, serverArgs);
  const sql = async (text: string) => {
    const client = new pg.Client({
      host: '127.0.0.1',
      port,
      user: 'gk',
      password: 'superuser',
      database: 'postgres',
    });
    try {
      await client.connect();
      await client.query(text);
    } finally {
      await client.end();
    }
  };
  const stop = async () => {
    // A fast shutdown: killed, it would leave its shared memory behind.
    process.kill(running.pid, 'SIGINT');
    await waitUntil(() => running.ended() !== undefined, 'PostgreSQL to end');
    await running.stop();
    await rm(folder, { recursive: true, force: true });
  };
  await waitUntil(() => isUp(running, sql), 'PostgreSQL to answer');
  return { port, sql, stop };
}

async function isUp(running: Running, sql: (text: string) => Promise<void>): Promise<boolean> {
  const ended = running.ended();
  if (ended !== undefined) throw new Error(`PostgreSQL ended (${ended}): ${running.output()}`);
  return await sql('SELECT 1').then(
    () => true,
    () => false,
  );
}
