import path from 'node:path';
import { collectHistory } from '../../engine/backtest/history.js';
import { cadenceTrouble, type Looks, linesOf } from '../../engine/backtest/lines.js';
import { backtestReport } from '../../engine/backtest/report.js';
import { walk } from '../../engine/backtest/walk.js';
import { readIncidents, timedIncidents } from '../../gatefile/incidents.js';
import type { Loaded } from '../../gatefile/load.js';
import type { BacktestReport, Incident } from '../../model/backtest.js';
import { type Failure, failed, ok, type Result } from '../../model/failure.js';
import { formatDuration, formatInstant, parseDuration, parseInstant } from '../../model/time.js';
import type { RecordedSet } from '../../recording/set.js';
import { startBar } from '../backtest/progress.js';
import { deploysOf, walkRollouts } from '../backtest/rollouts.js';
import { passedIncidents } from '../backtest/rollouts-pretty.js';
import { type Backtest, explained, openTake, stoppedText } from '../backtest/take.js';
import { missedBy } from '../backtest/words.js';
import { EXIT, exitCodeOfUnwritten } from '../exit-code.js';
import { type Io, write } from '../io.js';
import type { BacktestOptions } from '../options.js';
import { factsOf, openSet } from '../recorded.js';
import { overSources, planReports, type ReportPlan } from '../reports.js';
import { Session } from '../session.js';
import { VERSION } from '../version.js';
import { createStopper, realClock } from '../wire.js';

const FORMATS = ['pretty', 'json', 'html'] as const;
const ROLLOUT_FORMATS = ['pretty', 'json'] as const;

/**
 * Judges the past look by look, or rollout by rollout: 0, 1 when an incident was seen by no gate, 2 for misuse, 4 when nothing could be asked.
 */
export async function backtest(paths: readonly string[], options: BacktestOptions, io: Io): Promise<number> {
  const session = new Session(options, io);
  const isOfRollouts = options.deploys !== undefined || options.sinceEvery !== undefined;
  const [sources, plan, incidents] = [
    await session.sources(paths),
    planReports(options.report, isOfRollouts ? ROLLOUT_FORMATS : FORMATS),
    incidentsOf(session, options.incidents),
  ];
  if (!sources.ok || !plan.ok || !incidents.ok)
    return session.refuse([sources, plan, incidents].flatMap((each) => (each.ok ? [] : each.failures)));
  const replaced = overSources(plan.value, sources.value);
  if (replaced.length > 0) return session.refuse(replaced);
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
    isRollout: isOfRollouts || options.rollouts === true,
  });
  if (loaded.failures.length > 0) return session.refuse(loaded.failures);
  const trouble = [
    ...(isOfRollouts ? [] : cadenceTrouble(loaded.gates, looks.value)),
    ...strayGates(incidents.value, loaded),
  ];
  if (trouble.length > 0) return session.refuse(trouble);
  const task = {
    sources: sources.value,
    loaded,
    set: set.value,
    looks: looks.value,
    incidents: incidents.value,
    plan: plan.value,
    options,
  };
  return isOfRollouts ? runRollouts(session, task) : run(session, task);
}

interface LookedAt extends Backtest {
  readonly incidents: readonly Incident[];
  readonly plan: ReportPlan;
}

async function runRollouts(session: Session, task: LookedAt): Promise<number> {
  const deploys = deploysOf(session, task.options, task.looks);
  if (!deploys.ok) return session.refuse(deploys.failures);
  const report = await walkRollouts(session, task, deploys.value, task.incidents);
  if (typeof report === 'number') return report;
  const render = async (format: string): Promise<string> =>
    format === 'json'
      ? json(report)
      : (await import('../backtest/rollouts-pretty.js')).prettyRollouts(report);
  const isWritten = await deliver(session, render, task.plan);
  const looks = report.gates.flatMap(({ rollouts }) => rollouts.flatMap((each) => each.looks));
  if (looks.every(({ verdict }) => verdict === 'error')) return EXIT.backend;
  if (passedIncidents(report.gates).length > 0) return EXIT.fail;
  return isWritten ? EXIT.pass : EXIT.config;
}

async function run(session: Session, task: LookedAt): Promise<number> {
  const { loaded, looks, set, options, incidents } = task;
  const { io } = session;
  const stopper = createStopper(io, options.timeout);
  const bar = await startBar(io, options);
  try {
    const opened = await openTake(session, task, stopper.signal);
    if (!opened.ok) return await session.refuse(opened.failures);
    const { take, recorder, troubles } = opened.value;
    const lines = linesOf(loaded.gates);
    if (!lines.ok) return await session.refuse(lines.failures);
    const history = await collectHistory(lines.value, looks, take, options.concurrency, (done, all) => {
      bar.tell('questions', done, all);
    });
    if (!history.ok) return await session.refuse(history.failures);
    const missing = await explained(session, troubles(), task);
    if (missing.length > 0) return await session.refuse(missing);
    const stopped = stopper.stopped();
    if (stopped !== undefined) {
      await write(io.stderr, stoppedText(stopped, options));
      return stopped === 'SIGINT' ? EXIT.sigint : EXIT.sigterm;
    }
    const written = await recorder?.write();
    if (written?.ok === false) {
      await session.tell(written.failures);
      return exitCodeOfUnwritten(written.failures);
    }
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
    const isWritten = await deliver(session, (format) => render(report, format), task.plan);
    if (report.gates.every(({ counts }) => counts.error === report.looks)) return EXIT.backend;
    if (missedBy(report.gates).length > 0) return EXIT.fail;
    return isWritten ? EXIT.pass : EXIT.config;
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

function incidentsOf(session: Session, file: string | undefined): Result<readonly Incident[]> {
  if (file === undefined) return ok([]);
  const source = session.read(file);
  if (!source.ok) return source;
  const listed = readIncidents(source.value);
  return listed.ok ? timedIncidents(listed.value) : listed;
}

const EVERY_MS = 300_000;

/** When to look: the time that a set holds, as often as its recording did, or the last days up to now. */
function looksOf(options: BacktestOptions, set: RecordedSet | undefined): Result<Looks> {
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
    const recorded =
      set.manifest.historyEvery === undefined ? undefined : parseDuration(set.manifest.historyEvery);
    return ok({ from, to: set.asOf, everyMs: options.every ?? recorded ?? EVERY_MS });
  }
  const { every: everyMs = EVERY_MS } = options;
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

/** Writes every report; false where one could not be written. */
async function deliver(
  session: Session,
  rendered: (format: string) => Promise<string>,
  plan: ReportPlan,
): Promise<boolean> {
  const { mask } = session.secrets;
  const failures: Failure[] = [];
  for (const { format, path: name } of plan.files) {
    if (name === null) continue;
    const { writeWhole } = await import('../files.js');
    const failure = await writeWhole(path.resolve(session.cwd, name), mask(await rendered(format)), name);
    if (failure !== undefined) failures.push(failure);
  }
  await write(session.io.stdout, mask(await rendered(plan.stdout)));
  await session.tell(failures);
  return failures.length === 0;
}

function json(report: object): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

async function render(report: BacktestReport, format: string): Promise<string> {
  switch (format) {
    case 'json':
      return json(report);
    case 'html':
      return (await import('../backtest/html.js')).htmlBacktest(report);
    default:
      return (await import('../backtest/pretty.js')).prettyBacktest(report);
  }
}
