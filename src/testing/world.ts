import type { Fetcher } from '../contracts/fetcher.js';
import type { Gate } from '../contracts/gate.js';
import type { TakeMeasurement } from '../contracts/take.js';
import type { Failure, Result } from '../model/failure.js';
import type { GateReport } from '../model/report.js';
import type { EpochMs } from '../model/time.js';

/** What decides what the gates of a test mean, besides their text. */
export interface LoadFacts {
  readonly asOf: EpochMs;
  readonly since: EpochMs | undefined;
  readonly windowMs: number | undefined;
  readonly vars: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

/** A recorded set, ready to answer. */
export interface OpenedSet extends LoadFacts {
  readonly recordedAt: string | null;
  readonly take: TakeMeasurement;
  /** What was asked so far and the set does not answer. */
  readonly misses: () => readonly Failure[];
}

/** The rest of the program as a test needs it: handed in, since rooms do not see each other. */
export interface World {
  /** Reads the gates of the file; the same facts give the same gates. */
  readonly load: (
    facts: LoadFacts,
  ) => Promise<{ readonly gates: readonly Gate[]; readonly failures: readonly Failure[] }>;
  /** Asks, judges and folds as `check` does, exit code and all. */
  readonly evaluate: (
    gates: readonly Gate[],
    take: TakeMeasurement,
    facts: { readonly asOf: EpochMs; readonly recordedAt: string | null | undefined },
  ) => Promise<GateReport>;
  /** Opens a recorded set by the name that a test gives it. */
  readonly openSet: (name: string) => Promise<Result<OpenedSet>>;
  /** What the door to web servers says and refuses; nothing goes through it. */
  readonly openDoor: () => Promise<Pick<Fetcher, 'userAgent' | 'refusal'>>;
  /** Milliseconds since any fixed moment, to time tests. */
  readonly monotonic: () => number;
}
