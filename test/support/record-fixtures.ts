/**
 * Records fixtures/ anew: `npm run fixtures`. A real Prometheus holds the history of a simulated shop, and the real
 * program records what it asks. A set whose answers are as they were is left alone, so that durations make no diff.
 */
import { access, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runGatekeeper } from './binary.js';
import { startPrometheus } from './prometheus.js';
import {
  FIXTURE_AT,
  FIXTURE_SETS,
  FIXTURE_SHOP,
  type FixtureSet,
  historyFor,
  startStorefront,
  type World,
} from './worlds.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The default of gatekeeper.config.yaml; nothing listens there while `backend-down` is recorded. */
const NOBODY = 'http://127.0.0.1:9090';

for (const set of FIXTURE_SETS) {
  const folder = await mkdtemp(join(tmpdir(), 'gatekeeper-fixtures-'));
  try {
    const recorded = join(folder, set.name);
    const codes: (number | undefined)[] = [];
    for (const world of set.worlds) codes.push(await record(world, recorded, folder));
    if (codes.some((code) => code !== set.exit)) {
      throw new Error(`${set.name}: exit ${codes.join(' and ')}, and ${set.exit} is wanted`);
    }
    await place(set, recorded);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @returns the exit code */
async function record(world: World, target: string, folder: string): Promise<number | undefined> {
  const prometheus =
    world.faults === 'down' ? undefined : await startPrometheus({ openMetrics: historyFor(world) });
  const storefront = await startStorefront(world, FIXTURE_SHOP.logs, FIXTURE_SHOP.port);
  try {
    if (prometheus === undefined) await refuseListener();
    // A config of its own and no PROMETHEUS_URL: the port of this run must not get into the set.
    const config = join(folder, 'gatekeeper.config.yaml');
    const url = prometheus?.url ?? NOBODY;
    await writeFile(config, `backends:\n  metrics: { type: prometheus, url: "${url}" }\n`);
    const gates = world.gates.map((gate) => `gates/${gate}.gate.yaml`);
    const args = ['check', ...gates, '--config', config, '--at', FIXTURE_AT, '--record', target];
    const { code, stderr } = await runGatekeeper(args, {
      cwd: ROOT,
      env: storefront.env,
      timeoutMs: 120_000,
    });
    if (code === 2 || code === 70) throw new Error(stderr);
    return code;
  } finally {
    await storefront.stop();
    await prometheus?.stop();
  }
}

async function refuseListener(): Promise<void> {
  const isThere = await fetch(NOBODY).then(
    () => true,
    () => false,
  );
  if (isThere) throw new Error(`something listens at ${NOBODY}; stop it to record a backend that is down`);
}

async function place({ name, exit }: FixtureSet, recorded: string): Promise<void> {
  const target = join(ROOT, 'fixtures', name);
  const isSame = (await isFolder(target)) && (await answersOf(target)) === (await answersOf(recorded));
  if (!isSame) {
    await rm(target, { recursive: true, force: true });
    await cp(recorded, target, { recursive: true });
  }
  process.stdout.write(`fixtures/${name}  exit ${exit}  ${isSame ? 'as it was' : 'written'}\n`);
}

function isFolder(folder: string): Promise<boolean> {
  return access(folder).then(
    () => true,
    () => false,
  );
}

/** All that a set says, but for what differs with each recording: when, how long, and the hashes of the files. */
async function answersOf(folder: string): Promise<string> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.yaml')).sort();
  const texts = names.map(async (name) => {
    const text = await readFile(join(folder, name), 'utf8');
    const lasting = text
      .replace(/^gates:\n(?: .*\n)*/m, '')
      .replaceAll(
        /^( *(?:durationMs|ttfb)|recordedAt|tool|files| {2}(?:metrics|crawl|logs)\/.*): ?.*$/gm,
        '',
      );
    return `${name}\n${lasting}`;
  });
  return (await Promise.all(texts)).join('\n');
}
