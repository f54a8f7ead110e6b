import path from 'node:path';
import type { PreparedQuery } from '../contracts/backend.js';
import { counted } from '../contracts/counted.js';
import type { TakeContext, TakeMeasurement } from '../contracts/take.js';
import { type Failure, type FailureCode, failed, ok, type Result } from '../model/failure.js';
import type { Measurement } from '../model/measurement.js';
import { type EpochMs, formatInstant } from '../model/time.js';
import { toForm } from './form.js';
import { type GateVersion, MANIFEST_FILE, MANIFEST_VERSION, type Manifest } from './manifest.js';
import { fileNames, matchKey, matchOf } from './match.js';
import { redact } from './redact.js';
import { readSet } from './set.js';
import { isOccupied, listed, place, print, writeFailure } from './write.js';

/** What the manifest says of the recording run. */
export interface RecordFacts {
  readonly asOf: EpochMs;
  readonly recordedAt: EpochMs;
  readonly tool: string;
  readonly since: EpochMs | null;
  readonly window: string | null;
  readonly vars: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly gates: Readonly<Record<string, GateVersion>>;
  /** What is put into the manifest as it is. */
  readonly policy?: Pick<Manifest, 'historyFrom' | 'historyEvery' | 'maxAge' | 'onExpired' | 'expect'>;
}

const OF_THE_RUN: readonly FailureCode[] = ['backend.deadline', 'backend.interrupted'];

/** A take that remembers what came back, and writes it when the run is over. */
export interface Recorder {
  readonly take: TakeMeasurement;
  /** Writes the set, whole or not at all, and not of a run that was cut short; what is known only now goes into its manifest, too. */
  write(policy?: RecordFacts['policy']): Promise<Result<{ readonly files: number }>>;
}

interface Taken {
  readonly query: PreparedQuery;
  readonly context: TakeContext;
  readonly measurement: Measurement;
}

/**
 * Records each answer of a run into a folder.
 *
 * A folder that holds a set already gains the new answers, if it was evaluated at the same instant; the same question
 * with another answer is an error.
 */
export function createRecorder(
  folder: string,
  cwd: string,
  inner: TakeMeasurement,
  facts: RecordFacts,
  mask: (text: string) => string,
): Recorder {
  const taken: Taken[] = [];
  return {
    take: async (query, context) => {
      const measurement = await inner(query, context);
      taken.push({ query, context, measurement });
      return measurement;
    },
    write: async (policy = {}) => {
      try {
        const all = { ...facts, policy: { ...facts.policy, ...policy } };
        return await writeSet(folder, cwd, taken, all, mask);
      } catch (error) {
        return failed(writeFailure(folder, error));
      }
    },
  };
}

async function writeSet(
  folder: string,
  cwd: string,
  taken: readonly Taken[],
  facts: RecordFacts,
  mask: (text: string) => string,
): Promise<Result<{ files: number }>> {
  const unanswered = cutShort(taken);
  if (unanswered !== undefined) return failed(unanswered);
  const existing = readSet(folder, cwd);
  if (!existing.ok && existing.failures.some((failure) => failure.code !== 'recording.missing'))
    return existing;
  const before = existing.ok ? existing.value : undefined;
  if (before === undefined && (await isOccupied(path.resolve(cwd, folder)))) {
    return failed({
      code: 'recording.conflict',
      message: `${folder} holds other files and no recorded set`,
      mend: 'record into a new folder',
    });
  }
  if (before !== undefined && before.asOf !== facts.asOf) {
    return failed({
      code: 'recording.conflict',
      message: `${folder} holds a set evaluated at ${before.manifest.evalTime}, and this run at ${formatInstant(facts.asOf)}`,
      mend: `record into a new folder, or pass --at ${before.manifest.evalTime}`,
    });
  }
  const other = before === undefined ? undefined : otherFlag(before.manifest, facts);
  if (other !== undefined) return failed(conflict(folder, other));
  const files = new Map<string, string>(before?.texts);
  // Two gates with a backend of one name each may ask the same; a set has one answer to it.
  const own = new Map<string, string>();
  const failures: Failure[] = [];
  let redactions = before?.manifest.redactions ?? 0;
  for (const each of sorted(taken, facts.asOf)) {
    const plain = matchOf(each.query, facts.asOf);
    // As it will stand in the file, or a question that holds a secret would never be found again.
    const match = { ...plain, query: mask(plain.query) };
    const key = matchKey(match);
    const known = before?.find(key) ?? own.get(key);
    const recorded = toForm(match, each.measurement, each.query.window, facts.asOf);
    const written = redact(
      `${each.query.backend}/${each.context.signal}.${each.context.part}`,
      recorded,
      print,
      mask,
    );
    if ('code' in written) {
      failures.push(written);
      continue;
    }
    if (known !== undefined) {
      if (withoutDuration(files.get(known) ?? '') === withoutDuration(written.text)) continue;
      failures.push({
        code: 'recording.conflict',
        message: `${folder}/${known} holds another answer to the same question`,
        mend: 'record into a new folder',
      });
      continue;
    }
    const name = freeName(fileNames(each.context, each.query), files);
    files.set(name, written.text);
    own.set(key, name);
    redactions += written.count;
  }
  if (failures.length > 0) return failed(...failures);
  const questions = [
    ...(before?.matches ?? []).map(({ query }) => query),
    ...taken.map(({ query }) => mask(query.text)),
  ];
  const changed = before === undefined ? undefined : otherValue(before.manifest, facts, mask, questions);
  if (changed !== undefined) return failed(conflict(folder, changed));
  const manifest: Manifest = {
    schemaVersion: MANIFEST_VERSION,
    recordedAt: before?.manifest.recordedAt ?? formatInstant(facts.recordedAt),
    evalTime: formatInstant(facts.asOf),
    count: files.size,
    tool: facts.tool,
    ...(facts.since !== null && { since: formatInstant(facts.since) }),
    ...(facts.window !== null && { window: facts.window }),
    vars: { ...before?.manifest.vars, ...facts.vars },
    env: { ...before?.manifest.env, ...facts.env },
    ...policyOf(before?.manifest),
    ...facts.policy,
    gates: { ...before?.manifest.gates, ...facts.gates },
    redactions,
    files: listed(files),
  };
  const written = redact(MANIFEST_FILE, manifest, print, mask);
  if ('code' in written) return failed(written);
  await place(path.resolve(cwd, folder), new Map([...files, [MANIFEST_FILE, written.text]]));
  return ok({ files: files.size });
}

/** What the run itself cut short, no backend has answered: a replay would say for ever that the run took too long. */
function cutShort(taken: readonly Taken[]): Failure | undefined {
  const failures = taken.flatMap(({ measurement }) =>
    measurement.state === 'failed' && OF_THE_RUN.includes(measurement.failure.code)
      ? [measurement.failure]
      : [],
  );
  const [first] = failures;
  if (first === undefined) return undefined;
  return {
    ...first,
    message: `${first.message}: nothing was recorded`,
    detail: [`${failures.length} of ${counted(taken.length, 'question')} had no answer by then`],
  };
}

/** What a set was told when it was begun stays, unless it is told anew. */
function policyOf(before: Manifest | undefined): NonNullable<RecordFacts['policy']> {
  const { historyFrom, historyEvery, maxAge, onExpired, expect } = before ?? {};
  return {
    ...(historyFrom !== undefined && { historyFrom }),
    ...(historyEvery !== undefined && { historyEvery }),
    ...(maxAge !== undefined && { maxAge }),
    ...(onExpired !== undefined && { onExpired }),
    ...(expect !== undefined && { expect }),
  };
}

/** What a run and the set it is recorded into have each, in words. */
interface Difference {
  readonly before: string;
  readonly now: string;
}

function conflict(folder: string, { before, now }: Difference): Failure {
  return {
    code: 'recording.conflict',
    message: `${folder} holds a set recorded with ${before}, and this run has ${now}: no replay could answer both`,
    mend: 'record into a new folder, or pass the same flags in the same environment',
  };
}

/**
 * The first variable in which a run of a gate that the set knows differs from it: a replay has one value for both, and
 * would find the answers of one run in place of the other's. A variable of the set that this run lacks may belong to a
 * gate that is not run; one of the environment matters where it stands in a question, and not as a server's address.
 */
function otherValue(
  before: Manifest,
  facts: RecordFacts,
  mask: (text: string) => string,
  questions: readonly string[],
): Difference | undefined {
  const known = Object.keys(before.gates ?? {});
  if (!known.some((id) => Object.hasOwn(facts.gates, id))) return undefined;
  const isWhole = known.every((id) => Object.hasOwn(facts.gates, id));
  const isAsked = (value = ''): boolean => value !== '' && questions.some((text) => text.includes(value));
  const differs = (
    flag: string,
    then: Values,
    written: Values,
    matters: (name: string) => boolean,
  ): Difference | undefined => {
    const now = Object.fromEntries(Object.entries(written).map(([name, value]) => [name, mask(value)]));
    const names = Object.keys(isWhole ? { ...then, ...now } : now);
    const name = names.find((each) => then[each] !== now[each] && matters(each));
    if (name === undefined) return undefined;
    const say = (value: string | undefined): string =>
      value === undefined ? `no ${flag}${name}` : `${flag}${name}=${value}`;
    return { before: say(then[name]), now: say(now[name]) };
  };
  const env = before.env ?? {};
  return (
    differs('--var ', before.vars ?? {}, facts.vars, () => true) ??
    differs('', env, facts.env, (name) => isAsked(env[name]) || isAsked(facts.env[name]))
  );
}

type Values = Readonly<Record<string, string>>;

/** The first flag that questions depend on in which a run differs from the set it is recorded into. */
function otherFlag(before: Manifest, facts: RecordFacts): Difference | undefined {
  const since = facts.since === null ? undefined : formatInstant(facts.since);
  const pairs: readonly (readonly [string, string | undefined, string | undefined])[] = [
    ['--since', before.since, since],
    ['--window', before.window, facts.window ?? undefined],
    ...Object.entries(facts.vars).map(
      ([name, now]) => [`--var ${name}=`, before.vars?.[name] ?? now, now] as const,
    ),
  ];
  const found = pairs.find(([, then, now]) => then !== now);
  if (found === undefined) return undefined;
  const [flag, then, now] = found;
  const say = (value: string | undefined): string =>
    value === undefined ? `no ${flag}` : flag.endsWith('=') ? `${flag}${value}` : `${flag} ${value}`;
  return { before: say(then), now: say(now) };
}

/** Names follow from the gates, not from the order in which answers came in. */
function sorted(taken: readonly Taken[], asOf: EpochMs): readonly Taken[] {
  const key = (each: Taken): string =>
    [fileNames(each.context, each.query)[0], matchKey(matchOf(each.query, asOf))].join('\n');
  return [...taken].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

function withoutDuration(text: string): string {
  return text.replace(/^ {2}durationMs: .*$/m, '').replaceAll(/^ {6}ttfb: .*$/gm, '');
}

function freeName(names: readonly string[], files: ReadonlyMap<string, string>): string {
  const free = names.find((name) => !files.has(name));
  if (free !== undefined) return free;
  const last = names.at(-1) ?? 'answer.yaml';
  for (let i = 2; ; i += 1) {
    const name = last.replace(/\.yaml$/, `.${i}.yaml`);
    if (!files.has(name)) return name;
  }
}
