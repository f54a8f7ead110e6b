import type { Rule } from '../../contracts/judge.js';
import type { Count, Evidence, Observation } from '../../model/evidence.js';
import { NO_READING, type Reading } from '../../model/limit.js';
import type { Take } from '../../model/take.js';
import type { Pair } from '../../stats/pair.js';
import type { Family } from '../../stats/sequential/block.js';
import { type Scatter, scatterOf, scatterOfOne } from '../../stats/sequential/overdispersion.js';
import { bucketCountAtMost } from '../../stats/summary.js';
import { readingsIn } from '../estimate/comparison.js';

/** Expected observations beyond a quantile, in each arm, that a step needs to say anything of it. */
const TAIL = 3;

/**
 * Share of a step that samples saw, where counts were extrapolated to its ends. A step holds 3.6 scrape intervals or more
 * (else it is `step-too-short`), and its first and last sample lie at least one less apart. Taken at their word, such
 * counts claim up to 1.38 times the events that were seen: 5.8 % of healthy rollouts failed (bench/peeking-live.ts). A share
 * measured anew at each look would be finer, and would forget what was certain.
 */
const SEEN = 1 - 1 / 3.6;

/** Strata that hold data in every arm, ready for a test; `at` gives their places in the window. */
export type Data =
  | {
      readonly kind: 'pairs';
      readonly family: Family;
      readonly pairs: readonly Pair[];
      /** False where a backend extrapolated the counts, or a bound cut a bucket: they are no whole events then. */
      readonly isCounted: boolean;
      /** After each of them. */
      readonly scatter: readonly Scatter[];
      readonly at: readonly number[];
    }
  | {
      readonly kind: 'counts';
      readonly family: Family;
      readonly counts: readonly Count[];
      readonly scatter: readonly Scatter[];
      readonly at: readonly number[];
    }
  | {
      readonly kind: 'numbers';
      readonly judged: readonly number[];
      /** As long as `judged`; null for a fixed limit. */
      readonly baseline: readonly number[] | null;
      readonly at: readonly number[];
      /** Steps left out because they held too few observations. */
      readonly thin: number;
      /** What the judged arm is at least in steps left out for it, while the baseline, if any, is known there. */
      readonly beyond: readonly Beyond[];
    };

/** A step of which only a lower end is known: a quantile above the last bucket edge. */
export interface Beyond {
  readonly judged: Reading;
  readonly baseline: Reading;
}

/** Cuts the evidence into what the tests take. */
export function dataOf(rule: Rule, judged: Observation, baseline: Observation | undefined): Data {
  const own = countsIn(rule.take, judged);
  if (own === null) return numbersOf(rule, judged, baseline);
  // Events over an exposure are no trials: more than one event may fall to one unit of it.
  const family = rule.unit === 'share' ? 'binomial' : 'poisson';
  if (baseline === undefined) {
    const at = own.flatMap((count, i) => (count !== null && count.n > 0 ? [i] : []));
    return countsData(
      family,
      at.map((i) => own[i] ?? NOTHING),
      at,
    );
  }
  const other = countsIn(rule.take, baseline) ?? [];
  const at = own.flatMap((count, i) => {
    const control = other[i] ?? null;
    return count !== null && control !== null && count.n > 0 && control.n > 0 ? [i] : [];
  });
  const pairs = at.map((i) => ({ judged: own[i] ?? NOTHING, baseline: other[i] ?? NOTHING }));
  const isCounted = [judged, baseline].every((arm) => isWholeIn(rule.take, arm));
  return { kind: 'pairs', family, pairs, isCounted, scatter: scatterOf(family, pairs), at };
}

/** One arm alone. */
export function countsData(family: Family, counts: readonly Count[], at: readonly number[]): Data {
  return { kind: 'counts', family, counts, scatter: scatterOfOne(family, counts), at };
}

const NOTHING: Count = { k: 0, n: 0 };

/** Counts of what was seen per stratum, for takes that count; null for the others. */
function countsIn(take: Take, { evidence, isExtrapolated }: Observation): readonly (Count | null)[] | null {
  const counts = allCountsIn(take, evidence);
  if (counts === null || isExtrapolated !== true) return counts;
  return counts.map((count) => count && { k: count.k * SEEN, n: count.n * SEEN });
}

/** True where the counts of a take are events that were seen, and not a part of them by a rule of three. */
function isWholeIn(take: Take, { evidence, isExtrapolated }: Observation): boolean {
  if (isExtrapolated === true) return false;
  if (evidence.kind !== 'buckets') return true;
  if (take.kind !== 'share-at-most' && take.kind !== 'share-above') return true;
  return bucketCountAtMost(evidence.bounds, [], take.bound).edges === null;
}

function allCountsIn(take: Take, evidence: Evidence): readonly (Count | null)[] | null {
  if (evidence.kind === 'counts') return take.kind === 'total' ? evidence.strata : null;
  if (evidence.kind !== 'buckets') return null;
  if (take.kind !== 'share-at-most' && take.kind !== 'share-above') return null;
  return evidence.strata.map((stratum) => {
    if (stratum === null) return null;
    const n = stratum.at(-1) ?? 0;
    const { count } = bucketCountAtMost(evidence.bounds, stratum, take.bound);
    return { k: take.kind === 'share-at-most' ? count : n - count, n };
  });
}

function numbersOf(rule: Rule, judged: Observation, baseline: Observation | undefined): Data {
  const own = readingsIn(rule, judged);
  const other = baseline === undefined ? null : readingsIn(rule, baseline);
  let thin = 0;
  const beyond: Beyond[] = [];
  const at = own.flatMap((reading, i) => {
    const control = other === null ? NO_READING : (other[i] ?? NO_READING);
    const both = [reading, ...(other === null ? [] : [control])];
    if (both.some(({ value }) => !Number.isFinite(value))) return [];
    const isShort =
      isThin(rule.take, judged, i) || (baseline !== undefined && isThin(rule.take, baseline, i));
    if (both.some(({ isAtLeast }) => isAtLeast)) {
      if (!isShort && reading.isAtLeast && !control.isAtLeast)
        beyond.push({ judged: reading, baseline: control });
      return [];
    }
    if (isShort) {
      thin += 1;
      return [];
    }
    return [i];
  });
  const pick = (readings: readonly { readonly value: number }[]): readonly number[] =>
    at.map((i) => readings[i]?.value ?? Number.NaN);
  return { kind: 'numbers', judged: pick(own), baseline: other && pick(other), at, thin, beyond };
}

/** A quantile of few observations is their largest, whose size hangs on how many there are. */
function isThin(take: Take, { evidence }: Observation, stratum: number): boolean {
  if (take.kind !== 'quantile' || evidence.kind !== 'buckets') return false;
  const n = evidence.strata[stratum]?.at(-1) ?? 0;
  return n * Math.min(take.quantile, 1 - take.quantile) < TAIL;
}
