import { collect, type Measurements } from '../engine/collect.js';
import { liveTake } from '../engine/live.js';
import type { Loaded } from '../gatefile/load.js';
import { failed, ok, type Result } from '../model/failure.js';
import type { RecordedSet } from '../recording/set.js';
import type { CommonOptions, NetworkOptions } from './options.js';
import { startProgress } from './progress.js';
import { surroundingsIn } from './recorded.js';
import type { Session } from './session.js';
import { createBackendContext, createStopper } from './wire.js';

/** Answers to everything that the gates ask, out of a recorded set; what it lacks is a failure. */
export async function replayed(
  session: Session,
  loaded: Loaded,
  set: RecordedSet,
): Promise<Result<Measurements>> {
  const { createReplay } = await import('../recording/replay.js');
  const replay = createReplay(set, session.secrets.mask);
  const measurements = await collect(loaded.gates, replay.take, 1);
  if (replay.misses.length === 0) return ok(measurements);
  return failed(...replay.misses, ...(await surroundingsIn(session, set, loaded)));
}

/** Answers to everything that the gates ask, of their backends; nothing is judged. */
export async function measured(
  session: Session,
  loaded: Loaded,
  options: CommonOptions & NetworkOptions,
): Promise<Measurements> {
  const { mask } = session.secrets;
  const stopper = createStopper(session.io, options.timeout);
  const flags = { backendTimeoutMs: options.backendTimeout, retries: options.retries };
  const context = createBackendContext(flags, session.io, stopper.signal, mask);
  const progress = await startProgress(session.io, options, mask);
  try {
    return await collect(
      loaded.gates,
      liveTake(context, session.secrets),
      options.concurrency,
      progress.step,
    );
  } finally {
    progress.stop();
    stopper.release();
  }
}
