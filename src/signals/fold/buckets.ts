import type { Observed, ObserveInput } from '../../contracts/signal.js';
import type { Observation } from '../../model/evidence.js';
import { type Answer, type Labels, labelsText } from '../../model/series.js';
import { strataOf } from '../../model/window.js';
import { manySeries, mayPool } from './many.js';
import { endedOf, newestOf, sumStrata, type Track, tracksOf } from './strata.js';

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
  const byBound = new Map<number, Track[]>();
  for (const track of tracks) {
    const bound = boundOf(track.labels) ?? Number.NaN;
    const same = byBound.get(bound);
    if (same === undefined) byBound.set(bound, [track]);
    else same.push(track);
  }
  const bounds = [...byBound.keys()].sort((a, b) => a - b);
  const sums = bounds.map((bound) => sumStrata(byBound.get(bound) ?? [], length));
  const hasTop = bounds.at(-1) === Number.POSITIVE_INFINITY;
  const strata = Array.from({ length }, (_, i): readonly number[] | null => {
    if (!hasTop || (sums.at(-1)?.[i] ?? null) === null) return null;
    let highest = 0;
    // Extrapolation may leave a bucket a trifle below the one under it; cumulative counts never fall.
    return sums.map((sum) => {
      highest = Math.max(highest, sum[i] ?? 0);
      return highest;
    });
  });
  const broken = tracks.reduce((sum, track) => sum + track.nanCount + track.infiniteCount, 0);
  const hasAny = tracks.some((track) => track.newest !== null);
  return {
    labels,
    evidence: { kind: 'buckets', bounds, strata },
    newest: newestOf(tracks),
    ended: endedOf(tracks, input.window, input.maxAgeMs),
    trouble: [
      ...(broken > 0
        ? [{ code: 'not-a-number', text: `${broken} bucket counts were no finite numbers` } as const]
        : []),
      ...(hasAny && !hasTop
        ? [{ code: 'partial', text: 'the bucket le="+Inf" is missing, so the total is not known' } as const]
        : []),
    ],
    notes: answer.isExtrapolated ? ['counts were extrapolated by the backend'] : [],
    ...(answer.isExtrapolated && { isExtrapolated: true }),
  };
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
