import type { Criterion } from '../../contracts/gate.js';
import type { Count, Evidence, Observation } from '../../model/evidence.js';
import type { Bound, Condition } from '../../model/limit.js';
import { bucketCountAtMost, mean, standardDeviation } from '../../stats/summary.js';

/** Trials that end in one of two ways, or events that come as they like. */
export type Family = 'binomial' | 'poisson';

/** What a step brings, as it was seen or stated. */
export type Traffic =
  | {
      readonly kind: 'counts';
      readonly family: Family;
      /** Trials or exposure of each step, over and over; `other` is 0 without a baseline. */
      readonly steps: readonly { readonly own: number; readonly other: number }[];
      /** Events per trial of a healthy release. */
      readonly rate: number;
      /** How much more steps vary than independent requests would; 1: not at all. */
      readonly dispersion: number;
    }
  | {
      readonly kind: 'numbers';
      /** The baseline's value of each step, or a healthy release's own, over and over. */
      readonly steps: readonly number[];
      /** Standard deviation of a step's difference: of logs where `isLog`, else in the rule's unit. */
      readonly deviation: number;
      readonly isLog: boolean;
      readonly isPaired: boolean;
    };

/** The only bound of a limit of one comparison, and the side on which a release is worse. */
export interface Line {
  readonly bound: Bound;
  readonly worse: 1 | -1;
}

/** @returns undefined for a limit of several parts, whose worse side is not told by one number */
export function lineOf(condition: Condition): Line | undefined {
  if (condition.kind !== 'compare') return undefined;
  const { operator, bound } = condition;
  if (operator === '==' || operator === '!=') return undefined;
  return { bound, worse: operator.startsWith('<') ? 1 : -1 };
}

/** Fewer steps say nothing of how much they differ. */
const FEWEST_STEPS = 3;

/**
 * Learns what steps bring from what was seen of both arms.
 *
 * @param share what the judged arm is meant to get of both, used where it gets nothing yet
 * @param dispersion as the judge estimated it
 * @returns in words, why nothing can be learnt
 */
export function trafficOf(
  criterion: Criterion,
  judged: Observation | undefined,
  baseline: Observation | undefined,
  dispersion: number,
  share: number | undefined,
): Traffic | string {
  const { rule } = criterion;
  const isCompared = criterion.arms.length > 1;
  const own = countsIn(criterion, judged?.evidence);
  const other = countsIn(criterion, baseline?.evidence);
  const isCounted = isCompared ? other !== null : own !== null;
  if (!isCounted) return numbersOf(criterion, judged, baseline);
  const reference = (isCompared ? other : own) ?? [];
  const steps = pairsOf(own, isCompared ? (other ?? []) : null, share);
  if (steps.length < FEWEST_STEPS) {
    return isCompared && share === undefined
      ? 'fewer than 3 steps hold traffic of both arms: let it run for a while, declare "exposure", or state --traffic and --rate'
      : 'fewer than 3 steps hold traffic: let it run for a while, or state --traffic and --rate';
  }
  const k = total(reference.map((count) => count?.k ?? 0));
  const n = total(reference.map((count) => count?.n ?? 0));
  const family = rule.unit === 'share' ? 'binomial' : 'poisson';
  return { kind: 'counts', family, steps, rate: k / n, dispersion: Math.max(1, dispersion) };
}

/** Of each step with traffic; where the judged arm has none at all, what it would get of what there is. */
function pairsOf(
  own: readonly (Count | null)[] | null,
  other: readonly (Count | null)[] | null,
  share: number | undefined,
): readonly { readonly own: number; readonly other: number }[] {
  if (other === null)
    return (own ?? []).flatMap((count) =>
      count !== null && count.n > 0 ? [{ own: count.n, other: 0 }] : [],
    );
  const isAbsent = total((own ?? []).map((count) => count?.n ?? 0)) <= 0;
  return other.flatMap((count, i) => {
    if (count === null || count.n <= 0) return [];
    if (isAbsent) return share === undefined ? [] : [{ own: share * count.n, other: (1 - share) * count.n }];
    const n = own?.[i]?.n ?? 0;
    return n > 0 ? [{ own: n, other: count.n }] : [];
  });
}

function numbersOf(
  criterion: Criterion,
  judged: Observation | undefined,
  baseline: Observation | undefined,
): Traffic | string {
  const { rule, judge } = criterion;
  const isPaired = criterion.arms.length > 1;
  const own = judged === undefined ? [] : judge.strata(rule, judged);
  const other = baseline === undefined ? [] : judge.strata(rule, baseline);
  const pairs = own.flatMap((value, i) => {
    const reference = isPaired ? (other[i] ?? null) : 0;
    return value === null || reference === null ? [] : [{ value, reference }];
  });
  if (pairs.length < FEWEST_STEPS) {
    return 'fewer than 3 steps hold a value to learn from: let it run for a while';
  }
  const isLog =
    isPaired &&
    lineOf(rule.pass.condition)?.bound.offset === 0 &&
    pairs.every(({ value, reference }) => value > 0 && reference > 0);
  const differences = pairs.map(({ value, reference }) =>
    isLog ? Math.log(value / reference) : value - reference,
  );
  const own1 = mean(pairs.map(({ value }) => value));
  return {
    kind: 'numbers',
    steps: isPaired ? pairs.map(({ reference }) => reference) : [own1],
    deviation: standardDeviation(differences),
    isLog,
    isPaired,
  };
}

/** Counts per step for takes that count; null for the others. */
function countsIn({ rule }: Criterion, evidence: Evidence | undefined): readonly (Count | null)[] | null {
  if (evidence?.kind === 'counts') return rule.take.kind === 'total' ? evidence.strata : null;
  if (evidence?.kind !== 'buckets') return null;
  const { take } = rule;
  if (take.kind !== 'share-at-most' && take.kind !== 'share-above') return null;
  return evidence.strata.map((stratum) => {
    if (stratum === null) return null;
    const n = stratum.at(-1) ?? 0;
    const { count } = bucketCountAtMost(evidence.bounds, stratum, take.bound);
    return { k: take.kind === 'share-at-most' ? count : n - count, n };
  });
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
