import { liveTake } from '../../engine/live.js';
import type { RunFacts } from '../../engine/report.js';
import { runGates } from '../../engine/run.js';
import type { WaiverRequest } from '../../gatefile/context.js';
import type { Loaded } from '../../gatefile/load.js';
import { type Failure, failed, ok, type Result } from '../../model/failure.js';
import { settingsOfAll } from '../../model/hash.js';
import type { GateReport } from '../../model/report.js';
import type { Recorder } from '../../recording/record.js';
import type { Replay } from '../../recording/replay.js';
import type { RecordedSet } from '../../recording/set.js';
import { EXIT, exitCodeOf, exitCodeOfUnwritten } from '../exit-code.js';
import type { Io, StopSignal } from '../io.js';
import type { CheckOptions } from '../options.js';
import { startProgress } from '../progress.js';
import { publish } from '../publish.js';
import { changesIn, factsOf, openRecorder, openSet, surroundingsIn } from '../recorded.js';
import { overSources, planReports, type ReportPlan } from '../reports.js';
import { Session, type Sources } from '../session.js';
import { VERSION } from '../version.js';
import { createBackendContext, createStopper } from '../wire.js';

/** Evaluates gates once: asks or replays, judges, reports; the exit code is the verdict. */
export async function check(paths: readonly string[], options: CheckOptions, io: Io): Promise<number> {
  const session = new Session(options, io);
  const [sources, plan, waivers] = [
    await session.sources(paths),
    planReports(options.report),
    waiversOf(options),
  ];
  if (!sources.ok || !plan.ok || !waivers.ok)
    return session.refuse([sources, plan, waivers].flatMap((each) => (each.ok ? [] : each.failures)));
  const replaced = overSources(plan.value, sources.value);
  if (replaced.length > 0) return session.refuse(replaced);
  const set = await openSet(session, sources.value, options);
  if (!set.ok) return session.refuse(set.failures);
  const loaded = await session.load(sources.value, options, waivers.value, set.value && factsOf(set.value), {
    isRecording: options.record !== undefined,
  });
  if (loaded.failures.length > 0) return session.refuse(loaded.failures);
  const changed = changedSettings(loaded, options);
  if (changed !== undefined) return session.refuse([changed]);
  return set.value === undefined
    ? checkLive(session, loaded, plan.value, options, sources.value)
    : checkReplay(session, loaded, plan.value, options, set.value);
}

/** Limits, steps or budgets that changed between two looks restart what evidence promises: that is refused. */
function changedSettings(loaded: Loaded, { settings }: CheckOptions): Failure | undefined {
  const now = settingsOfAll(loaded.gates);
  if (settings === undefined || settings === now) return undefined;
  return {
    code: 'usage',
    message: `the settings of this run are ${now}, those of the first look were ${settings}`,
    mend: 'a gate, limit, step, budget or deploy time changed: judge with what the rollout began with, or begin it anew',
  };
}

async function checkLive(
  session: Session,
  loaded: Loaded,
  plan: ReportPlan,
  options: CheckOptions,
  sources: Sources,
): Promise<number> {
  const { io } = session;
  const { mask } = session.secrets;
  const stopper = createStopper(io, options.timeout);
  const context = createBackendContext(
    { backendTimeoutMs: options.backendTimeout, retries: options.retries },
    io,
    stopper.signal,
    mask,
  );
  const live = liveTake(context, session.secrets);
  const recorder =
    options.record === undefined
      ? undefined
      : await openRecorder(session, sources, loaded, live, options, options.record);
  const progress = await startProgress(io, options, mask);
  try {
    const facts = runFacts(options, { mode: 'live', recordedAt: null, asOf: loaded.asOf });
    const outcome = await runGates(
      loaded.gates,
      recorder?.take ?? live,
      facts,
      options.concurrency,
      progress.step,
    );
    progress.stop();
    const stopped = stopper.stopped();
    const recorded = await written(recorder, stopped);
    if (!recorded.ok) await session.tell(recorded.failures);
    const code = exitCodeOf(outcome, exitFlags(options), stopped);
    // A recording that was asked for and is not there must not look like one that is.
    const exitCode = !recorded.ok && code === EXIT.pass ? exitCodeOfUnwritten(recorded.failures) : code;
    return await deliver(session, { ...outcome, exitCode }, plan, options);
  } finally {
    progress.stop();
    stopper.release();
  }
}

/** Writes the set, but of a run that was stopped: a question that was cut short has no answer to replay. */
async function written(
  recorder: Recorder | undefined,
  stopped: StopSignal | undefined,
): Promise<Result<unknown>> {
  if (recorder === undefined) return ok(undefined);
  if (stopped === undefined) return recorder.write();
  return failed({
    code: 'backend.interrupted',
    message: `stopped by ${stopped}: nothing was recorded`,
    mend: 'run it again',
  });
}

async function checkReplay(
  session: Session,
  loaded: Loaded,
  plan: ReportPlan,
  options: CheckOptions,
  set: RecordedSet,
): Promise<number> {
  const { createReplay } = await import('../../recording/replay.js');
  const replay: Replay = createReplay(set, session.secrets.mask);
  const facts = runFacts(options, {
    mode: 'replay',
    recordedAt: set.manifest.recordedAt ?? null,
    asOf: set.asOf,
  });
  const outcome = await runGates(loaded.gates, replay.take, facts, options.concurrency);
  if (replay.misses.length > 0)
    return session.refuse([
      ...replay.misses,
      ...(await surroundingsIn(session, set, loaded)),
      ...(await changesIn(set, loaded.gates)),
    ]);
  if (options.verbose) await session.tell(await changesIn(set, loaded.gates));
  const exitCode = exitCodeOf(outcome, exitFlags(options), undefined);
  return deliver(session, { ...outcome, exitCode }, plan, options);
}

async function deliver(
  session: Session,
  report: GateReport,
  plan: ReportPlan,
  options: CheckOptions,
): Promise<number> {
  const { failures, exitCode } = await publish(session, report, plan, options);
  await session.tell(failures);
  return exitCode;
}

function runFacts(options: CheckOptions, facts: Pick<RunFacts, 'mode' | 'recordedAt' | 'asOf'>): RunFacts {
  return {
    ...facts,
    version: VERSION,
    policy: { onNoData: options.onNoData, onBackendError: options.onBackendError },
    notes: options.exitZero ? ['--exit-zero: the exit code does not tell the verdict'] : [],
  };
}

function exitFlags(options: CheckOptions): Parameters<typeof exitCodeOf>[1] {
  return {
    failOnWarn: options.failOn === 'warn',
    maxWarnings: options.maxWarnings,
    exitZero: options.exitZero === true,
  };
}

/** `--waive` with who and why; a waiver without either is none. */
function waiversOf(options: CheckOptions): Result<readonly WaiverRequest[]> {
  const { waive, by, because, until } = options;
  if (waive.length === 0) {
    const stray = by !== undefined || because !== undefined || until !== undefined;
    return stray
      ? failed({
          code: 'usage',
          message: '--by, --because and --until go with --waive',
          mend: 'name the criterion: --waive GATE.CRITERION',
        })
      : ok([]);
  }
  if (!by || !because) {
    const missing = [by ? '' : '--by WHO', because ? '' : '--because TEXT']
      .filter((each) => each !== '')
      .join(' and ');
    return failed({
      code: 'usage',
      message: `--waive ${waive.join(', ')} lacks ${missing}`,
      mend: 'a waiver says who decided it and why; both are in the report',
    });
  }
  return ok(waive.map((criterion) => ({ criterion, by, because, until: until ?? null })));
}
