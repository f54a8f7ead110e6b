import type { Criterion } from '../contracts/gate.js';
import type { Earlier } from '../contracts/judge.js';
import type { Observation } from '../model/evidence.js';
import { type Answer, type Labels, labelsText } from '../model/series.js';
import type { Window } from '../model/window.js';
import type { Measurements } from './collect.js';
import { coverageOf } from './evidence.js';

/** An earlier window is compared with, not judged: half of its steps tell its level. */
const LEAST_COVERAGE = 0.5;

/** The answers about earlier windows by part; empty where the evidence asks for none. */
export function earlierAnswers(
  criterion: Criterion,
  measurements: Measurements,
): ReadonlyMap<string, Answer> {
  return new Map(
    (criterion.earlier?.questions ?? []).flatMap(({ part, query }) => {
      const measurement = measurements.get(query.key);
      return measurement?.state === 'taken' ? [[part, measurement.answer] as const] : [];
    }),
  );
}

/**
 * Cuts the one answer about the past into windows and observes each as the judged one was.
 *
 * Windows without usable data are left out; the judge says how many.
 *
 * @returns by the labels of a series; undefined where the evidence asks for no past
 */
export function observeEarlier(
  criterion: Criterion,
  answers: ReadonlyMap<string, Answer>,
  isSeen: (part: string) => boolean,
): ((labels: Labels) => Earlier) | undefined {
  const { earlier } = criterion;
  if (earlier === null) return undefined;
  const observed = earlier.windows.map((window) => observeWindow(criterion, answers, window, isSeen));
  const [first] = earlier.windows;
  return (labels) => ({
    observations: observed.flatMap(
      (each) => each.find((one) => labelsText(one.labels) === labelsText(labels)) ?? [],
    ),
    asked: earlier.windows.length,
    lengthMs: first === undefined ? 0 : first.to - first.from,
    of: earlier.of,
  });
}

function observeWindow(
  criterion: Criterion,
  answers: ReadonlyMap<string, Answer>,
  window: Window,
  isSeen: (part: string) => boolean,
): readonly Observation[] {
  const observed = criterion.observe({
    answers: new Map([...answers].map(([part, answer]) => [part, cut(answer, window)])),
    window,
    take: criterion.rule.take,
    isInstant: false,
    across: criterion.across,
    better: criterion.rule.better,
    // Series that came and went in the past are no trouble of now.
    maxAgeMs: Number.POSITIVE_INFINITY,
    isSeenElsewhere: isSeen,
    isBaseline: true,
  });
  return observed.state === 'unusable' ? [] : observed.observations.filter(isUsable);
}

function isUsable(observation: Observation): boolean {
  return observation.trouble.length === 0 && (coverageOf(observation) ?? 1) >= LEAST_COVERAGE;
}

function cut(answer: Answer, window: Window): Answer {
  const series = answer.series.flatMap(({ labels, times, values }) => {
    const inside = times.flatMap((t, i) => (t > window.from && t <= window.to ? [i] : []));
    if (inside.length === 0) return [];
    return [
      {
        labels,
        times: inside.map((i) => times[i] ?? Number.NaN),
        values: inside.map((i) => values[i] ?? Number.NaN),
      },
    ];
  });
  return { ...answer, series };
}
