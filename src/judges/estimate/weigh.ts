import type { Bound, Condition, Operator, Outcome } from '../../model/limit.js';
import type { Side } from '../../stats/counts-beyond.js';

/** Chances of error: that a condition is called broken at its limit, and that it is called held there. */
export interface Budgets {
  readonly falseAlarm: number;
  readonly falsePass: number;
}

/** What a test of one look says of a bound. */
export interface Sided {
  /** The baseline. */
  readonly value: number;
  /** On which side of the bound the judged value certainly lies, at a one-sided chance of error. */
  readonly sideOf: (bound: Bound, level: number) => Side;
}

/** Three-valued: certainly held, certainly broken, or open. A condition of several parts splits both budgets. */
export function weigh(condition: Condition, found: Sided, budgets: Budgets): Outcome {
  switch (condition.kind) {
    case 'compare':
      return compare(condition.operator, condition.bound, found, budgets);
    case 'between': {
      const half = split(budgets, 2);
      return every([compare('>=', condition.low, found, half), compare('<=', condition.high, found, half)]);
    }
    case 'all':
    case 'any': {
      const part = split(budgets, condition.conditions.length);
      const outcomes = condition.conditions.map((each) => weigh(each, found, part));
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

function compare(operator: Operator, bound: Bound, found: Sided, budgets: Budgets): Outcome {
  if (isUnknown(bound, found)) return 'open';
  const broken = operator === '<' || operator === '<=' ? 'above' : 'below';
  const held = broken === 'above' ? 'below' : 'above';
  if (found.sideOf(bound, budgets.falseAlarm) === broken) return 'broken';
  return found.sideOf(bound, budgets.falsePass) === held ? 'holds' : 'open';
}

/** A margin that is a share of a baseline of 0. */
export function isUnknown(bound: Bound, found: Sided): boolean {
  return bound.scale !== 0 && bound.scale !== 1 && found.value === 0;
}
