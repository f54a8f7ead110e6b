import { counted } from '../../contracts/counted.js';
import type { Observed, ObserveInput } from '../../contracts/signal.js';
import type { Observation, Trouble } from '../../model/evidence.js';
import type { Answer, Labels, Series } from '../../model/series.js';
import type { EpochMs } from '../../model/time.js';
import { strataOf } from '../../model/window.js';
import { manySeries } from './many.js';
import { endedOf, newestOf, type Track, tracksOf } from './strata.js';

type Fold = 'worst' | 'sum' | 'mean';

/** One number per series at the window's end. */
export function observeInstant(input: ObserveInput, answer: Answer): Observed {
  const points = answer.series.flatMap((series) => {
    const value = series.values.at(-1);
    const time = series.newest ?? series.times.at(-1);
    return value === undefined || time === undefined ? [] : [{ labels: series.labels, value, time }];
  });
  if (points.length > 1 && input.across === undefined)
    return manySeries(
      'value',
      points.map((point) => point.labels),
    );
  const isEach = input.across === 'each' && points.length > 0;
  const groups = isEach ? points.map((point) => [point]) : [points];
  const observations = groups.map((group): Observation => {
    const values = group.map((point) => point.value);
    const value = values.length === 0 ? null : foldOf(input)(values);
    const times = group.map((point) => point.time);
    return {
      labels: isEach ? (group[0]?.labels ?? {}) : {},
      evidence: { kind: 'instant', value: value === null || !values.every(Number.isFinite) ? null : value },
      // The oldest decides: a fold is no fresher than its stalest series.
      newest: times.length === 0 ? null : Math.min(...times),
      ended: [],
      trouble: nonFinite(values),
      notes: [],
    };
  });
  return { state: 'observed', observations };
}

function nonFinite(values: readonly number[]): readonly Trouble[] {
  const found = values.find((value) => !Number.isFinite(value));
  return found === undefined ? [] : [{ code: 'not-a-number', text: `the value is ${found}` }];
}

/** A series of numbers per stratum. */
export function observeNumbers(input: ObserveInput, answer: Answer): Observed {
  const tracks = tracksOf(answer, input.window).filter(
    (track) => track.newest !== null || track.nanCount + track.infiniteCount > 0,
  );
  if (tracks.length > 1 && input.across === undefined)
    return manySeries(
      'value',
      tracks.map((track) => track.labels),
    );
  const isEach = input.across === 'each' && tracks.length > 0;
  const groups = isEach ? tracks.map((track) => [track]) : [tracks];
  return {
    state: 'observed',
    observations: groups.map((group) => observation(input, isEach ? (group[0]?.labels ?? {}) : {}, group)),
  };
}

function observation(input: ObserveInput, labels: Labels, tracks: readonly Track[]): Observation {
  const strata = foldTracks(tracks, strataOf(input.window), foldOf(input));
  const infinite = tracks.reduce((sum, track) => sum + track.infiniteCount, 0);
  const nan = tracks.reduce((sum, track) => sum + track.nanCount, 0);
  const isAllNaN = nan > 0 && strata.every((value) => value === null);
  const trouble: Trouble[] = [];
  if (infinite > 0)
    trouble.push({
      code: 'not-a-number',
      text: counted(infinite, 'value was infinite', 'values were infinite'),
    });
  if (isAllNaN)
    trouble.push({
      code: 'not-a-number',
      text: nan === 1 ? 'the only value was NaN' : `all ${nan} values were NaN`,
    });
  return {
    labels,
    evidence: { kind: 'numbers', strata },
    newest: newestOf(tracks) as EpochMs | null,
    ended: endedOf(tracks, input.window, input.maxAgeMs),
    trouble,
    notes:
      nan > 0 && !isAllNaN
        ? [
            counted(
              nan,
              'NaN value was counted as a missing step',
              'NaN values were counted as missing steps',
            ),
          ]
        : [],
  };
}

/**
 * Folds several series stratum by stratum.
 *
 * A stratum in which a living series has a gap stays empty: the sum, mean or worst of the others is another number.
 */
function foldTracks(
  tracks: readonly Track[],
  length: number,
  fold: (values: readonly number[]) => number,
): readonly (number | null)[] {
  const lives = tracks.map((track) => ({
    track,
    first: track.strata.findIndex((value) => value !== null),
    last: track.strata.findLastIndex((value) => value !== null),
  }));
  return Array.from({ length }, (_, i) => {
    const values: number[] = [];
    for (const { track, first, last } of lives) {
      const value = track.strata[i] ?? null;
      if (value !== null) values.push(value);
      else if (i > first && i < last) return null;
    }
    return values.length === 0 ? null : fold(values);
  });
}

function foldOf(input: ObserveInput): (values: readonly number[]) => number {
  const across: Fold = input.across === 'sum' || input.across === 'mean' ? input.across : 'worst';
  return (values) => {
    const sum = values.reduce((total, value) => total + value, 0);
    if (across === 'sum') return sum;
    if (across === 'mean') return sum / values.length;
    return input.better === 'higher' ? Math.min(...values) : Math.max(...values);
  };
}

/** Every raw observation; several series are pooled under `across: sum`. */
export function observeRaw(input: ObserveInput, answer: Answer): Observed {
  const filled = answer.series.filter((series) => series.values.length > 0);
  if (filled.length > 1 && input.across === undefined && !answer.isAdditive) {
    return manySeries(
      'samples',
      filled.map((series) => series.labels),
    );
  }
  const isEach = input.across === 'each' && filled.length > 0;
  const groups = isEach ? filled.map((series) => [series]) : [filled];
  const observations = groups.map((group): Observation => {
    const values = group.flatMap((series) => series.values);
    const broken = values.filter((value) => !Number.isFinite(value)).length;
    const times = group.map(newestSample).filter((time) => time !== null);
    return {
      labels: isEach ? (group[0]?.labels ?? {}) : {},
      evidence: { kind: 'raw', values: values.filter((value) => Number.isFinite(value)) },
      newest: times.length === 0 ? null : Math.max(...times),
      ended: endedOf(group.map(trackOfRaw), input.window, input.maxAgeMs),
      trouble:
        broken > 0
          ? [
              {
                code: 'not-a-number',
                text: counted(
                  broken,
                  'observation was no finite number',
                  'observations were no finite numbers',
                ),
              },
            ]
          : [],
      notes: [],
    };
  });
  return { state: 'observed', observations };
}

function newestSample({ newest, times }: Series): EpochMs | null {
  return newest ?? times.at(-1) ?? null;
}

/** As much of a track as tells whether a series ended. */
function trackOfRaw(series: Series): Track {
  const newest = newestSample(series);
  return { labels: series.labels, strata: series.values, newest, nanCount: 0, infiniteCount: 0 };
}
