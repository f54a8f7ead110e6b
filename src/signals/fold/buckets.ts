import { counted } from '../../contracts/counted.js';
import type { Observed, ObserveInput } from '../../contracts/signal.js';
import type { Observation, Trouble } from '../../model/evidence.js';
import { type Answer, type Labels, labelsText } from '../../model/series.js';
import type { Take } from '../../model/take.js';
import { strataOf } from '../../model/window.js';
import { bucketCountAtMost } from '../../stats/summary.js';
import { manySeries, mayPool } from './many.js';
import { endedOf, hasData, newestOf, sumStrata, type Track, tracksOf } from './strata.js';

/** Share of a cumulative count that extrapolation may take from a bucket and not from the one under it. */
const EXTRAPOLATION_SLACK = 0.02;

/** The buckets of one histogram. */
interface Group {
  readonly labels: Labels;
  readonly tracks: readonly Track[];
}

/** Cuts bucket counts into strata of cumulative counts per bound, and by series under `across: each`. */
export function observeBuckets(input: ObserveInput, part: string): Observed {
  const answer = input.answers.get(part) ?? { series: [] };
  const withoutBound = answer.series.find((series) => boundOf(series.labels) === undefined);
  if (withoutBound !== undefined) return noBound(part, withoutBound.labels);
  const tracks = tracksOf(answer, input.window);
  const groups = groupsOf(tracks);
  if (groups.length <= 1 || mayPool(input.across, answer.isAdditive ?? false)) {
    return { state: 'observed', observations: [observation(input, answer, {}, tracks)] };
  }
  if (input.across === 'each') {
    const each = groups.map((group) => observation(input, answer, group.labels, group.tracks));
    return { state: 'observed', observations: each };
  }
  return manySeries(
    part,
    groups.map((group) => group.labels),
  );
}

/** The upper bound of a bucket, from its `le` label. */
function boundOf(labels: Labels): number | undefined {
  const text = labels['le'];
  if (text === undefined || text === '') return undefined;
  if (/^\+?inf$/i.test(text)) return Number.POSITIVE_INFINITY;
  const bound = Number(text);
  return Number.isNaN(bound) ? undefined : bound;
}

function withoutLe(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => name !== 'le'));
}

function groupsOf(tracks: readonly Track[]): readonly Group[] {
  const groups = new Map<string, { labels: Labels; tracks: Track[] }>();
  for (const track of tracks) {
    const labels = withoutLe(track.labels);
    const key = labelsText(labels);
    const group = groups.get(key) ?? { labels, tracks: [] };
    groups.set(key, group);
    group.tracks.push(track);
  }
  return [...groups.values()];
}

function observation(
  input: ObserveInput,
  answer: Answer,
  labels: Labels,
  tracks: readonly Track[],
): Observation {
  const length = strataOf(input.window);
  const byBound = byBoundOf(tracks);
  const all = [...byBound.keys()].sort((a, b) => a - b);
  const common = commonBounds(tracks, all);
  const isMixed = common.length < all.length && !isReadable(input.take, common);
  const bounds = isMixed ? all : common;
  const sums = bounds.map((bound) => sumStrata(byBound.get(bound) ?? [], length));
  const hasTop = bounds.at(-1) === Number.POSITIVE_INFINITY;
  const strata = Array.from({ length }, (_, i): readonly number[] | null => {
    if (!hasTop || (sums.at(-1)?.[i] ?? null) === null) return null;
    let highest = 0;
    // No bucket holds less than the one under it: one that is absent above events was not read.
    if (sums.some((sum, bound) => (sum[i] ?? null) === null && (sums[bound - 1]?.[i] ?? 0) > 0)) return null;
    // Extrapolation may leave a bucket a trifle below the one under it; cumulative counts never fall.
    return sums.map((sum) => {
      highest = Math.max(highest, sum[i] ?? 0);
      return highest;
    });
  });
  const negative = tracks.filter(({ strata: counts }) => counts.some((count) => (count ?? 0) < 0)).length;
  const broken = tracks.reduce((sum, track) => sum + track.nanCount + track.infiniteCount, negative);
  const hasAny = tracks.some((track) => track.newest !== null);
  return {
    labels,
    evidence: { kind: 'buckets', bounds, strata },
    newest: newestOf(tracks),
    ended: endedOf(tracks, input.window, input.maxAgeMs),
    trouble: [
      ...(broken > 0
        ? [
            {
              code: 'not-a-number',
              text: `${counted(broken, 'bucket count was no finite number', 'bucket counts were no finite numbers')}, or below 0`,
            } as const,
          ]
        : []),
      ...(hasAny && !hasTop
        ? [{ code: 'partial', text: 'the bucket le="+Inf" is missing, so the total is not known' } as const]
        : []),
      ...(isMixed ? [mixed(all.filter((bound) => !common.includes(bound)))] : []),
      ...(isMixed ? [] : fallen(bounds, sums)),
    ],
    notes: answer.isExtrapolated ? ['counts were extrapolated by the backend'] : [],
    ...(answer.isExtrapolated && { isExtrapolated: true }),
  };
}

function byBoundOf(tracks: readonly Track[]): ReadonlyMap<number, readonly Track[]> {
  const byBound = new Map<number, Track[]>();
  for (const track of tracks) {
    const bound = boundOf(track.labels) ?? Number.NaN;
    const same = byBound.get(bound);
    if (same === undefined) byBound.set(bound, [track]);
    else same.push(track);
  }
  return byBound;
}

/** Bounds that every histogram with data has: only there are sums whole. */
function commonBounds(tracks: readonly Track[], all: readonly number[]): readonly number[] {
  const groups = groupsOf(tracks.filter(hasData)).map(
    (group) => new Set(group.tracks.map(({ labels }) => boundOf(labels))),
  );
  return all.filter((bound) => groups.every((own) => own.has(bound)));
}

/** Whether a take reads nothing but the counts at these bounds. */
function isReadable(take: Take, bounds: readonly number[]): boolean {
  const isEdge = (bound: number): boolean => bucketCountAtMost(bounds, [], bound).edges === null;
  switch (take.kind) {
    case 'share-at-most':
    case 'share-above':
      return isEdge(take.bound);
    case 'apdex':
      return isEdge(take.threshold) && isEdge(4 * take.threshold);
    default:
      return take.kind === 'count';
  }
}

function mixed(bounds: readonly number[]): Trouble {
  const [first = Number.NaN, ...others] = bounds;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return {
    code: 'partial',
    text: `the series have different buckets: le="${first}"${more} is not in all of them, so their sum is no histogram`,
    next: 'select series with the same buckets, or judge a share under an edge that all have',
  };
}

/** A bucket far below one under it: histograms with different buckets were added up by the backend. */
function fallen(
  bounds: readonly number[],
  sums: readonly (readonly (number | null)[])[],
): readonly Trouble[] {
  const totals = sums.map((sum) => sum.reduce<number>((total, count) => total + (count ?? 0), 0));
  let top = 0;
  for (let i = 0; i < totals.length; i += 1) {
    const [total = 0, highest = 0] = [totals[i], totals[top]];
    if (highest - total > Math.max(1, EXTRAPOLATION_SLACK * highest)) {
      return [
        {
          code: 'not-a-number',
          text: `the bucket le="${bounds[i]}" counted ${rounded(total)}, fewer than le="${bounds[top]}" with ${rounded(highest)}: histograms with different buckets were added up`,
          next: 'select series with the same buckets',
        },
      ];
    }
    if (total > highest) top = i;
  }
  return [];
}

function rounded(count: number): number {
  return Math.round(count * 10) / 10;
}

function noBound(part: string, labels: Labels): Observed {
  return {
    state: 'unusable',
    failure: {
      code: 'backend.answer-shape',
      message: `"${part}" answered a series without a bucket bound: ${labelsText(labels)}`,
      mend: 'keep the label "le": sum by (le) (increase(NAME_bucket[{{step}}]))',
    },
  };
}
