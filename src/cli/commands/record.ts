import path from 'node:path';
import { counted } from '../../contracts/counted.js';
import { collect } from '../../engine/collect.js';
import { liveTake } from '../../engine/live.js';
import type { Outcome } from '../../engine/report.js';
import type { ListedIncident } from '../../gatefile/incidents.js';
import type { Loaded } from '../../gatefile/load.js';
import type { Failure } from '../../model/failure.js';
import { formatDuration, formatInstant } from '../../model/time.js';
import { EXIT, exitCodeOfUnwritten } from '../exit-code.js';
import { type Io, write } from '../io.js';
import type { RecordOptions } from '../options.js';
import { startProgress } from '../progress.js';
import { withoutRecorded } from '../record/baseline.js';
import { guardsToWrite, incidentsAt } from '../record/incidents.js';
import { liveReport } from '../record/report.js';
import { writeReplayTest } from '../record/test-file.js';
import { openRecorder, setFolder, shownFolder } from '../recorded.js';
import { Session, type Sources } from '../session.js';
import { createBackendContext, createStopper, realClock } from '../wire.js';

/**
 * Asks everything that the gates ask and stores the answers as a set: 0, 4 when a backend could not be asked (which is
 * recorded, too) or the deadline of the run came first (which is not). With `--expect` it judges after all, and writes a test of the set; 1 when the gates say something
 * else: the set is stored, since the answers may soon be gone, and no test of it.
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
  const loaded = await session.load(sources.value, options, [], undefined, { isRecording: true });
  if (loaded.failures.length > 0) return session.refuse(loaded.failures);
  const incidents = incidentsAt(session, loaded, options.incidents);
  if (!incidents.ok) return session.refuse(incidents.failures);
  const { mask } = session.secrets;
  const stopper = createStopper(io, options.timeout);
  const flags = { backendTimeoutMs: options.backendTimeout, retries: options.retries };
  const live = liveTake(createBackendContext(flags, io, stopper.signal, mask), session.secrets);
  const recorder = await openRecorder(session, sources.value, loaded, live, options, folder, {
    ...(options.maxAge !== undefined && { maxAge: formatDuration(options.maxAge) }),
    ...(options.onExpired !== undefined && { onExpired: options.onExpired }),
  });
  const progress = await startProgress(io, options, mask);
  try {
    const gates = options.baseline === true ? loaded.gates.map(withoutRecorded) : loaded.gates;
    const measurements = await collect(gates, recorder.take, options.concurrency, progress.step);
    progress.stop();
    const stopped = stopper.stopped();
    if (stopped !== undefined) {
      await write(io.stderr, `stopped by ${stopped}: nothing was recorded\n`);
      return stopped === 'SIGINT' ? EXIT.sigint : EXIT.sigterm;
    }
    const report = options.expect === undefined ? undefined : liveReport(loaded, measurements);
    const isExpected = report === undefined || report.verdict === options.expect;
    const written = await recorder.write(
      isExpected && options.expect !== undefined ? { expect: options.expect } : {},
    );
    if (!written.ok) {
      await session.tell(written.failures);
      return exitCodeOfUnwritten(written.failures);
    }
    const failures = [...measurements.values()].filter(({ state }) => state === 'failed').length;
    const target = setFolder(session, sources.value, folder);
    const shown = shownFolder(session, target);
    const left = failures === 0 ? '' : `, ${counted(failures, 'question')} without an answer among them`;
    if (!options.quiet)
      await write(
        io.stdout,
        `${shown}: ${counted(written.value.files, 'answer')} as of ${formatInstant(loaded.asOf)}${left}\n`,
      );
    if (report !== undefined && !isExpected) {
      await write(io.stderr, `${unexpected(options.expect ?? '', report.verdict, loaded.asOf, shown)}\n`);
      return EXIT.fail;
    }
    const trouble =
      report === undefined
        ? []
        : await guard(session, sources.value, loaded, report, target, incidents.value, options);
    if (trouble.length > 0) return session.refuse(trouble);
    return failures === 0 ? EXIT.pass : EXIT.backend;
  } finally {
    progress.stop();
    stopper.release();
  }
}

/** Writes the test of the set, and tells what is left to do so that its incidents have a guard. */
async function guard(
  session: Session,
  sources: Sources,
  loaded: Loaded,
  report: Outcome,
  folder: string,
  incidents: readonly ListedIncident[],
  { quiet, incidents: file }: RecordOptions,
): Promise<readonly Failure[]> {
  const { mask } = session.secrets;
  const ids = incidents.map(({ id, about }) => (about === null ? id : `${id}, ${about}`));
  const subject = ids.length === 0 ? path.basename(folder) : ids.join('; ');
  const { told, failures } = await writeReplayTest(session, sources, loaded, report, folder, {
    subject,
    head: HEAD,
  });
  if (!quiet) await write(session.io.stdout, mask(told.map((line) => `${line}\n`).join('')));
  if (file !== undefined) await session.tell(guardsToWrite(incidents, file, loaded, report));
  return failures;
}

const HEAD = 'Written by "gatekeeper record --expect": what was recorded must be judged so for ever.';

function unexpected(expected: string, verdict: string, asOf: number, folder: string): string {
  return [
    `the gates say ${verdict} at ${formatInstant(asOf)}, and ${expected} is expected: no test was written`,
    `   ${folder} holds what was answered; to try another --at or --window, give another folder or remove this one`,
  ].join('\n');
}

function misuseOf(options: RecordOptions): Failure | undefined {
  const { at, maxAge, onExpired, expect, incidents, baseline } = options;
  if (baseline === true && expect !== undefined)
    return {
      code: 'usage',
      message: '--baseline cannot go with --expect: without a baseline nothing can be judged',
      mend: 'record the baseline first, and what is judged against it into another folder',
    };
  if (at !== undefined && at > realClock.now())
    return {
      code: 'usage',
      message: `--at ${formatInstant(at)} is yet to come`,
      mend: 'record what has happened: leave out --at for now, or give an instant of the past',
    };
  if (onExpired !== undefined && maxAge === undefined)
    return { code: 'usage', message: '--on-expired goes with --max-age', mend: 'say from which age on' };
  if (incidents !== undefined && expect === undefined)
    return {
      code: 'usage',
      message: '--incidents goes with --expect',
      mend: 'write --expect fail: what is guarded against must be seen to fail',
    };
  return undefined;
}
