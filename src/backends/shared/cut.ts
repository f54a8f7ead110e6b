import type { QueryUse } from '../../contracts/backend.js';
import { BackendError } from '../../model/failure.js';
import { type Labels, labelsText, type Series } from '../../model/series.js';
import type { EpochMs } from '../../model/time.js';
import { strataOf, stratumAt, type Window } from '../../model/window.js';
import { type AnswerSource, shapeError } from './found.js';
import { numberOf } from './times.js';

/** A value and when it was taken; either is undefined where the answer does not say, but not both. */
export interface Point {
  readonly time: EpochMs | undefined;
  readonly value: number | undefined;
}

export interface PointSeries {
  readonly labels: Labels;
  readonly points: readonly Point[];
}

/**
 * Cuts points into what a signal wants of them. Points after the window's end are never used.
 *
 * - `instant`: the last point at or before the end, or a lone value without a time
 * - `steps`: the last point of each stratum, at the stratum's end
 * - `counts`, `buckets`: the sum of each stratum, at the stratum's end; NaN where a point among others has no value
 * - `raw`: the points inside the window; values without a time count as taken at its end
 *
 * @throws BackendError with `backend.answer-shape` where the points leave open which value is meant
 */
export function cutPoints(
  series: readonly PointSeries[],
  use: QueryUse,
  window: Window,
  source: AnswerSource,
): readonly Series[] {
  const cut = series.flatMap((one) => cutOne(one, use, window, source) ?? []);
  const alive = cut.filter(({ times }) => times.length > 0);
  // Where nothing lies in the window, what is left says how old the newest point is.
  return alive.length > 0 ? alive : cut;
}

interface TimedPoint {
  readonly time: EpochMs;
  readonly value: number;
}

/** What is missing is no point of a gauge; left out of a sum that holds others, it would count as 0. */
function timedPoints(points: readonly Point[], use: QueryUse, { from, to }: Window): readonly TimedPoint[] {
  const isInside = ({ time = from }: Point): boolean => time > from && time <= to;
  const isSum = use === 'counts' || use === 'buckets';
  const hasOthers = isSum && points.some((point) => point.value !== undefined && isInside(point));
  return points.flatMap(({ time, value = hasOthers ? Number.NaN : undefined }) =>
    time === undefined || value === undefined ? [] : [{ time, value }],
  );
}

function cutOne(
  series: PointSeries,
  use: QueryUse,
  window: Window,
  source: AnswerSource,
): Series | undefined {
  if (use === 'buckets') requireBound(series.labels, source);
  const timed = timedPoints(series.points, use, window);
  if (timed.length === 0) return cutUntimed(series, use, window, source);
  const points = timed.filter((point) => point.time <= window.to).sort((a, b) => a.time - b.time);
  const last = points.at(-1);
  if (last === undefined) return undefined;
  if (use === 'instant' || use === 'steps') refuseTwins(points, series.labels, source);
  const { labels } = series;
  const newest = last.time;
  if (use === 'instant') return { labels, times: [window.to], values: [last.value], newest };
  const inside = points.filter((point) => point.time > window.from);
  if (use === 'raw') {
    return {
      labels,
      times: inside.map((point) => point.time),
      values: inside.map((point) => point.value),
      newest,
    };
  }
  return { labels, ...byStratum(inside, window, use === 'steps' ? keepLast : addUp), newest };
}

const keepLast = (_: number, value: number): number => value;
const addUp = (sum: number, value: number): number => sum + value;

function byStratum(
  points: readonly TimedPoint[],
  window: Window,
  merge: (before: number, value: number) => number,
): Pick<Series, 'times' | 'values'> {
  const strata = new Map<EpochMs, number>();
  for (const { time, value } of points) {
    const end = window.from + (stratumAt(window, time) + 1) * window.stepMs;
    const before = strata.get(end);
    strata.set(end, before === undefined ? value : merge(before, value));
  }
  return { times: [...strata.keys()], values: [...strata.values()] };
}

function cutUntimed(
  series: PointSeries,
  use: QueryUse,
  window: Window,
  source: AnswerSource,
): Series | undefined {
  const values = series.points.flatMap(({ time, value }) =>
    time !== undefined || value === undefined ? [] : [value],
  );
  if (values.length === 0) return undefined;
  const isAllowed = use === 'raw' || (values.length === 1 && (use === 'instant' || strataOf(window) === 1));
  if (!isAllowed) {
    throw new BackendError({
      code: 'backend.answer-shape',
      message: `"${source.backend}" answered ${values.length} values without a time for ${seriesName(series.labels)}, where ${use === 'instant' ? 'one value' : 'one value per step'} is needed`,
      mend: 'name the field that holds the time with "time:", or what tells the rows apart with "labels:"',
    });
  }
  return { labels: series.labels, times: values.map(() => window.to), values };
}

/** Two values of one series at one instant: most likely two series whose labels were not named. */
function refuseTwins(sorted: readonly TimedPoint[], labels: Labels, source: AnswerSource): void {
  sorted.forEach((point, index) => {
    const before = sorted[index - 1];
    if (before === undefined || before.time !== point.time || Object.is(before.value, point.value)) return;
    throw new BackendError({
      code: 'backend.answer-shape',
      message: `"${source.backend}" answered both ${before.value} and ${point.value} for ${seriesName(labels)} at one time`,
      mend: 'name what tells the rows apart with "labels:"',
    });
  });
}

function requireBound(labels: Labels, source: AnswerSource): void {
  const bound = labels['le'];
  if (bound !== undefined && (/^\+?inf(inity)?$/i.test(bound) || numberOf(bound) !== undefined)) return;
  throw shapeError('the label "le" of a bucket', 'its upper bound, a number or +Inf', bound, source);
}

function seriesName(labels: Labels): string {
  return Object.keys(labels).length === 0 ? 'one series' : labelsText(labels);
}
