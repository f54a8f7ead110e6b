import type { Rule } from '../../contracts/judge.js';
import type { Bound, Condition } from '../../model/limit.js';

/** A limit as the judge computes with it, in the unit of the judged value: `value >= 0.97 (share)`. */
export function understood(condition: Condition, unit: string): string {
  return `${conditionText(condition)}${unit === '' ? '' : ` (${unit})`}`;
}

function conditionText(condition: Condition): string {
  switch (condition.kind) {
    case 'compare':
      return `value ${condition.operator} ${boundText(condition.bound)}`;
    case 'between':
      return `${boundText(condition.low)} <= value <= ${boundText(condition.high)}`;
    case 'all':
    case 'any':
      return condition.conditions
        .map((part) => (part.kind === 'compare' ? conditionText(part) : `(${conditionText(part)})`))
        .join(condition.kind === 'all' ? ' and ' : ' or ');
  }
}

function boundText({ scale, offset }: Bound): string {
  if (scale === 0) return numberText(offset);
  const baseline = scale === 1 ? 'baseline' : `baseline * ${numberText(scale)}`;
  if (offset === 0) return baseline;
  return `${baseline} ${offset > 0 ? '+' : '-'} ${numberText(Math.abs(offset))}`;
}

/** 12 digits tell any two bounds of a gate file apart, and hide that 1 pp is 0.010000000000000002. */
export function numberText(value: number): string {
  return String(Number(value.toPrecision(12)));
}

/** What is judged in words: `p95`, `totals`, `the value at the end of the window`. */
export function takeText(rule: Rule): string {
  if (rule.takeText !== null) return rule.takeText;
  if (rule.take.kind === 'share-hit') return 'hits among the visits after the first';
  if (rule.take.kind === 'findings' || rule.take.kind === 'new-patterns') return rule.take.kind;
  if (rule.take.kind === 'since-crawl') return 'max since-crawl';
  return rule.take.kind === 'instant' ? 'the value at the end of the window' : 'totals over the window';
}
