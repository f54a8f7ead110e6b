import { counted } from '../../contracts/counted.js';
import { suggest } from '../../contracts/suggest.js';
import { type Failure, failed, ok, type Result } from '../../model/failure.js';
import { formatDuration } from '../../model/time.js';
import { ageOf, ageText, freshnessOf } from '../../recording/age.js';
import { redactSet, secretsIn } from '../../recording/rewrite.js';
import { type RecordedSet, readSet } from '../../recording/set.js';
import { EXIT } from '../exit-code.js';
import { type Io, write } from '../io.js';
import type { FixtureOptions } from '../options.js';
import { setFolder, shownFolder } from '../recorded.js';
import { Session, type Sources } from '../session.js';
import { realClock } from '../wire.js';

export const FIXTURE_ACTIONS = ['verify', 'show', 'age', 'redact'] as const;
type Action = (typeof FIXTURE_ACTIONS)[number];

/** Looks after recorded sets: 0, 1 for one that is too old, 2 for one that is not whole or holds a secret. */
export async function fixture(
  action: string,
  folders: readonly string[],
  options: FixtureOptions,
  io: Io,
): Promise<number> {
  const session = new Session(options, io);
  const known = FIXTURE_ACTIONS.find((each) => each === action);
  if (known === undefined) {
    const near = suggest(action, FIXTURE_ACTIONS);
    const mend =
      near === undefined ? `write one of ${FIXTURE_ACTIONS.join(', ')}` : `did you mean "${near}"?`;
    return session.refuse([{ code: 'usage', message: `"${action}" is nothing to do with a set`, mend }]);
  }
  if (folders.length === 0) {
    const mend = `name the folder: gatekeeper fixture ${known} fixtures/healthy`;
    return session.refuse([{ code: 'usage', message: 'no recorded set is named', mend }]);
  }
  const sources = session.config();
  if (!sources.ok) return session.refuse(sources.failures);
  let worst: number = EXIT.pass;
  for (const folder of folders) {
    const code = await actOn(session, known, sources.value, folder, options);
    worst = Math.max(worst, code);
  }
  return worst;
}

async function actOn(
  session: Session,
  action: Action,
  sources: Pick<Sources, 'fixtures'>,
  name: string,
  options: FixtureOptions,
): Promise<number> {
  const set = readSet(shownFolder(session, setFolder(session, sources, name)), session.cwd);
  if (!set.ok) return session.refuse(set.failures);
  switch (action) {
    case 'verify':
      return verify(session, set.value, options);
    case 'show':
      await write(session.io.stdout, `${showLines(set.value).join('\n')}\n`);
      return EXIT.pass;
    case 'age':
      return age(session, set.value, options);
    case 'redact':
      return redact(session, set.value, options);
  }
}

async function verify(session: Session, set: RecordedSet, options: FixtureOptions): Promise<number> {
  const { state, failures } = freshnessOf(set, realClock.now(), options.maxAge);
  const secrets = secretsIn(set);
  await session.tell([...failures, ...secrets]);
  if (secrets.length > 0 || state === 'impossible') return EXIT.config;
  if (state === 'expired') return EXIT.fail;
  if (!options.quiet) await write(session.io.stdout, `${set.folder}: ${soundness(set)}\n`);
  return EXIT.pass;
}

function soundness({ answers, manifest }: RecordedSet): string {
  const hashed = Object.keys(manifest.files ?? {}).length;
  const byHand = answers.size - hashed;
  const rest = byHand > 0 ? `, ${byHand} written by hand without a hash` : '';
  return `whole, ${counted(hashed, 'file')} as recorded${rest}, no secret found`;
}

async function age(session: Session, set: RecordedSet, options: FixtureOptions): Promise<number> {
  const now = realClock.now();
  const ms = ageOf(set, now);
  const { state, failures } = freshnessOf(set, now, options.maxAge);
  const most = options.maxAge === undefined ? set.manifest.maxAge : formatDuration(options.maxAge);
  const limit = most === undefined ? '' : `, at most ${most} is wanted`;
  const line = ms === null ? 'written by hand, and so without an age' : `${ageText(ms)} old${limit}`;
  if (state === 'impossible') return session.refuse(failures);
  await write(session.io.stdout, `${set.folder}: ${line}\n`);
  return state === 'expired' ? EXIT.fail : EXIT.pass;
}

async function redact(session: Session, set: RecordedSet, options: FixtureOptions): Promise<number> {
  const unknown = unknownLabels(set, options.label);
  if (!unknown.ok) return session.refuse(unknown.failures);
  const done = await redactSet(set, session.cwd, options.label);
  if (!done.ok) return session.refuse(done.failures);
  const { redactions } = done.value;
  const text = redactions === 0 ? 'nothing to cut out' : `${counted(redactions, 'value')} cut out`;
  await write(session.io.stdout, `${set.folder}: ${text}\n`);
  return EXIT.pass;
}

/** A label that no series has would seem to be cut out. */
function unknownLabels(set: RecordedSet, labels: readonly string[]): Result<undefined> {
  const known = new Set(
    [...set.answers.values()].flatMap(({ response }) =>
      (response?.series ?? []).flatMap((series) => Object.keys(series.labels)),
    ),
  );
  const failures = labels
    .filter((label) => !known.has(label))
    .map((label): Failure => {
      const near = suggest(label, known);
      return {
        code: 'usage',
        message: `--label ${label}: no series of ${set.folder} has it`,
        mend:
          near === undefined ? `labels there are ${[...known].sort().join(', ')}` : `did you mean "${near}"?`,
      };
    });
  return failures.length > 0 ? failed(...failures) : ok(undefined);
}

function showLines(set: RecordedSet): readonly string[] {
  const { manifest } = set;
  const head: readonly (readonly [string, string | undefined])[] = [
    ['stands at', manifest.evalTime],
    ['history from', manifest.historyFrom],
    ['looked at every', manifest.historyEvery],
    ['recorded', manifest.recordedAt ?? 'by hand'],
    ['by', manifest.tool],
    ['since', manifest.since],
    ['window', manifest.window],
    ['may be', manifest.maxAge === undefined ? undefined : `${manifest.maxAge} old`],
    ['must', manifest.expect],
    ['cut out', manifest.redactions === undefined ? undefined : counted(manifest.redactions, 'value')],
    ...Object.entries(manifest.vars ?? {}).map(([name, value]) => ['var', `${name}=${value}`] as const),
    ...Object.entries(manifest.gates ?? {}).map(
      ([id, { settings }]) => ['gate', `${id} ${settings}`] as const,
    ),
  ];
  const answers = [...set.answers].map(([key, { match, response, error }]) => {
    const values = (response?.series ?? []).reduce((sum, each) => sum + each.values.split(' ').length, 0);
    const what =
      response === undefined
        ? `failed: ${error?.code}`
        : `${counted(response.series.length, 'series', 'series')}, ${counted(values, 'value')}`;
    return [
      `${set.find(key)}  ${what}`,
      `    ${match.use} over (${match.from}, ${match.to}] in steps of ${match.step}: ${match.query}`,
    ];
  });
  const width = Math.max(...head.map(([name]) => name.length));
  return [
    set.folder,
    ...head.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name.padEnd(width)}  ${value}`])),
    ...answers.flat(),
    counted(answers.length, 'answer'),
  ];
}
