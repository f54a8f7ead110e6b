import path from 'node:path';
import type { TakeMeasurement } from '../../contracts/take.js';
import { collectHistory } from '../../engine/backtest/history.js';
import { cadenceTrouble, type Looks, linesOf } from '../../engine/backtest/lines.js';
import { backtestReport } from '../../engine/backtest/report.js';
import { walk } from '../../engine/backtest/walk.js';
import { liveTake } from '../../engine/live.js';
import { readIncidents, timedIncidents } from '../../gatefile/incidents.js';
import type { Loaded } from '../../gatefile/load.js';
import type { BacktestReport, Incident } from '../../model/backtest.js';
import { type Failure, failed, ok, type Result } from '../../model/failure.js';
import { formatDuration, formatInstant, parseInstant } from '../../model/time.js';
import { openJournal } from '../../recording/journal.js';
import type { Recorder } from '../../recording/record.js';
import { createReplay } from '../../recording/replay.js';
import type { RecordedSet } from '../../recording/set.js';
import { startBar } from '../backtest/progress.js';
import { missedBy } from '../backtest/words.js';
import { EXIT } from '../exit-code.js';
import { type Io, write } from '../io.js';
import type { BacktestOptions } from '../options.js';
import { counted } from '../page/page.js';
import { changesIn, factsOf, openRecorder, openSet } from '../recorded.js';
import { planReports, type ReportPlan } from '../reports.js';
import { Session, type Sources } from '../session.js';
import { VERSION } from '../version.js';
import { createBackendContext, createStopper, realClock } from '../wire.js';

const FORMATS = ['pretty', 'json', 'html'] as const;

/**
 * Judges the past look by look: 0, 1 when an incident was seen by no gate, 2 for misuse, 4 when nothing could be asked.
 */
export async function backtest(paths: readonly string[], options: BacktestOptions, io: Io): Promise<number> {
  const session = new Session(options, io);
  const [sources, plan, incidents] = [
    await session.sources(paths),
    planReports(options.report, FORMATS),
    incidentsOf(session, options.incidents),
  ];
  if (!sources.ok || !plan.ok || !incidents.ok)
    return session.refuse([sources, plan, incidents].flatMap((each) => (each.ok ? [] : each.failures)));
  const set = await openSet(
    session,
    sources.value,
    options.replay === undefined ? {} : { replay: options.replay },
  );
  if (!set.ok) return session.refuse(set.failures);
  const looks = looksOf(options, set.value);
  if (!looks.ok) return session.refuse(looks.failures);
  const replay = set.value && { ...factsOf(set.value), asOf: looks.value.from };
  const gateOptions = { ...options, at: looks.value.from };
  const loaded = await session.load(sources.value, gateOptions, [], replay, {
    isBacktest: true,
    isRollout: options.rollouts === true,
  });
  if (loaded.failures.length > 0) return session.refuse(loaded.failures);
  const trouble = [...cadenceTrouble(loaded.gates, looks.value), ...strayGates(incidents.value, loaded)];
  if (trouble.length > 0) return session.refuse(trouble);
  return run(session, {
    sources: sources.value,
    loaded,
    set: set.value,
    looks: looks.value,
    incidents: incidents.value,
    plan: plan.value,
    options,
  });
}

interface Backtest {
  readonly sources: Sources;
  readonly loaded: Loaded;
  readonly set: RecordedSet | undefined;
  readonly looks: Looks;
  readonly incidents: readonly Incident[];
  readonly plan: ReportPlan;
  readonly options: BacktestOptions;
}

async function run(session: Session, task: Backtest): Promise<number> {
  const { loaded, looks, set, options, incidents } = task;
  const { io } = session;
  const stopper = createStopper(io, options.timeout);
  const bar = await startBar(io, options);
  try {
    const opened = await openTake(session, task, stopper.signal);
    if (!opened.ok) return await session.refuse(opened.failures);
    const { take, known, recorder, troubles } = opened.value;
    if (known > 0) await write(io.stderr, `${counted(known, 'answer')} known from ${options.resume}\n`);
    const lines = linesOf(loaded.gates);
    if (!lines.ok) return await session.refuse(lines.failures);
    const history = await collectHistory(lines.value, looks, take, options.concurrency, (done, all) => {
      bar.tell('questions', done, all);
    });
    if (!history.ok) return await session.refuse(history.failures);
    const missing = troubles();
    if (missing.length > 0)
      return await session.refuse([
        ...missing,
        ...(set === undefined ? [] : await changesIn(set, loaded.gates)),
      ]);
    const stopped = stopper.stopped();
    if (stopped !== undefined) {
      const kept =
        options.resume === undefined
          ? 'nothing was kept: --resume FILE keeps answers'
          : `go on with --resume ${options.resume}`;
      await write(io.stderr, `stopped by ${stopped}; ${kept}\n`);
      return stopped === 'SIGINT' ? EXIT.sigint : EXIT.sigterm;
    }
    const written = await recorder?.write();
    if (written?.ok === false) return await session.refuse(written.failures);
    const never = new AbortController().signal;
    const walked = await walk(loaded.gates, looks, history.value, POLICY, async (done, all) => {
      bar.tell('looks', done, all);
      await realClock.sleep(0, never);
    });
    bar.stop();
    const report = backtestReport(walked, looks, incidents, {
      version: VERSION,
      mode: set === undefined ? 'live' : 'replay',
      recordedAt: set?.manifest.recordedAt ?? null,
      notes: notesOf(loaded, looks),
    });
    return await deliver(session, report, task.plan);
  } finally {
    bar.stop();
    stopper.release();
  }
}

const WEEK_MS = 604_800_000;
const POLICY = { onNoData: 'inconclusive', onBackendError: 'error' } as const;

/** What a reader must know of how the past was judged. */
function notesOf({ gates }: Loaded, { from, to }: Looks): readonly string[] {
  const rollouts = gates.filter(({ criteria }) => criteria.some(({ rule }) => rule.isSince));
  const instants = gates.some(({ criteria }) => criteria.some(({ rule }) => rule.take.kind === 'instant'));
  return [
    rollouts.length === 0
      ? 'each look judges a full window as a check without --since does'
      : `each look judges a full window; as the last look of a rollout: ${rollouts.map(({ id }) => id).join(', ')}`,
    ...(to - from < WEEK_MS ? [`rates a week are extrapolated from ${formatDuration(to - from)}`] : []),
    ...(instants ? ['values of one instant were asked at each look'] : []),
  ];
}

interface OpenedTake {
  readonly take: TakeMeasurement;
  readonly known: number;
  readonly recorder: Recorder | undefined;
  readonly troubles: () => readonly Failure[];
}

/** Who answers: the set, or the backends, with what was answered before and a recorder around them. */
async function openTake(session: Session, task: Backtest, signal: AbortSignal): Promise<Result<OpenedTake>> {
  const { set, options, loaded, looks, sources } = task;
  const { mask } = session.secrets;
  if (set !== undefined) {
    const { take, misses } = createReplay(set, mask);
    return ok({ take, known: 0, recorder: undefined, troubles: () => misses });
  }
  const flags = { backendTimeoutMs: options.backendTimeout, retries: options.retries };
  const live = liveTake(createBackendContext(flags, session.io, signal, mask), mask);
  const journal =
    options.resume === undefined ? undefined : openJournal(options.resume, session.cwd, looks.to, live, mask);
  if (journal?.ok === false) return journal;
  const inner = journal?.value.take ?? live;
  const recorder =
    options.record === undefined
      ? undefined
      : await openRecorder(session, sources, { ...loaded, asOf: looks.to }, inner, options, options.record, {
          historyFrom: formatInstant(looks.from),
        });
  return ok({
    take: recorder?.take ?? inner,
    known: journal?.value.known ?? 0,
    recorder,
    troubles: () => {
      const trouble = journal?.value.trouble();
      return trouble === undefined ? [] : [trouble];
    },
  });
}

function incidentsOf(session: Session, file: string | undefined): Result<readonly Incident[]> {
  if (file === undefined) return ok([]);
  const source = session.read(file);
  if (!source.ok) return source;
  const listed = readIncidents(source.value);
  return listed.ok ? timedIncidents(listed.value) : listed;
}

/** When to look: the time that a set holds, or the last days up to now. */
function looksOf(options: BacktestOptions, set: RecordedSet | undefined): Result<Looks> {
  const { every: everyMs } = options;
  const usage = (message: string, mend: string): Result<never> => failed({ code: 'usage', message, mend });
  if (set !== undefined) {
    const from = set.manifest.historyFrom === undefined ? undefined : parseInstant(set.manifest.historyFrom);
    if (from === undefined)
      return usage(
        `${set.folder} holds the answers of one look, and no history`,
        'record history with "gatekeeper backtest --record DIR"',
      );
    if (options.from !== undefined || options.to !== undefined)
      return usage('--from and --to cannot go with --replay', 'all that was recorded is looked at');
    return ok({ from, to: set.asOf, everyMs });
  }
  const now = realClock.now();
  const to = options.to ?? Math.floor(now / everyMs) * everyMs;
  const from = options.from ?? to - options.last;
  if (to > now) return usage(`--to ${formatInstant(to)} is yet to come`, 'leave it out for now');
  if (to - from < everyMs)
    return usage(
      `there is no second look between ${formatInstant(from)} and ${formatInstant(to)}`,
      `look further back, or more often than every ${formatDuration(everyMs)}`,
    );
  return ok({ from, to, everyMs });
}

/** An incident that names a gate which is not looked at would be seen by nobody. */
function strayGates(incidents: readonly Incident[], { gates }: Loaded): readonly Failure[] {
  const ids = gates.map(({ id }) => id);
  return incidents
    .filter((incident) => incident.gates.length > 0 && !incident.gates.some((id) => ids.includes(id)))
    .map(
      (incident): Failure => ({
        code: 'gatefile.incident',
        message: `incident "${incident.id}" is meant for ${incident.gates.join(', ')}, and none of them is looked at`,
        mend: `gates here are ${ids.join(', ')}`,
      }),
    );
}

async function deliver(session: Session, report: BacktestReport, plan: ReportPlan): Promise<number> {
  const { mask } = session.secrets;
  const failures: Failure[] = [];
  for (const { format, path: name } of plan.files) {
    if (name === null) continue;
    const { writeWhole } = await import('../files.js');
    const failure = await writeWhole(
      path.resolve(session.cwd, name),
      mask(await render(report, format)),
      name,
    );
    if (failure !== undefined) failures.push(failure);
  }
  await write(session.io.stdout, mask(await render(report, plan.stdout)));
  await session.tell(failures);
  const isBlind = report.gates.every(({ counts }) => counts.error === report.looks);
  if (isBlind) return EXIT.backend;
  if (missedBy(report.gates).length > 0) return EXIT.fail;
  return failures.length > 0 ? EXIT.config : EXIT.pass;
}

async function render(report: BacktestReport, format: string): Promise<string> {
  switch (format) {
    case 'json':
      return `${JSON.stringify(report, null, 2)}\n`;
    case 'html':
      return (await import('../backtest/html.js')).htmlBacktest(report);
    default:
      return (await import('../backtest/pretty.js')).prettyBacktest(report);
  }
}
