import { type Answer, type Labels, labelsText, type Series } from '../../model/series.js';
import type { EpochMs } from '../../model/time.js';
import { strataOf, stratumAt, type Window } from '../../model/window.js';

/** One series cut into the window's strata; null where a stratum holds no finite number. */
export interface Track {
  readonly labels: Labels;
  readonly strata: readonly (number | null)[];
  readonly newest: EpochMs | null;
  readonly nanCount: number;
  readonly infiniteCount: number;
  /** Events that may belong to its first stratum with data. */
  readonly uncounted?: number;
}

/** Cuts a series; of two points in one stratum the later stands. */
export function trackOf(series: Series, window: Window): Track {
  // The usual answer is one number a stratum already; copied, a million of them would take 35 MB.
  if (isWhole(series, window)) {
    const newest = newestIn(series, series.times.at(-1) ?? null, window);
    return {
      ...openIn(series),
      labels: series.labels,
      strata: series.values,
      newest,
      nanCount: 0,
      infiniteCount: 0,
    };
  }
  const strata: (number | null)[] = new Array<number | null>(strataOf(window)).fill(null);
  let nanCount = 0;
  let infiniteCount = 0;
  let newest: EpochMs | null = null;
  for (let i = 0; i < series.times.length; i += 1) {
    const t = series.times[i] ?? Number.NaN;
    const index = stratumAt(window, t);
    if (index < 0) continue;
    const value = series.values[i] ?? Number.NaN;
    if (Number.isFinite(value)) {
      strata[index] = value;
      newest = newest === null ? t : Math.max(newest, t);
    } else if (Number.isNaN(value)) nanCount += 1;
    else infiniteCount += 1;
  }
  const seen = newestIn(series, newest, window);
  return { ...openIn(series), labels: series.labels, strata, newest: seen, nanCount, infiniteCount };
}

function openIn({ uncounted }: Series): Pick<Track, 'uncounted'> {
  return uncounted === undefined ? {} : { uncounted };
}

/** Tracks with the events that may have been counted in their first stratum. */
export function withUncounted(tracks: readonly Track[]): readonly Track[] {
  return tracks.map((track) => {
    const { uncounted, strata } = track;
    if (uncounted === undefined) return track;
    const first = strata.findIndex((count) => count !== null);
    return {
      ...track,
      strata: strata.map((count, i) => (i === first && count !== null ? count + uncounted : count)),
    };
  });
}

function isWhole({ times, values }: Series, window: Window): boolean {
  return (
    times.length === strataOf(window) &&
    times.every((t, i) => stratumAt(window, t) === i) &&
    values.every(Number.isFinite)
  );
}

/** A series without a point in the window may still say when it was last seen: then it is stale, not absent. */
function newestIn(series: Series, newest: EpochMs | null, window: Window): EpochMs | null {
  return series.newest === undefined ? newest : Math.min(series.newest, window.to);
}

export function tracksOf(answer: Answer, window: Window): readonly Track[] {
  return answer.series.map((series) => trackOf(series, window));
}

/** True when the series held any number inside the window. */
export function hasData(track: Track): boolean {
  return track.strata.some((value) => value !== null);
}

/** The newest sample over several series. */
export function newestOf(tracks: readonly Track[]): EpochMs | null {
  let newest: EpochMs | null = null;
  for (const track of tracks) {
    if (track.newest !== null && (newest === null || track.newest > newest)) newest = track.newest;
  }
  return newest;
}

/**
 * Series seen in the window and gone at its end.
 *
 * A series is excused while its target (labels `job` and `instance`) still writes others: a restarted process
 * starts without the series of outcomes it has not had yet.
 */
export function endedOf(tracks: readonly Track[], window: Window, maxAgeMs: number): readonly string[] {
  const isLive = (track: Track): boolean => track.newest !== null && window.to - track.newest <= maxAgeMs;
  const liveTargets = new Set(
    tracks
      .filter(isLive)
      .map(targetOf)
      .filter((target) => target !== undefined),
  );
  return tracks
    .filter((track) => hasData(track) && !isLive(track) && !liveTargets.has(targetOf(track) ?? ''))
    .map((track) => labelsText(track.labels));
}

function targetOf(track: Track): string | undefined {
  const { instance, job } = track.labels as { instance?: string; job?: string };
  return instance === undefined ? undefined : `${job ?? ''} ${instance}`;
}

/** Adds series up, stratum by stratum; a stratum in which none has data stays empty. */
export function sumStrata(tracks: readonly Track[], length: number): readonly (number | null)[] {
  const sum: (number | null)[] = new Array<number | null>(length).fill(null);
  for (const track of tracks) {
    for (let i = 0; i < length; i += 1) {
      const value = track.strata[i] ?? null;
      if (value !== null) sum[i] = (sum[i] ?? 0) + value;
    }
  }
  return sum;
}
