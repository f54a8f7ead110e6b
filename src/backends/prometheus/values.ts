import { BackendError, type FailureCode } from '../../model/failure.js';
import type { Answer, Series } from '../../model/series.js';
import type { EpochMs } from '../../model/time.js';
import { strataOf, type Window } from '../../model/window.js';
import { askInstant, askSteps, type Reply, type Server } from './api.js';
import {
  type AgeProbe,
  type AgesByTime,
  ageProbe,
  eachAges,
  joined,
  jointAges,
  measuredOnly,
  parted,
  rangedAges,
  secondsToMs,
  unansweredRanges,
  unnamed,
  untagged,
  withEachAge,
  withJointAge,
} from './freshness.js';
import type { Promql } from './promql.js';

const NO_AGES: AgesByTime = new Map();
/** A value and its age are asked together where the answer is no larger: one that is would lie in memory twice. */
const JOINED_BYTES = 4 * 1024 * 1024;

type Ask = (query: string, maxBytes?: number) => Promise<Reply>;

/** An answer of these series, with what any of the replies says is missing. */
export function answerOf(series: readonly Series[], replies: readonly Reply[]): Answer {
  const warnings = [...new Set(replies.flatMap((reply) => reply.warnings))];
  return warnings.length > 0 ? { series, warnings } : { series };
}

/**
 * A question of the user's and one of ours about it, asked at once. Where both fail, the user's is the one that is told,
 * whichever was answered first: ours holds the same mistake in another place.
 */
export async function ownFirst<Own, Other>(own: Promise<Own>, other: Promise<Other>): Promise<[Own, Other]> {
  other.catch(() => undefined);
  return [await own, await other];
}

/** One value per series at the window's end, each with the age of the samples behind it. @throws BackendError */
export async function fetchInstant(server: Server, query: Promql, { to }: Window): Promise<Answer> {
  const probe = ageProbe(query);
  const ask: Ask = (text, maxBytes) => askInstant(server, text, to, maxBytes);
  const { reply, ages } = await askWithAges(ask, query, probe);
  refuseShape(server, query, reply);
  if (probe.kind === 'none' || ages === undefined || reply.series.length === 0) {
    return answerOf(reply.series, [reply]);
  }
  if (probe.kind === 'each') return answerOf(withEachAge(reply.series, ages.series), [reply, ages]);
  const open = unansweredRanges(probe.selectors, ages.series);
  const replies = [reply, ages];
  if (open.length > 0) replies.push(await askInstant(server, rangedAges(open), to));
  const newest = replies.slice(1).flatMap(({ series }) => [...untagged(series).values()].map(sampledAt));
  // Where all that it is made of is absent, as before "or vector(0)", a value is no measurement.
  if (newest.length === 0 && probe.selectors.length === query.selectors.length) return answerOf([], replies);
  return answerOf(withJointAge(reply.series, newest), replies);
}

interface Aged {
  readonly reply: Reply;
  /** Undefined where there is nothing whose age can be asked. */
  readonly ages: Reply | undefined;
}

/** Asks for values and ages: in one request, or in two where the server does not take it or has too much to say. */
async function askWithAges(ask: Ask, query: Promql, probe: AgeProbe): Promise<Aged> {
  if (probe.kind === 'none') return { reply: await ask(query.text), ages: undefined };
  try {
    const both = await ask(joined(query, probe), JOINED_BYTES);
    const { own, ages } = parted(both.series, probe.kind);
    return { reply: { ...both, series: own }, ages: { ...both, series: ages } };
  } catch (error) {
    // A number cannot be joined, and limits of the server count both; asked apart, each has its own failure.
    const isApart = error instanceof BackendError && APART.has(error.failure.code);
    if (!isApart) throw error;
  }
  const [reply, ages] = await ownFirst(ask(query.text), ask(probe.query));
  return { reply, ages };
}

const APART: ReadonlySet<FailureCode> = new Set(['backend.query', 'backend.too-large']);

function sampledAt({ values }: Series): EpochMs {
  return secondsToMs(values[0]);
}

/** One value per series and step, without those that only repeat an older sample. @throws BackendError */
export async function fetchSteps(server: Server, query: Promql, window: Window): Promise<Answer> {
  const probe = ageProbe(query);
  const ask: Ask = (text, maxBytes) => askSteps(server, text, window, maxBytes);
  const { reply, ages } = await askWithAges(ask, query, probe);
  if (probe.kind === 'none' || ages === undefined) return answerOf(reply.series, [reply]);
  const each = probe.kind === 'each' ? eachAges(ages.series) : undefined;
  const joint =
    probe.kind === 'joint' ? jointAges(probe.selectors, ages.series, instantsOf(window)) : NO_AGES;
  const measured = reply.series.map((one) =>
    measuredOnly(one, each === undefined ? joint : (each.get(unnamed(one.labels)) ?? NO_AGES), window.stepMs),
  );
  const alive = measured.filter(({ times }) => times.length > 0);
  // Where nothing was measured at all, what is left says how old the newest sample is.
  return answerOf(alive.length > 0 ? alive : measured, [reply, ages]);
}

function instantsOf(window: Window): readonly EpochMs[] {
  return Array.from({ length: strataOf(window) }, (_, i) => window.from + (i + 1) * window.stepMs);
}

function refuseShape({ id }: Server, query: Promql, { type }: Reply): void {
  if (type === 'vector' || type === 'scalar') return;
  throw new BackendError({
    code: 'backend.answer-shape',
    message: `"${id}" answered with a ${type}, where one value per series is wanted`,
    mend:
      type === 'string'
        ? 'write an expression that yields numbers'
        : 'put a function around the range, such as max_over_time(…) or sum(increase(…))',
    detail: query.text.split('\n'),
  });
}
