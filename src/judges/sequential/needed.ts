import type { Rule } from '../../contracts/judge.js';
import { boundAt, boundsOf } from '../../model/limit.js';
import type { Data } from './data.js';
import type { Range } from './range.js';

/** Past this nobody waits: the numbers lie too near the line to say when they will part. */
const MOST_STRATA = 100_000;

/**
 * About how much more is needed to decide, if the numbers stay as they are.
 *
 * Evidence of a difference of z standard errors is about (z^2 - ln(1 + ...)) / 2, so half of all rollouts are decided
 * once z^2 reaches 2 ln(1/alpha) + ln(1 + 2 ln(1/alpha)); z^2 grows with the number of strata.
 *
 * @returns null when the estimate lies on the line or its error is not known
 * @see the design's section 3.7, "AV 50 %"
 */
export function neededFor(
  rule: Rule,
  data: Data,
  range: Range,
): { readonly n: number; readonly strata: number } | null {
  const strata = data.at.length;
  const reference = referenceOf(data) * rule.factor;
  const distances = boundsOf(rule.pass.condition).map((bound) => range.estimate - boundAt(bound, reference));
  const nearest = distances.reduce((least, gap) => Math.min(least, Math.abs(gap)), Number.POSITIVE_INFINITY);
  if (strata === 0 || !(range.error > 0) || !(nearest > 0)) return null;
  const enough = Math.log(1 / Math.min(rule.falseAlarm, rule.falsePass));
  const wanted = 2 * enough + Math.log(1 + 2 * enough);
  const total = strata * Math.max(1, wanted / (nearest / range.error) ** 2);
  const more = Math.max(1, rule.minSteps - strata, Math.ceil(total - strata));
  if (!(more <= MOST_STRATA)) return null;
  return { strata: more, n: Math.ceil((observed(data) / strata) * more) };
}

/** The baseline's value over all strata, in the natural unit; 0 without a baseline. */
export function referenceOf(data: Data): number {
  if (data.kind === 'numbers') {
    const { baseline } = data;
    return baseline === null ? 0 : baseline.reduce((sum, value) => sum + value, 0) / baseline.length;
  }
  if (data.kind === 'counts') return 0;
  const k = data.pairs.reduce((sum, pair) => sum + pair.baseline.k, 0);
  return k / data.pairs.reduce((sum, pair) => sum + pair.baseline.n, 0);
}

function observed(data: Data): number {
  switch (data.kind) {
    case 'pairs':
      return data.pairs.reduce((sum, pair) => sum + pair.judged.n, 0);
    case 'counts':
      return data.counts.reduce((sum, count) => sum + count.n, 0);
    case 'numbers':
      return data.at.length;
  }
}
