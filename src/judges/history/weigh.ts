import type { Bound, Condition, Operator, Outcome } from '../../model/limit.js';
import type { Past } from './past.js';

/** Chances of error: that a condition is called broken at its limit, and that it is called held there. */
export interface Budgets {
  readonly falseAlarm: number;
  readonly falsePass: number;
}

/** Three-valued: certainly held, certainly broken, or open. A condition of several parts splits both budgets. */
export function weigh(condition: Condition, past: Past, budgets: Budgets): Outcome {
  switch (condition.kind) {
    case 'compare':
      return compare(condition.operator, condition.bound, past, budgets);
    case 'between': {
      const half = split(budgets, 2);
      return every([compare('>=', condition.low, past, half), compare('<=', condition.high, past, half)]);
    }
    case 'all':
    case 'any': {
      const part = split(budgets, condition.conditions.length);
      const outcomes = condition.conditions.map((each) => weigh(each, past, part));
      return condition.kind === 'all' ? every(outcomes) : some(outcomes);
    }
  }
}

function split({ falseAlarm, falsePass }: Budgets, parts: number): Budgets {
  return { falseAlarm: falseAlarm / parts, falsePass: falsePass / parts };
}

function every(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.includes('broken')) return 'broken';
  return outcomes.every((outcome) => outcome === 'holds') ? 'holds' : 'open';
}

function some(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.includes('holds')) return 'holds';
  return outcomes.every((outcome) => outcome === 'broken') ? 'broken' : 'open';
}

function compare(operator: Operator, bound: Bound, past: Past, budgets: Budgets): Outcome {
  if (isUnknown(bound, past)) return 'open';
  const broken = operator === '<' || operator === '<=' ? 'above' : 'below';
  const held = broken === 'above' ? 'below' : 'above';
  if (past.sideOf(bound, budgets.falseAlarm) === broken) return 'broken';
  return past.sideOf(bound, budgets.falsePass) === held ? 'holds' : 'open';
}

/** A margin that is a share of a baseline of 0. */
export function isUnknown(bound: Bound, past: Past): boolean {
  return bound.scale !== 0 && bound.scale !== 1 && past.value === 0;
}
