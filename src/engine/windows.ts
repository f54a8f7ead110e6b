import type { Criterion, OtherWindow } from '../contracts/gate.js';
import type { SeenWindow } from '../contracts/judge.js';
import type { Observation } from '../model/evidence.js';
import type { Failure } from '../model/failure.js';
import { type Answer, type Labels, labelsText, type Series } from '../model/series.js';
import type { Window } from '../model/window.js';
import type { Measurements } from './collect.js';
import { unusable } from './evidence.js';

/** What the other windows of a criterion saw, by the labels of a series. */
export type ObservedWindows =
  | { readonly state: 'observed'; readonly of: (labels: Labels) => readonly SeenWindow[] }
  | { readonly state: 'unusable'; readonly failure: Failure };

/**
 * Observes each window that a criterion asks about besides the gate's own, and says of each whether it can be judged.
 *
 * @param isSeen true when any answer of the criterion holds a sample of the part
 */
export function observeWindows(
  criterion: Criterion,
  measurements: Measurements,
  isSeen: (part: string) => boolean,
): ObservedWindows {
  const seen: { readonly other: OtherWindow; readonly observations: readonly Observation[] }[] = [];
  for (const other of criterion.windows) {
    const observed = criterion.observe({
      answers: answersIn(criterion, other, measurements),
      window: other.window,
      take: criterion.rule.take,
      isInstant: false,
      across: criterion.across,
      better: criterion.rule.better,
      maxAgeMs: other.role === 'past' ? Number.POSITIVE_INFINITY : criterion.maxAgeMs,
      isSeenElsewhere: isSeen,
      isBaseline: other.role === 'past',
      keepsExcess: criterion.rule.burn !== undefined,
    });
    if (observed.state === 'unusable') return observed;
    seen.push({ other, observations: observed.observations });
  }
  return {
    state: 'observed',
    of: (labels) =>
      seen.map(({ other, observations }) => {
        const found = observations.find((each) => labelsText(each.labels) === labelsText(labels));
        return {
          name: other.name,
          window: other.window,
          observation: found,
          unusable: troubleOf(criterion, other, found),
        };
      }),
  };
}

function troubleOf(
  criterion: Criterion,
  { role, window }: OtherWindow,
  observation: Observation | undefined,
): SeenWindow['unusable'] {
  if (observation === undefined) return { code: 'no-data', text: 'no data in the window' };
  if (role === 'judged') return unusable(criterion, observation, '', window);
  // Gaps in the past are the judge's to weigh: it knows how much it needs.
  const [first] = observation.trouble;
  return first === undefined
    ? undefined
    : { code: first.code, text: first.text, ...(first.next !== undefined && { next: first.next }) };
}

/** One answer by part that holds a sample in any of the windows. */
export function windowAnswers(criterion: Criterion, measurements: Measurements): ReadonlyMap<string, Answer> {
  const answers = new Map<string, Answer>();
  for (const { part, query } of criterion.windows.flatMap(({ questions }) => questions)) {
    const measurement = measurements.get(query.key);
    const isMore = answers.get(part)?.series.some(({ times }) => times.length > 0) !== true;
    if (measurement?.state === 'taken' && isMore) answers.set(part, measurement.answer);
  }
  return answers;
}

/** Answers by part, with what excuses an absence, which is asked once for all windows. */
function answersIn(
  criterion: Criterion,
  { window, questions }: OtherWindow,
  measurements: Measurements,
): ReadonlyMap<string, Answer> {
  const excuses = criterion.arms.flatMap((arm) =>
    arm.questions.filter(({ onlyIfAbsent }) => onlyIfAbsent !== undefined),
  );
  const answers = new Map<string, Answer>();
  for (const { part, query, onlyIfAbsent } of [...excuses, ...questions]) {
    const measurement = measurements.get(query.key);
    if (measurement?.state !== 'taken') continue;
    answers.set(part, onlyIfAbsent === undefined ? within(measurement.answer, window) : measurement.answer);
  }
  return answers;
}

/** What of an answer lies in a window; how old its newest sample is stays known. */
export function within(answer: Answer, window: Window): Answer {
  const isInside = (t: number): boolean => t > window.from && t <= window.to;
  const series = answer.series.map((one): Series => {
    if (one.times.every(isInside)) return one;
    return {
      ...one,
      times: one.times.filter(isInside),
      values: one.values.filter((_, i) => isInside(one.times[i] ?? Number.NaN)),
    };
  });
  return {
    ...answer,
    series: series.filter(({ times, newest }) => times.length > 0 || newest !== undefined),
  };
}
