/** Canaries that run: live shops behind a real Prometheus, and docs/canary-loop.sh looking at them. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GateReport } from '../../src/model/report.js';
import { type Running, startProcess, waitUntil } from './processes.js';
import { type Prometheus, type ScrapeJob, startPrometheus } from './prometheus.js';
import type { FaultName } from './store/faults.js';
import type { LiveAddresses, LiveArm, LiveShop } from './store/live.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const GATE = join(ROOT, 'test/fixtures/canary.gate.yaml');

export interface Regression {
  readonly fault: FaultName;
  /** Keys of the criteria that may say so. */
  readonly criteria: readonly string[];
}

const COMPLETION = ['canary.checkout-completion[path=critical]', 'canary.checkout-completion[path=edge]'];

/** What can be wrong with a canary that has traffic. */
export const REGRESSIONS: readonly Regression[] = [
  { fault: 'checkout-drop-critical', criteria: COMPLETION.slice(0, 1) },
  { fault: 'checkout-drop-edge', criteria: COMPLETION.slice(1) },
  { fault: 'slow-checkout', criteria: ['canary.latency-share', 'canary.latency-p95'] },
  // A checkout that failed is none that was completed.
  { fault: 'errors', criteria: ['canary.errors', ...COMPLETION] },
  { fault: 'cache-collapse', criteria: ['canary.cache-hit-ratio'] },
];

/** A canary that gets no traffic: without series, and with series that stay at 0. */
export const SILENT: readonly FaultName[] = ['no-traffic-absent', 'no-traffic-flat'];

export interface CanaryShop extends LiveShop {
  /** Its canary is killed by `kill`. */
  readonly isDoomed?: boolean;
}

export interface Canaries {
  readonly prometheus: Prometheus;
  /** A second Prometheus with the same targets gets these. */
  readonly scrape: readonly ScrapeJob[];
  /** Unix seconds: every target has been scraped by then. */
  readonly deployed: number;
  /** Kills the process of the doomed canaries once Prometheus holds `seconds` of them. */
  kill(seconds: number): Promise<void>;
  stop(): Promise<void>;
}

/** Starts baselines and canaries in processes of their own, and waits until Prometheus has scraped each. */
export async function startCanaries(shops: readonly CanaryShop[]): Promise<Canaries> {
  const started: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    for (const one of started.reverse()) await one.stop();
  };
  const arm = async (track: LiveArm['track'], own: readonly CanaryShop[]) => {
    const process = await startArm({ track, shops: own });
    started.push(process);
    return process;
  };
  try {
    const doomed = shops.filter(({ isDoomed }) => isDoomed);
    const [baselines, canaries, dying] = await Promise.all([
      arm('stable', shops),
      arm(
        'canary',
        shops.filter(({ isDoomed }) => !isDoomed),
      ),
      arm('canary', doomed),
    ]);
    const scrape = [
      ...jobsOf('stable', baselines.addresses),
      ...jobsOf('canary', { ...canaries.addresses, ...dying.addresses }),
    ];
    const prometheus = await startPrometheus({ scrape });
    started.push(prometheus);
    await allScraped(prometheus, scrape.length);
    const deployed = Math.floor(Date.now() / 1000);
    return {
      prometheus,
      scrape,
      deployed,
      kill: async (seconds) => {
        const jobs = doomed.map(({ name }) => `${name}-canary`);
        await waitUntil(
          async () =>
            (await scalar(prometheus, `min(timestamp(up{job=~"${jobs.join('|')}"}))`)) > deployed + seconds,
          `${seconds} s of ${jobs}`,
          120_000,
        );
        await dying.stop();
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits until each of these targets has been scraped. */
export async function allScraped(prometheus: Prometheus, targets: number): Promise<void> {
  await waitUntil(
    async () => (await scalar(prometheus, 'sum(up)')) === targets,
    `${targets} targets to be up`,
    60_000,
  );
}

async function startArm(arm: LiveArm): Promise<Running & { readonly addresses: LiveAddresses }> {
  const process = await startProcess('node', [
    join(ROOT, 'tools/run.mjs'),
    join(ROOT, 'test/support/store/live.ts'),
    JSON.stringify(arm),
  ]);
  await waitUntil(
    () => {
      const ended = process.ended();
      if (ended !== undefined) throw new Error(`the shops ended: ${ended}\n${process.output()}`);
      return process.output().endsWith('\n');
    },
    `the shops of ${arm.track}`,
    60_000,
  );
  return { ...process, addresses: JSON.parse(process.output()) };
}

function jobsOf(track: LiveArm['track'], addresses: LiveAddresses): readonly ScrapeJob[] {
  return Object.entries(addresses).map(([shop, target]) => ({
    job: `${shop}-${track}`,
    targets: [target],
    interval: '1s',
    labels: { shop },
  }));
}

/** One number, NaN when there is none. */
async function scalar({ url }: Prometheus, query: string): Promise<number> {
  const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(query)}`);
  const { data }: { data: { result: readonly { value: readonly [number, string] }[] } } = JSON.parse(
    await response.text(),
  );
  return Number(data.result[0]?.value[1]);
}

export interface LoopOptions {
  readonly shop: string;
  readonly deployed: number;
  readonly url: string;
  /** Seconds after which the loop gives up. */
  readonly deadline: number;
  /** Seconds between two looks. */
  readonly pause: number;
}

/** A loop under way. */
export interface Loop {
  /** What its looks printed so far. */
  output(): string;
  /** Waits for its end. */
  ended(): Promise<LoopEnd>;
}

export interface LoopEnd {
  readonly code: string;
  /** What was done to the exposure. */
  readonly exposure: 'promoted' | 'stopped' | 'left as it was';
  /** Seconds since the deploy. */
  readonly seconds: number;
  /** All that was printed. */
  readonly output: string;
  /** Of the last look. */
  readonly report: GateReport;
  /** Keys of the criteria that failed at the last look. */
  readonly failed: readonly string[];
}

/** Starts docs/canary-loop.sh with the real program. */
export async function startLoop({ shop, deployed, url, deadline, pause }: LoopOptions): Promise<Loop> {
  const folder = await mkdtemp(join(tmpdir(), 'gatekeeper-canary-'));
  const at = (name: string): string => join(folder, name);
  await writeFile(at('exposure'), '');
  // Looks cost far more than scrapes: where many loops run, the shops would be scraped too late.
  const loop = await startProcess(
    'nice',
    [
      ...['-n', '10', 'sh'],
      join(ROOT, 'docs/canary-loop.sh'),
      ...[GATE, '--var', `shop=${shop}`, '--report', 'pretty', '--report', `json:${at('report.json')}`],
    ],
    {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        PROMETHEUS_URL: url,
        GATEKEEPER: `node ${join(ROOT, 'bin/gatekeeper.js')}`,
        DEPLOYED: String(deployed),
        WIDEN: 'echo promoted >> exposure',
        STOP: 'echo stopped >> exposure',
        PAUSE: String(pause),
        DEADLINE: String(deadline),
      },
    },
  );
  return {
    output: loop.output,
    ended: async () => {
      await waitUntil(() => loop.ended() !== undefined, `the loop of ${shop}`, (deadline + 120) * 1000);
      const report: GateReport = JSON.parse(await readFile(at('report.json'), 'utf8'));
      const exposure = (await readFile(at('exposure'), 'utf8')).trim();
      await rm(folder, { recursive: true, force: true });
      if (exposure !== '' && exposure !== 'promoted' && exposure !== 'stopped') {
        throw new Error(`the exposure of ${shop} was changed more than once: ${exposure}`);
      }
      const criteria = report.gates.flatMap((gate) => gate.criteria);
      return {
        code: loop.ended() ?? '',
        exposure: exposure === '' ? 'left as it was' : exposure,
        seconds: Date.now() / 1000 - deployed,
        output: loop.output(),
        report,
        failed: criteria.filter(({ verdict }) => verdict === 'fail').map(({ key }) => key),
      };
    },
  };
}
