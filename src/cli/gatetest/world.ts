import path from 'node:path';
import { runGates } from '../../engine/run.js';
import { catalogIn, fileExists, fixturesFolderOf, isFolder } from '../../gatefile/discover.js';
import { type Loaded, loadGates } from '../../gatefile/load.js';
import type { SourceText } from '../../gatefile/source.js';
import { parseYaml, type YamlFile } from '../../gatefile/yaml.js';
import { ok, type Result } from '../../model/failure.js';
import { createReplay } from '../../recording/replay.js';
import { type RecordedSet, readSet } from '../../recording/set.js';
import type { LoadFacts, OpenedSet, World } from '../../testing/world.js';
import { exitCodeOf } from '../exit-code.js';
import { factsOf } from '../recorded.js';
import { VERSION } from '../version.js';
import { catalogFolder, openFetcher, plugins, realClock } from '../wire.js';
import { environmentFor, variablesFor } from './stand-ins.js';

/** One question is answered as fast as many: nothing is waited for. */
const CONCURRENCY = 1;
const NO_FLAGS = { failOnWarn: false, maxWarnings: undefined, exitZero: false };

/** What the files of a run share. */
export interface Workshop {
  readonly cwd: string;
  readonly config: SourceText | null;
  readonly sets: Map<string, Result<RecordedSet>>;
}

/** The world of the tests of one file: its gates, loaded as `check` loads them, and the engine. */
export function worldOf(
  { cwd, config, sets }: Workshop,
  folder: string,
  sources: readonly SourceText[],
): World {
  const files = config === null ? sources : [...sources, config];
  const env = environmentFor(files);
  const vars = variablesFor(sources, env);
  const catalog = catalogIn(catalogFolder);
  const fixtures = fixturesFolderOf(config);
  const parsed = new Map<SourceText, Result<YamlFile>>();
  const parse = (source: SourceText): Result<YamlFile> => {
    const known = parsed.get(source) ?? parseYaml(source);
    parsed.set(source, known);
    return known;
  };
  const load = (facts: LoadFacts): Promise<Loaded> => {
    const { asOf, since, windowMs } = facts;
    return loadGates({
      sources,
      config,
      env: { ...env, ...facts.env },
      isReplay: true,
      vars: new Map(Object.entries({ ...vars, ...facts.vars })),
      givenVars: new Set(Object.keys(facts.vars)),
      asOf,
      ...(since !== undefined && { since }),
      ...(windowMs !== undefined && { windowMs }),
      waivers: [],
      plugins,
      catalog: catalog.read,
      catalogNames: catalog.names,
      readSecret: () => undefined,
      fileExists,
      parse,
    });
  };
  const loaded = new Map<string, Promise<Loaded>>();
  return {
    load: (facts) => {
      const key = JSON.stringify(facts);
      const known = loaded.get(key) ?? load(facts);
      loaded.set(key, known);
      return known;
    },
    evaluate: async (gates, take, { asOf, recordedAt }) => {
      const outcome = await runGates(
        gates,
        take,
        {
          version: VERSION,
          mode: recordedAt === undefined ? 'live' : 'replay',
          recordedAt: recordedAt ?? null,
          asOf,
          policy: { onNoData: 'inconclusive', onBackendError: 'error' },
          notes: [],
        },
        CONCURRENCY,
      );
      return { ...outcome, exitCode: exitCodeOf(outcome, NO_FLAGS, undefined) };
    },
    openSet: (name) => {
      const target = setFolder(name, folder, fixtures);
      const set = sets.get(target) ?? readSet(path.relative(cwd, target) || '.', cwd);
      sets.set(target, set);
      return Promise.resolve(set.ok ? ok(opened(set.value)) : set);
    },
    openDoor: openFetcher,
    monotonic: realClock.monotonic,
  };
}

/** A name without a slash may be a set of the config's fixtures folder; paths start at the test file. */
function setFolder(name: string, folder: string, fixtures: string | undefined): string {
  const direct = path.resolve(folder, name);
  return fixtures !== undefined && !name.includes('/') && !isFolder(direct)
    ? path.join(fixtures, name)
    : direct;
}

function opened(set: RecordedSet): OpenedSet {
  const replay = createReplay(set);
  return {
    ...factsOf(set),
    recordedAt: set.manifest.recordedAt ?? null,
    take: replay.take,
    misses: () => replay.misses,
  };
}
