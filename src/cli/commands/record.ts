import { collect } from '../../engine/collect.js';
import { liveTake } from '../../engine/live.js';
import { reportOn } from '../../engine/report.js';
import type { Failure } from '../../model/failure.js';
import { formatDuration, formatInstant } from '../../model/time.js';
import { EXIT } from '../exit-code.js';
import { type Io, write } from '../io.js';
import type { RecordOptions } from '../options.js';
import { counted } from '../page/page.js';
import { startProgress } from '../progress.js';
import { openRecorder, setFolder, shownFolder } from '../recorded.js';
import { Session } from '../session.js';
import { VERSION } from '../version.js';
import { createBackendContext, createStopper, realClock } from '../wire.js';

/**
 * Asks everything that the gates ask and stores the answers as a set, judging nothing: 0, 4 when a backend could not
 * be asked (which is recorded, too), 1 when `--expect` is not what the gates say, and then nothing is stored.
 */
export async function record(
  folder: string,
  paths: readonly string[],
  options: RecordOptions,
  io: Io,
): Promise<number> {
  const session = new Session(options, io);
  const sources = await session.sources(paths);
  if (!sources.ok) return session.refuse(sources.failures);
  const misuse = misuseOf(options);
  if (misuse !== undefined) return session.refuse([misuse]);
  const loaded = await session.load(sources.value, options);
  if (loaded.failures.length > 0) return session.refuse(loaded.failures);
  const { mask } = session.secrets;
  const stopper = createStopper(io, options.timeout);
  const flags = { backendTimeoutMs: options.backendTimeout, retries: options.retries };
  const live = liveTake(createBackendContext(flags, io, stopper.signal, mask), mask);
  const recorder = await openRecorder(session, sources.value, loaded, live, options, folder, {
    ...(options.maxAge !== undefined && { maxAge: formatDuration(options.maxAge) }),
    ...(options.onExpired !== undefined && { onExpired: options.onExpired }),
    ...(options.expect !== undefined && { expect: options.expect }),
  });
  const progress = await startProgress(io, options, mask);
  try {
    const measurements = await collect(loaded.gates, recorder.take, options.concurrency, progress.step);
    progress.stop();
    const stopped = stopper.stopped();
    if (stopped !== undefined) {
      await write(io.stderr, `stopped by ${stopped}: nothing was recorded\n`);
      return stopped === 'SIGINT' ? EXIT.sigint : EXIT.sigterm;
    }
    if (options.expect !== undefined) {
      const { verdict } = reportOn(loaded.gates, measurements, {
        version: VERSION,
        mode: 'live',
        recordedAt: null,
        asOf: loaded.asOf,
        policy: { onNoData: 'inconclusive', onBackendError: 'error' },
        notes: [],
      });
      if (verdict !== options.expect) {
        await write(io.stderr, `${unexpected(options.expect, verdict, loaded.asOf)}\n`);
        return EXIT.fail;
      }
    }
    const written = await recorder.write();
    if (!written.ok) return session.refuse(written.failures);
    const failures = [...measurements.values()].filter(({ state }) => state === 'failed').length;
    const shown = shownFolder(session, setFolder(session, sources.value, folder));
    const left = failures === 0 ? '' : `, ${counted(failures, 'question')} without an answer among them`;
    if (!options.quiet)
      await write(
        io.stdout,
        `${shown}: ${counted(written.value.files, 'answer')} as of ${formatInstant(loaded.asOf)}${left}\n`,
      );
    return failures === 0 ? EXIT.pass : EXIT.backend;
  } finally {
    progress.stop();
    stopper.release();
  }
}

function unexpected(expected: string, verdict: string, asOf: number): string {
  return [
    `the gates say ${verdict} at ${formatInstant(asOf)}, and ${expected} is expected: nothing was recorded`,
    '   give another --at or --window, or record it without --expect',
  ].join('\n');
}

function misuseOf({ at, maxAge, onExpired }: RecordOptions): Failure | undefined {
  if (at !== undefined && at > realClock.now())
    return {
      code: 'usage',
      message: `--at ${formatInstant(at)} is yet to come`,
      mend: 'record what has happened: leave out --at for now, or give an instant of the past',
    };
  if (onExpired !== undefined && maxAge === undefined)
    return { code: 'usage', message: '--on-expired goes with --max-age', mend: 'say from which age on' };
  return undefined;
}
