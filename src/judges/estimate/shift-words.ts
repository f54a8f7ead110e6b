import type { Rule } from '../../contracts/judge.js';
import type { RankEvidence } from '../../model/ranks.js';

/** `0.02 s above the baseline's (95 % interval 0.01 to 0.03 s)`. */
export function shiftText(rule: Rule, { estimate, interval }: RankEvidence, confidence: number): string {
  const [low, high] = interval;
  const side = estimate < 0 ? 'below' : 'above';
  const range = Number.isFinite(low) && Number.isFinite(high) ? withUnit(rule, low, high) : 'unbounded';
  return `${withUnit(rule, Math.abs(estimate))} ${side} the baseline's (${number(100 * confidence)} % interval ${range})`;
}

/** Shares differ in percentage points. */
function withUnit(rule: Rule, ...values: readonly number[]): string {
  const isShare = rule.unit === 'share';
  const text = values.map((value) => number(isShare ? 100 * value : value)).join(' to ');
  const unit = isShare ? 'pp' : rule.unit;
  return unit === '' ? text : `${text} ${unit}`;
}

export function number(value: number): string {
  return String(Number(value.toPrecision(4)));
}
