import { counted } from '../../contracts/counted.js';
import { questionsIn } from '../../engine/backtest/cutting-take.js';
import { MOST_QUESTIONS } from '../../engine/backtest/history.js';
import { fullAt, type GatesAt, type WalkedRollout, walkRollout } from '../../engine/backtest/rollouts.js';
import { rolloutsReport } from '../../engine/backtest/rollouts-report.js';
import { readDeploys } from '../../gatefile/deploys.js';
import type { SourceText } from '../../gatefile/source.js';
import { parseYaml, type YamlFile } from '../../gatefile/yaml.js';
import type { Incident } from '../../model/backtest.js';
import { failed, ok, type Result } from '../../model/failure.js';
import type { Deploy, RolloutsReport } from '../../model/rollouts.js';
import { formatDuration, formatInstant } from '../../model/time.js';
import { EXIT, exitCodeOfUnwritten } from '../exit-code.js';
import { write } from '../io.js';
import type { BacktestOptions } from '../options.js';
import { factsOf } from '../recorded.js';
import type { Session } from '../session.js';
import { VERSION } from '../version.js';
import { createStopper } from '../wire.js';
import { startBar } from './progress.js';
import { type Backtest, explained, openTake, stoppedText } from './take.js';

/** Rollouts to look at, and how many of the list are of another time. */
interface Deploys {
  readonly deploys: readonly Deploy[];
  readonly outside: number;
}

/** The rollouts that `--deploys` lists, or every so often as `--since-every` says, within the time of the looks. */
export function deploysOf(
  session: Session,
  { deploys: file, sinceEvery }: BacktestOptions,
  { from, to }: Backtest['looks'],
): Result<Deploys> {
  if (file === undefined) {
    const everyMs = sinceEvery ?? to - from;
    const count = Math.floor((to - from) / everyMs) + 1;
    const deploys = Array.from({ length: count }, (_, i) => ({ id: null, since: from + i * everyMs }));
    return ok({ deploys, outside: 0 });
  }
  const source = session.read(file);
  if (!source.ok) return source;
  const listed = readDeploys(source.value);
  if (!listed.ok) return listed;
  const within = listed.value.filter(({ since }) => since >= from && since <= to);
  const outside = listed.value.length - within.length;
  if (within.length > 0) return ok({ deploys: within, outside });
  return failed({
    code: 'usage',
    message: `no rollout of ${file} began from ${formatInstant(from)} to ${formatInstant(to)}`,
    mend: 'give --from and --to, or --last, that hold them',
  });
}

/** Looks at each rollout as it went on, its window growing; an exit code where that did not go well. */
export async function walkRollouts(
  session: Session,
  task: Backtest,
  { deploys, outside }: Deploys,
  incidents: readonly Incident[],
): Promise<RolloutsReport | number> {
  const { looks, set, options } = task;
  const { io } = session;
  const gatesAt = gatesOf(session, task);
  const over: Deploy[] = [];
  for (const deploy of deploys) {
    const end = await fullAt(gatesAt, deploy.since);
    if (!end.ok) return session.refuse(end.failures);
    if (end.value <= looks.to) over.push(deploy);
  }
  const trouble = await troubleOf(over, gatesAt, looks);
  if (!trouble.ok) return session.refuse(trouble.failures);
  const stopper = createStopper(io, options.timeout);
  const bar = await startBar(io, options);
  try {
    const opened = await openTake(session, task, stopper.signal);
    if (!opened.ok) return await session.refuse(opened.failures);
    const { take, recorder, troubles } = opened.value;
    const walked: WalkedRollout[] = [];
    const facts = { everyMs: looks.everyMs, gatesAt, take, concurrency: options.concurrency, policy: POLICY };
    for (const deploy of over) {
      bar.tell('rollouts', walked.length, over.length);
      const rollout = await walkRollout(deploy, facts);
      if (!rollout.ok) return await session.refuse(rollout.failures);
      walked.push(rollout.value);
      const missing = await explained(session, troubles(), task);
      if (missing.length > 0) return await session.refuse(missing);
      const stopped = stopper.stopped();
      if (stopped === undefined) continue;
      await write(io.stderr, stoppedText(stopped, options));
      return stopped === 'SIGINT' ? EXIT.sigint : EXIT.sigterm;
    }
    const written = await recorder?.write();
    if (written?.ok === false) {
      await session.tell(written.failures);
      return exitCodeOfUnwritten(written.failures);
    }
    return rolloutsReport(walked, looks, incidents, {
      version: VERSION,
      mode: set === undefined ? 'live' : 'replay',
      recordedAt: set?.manifest.recordedAt ?? null,
      notes: notesOf(deploys.length - over.length, outside, options),
    });
  } finally {
    bar.stop();
    stopper.release();
  }
}

const POLICY = { onNoData: 'inconclusive', onBackendError: 'error' } as const;

/** The gates as a check would have read them at a look; texts are parsed once. */
function gatesOf(session: Session, { sources, set, options }: Backtest): GatesAt {
  const parsed = new Map<SourceText, Result<YamlFile>>();
  const parse = (source: SourceText): Result<YamlFile> => {
    const known = parsed.get(source) ?? parseYaml(source);
    parsed.set(source, known);
    return known;
  };
  return async (since, at) => {
    const replay = set && { ...factsOf(set), asOf: at };
    const loaded = await session.load(sources, { ...options, since, at }, [], replay, { parse });
    return loaded.failures.length > 0 ? failed(...loaded.failures) : ok(loaded.gates);
  };
}

/** No rollout that is over, or more questions than a shared backend should be asked. */
async function troubleOf(
  deploys: readonly Deploy[],
  gatesAt: GatesAt,
  { everyMs }: Backtest['looks'],
): Promise<Result<undefined>> {
  const [first] = deploys;
  if (first === undefined)
    return failed({
      code: 'usage',
      message: 'no rollout is over: the windows of the gates are not full yet',
      mend: 'look further back with --from or --last, or give a shorter --window',
    });
  const end = await fullAt(gatesAt, first.since);
  const gates = end.ok ? await gatesAt(first.since, end.value) : end;
  if (!gates.ok) return gates;
  if (!end.ok) return end;
  const looks = Math.ceil((end.value - first.since) / everyMs);
  const questions = deploys.length * questionsIn(gates.value, looks);
  if (questions <= MOST_QUESTIONS) return ok(undefined);
  return failed({
    code: 'usage',
    message: `this backtest could ask ${questions} questions, and at most ${MOST_QUESTIONS} are asked`,
    mend: `use fewer rollouts, fewer gates (--gate), or a longer --every than ${formatDuration(everyMs)}`,
  });
}

function notesOf(unfinished: number, outside: number, { sinceEvery }: BacktestOptions): readonly string[] {
  return [
    'each rollout is looked at as check --since does, until it is decided or its window is full',
    ...(sinceEvery === undefined
      ? []
      : [`no release is known: one is pretended to begin every ${formatDuration(sinceEvery)}`]),
    ...(outside === 0
      ? []
      : [`${counted(outside, 'rollout')} left out: of another time; see --from and --to`]),
    ...(unfinished === 0 ? [] : [`${counted(unfinished, 'rollout')} left out: not over by the last look`]),
  ];
}
