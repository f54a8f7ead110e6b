import type { PreparedQuery } from '../../contracts/backend.js';
import type { TakeMeasurement } from '../../contracts/take.js';
import { type Failure, failed, ok, type Result } from '../../model/failure.js';
import type { Measurement } from '../../model/measurement.js';
import { type EpochMs, formatInstant } from '../../model/time.js';
import { strataOf, type Window } from '../../model/window.js';
import type { Measurements } from '../collect.js';
import { pooled } from '../pool.js';
import {
  type Line,
  type Looks,
  lookCount,
  midnightBefore,
  midnightsOf,
  phasesOf,
  stretchesOf,
  windowAt,
} from './lines.js';
import { type Stretch, Timeline } from './timeline.js';

/** Questions that a backtest may ask: a shared backend is not there for it. */
export const MOST_QUESTIONS = 20_000;

/** All that was answered about the time of a backtest. */
export interface History {
  /** Measurements of the look whose windows lie `shiftMs` after those of the first, by the keys of the first. */
  at(shiftMs: number): Measurements;
}

interface Part {
  readonly line: Line;
  /** Phase of a `cut`, instant of the others. */
  readonly at: number;
  readonly window: Window;
}

/**
 * Asks everything that the looks need: each question once over long stretches, not once per look.
 *
 * @param concurrency questions under way at once
 */
export async function collectHistory(
  lines: readonly Line[],
  looks: Looks,
  take: TakeMeasurement,
  concurrency: number,
  progress: (done: number, all: number) => void,
): Promise<Result<History>> {
  const parts = lines.flatMap((line) => partsOf(line, looks));
  if (parts.length > MOST_QUESTIONS) return failed(tooMany(lines, parts));
  let done = 0;
  const asked = new Map<string, Promise<Measurement>>();
  // Two criteria of one signal, or a window and its past, share stretches.
  const once: TakeMeasurement = (query, context) => {
    const found = asked.get(query.key) ?? take(query, context);
    asked.set(query.key, found);
    return found;
  };
  const answers = await pooled(concurrency, parts, async (part) => {
    const answer = await ask(part, once);
    done += 1;
    progress(done, parts.length);
    return answer;
  });
  const cuts = new Map<string, Map<number, Stretch[]>>();
  const single = new Map<string, Map<EpochMs, Measurement>>();
  parts.forEach(({ line, at }, i) => {
    const stretches = answers[i] ?? [];
    if (line.way === 'cut') {
      const byPhase = cuts.get(line.key) ?? new Map<number, Stretch[]>();
      byPhase.set(at, [...(byPhase.get(at) ?? []), ...stretches]);
      cuts.set(line.key, byPhase);
      return;
    }
    const byInstant = single.get(line.key) ?? new Map<EpochMs, Measurement>();
    const [only] = stretches;
    if (only !== undefined) byInstant.set(at, only.measurement);
    single.set(line.key, byInstant);
  });
  const timelines = new Map(
    [...cuts].map(([key, byPhase]) => [
      key,
      new Map([...byPhase].map(([phase, stretches]) => [phase, new Timeline(stretches)])),
    ]),
  );
  return ok({ at: (shiftMs) => measurementsAt(lines, timelines, single, shiftMs) });
}

function partsOf(line: Line, looks: Looks): readonly Part[] {
  const { window } = line.question.query;
  switch (line.way) {
    case 'cut':
      return phasesOf(line, looks).flatMap((phase) =>
        stretchesOf(line, looks, phase).map((stretch) => ({ line, at: phase, window: stretch })),
      );
    case 'days':
      return midnightsOf(line, looks).map((at) => ({
        line,
        at,
        window: { from: at - window.stepMs, to: at, stepMs: window.stepMs },
      }));
    case 'each':
      return Array.from({ length: lookCount(looks) }, (_, i) => ({
        line,
        at: i * looks.everyMs,
        window: windowAt(line, i * looks.everyMs),
      }));
  }
}

/** Asks about a stretch; about its halves where the answer is larger than a run may read. */
async function ask(part: Part, take: TakeMeasurement): Promise<readonly Stretch[]> {
  const { line, window } = part;
  const prepared = line.over(window);
  const measurement: Measurement = prepared.ok
    ? await take(prepared.value, contextOf(line, prepared.value))
    : { state: 'failed', failure: first(prepared.failures), durationMs: 0 };
  const steps = strataOf(window);
  const isTooLarge = measurement.state === 'failed' && measurement.failure.code === 'backend.too-large';
  if (line.way !== 'cut' || !isTooLarge || steps < 2) return [{ window, measurement }];
  const middle = window.from + Math.floor(steps / 2) * window.stepMs;
  return [
    ...(await ask({ ...part, window: { ...window, to: middle } }, take)),
    ...(await ask({ ...part, window: { ...window, from: middle } }, take)),
  ];
}

/** A recording names its files after what they are about, and when. */
function contextOf({ context }: Line, { window }: PreparedQuery): Line['context'] {
  const when = formatInstant(window.from).replace(/:00Z$/, 'Z');
  return { ...context, segment: context.segment === null ? when : `${context.segment}.${when}` };
}

function first(failures: readonly Failure[]): Failure {
  return failures[0] ?? { code: 'backend.query', message: 'the question cannot be asked about the past' };
}

function tooMany(lines: readonly Line[], parts: readonly Part[]): Failure {
  const each = lines.filter(({ way }) => way === 'each');
  const named = [...new Set(each.map(({ context }) => `${context.gate}: ${context.signal}`))];
  return {
    code: 'usage',
    message: `this backtest would ask ${parts.length} questions, and at most ${MOST_QUESTIONS} are asked`,
    detail: named.map(
      (name) => `${name} is asked at each look: its value is of one instant, or speaks of its window`,
    ),
    mend:
      named.length > 0
        ? 'write "take: last" on what is asked at each look, or use a longer --every'
        : 'use a shorter time, or fewer gates: --gate',
  };
}

function measurementsAt(
  lines: readonly Line[],
  timelines: ReadonlyMap<string, ReadonlyMap<number, Timeline>>,
  single: ReadonlyMap<string, ReadonlyMap<EpochMs, Measurement>>,
  shiftMs: number,
): Measurements {
  const found = new Map<string, Measurement>();
  const timelineOf = (key: string, stepMs: number): Timeline | undefined =>
    timelines.get(key)?.get(shiftMs % stepMs);
  for (const line of lines) {
    const window = windowAt(line, shiftMs);
    if (line.way === 'cut') {
      const measurement = timelineOf(line.key, window.stepMs)?.cut(window);
      if (measurement !== undefined) found.set(line.key, measurement);
      continue;
    }
    if (line.way === 'each') {
      const measurement = single.get(line.key)?.get(shiftMs);
      if (measurement !== undefined) found.set(line.key, measurement);
      continue;
    }
    const midnight = midnightBefore(window.to);
    const own = line.excuses === null ? undefined : timelineOf(line.excuses, window.stepMs);
    const measurement = own?.hasSample(midnight, window.to) ? SEEN : single.get(line.key)?.get(midnight);
    // One that is asked only where another is absent, and is not: a check would not have asked it.
    const isWanted = own === undefined || !own.hasSample(window.from, window.to);
    if (isWanted && measurement !== undefined) found.set(line.key, measurement);
  }
  return found;
}

/** What a question for any sample answers where there is one. */
const SEEN: Measurement = {
  state: 'taken',
  answer: { series: [{ labels: {}, times: [0], values: [1] }] },
  durationMs: 0,
};
