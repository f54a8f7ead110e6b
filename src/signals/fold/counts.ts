import { counted } from '../../contracts/counted.js';
import type { Observed, ObserveInput } from '../../contracts/signal.js';
import type { Count, Observation, Trouble } from '../../model/evidence.js';
import { type Answer, type Labels, labelsText } from '../../model/series.js';
import { strataOf } from '../../model/window.js';
import { manySeries, mayPool } from './many.js';
import { endedOf, hasData, newestOf, sumStrata, type Track, tracksOf, withUncounted } from './strata.js';

/** Share by which extrapolated counts may exceed their total before the selectors are taken not to nest. */
const EXTRAPOLATION_SLACK = 0.02;
/** The same number added up in another order. */
const SUM_SLACK = 1e-9;

/** A numerator and a denominator, both counts per stratum. */
export interface CountParts {
  readonly numerator: string;
  readonly denominator: string;
  /** What an absent numerator means while the denominator counts; `zero-to-fail` is 0 that passes nothing. */
  readonly absentNumerator: 'zero' | 'zero-if-seen' | 'zero-to-fail';
  /** Ratios: the numerator is part of the denominator. */
  readonly isNested: boolean;
}

const EMPTY: Answer = { series: [] };

/** What holds for every series of both parts. */
type Common = Pick<Observation, 'trouble' | 'notes' | 'isExtrapolated' | 'unseen'>;

/** Pairs the counts of two parts by stratum, and by series under `across: each | worst`. */
export function observeCounts(input: ObserveInput, parts: CountParts): Observed {
  const top = input.answers.get(parts.numerator) ?? EMPTY;
  const bottom = input.answers.get(parts.denominator) ?? EMPTY;
  const topTracks = tracksOf(top, input.window).filter(hasSomething);
  const bottomTracks = tracksOf(bottom, input.window).filter(hasSomething);
  const common = commonTrouble(input, parts, topTracks, bottomTracks, [top, bottom]);

  if (
    mayPool(input.across, (top.isAdditive ?? false) && (bottom.isAdditive ?? false)) ||
    isLone(topTracks, bottomTracks)
  ) {
    return {
      state: 'observed',
      observations: [observation(input, parts, {}, topTracks, bottomTracks, common)],
    };
  }
  if (input.across !== 'each' && input.across !== 'worst') {
    const many = bottomTracks.length > 1 ? bottomTracks : topTracks;
    const part = bottomTracks.length > 1 ? parts.denominator : parts.numerator;
    return manySeries(
      part,
      many.map((track) => track.labels),
    );
  }
  const topOf = byLabels(topTracks);
  const bottomOf = byLabels(bottomTracks);
  const stray = topTracks.find(({ labels }) => !bottomOf.has(labelsText(labels)));
  if (stray !== undefined && bottomTracks.length > 0) return strayNumerator(parts, stray.labels);
  const each = bottomTracks.map((track) => {
    const own = topOf.get(labelsText(track.labels)) ?? [];
    return observation(input, parts, track.labels, own, [track], common);
  });
  if (input.across === 'each') {
    return {
      state: 'observed',
      observations: each.length > 0 ? each : [observation(input, parts, {}, [], [], common)],
    };
  }
  return {
    state: 'observed',
    observations: [worstOf(input, each, observation(input, parts, {}, topTracks, bottomTracks, common))],
  };
}

function byLabels(tracks: readonly Track[]): ReadonlyMap<string, readonly Track[]> {
  const found = new Map<string, Track[]>();
  for (const track of tracks) {
    const name = labelsText(track.labels);
    const same = found.get(name);
    if (same === undefined) found.set(name, [track]);
    else same.push(track);
  }
  return found;
}

function hasSomething(track: Track): boolean {
  return track.newest !== null || track.nanCount > 0 || track.infiniteCount > 0;
}

function isLone(top: readonly Track[], bottom: readonly Track[]): boolean {
  return top.length <= 1 && bottom.length <= 1;
}

function commonTrouble(
  input: ObserveInput,
  parts: CountParts,
  top: readonly Track[],
  bottom: readonly Track[],
  answers: readonly Answer[],
): Common {
  const trouble: Trouble[] = [];
  const notes: string[] = [];
  const isAbsent = top.length === 0 && bottom.some(hasData);
  const bad = [...top, ...bottom].reduce((sum, track) => sum + track.infiniteCount, 0);
  if (bad > 0)
    trouble.push({ code: 'not-a-number', text: counted(bad, 'count was infinite', 'counts were infinite') });
  const nan = [...top, ...bottom].reduce((sum, track) => sum + track.nanCount, 0);
  if (nan > 0)
    trouble.push({
      code: 'not-a-number',
      text: `${counted(nan, 'count was', 'counts were')} NaN, or had no value`,
      next: 'see why; where no value means none, have it written as 0',
    });
  const negative = [...top, ...bottom].filter(({ strata }) =>
    strata.some((count) => (count ?? 0) < 0),
  ).length;
  if (negative > 0)
    trouble.push({
      code: 'not-a-number',
      text: `${counted(negative, 'series of counts falls', 'series of counts fall')} below 0`,
    });
  const isUnseen = isAbsent && parts.absentNumerator !== 'zero' && !isSeen(input, parts);
  const isToFail = parts.absentNumerator === 'zero-to-fail';
  if (isUnseen && !isToFail) trouble.push(neverSeen(parts.numerator, ', in the window or before'));
  if (isAbsent && input.isBaseline && input.better === 'higher') {
    trouble.push({
      code: 'no-data',
      text: `"${parts.numerator}" is absent, and a baseline of 0 would let anything pass`,
      next: `check the selector of "${parts.numerator}"`,
    });
  }
  const isExtrapolated = answers.some((answer) => answer.isExtrapolated);
  if (isExtrapolated) notes.push('counts were extrapolated by the backend');
  const unseen = isUnseen && isToFail ? neverSeen(parts.numerator, '') : undefined;
  return { trouble, notes, ...(unseen && { unseen }), ...(isExtrapolated && { isExtrapolated }) };
}

function neverSeen(part: string, where: string): Trouble {
  return {
    code: 'bad-never-seen',
    text: `"${part}" was never seen${where}: nothing tells a misspelt selector from no events`,
    next: `check the selector of "${part}", or write "bad-absent: zero" if it may stay away for good`,
  };
}

function isSeen(input: ObserveInput, parts: CountParts): boolean {
  const seen = input.answers.get(`${parts.numerator}-seen`)?.series ?? [];
  return seen.some((series) => series.times.length > 0) || input.isSeenElsewhere(parts.numerator);
}

function observation(
  input: ObserveInput,
  parts: CountParts,
  labels: Labels,
  top: readonly Track[],
  bottom: readonly Track[],
  common: Common,
): Observation {
  const paired = (over: readonly Track[], under: readonly Track[]): ReturnType<typeof nest> => {
    const strata = pairedStrata(over, under, strataOf(input.window));
    return parts.isNested ? nest(strata, parts, input.keepsExcess === true) : { strata, trouble: [] };
  };
  const nested = paired(top, bottom);
  const isOpen = [...top, ...bottom].some(({ uncounted }) => uncounted !== undefined);
  return {
    ...common,
    ...(isOpen && {
      otherwise: {
        evidence: [
          { kind: 'counts', strata: paired(withUncounted(top), withUncounted(bottom)).strata } as const,
        ],
        text: 'a counter began in the window with events that may be of it, and decide',
        next: 'give it the label "instance", by which "up" tells; or look again when it began before the window',
        isOfPasses: true,
      },
    }),
    labels,
    evidence: { kind: 'counts', strata: nested.strata },
    newest: newestOf(bottom),
    ended: endedOf([...bottom, ...top], input.window, input.maxAgeMs),
    trouble: [...common.trouble, ...nested.trouble],
  };
}

function pairedStrata(
  top: readonly Track[],
  bottom: readonly Track[],
  length: number,
): readonly (Count | null)[] {
  const numerators = sumStrata(top, length);
  const denominators = sumStrata(bottom, length);
  return denominators.map((n, i): Count | null => {
    const k = numerators[i] ?? 0;
    // What is below 0 is told as trouble, and no judge can weigh it.
    return n === null || n < 0 || k < 0 ? null : { k, n };
  });
}

/** Holds `k <= n`: small excess is rounding of extrapolated counts, a large one means selectors that do not nest. */
function nest(
  strata: readonly (Count | null)[],
  parts: CountParts,
  keepsExcess: boolean,
): { strata: readonly (Count | null)[]; trouble: readonly Trouble[] } {
  let k = 0;
  let n = 0;
  for (const count of strata) {
    k += count?.k ?? 0;
    n += count?.n ?? 0;
  }
  const isBeyond = keepsExcess ? k > n * (1 + SUM_SLACK) : k > n * (1 + EXTRAPOLATION_SLACK) && k - n > 1;
  const trouble: readonly Trouble[] = isBeyond
    ? [
        {
          code: 'not-a-number',
          text: `"${parts.numerator}" counted ${round(k)}, more than "${parts.denominator}" with ${round(n)}: the selectors do not nest`,
          next: `"${parts.denominator}" must count everything that "${parts.numerator}" counts`,
        },
      ]
    : [];
  if (keepsExcess) return { strata, trouble };
  return { strata: strata.map((count) => count && { k: Math.min(count.k, count.n), n: count.n }), trouble };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** In each stratum, the counts of the series with the worst share. */
function worstOf(input: ObserveInput, each: readonly Observation[], pooled: Observation): Observation {
  const length = strataOf(input.window);
  const strata = Array.from({ length }, (_, i): Count | null => {
    let worst: Count | null = null;
    for (const { evidence } of each) {
      const count = evidence.kind === 'counts' ? (evidence.strata[i] ?? null) : null;
      if (count === null || count.n <= 0) continue;
      if (worst === null || isWorse(count, worst, input.better ?? 'lower')) worst = count;
    }
    return worst ?? (pooled.evidence.kind === 'counts' ? (pooled.evidence.strata[i] ?? null) : null);
  });
  return { ...pooled, evidence: { kind: 'counts', strata } };
}

/** Of equal shares the one with more behind it, so that the order of series decides nothing. */
function isWorse(a: Count, b: Count, better: 'higher' | 'lower'): boolean {
  const difference = (a.k / a.n - b.k / b.n) * (better === 'higher' ? -1 : 1);
  return difference > 0 || (difference === 0 && a.n > b.n);
}

function strayNumerator(parts: CountParts, labels: Labels): Observed {
  return {
    state: 'unusable',
    failure: {
      code: 'backend.answer-shape',
      message: `"${parts.numerator}" has a series that "${parts.denominator}" has not: ${labelsText(labels)}`,
      mend: 'group both by the same labels',
    },
  };
}
