import path from 'node:path';
import { counted } from '../../contracts/counted.js';
import { catalogIn } from '../../gatefile/discover.js';
import { GATE_ENDING, TEST_ENDING } from '../../gatefile/names.js';
import { BackendError, type Failure } from '../../model/failure.js';
import { starterTest } from '../../testing/starter.js';
import { EXIT } from '../exit-code.js';
import { detect, type FoundSignal, signalsIn } from '../init/detect.js';
import { type Origin, openMetrics, originOf } from '../init/origin.js';
import { type Present, recordPresent } from '../init/present.js';
import { surroundingsOf } from '../init/surroundings.js';
import { CI_STEPS, configText, gateText, type Proposal, proposalsOf } from '../init/texts.js';
import { type Io, write } from '../io.js';
import type { InitOptions } from '../options.js';
import { tableText } from '../page/page.js';
import { Session } from '../session.js';
import { catalogFolder, createBackendContext, createStopper } from '../wire.js';
import { type NewFile, type Written, writeNew } from '../write-new.js';

/**
 * Writes a gate with its tests for each product whose metrics a server or a page has, and the configuration where there
 * is none; of a server that has traffic, a recorded set, too. It asks nothing and overwrites nothing.
 *
 * @returns 0 when something was written, 2 when nothing could be, 4 when the server could not be asked
 */
export async function init(options: InitOptions, io: Io): Promise<number> {
  const session = new Session(options, io);
  const origin = originOf(options, io.env);
  if (!origin.ok) return session.refuse(origin.failures);
  const folder = path.resolve(session.cwd, options.dir ?? '.');
  const surroundings = surroundingsOf(folder, options.config, session.cwd, io.env);
  if (!surroundings.ok) return session.refuse(surroundings.failures);
  const looked = await look(session, origin.value, options);
  if (typeof looked === 'number') return looked;
  const proposals = proposalsOf(looked.found);
  if (proposals.length === 0) return session.refuse([nothingKnown(looked, origin.value)]);

  const { needsConfig, backend, schemas } = surroundings.value;
  const files: readonly NewFile[] = [
    ...(needsConfig
      ? [{ name: 'gatekeeper.config.yaml', text: configText(origin.value.url, schemas('.')) }]
      : []),
    ...proposals.map((proposal) => ({
      name: `gates/${proposal.product}.gate.yaml`,
      text: gateText(proposal, { backend, schemas: schemas('gates') }),
    })),
  ];
  const gates = await writeNew(folder, files);
  const tried = await tryOut(session, folder, gates, origin.value, needsConfig, options);
  const written = [...gates, ...tried.tests];
  await write(io.stdout, session.secrets.mask(told(written, proposals, tried.told)));
  const troubles = [...written.flatMap(({ failure }) => failure ?? []), ...tried.failures];
  if (troubles.length > 0) return session.refuse(troubles);
  return written.some(({ isNew }) => isNew) ? EXIT.pass : session.refuse([ALL_THERE]);
}

interface TriedOut extends Present {
  readonly tests: readonly Written[];
}

/** Reads the new gates as every other command would, and writes what they are tested with: answers by hand, and a set. */
async function tryOut(
  { options: common, io }: Session,
  folder: string,
  written: readonly Written[],
  origin: Origin,
  isConfigNew: boolean,
  options: InitOptions,
): Promise<TriedOut> {
  const names = written.filter(({ name, isNew }) => isNew && name.endsWith(GATE_ENDING));
  if (names.length === 0) return { tests: [], told: [], failures: [] };
  const { config, cwd = '.' } = common;
  const absolute = config === undefined ? {} : { config: path.resolve(io.cwd, cwd, config) };
  // The server that was just looked at is the one that the new configuration names by default.
  const env = isConfigNew ? { ...io.env, PROMETHEUS_URL: undefined } : io.env;
  const inside = new Session({ ...common, ...absolute, cwd: folder }, { ...io, env });
  const sources = await inside.sources(names.map(({ name }) => name));
  if (!sources.ok) return { tests: [], told: [], failures: sources.failures };
  const loaded = await inside.load(sources.value, { ...common, gate: [], var: [] });
  if (loaded.failures.length > 0) return { tests: [], told: [], failures: loaded.failures };
  const tests = await writeNew(
    folder,
    loaded.gates.map((gate) => ({
      name: gate.file.replace(GATE_ENDING, TEST_ENDING),
      text: starterTest(gate),
    })),
  );
  const present =
    origin.kind === 'server'
      ? await recordPresent(inside, sources.value, loaded, options)
      : { told: [NO_HISTORY], failures: [] };
  return { tests, ...present };
}

const NO_HISTORY =
  'No set was recorded: a page shows one moment. With a server: gatekeeper record fixtures/healthy --expect pass';

/** An exporter answers a scrape in less, or its scrapes time out. */
const PAGE_TIMEOUT_MS = 10_000;

interface Looked {
  readonly found: readonly FoundSignal[];
  readonly metricCount: number;
  /** Names of metrics that were looked for. */
  readonly soughtFor: readonly string[];
}

/** Asks the server or reads the page; an exit code where that did not go well. */
async function look(session: Session, origin: Origin, options: InitOptions): Promise<Looked | number> {
  const { io } = session;
  const stopper = createStopper(io, options.timeout);
  const flags =
    origin.kind === 'page'
      ? { backendTimeoutMs: Math.min(options.backendTimeout, PAGE_TIMEOUT_MS), retries: 0 }
      : { backendTimeoutMs: options.backendTimeout, retries: options.retries };
  const context = createBackendContext(flags, io, stopper.signal, session.secrets.mask);
  try {
    const opened = await openMetrics(origin, context, session.cwd);
    if (!opened.ok) return await session.refuse(opened.failures);
    const signals = signalsIn(catalogIn(catalogFolder));
    return {
      found: await detect(signals, opened.value),
      metricCount: opened.value.names.size,
      soughtFor: signals.flatMap(({ selectors }) => selectors.map(({ shown }) => shown)),
    };
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    await session.tell([error.failure]);
    const stopped = stopper.stopped();
    if (stopped !== undefined) return stopped === 'SIGINT' ? EXIT.sigint : EXIT.sigterm;
    return EXIT.backend;
  } finally {
    stopper.release();
  }
}

function nothingKnown({ metricCount, soughtFor }: Looked, origin: Origin): Failure {
  return {
    code: 'usage',
    message: `none of the ${counted(metricCount, 'metric')} of ${origin.shown} is one that the catalogue knows`,
    mend: 'write a gate by hand: docs/gatefile.md; "gatekeeper list" says what the catalogue is for',
    detail: ['looked for:', ...[...new Set(soughtFor)].sort().map((name) => `  ${name}`)],
  };
}

const ALL_THERE: Failure = {
  code: 'usage',
  message: 'nothing was written: all of it is there already',
  mend: 'remove what should be written anew, or give another folder with --dir',
};

function told(written: readonly Written[], proposals: readonly Proposal[], tried: readonly string[]): string {
  const rows = written.map(({ name, isNew, failure }) => {
    const proposal = proposals.find(({ product }) => name === `gates/${product}.gate.yaml`);
    const ids = proposal?.signals.map((signal) => signal.name.split('/').at(-1) ?? '') ?? [];
    if (failure !== undefined) return ['failed', name, ''];
    const what = name.endsWith(TEST_ENDING) ? 'a test of each criterion' : ids.join(', ');
    return isNew ? ['wrote', name, what] : ['left', name, 'it is there already'];
  });
  const lines = [...tableText(rows, 0)];
  if (tried.length > 0) lines.push('', ...tried);
  if (written.some(({ isNew }) => isNew)) lines.push('', ...NEXT);
  return `${lines.join('\n')}\n`;
}

const NEXT = [
  'The limits are a start. Next: gatekeeper validate, gatekeeper test, gatekeeper plan, gatekeeper check.',
  'In CI, after the deploy:',
  '',
  ...CI_STEPS.map((line) => `  ${line}`),
];
