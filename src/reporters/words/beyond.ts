import type { CriterionResult } from '../../model/report.js';
import { formatClock } from '../../model/time.js';
import { type Breach, breachSide, isBeyond } from './limit.js';
import { stratumStart } from './window.js';

/** Which strata are on the bad side of the bound, and since when without a break. */
export interface Beyond {
  readonly side: Breach;
  /** Null where the stratum holds no data. */
  readonly strata: readonly (boolean | null)[];
  readonly count: number;
  /** Strata that hold data. */
  readonly seen: number;
  /** Start of the run of breaches that still lasts; null when the newest stratum with data holds the limit. */
  readonly since: string | null;
}

/** Takes whose number per stratum can be held against the bound of the whole: a sum or a slope of a step cannot. */
const COMPARABLE = /^(?:p\d|share|apdex|first|last|mean|min|max)/;

/** @returns null when strata and bound cannot be compared */
export function beyondOf(criterion: CriterionResult): Beyond | null {
  const { bound, limit, take } = criterion;
  const judged = criterion.strata?.judged;
  const side = breachSide(criterion);
  if (bound === null || side === null || judged === undefined || judged.length === 0) return null;
  if (take !== null && !COMPARABLE.test(take)) return null;
  const strata = judged.map((value) => (value === null ? null : isBeyond(value, bound, limit)));
  const seen = strata.filter((is) => is !== null).length;
  const newest = strata.findLastIndex((is) => is !== null);
  const lastGood = strata.lastIndexOf(false);
  const start = strata.findIndex((is, index) => index > lastGood && is === true);
  const at =
    newest < 0 || start < 0 || strata[newest] !== true ? null : stratumStart(criterion.window, start);
  return {
    side,
    strata,
    count: strata.filter((is) => is === true).length,
    seen,
    since: at === null ? null : formatClock(at),
  };
}

/** `below since 14:19Z, 16 of 30 min`, or null when no stratum is beyond the limit. */
export function beyondText(criterion: CriterionResult): string | null {
  const beyond = beyondOf(criterion);
  if (beyond === null || beyond.count === 0) return null;
  const { side, count, seen, since, strata } = beyond;
  const unit = criterion.window.step === '1m' ? 'min' : `steps of ${criterion.window.step}`;
  const gaps = strata.length - seen;
  const without = gaps === 0 ? '' : `, ${gaps} gap${gaps === 1 ? '' : 's'}`;
  return `${side} ${since === null ? 'for a time' : `since ${since}`}, ${count} of ${seen} ${unit}${without}`;
}
