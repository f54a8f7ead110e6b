import type { Quantity } from './unit.js';

export const OPERATORS = ['<', '<=', '>', '>=', '==', '!='] as const;
export type Operator = (typeof OPERATORS)[number];

/** One side of a limit as it was written. */
export type Side =
  | { readonly kind: 'absolute'; readonly quantity: Quantity }
  | { readonly kind: 'baseline' }
  | { readonly kind: 'baseline-offset'; readonly sign: 1 | -1; readonly quantity: Quantity }
  | { readonly kind: 'baseline-times'; readonly factor: number };

/** A pass-shaped condition as it was written; NaN holds none of them. */
export type Limit =
  | { readonly kind: 'compare'; readonly operator: Operator; readonly side: Side }
  | { readonly kind: 'between'; readonly low: Side; readonly high: Side }
  | { readonly kind: 'all' | 'any'; readonly limits: readonly Limit[] };

/** A bound in the unit of the value that is judged: `scale * baseline + offset`, with scale 0 for a fixed bound. */
export interface Bound {
  readonly scale: number;
  readonly offset: number;
}

/** A limit whose units were converted: what a judge computes with. */
export type Condition =
  | { readonly kind: 'compare'; readonly operator: Operator; readonly bound: Bound }
  | { readonly kind: 'between'; readonly low: Bound; readonly high: Bound }
  | { readonly kind: 'all' | 'any'; readonly conditions: readonly Condition[] };

/** A limit ready to be judged, with the words it was written in. */
export interface PreparedLimit {
  readonly text: string;
  readonly condition: Condition;
}

/** True when any part of the condition speaks of the baseline. */
export function needsBaseline(condition: Condition): boolean {
  return boundsOf(condition).some((bound) => bound.scale !== 0);
}

export function boundsOf(condition: Condition): readonly Bound[] {
  switch (condition.kind) {
    case 'compare':
      return [condition.bound];
    case 'between':
      return [condition.low, condition.high];
    default:
      return condition.conditions.flatMap(boundsOf);
  }
}

export function boundAt(bound: Bound, baseline: number): number {
  return bound.scale === 0 ? bound.offset : bound.scale * baseline + bound.offset;
}

/** Three-valued: `open` when the evidence does not say. */
export type Outcome = 'holds' | 'broken' | 'open';

/** A number of which sometimes only a lower end is known: a quantile above the last bucket edge. */
export interface Reading {
  /** NaN when there is none. */
  readonly value: number;
  readonly isAtLeast: boolean;
  /** Where no more is known than that it lies between this and `value`. */
  readonly least?: number;
}

export const NO_READING: Reading = { value: Number.NaN, isAtLeast: false };

/**
 * Whether a value holds a condition.
 *
 * A missing value or baseline leaves a comparison open, and so does a margin that is a share of a baseline of 0.
 * `all` is broken by one broken part and `any` holds by one that holds, whatever the others are.
 */
export function evaluate(condition: Condition, seen: Reading, baseline: Reading): Outcome {
  switch (condition.kind) {
    case 'compare':
      return compare(condition.operator, seen, boundOf(condition.bound, baseline));
    case 'between':
      return every([
        compare('>=', seen, boundOf(condition.low, baseline)),
        compare('<=', seen, boundOf(condition.high, baseline)),
      ]);
    case 'all':
      return every(condition.conditions.map((part) => evaluate(part, seen, baseline)));
    case 'any':
      return some(condition.conditions.map((part) => evaluate(part, seen, baseline)));
  }
}

function every(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.includes('broken')) return 'broken';
  return outcomes.length > 0 && outcomes.every((outcome) => outcome === 'holds') ? 'holds' : 'open';
}

function some(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.includes('holds')) return 'holds';
  return outcomes.length > 0 && outcomes.every((outcome) => outcome === 'broken') ? 'broken' : 'open';
}

/**
 * Whether a share holds a condition only because nothing could break it: at a baseline of 3 %, `>= baseline - 10pp` asks
 * for more than -7 %. A share that lies as far on the better side of the baseline as the margin allows on the other is no
 * worse, whatever the bound is.
 *
 * @param seen     the judged share, 0..1
 * @param baseline the baseline's share
 */
export function isHollow(condition: Condition, seen: number, baseline: number): boolean {
  switch (condition.kind) {
    case 'compare':
      return isHollowSide(condition.operator, condition.bound, seen, baseline);
    case 'between':
      return (
        isHollowSide('>=', condition.low, seen, baseline) &&
        isHollowSide('<=', condition.high, seen, baseline)
      );
    case 'all':
      return condition.conditions.every((part) => isHollow(part, seen, baseline));
    case 'any': {
      const [value, control] = [seen, baseline].map((each) => ({ value: each, isAtLeast: false }));
      const solid = condition.conditions.filter((part) => !isHollow(part, seen, baseline));
      if (solid.length === condition.conditions.length) return false;
      return !solid.some((part) => evaluate(part, value ?? NO_READING, control ?? NO_READING) === 'holds');
    }
  }
}

function isHollowSide(operator: Operator, side: Bound, seen: number, baseline: number): boolean {
  if (side.scale === 0) return false;
  const bound = boundAt(side, baseline);
  const mirrored = 2 * baseline - bound;
  switch (operator) {
    case '>=':
      return bound <= 0 && !(seen > mirrored);
    case '>':
      return bound < 0 && !(seen > mirrored);
    case '<=':
      return bound >= 1 && !(seen < mirrored);
    case '<':
      return bound > 1 && !(seen < mirrored);
    case '==':
    case '!=':
      return false;
  }
}

/** The bound as a number, or NaN when the baseline does not give one. */
function boundOf(bound: Bound, baseline: Reading): number {
  if (bound.scale === 0) return bound.offset;
  if (baseline.isAtLeast || (baseline.value === 0 && bound.scale !== 1)) return Number.NaN;
  return boundAt(bound, baseline.value);
}

function compare(operator: Operator, seen: Reading, bound: number): Outcome {
  if (Number.isNaN(seen.value) || Number.isNaN(bound)) return 'open';
  if (seen.isAtLeast) return compareAtLeast(operator, seen.value, bound);
  const isHighHeld = isHeld(operator, seen.value, bound);
  if (seen.least !== undefined) {
    const isLowHeld = isHeld(operator, seen.least, bound);
    if (isLowHeld !== isHighHeld || (seen.least < bound && bound < seen.value)) return 'open';
  }
  return isHighHeld ? 'holds' : 'broken';
}

/** The value lies somewhere from `least` on: decided only where all of that range agrees. */
function compareAtLeast(operator: Operator, least: number, bound: number): Outcome {
  switch (operator) {
    case '<':
      return least >= bound ? 'broken' : 'open';
    case '<=':
    case '==':
      return least > bound ? 'broken' : 'open';
    case '>':
    case '!=':
      return least > bound ? 'holds' : 'open';
    case '>=':
      return least >= bound ? 'holds' : 'open';
  }
}

function isHeld(operator: Operator, value: number, bound: number): boolean {
  switch (operator) {
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
    case '>':
      return value > bound;
    case '>=':
      return value >= bound;
    case '==':
      return value === bound;
    case '!=':
      return value !== bound;
  }
}
