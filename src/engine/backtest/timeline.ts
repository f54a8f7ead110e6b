import type { Measurement } from '../../model/measurement.js';
import { type Answer, type Labels, labelsText, type Series } from '../../model/series.js';
import type { EpochMs } from '../../model/time.js';
import type { Window } from '../../model/window.js';

/** What came of one stretch of a long question. */
export interface Stretch {
  readonly window: Window;
  readonly measurement: Measurement;
}

interface Track {
  readonly labels: Labels;
  readonly times: EpochMs[];
  readonly values: number[];
}

/** The answers about adjacent stretches as one, to be cut into the windows of single looks. */
export class Timeline {
  readonly #stretches: readonly Stretch[];
  readonly #tracks = new Map<string, Track>();

  /** @param stretches oldest first, adjacent */
  constructor(stretches: readonly Stretch[]) {
    this.#stretches = stretches;
    for (const { measurement } of stretches) {
      if (measurement.state !== 'taken') continue;
      for (const { labels, times, values } of measurement.answer.series) {
        const key = labelsText(labels);
        const track = this.#tracks.get(key) ?? { labels, times: [], values: [] };
        this.#tracks.set(key, track);
        for (const time of times) track.times.push(time);
        for (const value of values) track.values.push(value);
      }
    }
  }

  /**
   * What a question about this window alone would have answered.
   *
   * The age of the newest sample is not kept: it is known to the step.
   */
  cut(window: Window): Measurement {
    const touched = this.#stretches.filter(
      (stretch) => stretch.window.from < window.to && stretch.window.to > window.from,
    );
    const failed = touched.find(({ measurement }) => measurement.state === 'failed');
    if (failed !== undefined) return failed.measurement;
    const answers = touched.flatMap(({ measurement }) =>
      measurement.state === 'taken' ? [measurement.answer] : [],
    );
    const series = [...this.#tracks.values()].flatMap((track) => within(track, window));
    return { state: 'taken', answer: { series, ...aboutAll(answers) }, durationMs: 0 };
  }

  /** True when any series has a sample in (from, to]. */
  hasSample(from: EpochMs, to: EpochMs): boolean {
    return [...this.#tracks.values()].some(({ times }) => (times[firstAfter(times, from)] ?? Infinity) <= to);
  }
}

function within({ labels, times, values }: Track, { from, to }: Window): readonly Series[] {
  const first = firstAfter(times, from);
  const end = firstAfter(times, to);
  if (end <= first) return [];
  return [{ labels, times: times.slice(first, end), values: values.slice(first, end) }];
}

/** Index of the first time after an instant; times rise. */
function firstAfter(times: readonly EpochMs[], instant: EpochMs): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? Number.POSITIVE_INFINITY) > instant) high = middle;
    else low = middle + 1;
  }
  return low;
}

function aboutAll(answers: readonly Answer[]): Omit<Answer, 'series'> {
  const warnings = [...new Set(answers.flatMap((answer) => answer.warnings ?? []))];
  const sampleIntervalMs = answers.find((answer) => answer.sampleIntervalMs !== undefined)?.sampleIntervalMs;
  return {
    ...(warnings.length > 0 && { warnings }),
    ...(sampleIntervalMs !== undefined && { sampleIntervalMs }),
    ...(answers.some((answer) => answer.isExtrapolated === true) && { isExtrapolated: true }),
    ...(answers.some((answer) => answer.isAdditive === true) && { isAdditive: true }),
  };
}
