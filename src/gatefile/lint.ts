import type { Tolerance } from '../contracts/judge.js';
import type { Failure } from '../model/failure.js';
import { type Bound, boundAt, boundsOf, type Condition, type Operator } from '../model/limit.js';
import { isUpper } from './limit.js';

type Words = Pick<Failure, 'code' | 'message' | 'mend'>;

/**
 * Trouble of a limit that decides nothing: it always holds or never does.
 *
 * @param unit `share` values lie in 0..1
 */
export function uselessLimit(condition: Condition, unit: string, text: string): Words | undefined {
  if (unit !== 'share') return undefined;
  const verdict = alwaysOrNever(condition);
  if (verdict === undefined) return undefined;
  return {
    code: 'gatefile.limit',
    message: `"${text}" can never ${verdict === 'always' ? 'fail' : 'hold'}: a share lies between 0 % and 100 %`,
    mend: 'write a bound inside that range',
  };
}

function alwaysOrNever(condition: Condition): 'always' | 'never' | undefined {
  switch (condition.kind) {
    case 'compare': {
      return compareRange(condition.operator, condition.bound);
    }
    case 'between': {
      if (condition.low.scale !== 0 || condition.high.scale !== 0) return undefined;
      if (condition.low.offset > 1 || condition.high.offset < 0) return 'never';
      return condition.low.offset <= 0 && condition.high.offset >= 1 ? 'always' : undefined;
    }
    default: {
      const parts = condition.conditions.map(alwaysOrNever);
      return parts.find((part) => part !== undefined);
    }
  }
}

function compareRange(operator: Operator, bound: Bound): 'always' | 'never' | undefined {
  // A baseline is a share as well: the bound lies between its values for 0 and for 1.
  const ends = [boundAt(bound, 0), boundAt(bound, 1)];
  const [least, most] = [Math.min(...ends), Math.max(...ends)];
  switch (operator) {
    case '<=':
      return least >= 1 ? 'always' : most < 0 ? 'never' : undefined;
    case '<':
      return least > 1 ? 'always' : most <= 0 ? 'never' : undefined;
    case '>=':
      return most <= 0 ? 'always' : least > 1 ? 'never' : undefined;
    case '>':
      return most < 0 ? 'always' : least >= 1 ? 'never' : undefined;
    case '==':
      return most < 0 || least > 1 ? 'never' : undefined;
    case '!=':
      return most < 0 || least > 1 ? 'always' : undefined;
  }
}

/** Trouble of a `warn` that is tighter than `pass`: it could never be reached. */
export function tighterWarn(pass: Condition, warn: Condition): Words | undefined {
  if (pass.kind !== 'compare' || warn.kind !== 'compare') return undefined;
  if (isUpper(pass.operator) !== isUpper(warn.operator) || pass.operator === '==' || warn.operator === '==')
    return undefined;
  const sign = isUpper(pass.operator) ? 1 : -1;
  const slope = sign * (warn.bound.scale - pass.bound.scale);
  const offset = sign * (warn.bound.offset - pass.bound.offset);
  // Comparable for every baseline that is not negative, or not at all.
  const isTighter = slope <= 0 && offset <= 0 && (warn.bound.scale === 0) === (pass.bound.scale === 0);
  if (!isTighter) return undefined;
  return {
    code: 'gatefile.limit',
    message: '"warn" is not looser than "pass", so it can never be reached',
    mend: 'warn is the limit that still holds when pass does not: make it looser, or remove it',
  };
}

/** Trouble of a tolerance that can never be exceeded, or never be met. */
export function uselessTolerance(tolerate: Tolerance, strata: number): Words | undefined {
  const { breaches, steps } = tolerate;
  if (breaches >= steps) {
    return {
      code: 'gatefile.limit',
      message: `"${breaches} of ${steps} steps" tolerates every step, so it can never fail`,
      mend: 'tolerate fewer breaches than steps',
    };
  }
  if (steps > strata) {
    return {
      code: 'gatefile.limit',
      message: `"${breaches} of ${steps} steps" needs more steps than the window's ${strata}`,
      mend: 'use fewer steps or a longer window',
    };
  }
  return undefined;
}

/** Fixed bounds of a condition, for defaults that follow from them. */
export function fixedBounds(condition: Condition): readonly number[] {
  return boundsOf(condition)
    .filter((bound) => bound.scale === 0)
    .map((bound) => bound.offset);
}
