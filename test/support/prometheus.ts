/** A real Prometheus with history: backfilled by promtool before it starts, so that every sample is visible at once. */
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { freePort, type Running, startProcess, waitUntil } from './processes.js';

export { needs } from './processes.js';

export interface ScrapeJob {
  readonly job: string;
  /** host:port each */
  readonly targets: readonly string[];
  /** Prometheus duration, such as `1s`; also the timeout of a scrape. */
  readonly interval: string;
  /** Put on every series of these targets. */
  readonly labels?: Readonly<Record<string, string>>;
}

export interface PrometheusOptions {
  /** OpenMetrics text with timestamps, each family contiguous, ending in `# EOF`. */
  readonly openMetrics?: string | AsyncIterable<string>;
  readonly scrape?: readonly ScrapeJob[];
  /** Such as `--web.enable-remote-write-receiver`. */
  readonly extraArgs?: readonly string[];
}

export interface Prometheus {
  /** http://127.0.0.1:PORT, no slash at the end */
  readonly url: string;
  readonly dataDir: string;
  /** Kills it by process id and removes its folder. */
  stop(): Promise<void>;
}

const RETENTION = '365d';
const PORT_TRIES = 3;

/**
 * Starts Prometheus on a free loopback port and waits until it answers.
 *
 * @throws with the words of promtool or Prometheus when one of them refuses
 */
export async function startPrometheus(options: PrometheusOptions = {}): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'gatekeeper-prometheus-'));
  try {
    const dataDir = join(folder, 'data');
    await mkdir(dataDir);
    if (options.openMetrics !== undefined) await backfill(options.openMetrics, folder, dataDir);
    const config = join(folder, 'prometheus.yml');
    await writeFile(config, configOf(options.scrape ?? []));
    const { server, url } = await startOnFreePort(config, dataDir, options.extraArgs ?? []);
    return {
      url,
      dataDir,
      stop: async () => {
        await server.stop();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function backfill(
  openMetrics: string | AsyncIterable<string>,
  folder: string,
  dataDir: string,
): Promise<void> {
  const file = join(folder, 'history.om');
  await pipeline(typeof openMetrics === 'string' ? [openMetrics] : openMetrics, createWriteStream(file));
  await promisify(execFile)('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', '-q', file, dataDir]);
  await rm(file);
}

/** JSON is YAML, and quotes itself. */
function configOf(jobs: readonly ScrapeJob[]): string {
  return JSON.stringify({
    scrape_configs: jobs.map(({ job, targets, interval, labels }) => ({
      job_name: job,
      scrape_interval: interval,
      scrape_timeout: interval,
      static_configs: [{ targets, ...(labels === undefined ? {} : { labels }) }],
    })),
  });
}

async function startOnFreePort(
  config: string,
  dataDir: string,
  extraArgs: readonly string[],
): Promise<{ server: Running; url: string }> {
  for (let attempt = 1; ; attempt++) {
    const address = `127.0.0.1:${await freePort()}`;
    const url = `http://${address}`;
    const server = await startProcess('prometheus', [
      `--config.file=${config}`,
      `--storage.tsdb.path=${dataDir}`,
      `--storage.tsdb.retention.time=${RETENTION}`,
      `--web.listen-address=${address}`,
      '--log.level=warn',
      ...extraArgs,
    ]);
    try {
      await waitUntil(() => isReady(server, url), `Prometheus at ${url} to be ready`);
      // Somebody else's server may hold the port; it answers, too.
      if ((await dataDirOf(url)) !== dataDir) throw new Error(`address already in use: ${address}`);
      return { server, url };
    } catch (error) {
      await server.stop();
      const text = `${error instanceof Error ? error.message : error}\n${server.output()}`;
      if (attempt === PORT_TRIES || !text.includes('address already in use')) throw new Error(text);
    }
  }
}

async function isReady(server: Running, url: string): Promise<boolean> {
  const ended = server.ended();
  if (ended !== undefined) throw new Error(`Prometheus ended before it was ready: ${ended}`);
  try {
    return (await fetch(`${url}/-/ready`)).ok;
  } catch {
    return false;
  }
}

/** Whose server answers at this address: it names the folder it was started with. */
async function dataDirOf(url: string): Promise<string | undefined> {
  const answer = (await (await fetch(`${url}/api/v1/status/flags`)).json()) as {
    data: Record<string, string>;
  };
  return answer.data['storage.tsdb.path'];
}
