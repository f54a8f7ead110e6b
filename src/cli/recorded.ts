import path from 'node:path';
import type { Criterion, Gate } from '../contracts/gate.js';
import type { TakeMeasurement } from '../contracts/take.js';
import { fileExists } from '../gatefile/discover.js';
import type { Loaded } from '../gatefile/load.js';
import { type Failure, failed, ok, type Result } from '../model/failure.js';
import { formatDuration, parseDuration, parseInstant } from '../model/time.js';
import type { GateVersion } from '../recording/manifest.js';
import type { Recorder, RecordFacts } from '../recording/record.js';
import type { RecordedSet } from '../recording/set.js';
import type { GateOptions } from './options.js';
import type { ReplayFacts, Session, Sources } from './session.js';
import { VERSION } from './version.js';
import { realClock } from './wire.js';

/** A name without a slash may be a set of the config's fixtures folder. */
export function setFolder(session: Session, sources: Pick<Sources, 'fixtures'>, name: string): string {
  const direct = path.resolve(session.cwd, name);
  const isName = !name.includes('/') && !name.includes(path.sep);
  return isName && sources.fixtures !== undefined && !fileExists(direct)
    ? path.join(sources.fixtures, name)
    : direct;
}

export function shownFolder(session: Session, folder: string): string {
  return path.relative(session.cwd, folder) || '.';
}

/** The recorded set that `--replay` names; undefined without. */
export async function openSet(
  session: Session,
  sources: Sources,
  options: { readonly replay?: string; readonly at?: number; readonly maxAge?: number },
): Promise<Result<RecordedSet | undefined>> {
  if (options.replay === undefined) return ok(undefined);
  if (options.at !== undefined)
    return failed({
      code: 'usage',
      message: '--at cannot go with --replay',
      mend: 'a replay stands at the instant of its recording',
    });
  const { readSet } = await import('../recording/set.js');
  const set = readSet(shownFolder(session, setFolder(session, sources, options.replay)), session.cwd);
  return set.ok ? fresh(session, set.value, options.maxAge) : set;
}

/** The set, unless it is of the future or too old; what its own policy lets through is told. */
async function fresh(
  session: Session,
  set: RecordedSet,
  maxAgeMs: number | undefined,
): Promise<Result<RecordedSet>> {
  const { freshnessOf } = await import('../recording/age.js');
  const { state, failures } = freshnessOf(set, realClock.now(), maxAgeMs);
  if (state === 'fresh') return ok(set);
  const isCi = !['', 'false'].includes(session.io.env['CI'] ?? '');
  const isRefused = set.manifest.onExpired === undefined ? isCi : set.manifest.onExpired === 'refuse';
  if (state === 'impossible' || maxAgeMs !== undefined || isRefused) return failed(...failures);
  await session.tell(failures);
  return ok(set);
}

/** What a set says of the run that made it. */
export function factsOf(set: RecordedSet): ReplayFacts {
  const { since, window, vars, env } = set.manifest;
  return {
    asOf: set.asOf,
    since: since === undefined ? undefined : parseInstant(since),
    windowMs: window === undefined ? undefined : parseDuration(window),
    vars: vars ?? {},
    env: env ?? {},
  };
}

/** A recorder of what the gates ask, for `record` and `check --record`. */
export async function openRecorder(
  session: Session,
  sources: Sources,
  loaded: Loaded,
  inner: TakeMeasurement,
  options: GateOptions,
  name: string,
  policy: RecordFacts['policy'] = {},
): Promise<Recorder> {
  const { createRecorder } = await import('../recording/record.js');
  const vars = Object.fromEntries(
    options.var.map((each) => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)]),
  );
  const facts: RecordFacts = {
    asOf: loaded.asOf,
    recordedAt: realClock.now(),
    tool: `gatekeeper ${VERSION}`,
    since: options.since ?? null,
    window: options.window === undefined ? null : formatDuration(options.window),
    vars,
    env: loaded.plainEnvironment,
    gates: versionsOf(loaded.gates),
    policy,
  };
  const folder = shownFolder(session, setFolder(session, sources, name));
  return createRecorder(folder, session.cwd, inner, facts, session.secrets.mask);
}

/** The gates as they are now, for a manifest. */
export function versionsOf(gates: readonly Gate[]): Readonly<Record<string, GateVersion>> {
  return Object.fromEntries(
    gates.map(({ id, settings, criteria }) => [id, { settings, criteria: criteria.map(lineOf) }]),
  );
}

function lineOf({ key, rule, evidence }: Criterion): string {
  const take = rule.takeText === null ? '' : ` ${rule.takeText}`;
  const warn = rule.warn === null ? '' : `, warn ${rule.warn.text}`;
  return `${key} ${evidence}${take} ${rule.pass.text}${warn}`;
}

/** Environment variables that stand over those of the set, as one failure that names them; none where all agree. */
export async function surroundingsIn(
  session: Session,
  set: RecordedSet,
  { environment: names, plainEnvironment: plain }: Loaded,
): Promise<readonly Failure[]> {
  const { surroundingsSince } = await import('../recording/surroundings.js');
  const { mask } = session.secrets;
  const detail = surroundingsSince(set.manifest, { env: session.io.env, names, plain }, mask);
  if (detail.length === 0) return [];
  return [
    {
      code: 'recording.missing',
      message: `${set.folder} was recorded in another environment`,
      detail,
      mend: 'a replay brings the values that its set was recorded with; a variable that is set stands over them',
    },
  ];
}

/** What changed in the gates since the set was recorded, as one failure that says so; none where nothing did. */
export async function changesIn(set: RecordedSet, gates: readonly Gate[]): Promise<readonly Failure[]> {
  const { changesSince } = await import('../recording/versions.js');
  const changes = changesSince(set.manifest, versionsOf(gates));
  if (changes.length === 0) return [];
  return [
    {
      code: 'recording.missing',
      message: `${set.folder} was recorded for another version of the gates`,
      detail: changes,
    },
  ];
}
