import type { Labels, Series } from '../../model/series.js';
import type { EpochMs } from '../../model/time.js';
import { strataOf, stratumAt, type Window } from '../../model/window.js';

/** Since when a target has been scraped, as far back as was read: by `targetOf`. */
export type Scraped = ReadonlyMap<string, EpochMs>;

/** Who exposed a series, or undefined where its labels do not say. */
export function targetOf(labels: Labels): string | undefined {
  const { job, instance } = labels;
  return instance === undefined ? undefined : JSON.stringify([job ?? '', instance]);
}

/**
 * The earliest sign of each target.
 *
 * @param series what targets expose: any sample says that its target was scraped
 * @param up     their `up` series, where they were read: a failed scrape (0) shows nothing of what a target exposes
 */
export function scrapedSince(series: readonly Series[], up: readonly Series[] = []): Scraped {
  const since = new Map<string, EpochMs>();
  for (const { labels, times } of series) note(since, labels, times[0]);
  for (const { labels, times, values } of up) note(since, labels, times[values.indexOf(1)]);
  return since;
}

function note(since: Map<string, EpochMs>, labels: Labels, time: EpochMs | undefined): void {
  const target = targetOf(labels);
  if (target === undefined || time === undefined) return;
  since.set(target, Math.min(time, since.get(target) ?? time));
}

/**
 * Labels of the series that began inside the window and of whose target nothing older is known: whether they began at
 * 0 or were only not read before has to be asked.
 */
export function bornUnseen(series: readonly Series[], window: Window, scraped: Scraped): readonly Labels[] {
  return series
    .filter(
      (one) => isBorn(one, window) && !isScrapedBefore(one, scraped) && targetOf(one.labels) !== undefined,
    )
    .map(({ labels }) => labels);
}

function isBorn({ times }: Series, window: Window): boolean {
  const first = times[0];
  return first !== undefined && first > window.from && first <= window.to;
}

function isScrapedBefore({ labels, times }: Series, scraped: Scraped): boolean {
  const target = targetOf(labels);
  const since = target === undefined ? undefined : scraped.get(target);
  return since !== undefined && since < (times[0] ?? Number.NEGATIVE_INFINITY);
}

/**
 * What a counter counted in each stratum, from its raw samples.
 *
 * The rise between two samples belongs to the stratum of the later one. A fall is a reset: the new value counts
 * whole. A series that began in the window counts from 0 when its target was scraped before; else its first sample
 * only starts it, since the target may have been running for long. Where no label names a target, nothing more can be asked,
 * and that sample stands beside the counts as `uncounted`.
 *
 * @param series raw samples, times rising, from a look-back before `window.from` up to `window.to`
 * @returns      one series per series with a sample in the window; a stratum without a sample has no entry, a NaN
 *               sample makes its stratum NaN; `newest` is the last raw sample
 */
export function increases(series: readonly Series[], window: Window, scraped: Scraped): readonly Series[] {
  return series.flatMap((one) => {
    const counted = increaseOf(one, window, isBorn(one, window) && isScrapedBefore(one, scraped));
    return counted.times.length > 0 ? [counted] : [];
  });
}

function increaseOf(one: Series, window: Window, startsAtZero: boolean): Series {
  // A first sample in the look-back counts nothing either way: only its own value is known.
  let before = startsAtZero ? 0 : undefined;
  let newest = 0;
  const sums = new Array<number | undefined>(strataOf(window));
  for (let i = 0; i < one.times.length; i += 1) {
    const value = one.values[i] ?? Number.NaN;
    const time = one.times[i] ?? Number.NaN;
    const stratum = stratumAt(window, time);
    if (stratum >= 0) {
      const rise = before === undefined ? value * 0 : value < before ? value : value - before;
      sums[stratum] = (sums[stratum] ?? 0) + rise;
      newest = time;
    }
    if (!Number.isNaN(value)) before = value;
  }
  const times: EpochMs[] = [];
  const values: number[] = [];
  for (let stratum = 0; stratum < sums.length; stratum += 1) {
    const sum = sums[stratum];
    if (sum === undefined) continue;
    times.push(window.from + (stratum + 1) * window.stepMs);
    values.push(sum);
  }
  const first = one.values[0] ?? Number.NaN;
  const isOpen = !startsAtZero && isBorn(one, window) && targetOf(one.labels) === undefined && first > 0;
  return { labels: one.labels, times, values, newest, ...(isOpen && { uncounted: first }) };
}

/** Median gap between two samples of one series, or undefined when no series has two. */
export function sampleInterval(series: readonly Series[]): number | undefined {
  return median(
    series.flatMap(({ times }) => {
      const gap = median(times.slice(1).map((time, i) => time - (times[i] ?? time)));
      return gap === undefined ? [] : [gap];
    }),
  );
}

/** The lower of the two middle numbers where there is no middle one. */
export function median(numbers: readonly number[]): number | undefined {
  return numbers.toSorted((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)];
}
