import { counted } from '../../contracts/counted.js';
import type { TakeMeasurement } from '../../contracts/take.js';
import type { Looks } from '../../engine/backtest/lines.js';
import { liveTake } from '../../engine/live.js';
import type { Loaded } from '../../gatefile/load.js';
import { type Failure, ok, type Result } from '../../model/failure.js';
import { formatDuration, formatInstant } from '../../model/time.js';
import { openJournal } from '../../recording/journal.js';
import type { Recorder } from '../../recording/record.js';
import { createReplay } from '../../recording/replay.js';
import type { RecordedSet } from '../../recording/set.js';
import { write } from '../io.js';
import type { BacktestOptions } from '../options.js';
import { changesIn, openRecorder, surroundingsIn } from '../recorded.js';
import type { Session, Sources } from '../session.js';
import { createBackendContext } from '../wire.js';

/** What a backtest is of, before anything is asked. */
export interface Backtest {
  readonly sources: Sources;
  readonly loaded: Loaded;
  readonly set: RecordedSet | undefined;
  readonly looks: Looks;
  readonly options: BacktestOptions;
}

export interface OpenedTake {
  readonly take: TakeMeasurement;
  readonly recorder: Recorder | undefined;
  readonly troubles: () => readonly Failure[];
}

/** Who answers: the set, or the backends, with what was answered before and a recorder around them. */
export async function openTake(
  session: Session,
  { set, options, loaded, looks, sources }: Backtest,
  signal: AbortSignal,
): Promise<Result<OpenedTake>> {
  const { mask } = session.secrets;
  if (set !== undefined) {
    const { take, misses } = createReplay(set, mask);
    return ok({ take, recorder: undefined, troubles: () => misses });
  }
  const flags = { backendTimeoutMs: options.backendTimeout, retries: options.retries };
  const live = liveTake(createBackendContext(flags, session.io, signal, mask), session.secrets);
  const journal =
    options.resume === undefined ? undefined : openJournal(options.resume, session.cwd, looks.to, live, mask);
  if (journal?.ok === false) return journal;
  const known = journal?.value.known ?? 0;
  if (known > 0) await write(session.io.stderr, `${counted(known, 'answer')} known from ${options.resume}\n`);
  const inner = journal?.value.take ?? live;
  const recorder =
    options.record === undefined
      ? undefined
      : await openRecorder(session, sources, { ...loaded, asOf: looks.to }, inner, options, options.record, {
          historyFrom: formatInstant(looks.from),
          historyEvery: formatDuration(looks.everyMs),
        });
  return ok({
    take: recorder?.take ?? inner,
    recorder,
    troubles: () => {
      const trouble = journal?.value.trouble();
      return trouble === undefined ? [] : [trouble];
    },
  });
}

/** What a set does not answer, with what changed in the gates and around them since it was recorded. */
export async function explained(
  session: Session,
  missing: readonly Failure[],
  { set, loaded }: Pick<Backtest, 'set' | 'loaded'>,
): Promise<readonly Failure[]> {
  if (missing.length === 0 || set === undefined) return missing;
  return [
    ...missing,
    ...(await surroundingsIn(session, set, loaded)),
    ...(await changesIn(set, loaded.gates)),
  ];
}

/** Says how a run that was stopped goes on. */
export function stoppedText(by: string, { resume }: BacktestOptions): string {
  const kept =
    resume === undefined ? 'nothing was kept: --resume FILE keeps answers' : `go on with --resume ${resume}`;
  return `stopped by ${by}; ${kept}\n`;
}
