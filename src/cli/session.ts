import path from 'node:path';
import { SecretStore } from '../contracts/secrets.js';
import { suggest } from '../contracts/suggest.js';
import type { LoadRequest, WaiverRequest } from '../gatefile/context.js';
import {
  catalogIn,
  fileExists,
  findConfig,
  fixturesFolderOf,
  isFolder,
  readSecretFile,
  readSource,
  searchGateFiles,
} from '../gatefile/discover.js';
import { type Loaded, loadGates } from '../gatefile/load.js';
import { decode, MAX_FILE_BYTES, type SourceText } from '../gatefile/source.js';
import { type Failure, failed, ok, type Result } from '../model/failure.js';
import type { EpochMs } from '../model/time.js';
import { EXIT } from './exit-code.js';
import { type Io, write } from './io.js';
import type { CommonOptions, GateOptions } from './options.js';
import { styleOf } from './terminal.js';
import { catalogFolder, plugins, realClock } from './wire.js';

/** Files of a run, read and not yet understood. */
export interface Sources {
  readonly cwd: string;
  readonly gates: readonly SourceText[];
  readonly config: SourceText | null;
  /** Read out of the config when it is asked for: few runs do. */
  readonly fixtures: string | undefined;
  /** Trouble with other files of the run, to be told together with that of the gates. */
  readonly failures?: readonly Failure[];
}

/** What a recorded set brings to a replay. */
export interface ReplayFacts {
  readonly asOf: EpochMs;
  readonly since: EpochMs | undefined;
  readonly windowMs: number | undefined;
  readonly vars: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

/** A command's view of the world: where it works, what it masks, how it tells trouble. */
export class Session {
  readonly io: Io;
  readonly cwd: string;
  readonly secrets = new SecretStore();
  readonly options: CommonOptions;
  readonly #texts = new Map<string, string>();

  constructor(options: CommonOptions, io: Io) {
    this.options = options;
    this.io = io;
    this.cwd = path.resolve(io.cwd, options.cwd ?? '.');
  }

  /** Prints trouble on standard error. */
  async tell(failures: readonly Failure[]): Promise<void> {
    const { ascii } = styleOf(
      { color: 'never', ascii: this.options.ascii === true, quiet: false, verbose: false },
      this.io,
    );
    if (failures.length === 0) return;
    const { renderFailures } = await import('./failures.js');
    const text = renderFailures(failures, (file) => this.#texts.get(file), ascii);
    await write(this.io.stderr, this.secrets.mask(text));
  }

  /** Tells trouble and gives the exit code of a run that cannot begin. */
  async refuse(failures: readonly Failure[]): Promise<number> {
    await this.tell(failures);
    return EXIT.config;
  }

  /** Reads a file whose lines trouble may show. */
  read(file: string): Result<SourceText> {
    const source = readSource(file, this.cwd);
    if (source.ok) this.#texts.set(source.value.file, source.value.text);
    return source;
  }

  /** The configuration alone, for what needs no gates. */
  config(): Result<{ readonly config: SourceText | null; readonly fixtures: string | undefined }> {
    if (!isFolder(this.cwd))
      return failed({
        code: 'usage',
        message: `--cwd ${this.options.cwd} is ${fileExists(this.cwd) ? 'no folder' : 'not there'}`,
        mend: 'check the path',
      });
    const file = this.options.config ?? findConfig(this.cwd);
    const read = file === undefined ? ok(null) : this.read(file);
    if (!read.ok) return read;
    const config = read.value;
    return ok({
      config,
      get fixtures() {
        return fixturesFolderOf(config);
      },
    });
  }

  /** Finds and reads the files; all trouble at once. */
  async sources(paths: readonly string[]): Promise<Result<Sources>> {
    // Without its configuration every gate would seem broken.
    const configured = this.config();
    if (!configured.ok) return configured;
    const { config } = configured.value;
    const failures: Failure[] = [];
    const read = (file: string): SourceText | undefined => {
      const source = this.read(file);
      if (!source.ok) failures.push(...source.failures);
      return source.ok ? source.value : undefined;
    };
    const gates: SourceText[] = [];
    if (paths.includes('-')) {
      const source = await this.#readStdin();
      if (source.ok) gates.push(source.value);
      else failures.push(...source.failures);
    }
    const named = paths.filter((each) => each !== '-');
    if (named.length > 0 || gates.length === 0) {
      const found = await searchGateFiles(named, this.cwd);
      failures.push(...found.failures);
      gates.push(...found.files.map(read).filter((source) => source !== undefined));
    }
    if (gates.length === 0) return failed(...failures);
    return ok({
      cwd: this.cwd,
      gates,
      config,
      get fixtures() {
        return fixturesFolderOf(config);
      },
      failures,
    });
  }

  async #readStdin(): Promise<Result<SourceText>> {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of this.io.stdin) {
      chunks.push(Buffer.from(chunk as Buffer));
      length += (chunk as Buffer).length;
      if (length > MAX_FILE_BYTES) break;
    }
    const text = decode('<stdin>', Buffer.concat(chunks));
    if (!text.ok) return text;
    this.#texts.set('<stdin>', text.value);
    return ok({ file: '<stdin>', folder: this.cwd, text: text.value });
  }

  /** Reads gates; keeps those that `--gate` names; registers their secrets. */
  async load(
    sources: Sources,
    options: GateOptions,
    waivers: readonly WaiverRequest[] = [],
    replay?: ReplayFacts,
    more: Pick<LoadRequest, 'isBacktest' | 'isRecording' | 'isRollout' | 'parse'> = {},
  ): Promise<Loaded> {
    const vars = parseVars(options.var);
    if (!vars.ok) return { ...EMPTY, failures: vars.failures };
    const catalog = catalogIn(catalogFolder);
    const since = options.since ?? replay?.since;
    const windowMs = options.window ?? replay?.windowMs;
    const request: LoadRequest = {
      sources: sources.gates,
      config: sources.config,
      env: replay === undefined ? this.io.env : { ...replay.env, ...definedOf(this.io.env) },
      isReplay: replay !== undefined,
      vars: new Map([...Object.entries(replay?.vars ?? {}), ...vars.value]),
      givenVars: new Set(vars.value.keys()),
      asOf: replay?.asOf ?? options.at ?? realClock.now(),
      ...(since !== undefined && { since }),
      ...(windowMs !== undefined && { windowMs }),
      waivers,
      ...more,
      plugins,
      catalog: catalog.read,
      catalogNames: catalog.names,
      readSecret: readSecretFile,
      fileExists,
    };
    const loaded = await loadGates(request);
    for (const secret of loaded.secrets) this.secrets.register(secret);
    const { failures = [] } = sources;
    if (failures.length > 0) return { ...loaded, failures: [...failures, ...loaded.failures] };
    return filterGates(loaded, options.gate);
  }
}

const EMPTY: Loaded = {
  asOf: 0,
  gates: [],
  failures: [],
  warnings: [],
  secrets: [],
  backends: [],
  environment: [],
  plainEnvironment: {},
};

function definedOf(env: Io['env']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function parseVars(written: readonly string[]): Result<ReadonlyMap<string, string>> {
  const failures: Failure[] = [];
  const vars = new Map<string, string>();
  for (const each of written) {
    const equals = each.indexOf('=');
    if (equals < 1)
      failures.push({
        code: 'usage',
        message: `--var ${each} is no name=value`,
        mend: 'write --var route=/checkout',
      });
    else vars.set(each.slice(0, equals), each.slice(equals + 1));
  }
  return failures.length > 0 ? failed(...failures) : ok(vars);
}

/** Keeps the gates that any pattern matches; a pattern that matches none is trouble. */
function filterGates(loaded: Loaded, patterns: readonly string[]): Loaded {
  if (patterns.length === 0 || loaded.failures.length > 0) return loaded;
  const ids = loaded.gates.map((gate) => gate.id);
  const failures = patterns
    .filter((pattern) => !ids.some((id) => matcher(pattern).test(id)))
    .map((pattern): Failure => {
      const near = suggest(pattern, ids);
      return {
        code: 'usage',
        message: `--gate ${pattern} matches no gate`,
        mend: near === undefined ? `gates are ${ids.join(', ')}` : `did you mean "${near}"?`,
      };
    });
  const gates = loaded.gates.filter((gate) => patterns.some((pattern) => matcher(pattern).test(gate.id)));
  return { ...loaded, gates, failures };
}

function matcher(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}
