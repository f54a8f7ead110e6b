import type { Rule } from '../../contracts/judge.js';
import type { Observation } from '../../model/evidence.js';
import type { HistoryEvidence } from '../../model/history.js';
import type { Bound } from '../../model/limit.js';
import { expectedOf, rangeOf, type Side, sideOfBound } from '../../stats/counts-beyond.js';
import { forecastNext } from '../../stats/forecast.js';
import { type Counted, pastShare } from '../../stats/past-share.js';
import { studentQuantile } from '../../stats/student-t.js';
import { scaled } from '../estimate/comparison.js';

/** Fewer earlier windows say too little of how much windows differ. */
export const FEWEST_WINDOWS = 10;
const TAIL = 0.025;

/** What earlier windows lead to expect, in the rule's unit. */
export interface Past {
  readonly test: HistoryEvidence['test'];
  /** The baseline. */
  readonly value: number;
  /** Observations behind it. */
  readonly n: number;
  readonly windows: number;
  readonly interval: readonly [number, number];
  readonly expected: readonly [number, number];
  readonly dispersion: number | null;
  /** On which side of the bound the judged value certainly lies, at a one-sided chance of error. */
  readonly sideOf: (bound: Bound, level: number) => Side;
}

/** An earlier window's number and how many observations stand behind it. */
interface Seen {
  readonly value: number;
  readonly n: number;
}

/**
 * Learns from earlier windows, oldest first.
 *
 * @returns the number of windows that hold a value, where they are too few
 */
export function pastOf(rule: Rule, judged: Observation, earlier: readonly Observation[]): Past | number {
  const now = seenIn(rule, judged);
  const before = earlier.flatMap((each) => seenIn(rule, each) ?? []);
  if (now === undefined || before.length < FEWEST_WINDOWS) return before.length;
  const isCounted = rule.take.kind === 'total' || isShareTake(rule);
  const holdsCounts = judged.evidence.kind !== 'numbers' && judged.evidence.kind !== 'instant';
  return isCounted && holdsCounts ? countedPast(rule, now, before) : forecastPast(now, before);
}

function isShareTake({ take }: Rule): boolean {
  return take.kind === 'share-at-most' || take.kind === 'share-above';
}

/** A quantile of which only a lower end is known says nothing. */
function seenIn(rule: Rule, observation: Observation): Seen | undefined {
  const { value, n, isAtLeast } = scaled(rule, observation);
  return value === null || !Number.isFinite(value) || isAtLeast || n <= 0 ? undefined : { value, n };
}

function countedPast(rule: Rule, now: Seen, before: readonly Seen[]): Past {
  const isShare = rule.unit === 'share';
  const { factor } = rule;
  const counted = ({ value, n }: Seen): Counted => ({ k: (value / factor) * n, n });
  const judged = counted(now);
  const past = pastShare(before.map(counted), isShare);
  const inUnit = ([low, high]: readonly [number, number]): readonly [number, number] => [
    low * factor,
    high * factor,
  ];
  return {
    test: isShare ? 'history-share' : 'history-rate',
    value: past.value * factor,
    n: sumOf(before),
    windows: before.length,
    interval: inUnit(rangeOf(judged, past, isShare)),
    expected: inUnit(expectedOf(now.n, past, isShare)),
    dispersion: past.dispersion,
    sideOf: ({ scale, offset }, level) =>
      sideOfBound(judged, past, { scale, offset: offset / factor }, level, isShare),
  };
}

function forecastPast(now: Seen, before: readonly Seen[]): Past {
  // Logs make a ratio of a difference and tame the long tail of latencies; they need numbers above 0.
  const isLog = [now, ...before].every(({ value }) => value > 0);
  const to = isLog ? Math.log : (value: number): number => value;
  const from = isLog ? Math.exp : (value: number): number => value;
  const { centre, scale, df } = forecastNext(before.map(({ value }) => to(value)));
  const around = (middle: number, level: number): readonly [number, number] => {
    const half = studentQuantile(1 - level, df) * scale;
    return [from(middle - half), from(middle + half)];
  };
  const value = from(centre);
  return {
    test: isLog ? 'history-forecast-log' : 'history-forecast',
    value,
    n: sumOf(before),
    windows: before.length,
    interval: around(to(now.value), TAIL),
    expected: around(centre, TAIL),
    dispersion: null,
    sideOf: (bound, level) => {
      const at = bound.scale * value + bound.offset;
      const [low, high] = around(to(now.value), level);
      if (low > at) return 'above';
      return high < at ? 'below' : 'open';
    },
  };
}

function sumOf(seen: readonly Seen[]): number {
  return seen.reduce((sum, { n }) => sum + n, 0);
}
