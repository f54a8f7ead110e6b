/** A real ClickHouse, in a zone that is not UTC; Debian's is of 2018. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, type Running, startProcess, waitUntil } from '../processes.js';

export interface Clickhouse {
  /** http://127.0.0.1:PORT */
  readonly url: string;
  /** Runs statements as the user `default`. */
  readonly sql: (...statements: readonly string[]) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Users: `default` without a password; `reader`, whose profile is read-only, with `password`. */
export async function startClickhouse(password: string): Promise<Clickhouse> {
  const folder = await mkdtemp('/tmp/gatekeeper-clickhouse-');
  const httpPort = await freePort();
  const tcpPort = await freePort();
  const users = join(folder, 'users.xml');
  const user = (profile: string, secret: string) =>
    `<password>${secret}</password><networks><ip>127.0.0.1</ip></networks><profile>${profile}</profile><quota>default</quota>`;
  await writeFile(
    users,
    `<yandex><profiles><default/><locked><readonly>1</readonly></locked></profiles>
<users><default>${user('default', '')}</default><reader>${user('locked', password)}</reader></users><quotas><default/></quotas></yandex>`,
  );
  const config = join(folder, 'config.xml');
  await writeFile(
    config,
    `<yandex><logger><level>warning</level><console>true</console></logger><http_port>${httpPort}</http_port><tcp_port>${tcpPort}</tcp_port>
<listen_host>127.0.0.1</listen_host><path>${folder}/data/</path><tmp_path>${folder}/tmp/</tmp_path><users_config>${users}</users_config>
<default_profile>default</default_profile><default_database>default</default_database><mark_cache_size>5000000</mark_cache_size>
<timezone>Asia/Kolkata</timezone></yandex>`,
  );
  const running = await startProcess('clickhouse-server', [`--config-file=${config}`], { cwd: folder });
  const url = `http://127.0.0.1:${httpPort}`;
  await waitUntil(() => isUp(running, url), 'ClickHouse to answer');
  return {
    url,
    sql: async (...statements) => {
      for (const statement of statements) {
        const response = await fetch(url, { method: 'POST', body: statement });
        if (!response.ok) throw new Error(await response.text());
      }
    },
    stop: async () => {
      await running.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function isUp(running: Running, url: string): Promise<boolean> {
  const ended = running.ended();
  if (ended !== undefined) throw new Error(`ClickHouse ended (${ended}): ${running.output()}`);
  return await fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}
