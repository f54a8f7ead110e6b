import { BackendError } from '../../model/failure.js';
import type { Answer, Series } from '../../model/series.js';
import type { EpochMs } from '../../model/time.js';
import { strataOf, type Window } from '../../model/window.js';
import { askInstant, askSteps, type Reply, type Server } from './api.js';
import {
  type AgesByTime,
  ageProbe,
  eachAges,
  jointAges,
  measuredOnly,
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

/** An answer of these series, with what any of the replies says is missing. */
export function answerOf(series: readonly Series[], replies: readonly Reply[]): Answer {
  const warnings = [...new Set(replies.flatMap((reply) => reply.warnings))];
  return warnings.length > 0 ? { series, warnings } : { series };
}

/** One value per series at the window's end, each with the age of the samples behind it. @throws BackendError */
export async function fetchInstant(server: Server, query: Promql, { to }: Window): Promise<Answer> {
  const probe = ageProbe(query);
  const [reply, ages] = await Promise.all([
    askInstant(server, query.text, to),
    probe.kind === 'none' ? undefined : askInstant(server, probe.query, to),
  ]);
  refuseShape(server, query, reply);
  if (probe.kind === 'none' || ages === undefined || reply.series.length === 0) {
    return answerOf(reply.series, [reply]);
  }
  if (probe.kind === 'each') return answerOf(withEachAge(reply.series, ages.series), [reply, ages]);
  const open = unansweredRanges(probe.selectors, ages.series);
  const replies = [reply, ages];
  if (open.length > 0) replies.push(await askInstant(server, rangedAges(open), to));
  const newest = replies.slice(1).flatMap(({ series }) => [...untagged(series).values()].map(sampledAt));
  return answerOf(withJointAge(reply.series, newest), replies);
}

function sampledAt({ values }: Series): EpochMs {
  return secondsToMs(values[0]);
}

/** One value per series and step, without those that only repeat an older sample. @throws BackendError */
export async function fetchSteps(server: Server, query: Promql, window: Window): Promise<Answer> {
  const probe = ageProbe(query);
  const [reply, ages] = await Promise.all([
    askSteps(server, query.text, window),
    probe.kind === 'none' ? undefined : askSteps(server, probe.query, window),
  ]);
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
