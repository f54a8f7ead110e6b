import type { Condition } from '../../model/limit.js';

/** True when any part of a condition asks for equality, of which nothing can be certain. */
export function isEquality(condition: Condition): boolean {
  if (condition.kind === 'compare') return condition.operator === '==' || condition.operator === '!=';
  return condition.kind !== 'between' && condition.conditions.some(isEquality);
}
