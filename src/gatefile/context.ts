import type { BackendType } from '../contracts/backend.js';
import type { Waiver } from '../contracts/gate.js';
import type { Judge } from '../contracts/judge.js';
import type { Lookup } from '../contracts/lookup.js';
import type { SignalKind } from '../contracts/signal.js';
import type { Failure, Result } from '../model/failure.js';
import type { Secret } from '../model/secret.js';
import type { EpochMs } from '../model/time.js';
import type { Environment } from './environment.js';
import type { SourceText } from './source.js';
import type { Path, YamlFile } from './yaml-file.js';

/** The plug-ins a gate file may name. */
export interface Plugins {
  readonly backends: Lookup<BackendType>;
  readonly signals: Lookup<SignalKind>;
  readonly judges: Lookup<Judge>;
}

/** A waiver as given on the command line. */
export interface WaiverRequest extends Waiver {
  /** `criterion`, `gate.criterion` or a full key with its segment. */
  readonly criterion: string;
}

/** Everything that decides what a gate file means, besides its text. */
export interface LoadRequest {
  readonly sources: readonly SourceText[];
  readonly config: SourceText | null;
  readonly env: Environment;
  /** A replay asks nobody: secrets that are not set stand open, since none will be sent. */
  readonly isReplay: boolean;
  /** `--var name=value`. */
  readonly vars: ReadonlyMap<string, string>;
  /** Names given by the user: one that no gate defines is trouble. A recording may bring others. */
  readonly givenVars: ReadonlySet<string>;
  readonly asOf: EpochMs;
  readonly since?: EpochMs;
  /** A backtest looks at every window of a time, whatever was deployed when: it needs no deploy time. */
  readonly isBacktest?: boolean;
  /** With it: every gate is judged as the last look of a rollout, as one that requires a deploy time always is. */
  readonly isRollout?: boolean;
  /** A run that records may be the one that makes the baseline which a gate names. */
  readonly isRecording?: boolean;
  /** `--window`. */
  readonly windowMs?: number;
  readonly waivers: readonly WaiverRequest[];
  readonly plugins: Plugins;
  /** A file of the built-in catalogue by its name, or undefined. */
  readonly catalog: (name: string) => SourceText | undefined;
  readonly catalogNames: () => readonly string[];
  /** Text of a secret's file, or undefined when it cannot be read; the path is absolute. */
  readonly readSecret: (path: string) => string | undefined;
  readonly fileExists: (path: string) => boolean;
  /** In place of the parser, for who loads the same texts again and again. */
  readonly parse?: (source: SourceText) => Result<YamlFile>;
}

/** Collects trouble while one file is read; the same trouble in the same place is said once. */
export class Trouble {
  readonly #seen = new Map<string, Failure>();

  add(...failures: readonly Failure[]): void {
    for (const failure of failures) {
      const { span } = failure;
      const key = `${failure.code} ${span?.file}:${span?.line}:${span?.col} ${failure.message}`;
      if (!this.#seen.has(key)) this.#seen.set(key, failure);
    }
  }

  /** Adds failures that came without a place. */
  at(span: Failure['span'], failures: readonly Failure[]): void {
    this.add(
      ...failures.map((failure) =>
        failure.span === undefined && span !== undefined ? { ...failure, span } : failure,
      ),
    );
  }

  get failures(): readonly Failure[] {
    return [...this.#seen.values()];
  }
}

/** One file while it is being read. */
export interface FileContext {
  readonly request: LoadRequest;
  readonly yaml: YamlFile;
  readonly trouble: Trouble;
  readonly warnings: Trouble;
  /** Names dropped because of trouble that is already reported: references to them are no news. */
  readonly dropped: ReadonlySet<string>;
  /** Backends that could not be opened: signals that would ask them are no news either. */
  readonly brokenBackends: Set<string>;
  /** True for a mapping with a misspelt key: that something is missing in it is no news. */
  readonly isMisspelt: (path: Path) => boolean;
  /** Text that turned out to be a secret in the open, to be masked like any other. */
  readonly secrets: Secret[];
}

/** Stands in `brokenBackends` for all those of a configuration that cannot be read. */
export const ANY_BACKEND = '*';

/** Adds trouble with what stands at a path; the caret goes under the words that the message begins with. */
export function addAt(context: FileContext, path: Path, failures: readonly Failure[]): void {
  for (const { path: inner = [], ...failure } of failures) {
    const word = /^"([^"]+)"/.exec(failure.message)?.[1] ?? '';
    context.trouble.at(context.yaml.spanOfText([...path, ...inner], word), [failure]);
  }
}

/** The place of a path in the file at hand. */
export function placeOf(context: FileContext, path: Path): NonNullable<Failure['span']> {
  return context.yaml.spanOf(path);
}
