import { suggest } from '../contracts/suggest.js';
import { type Failure, failed, ok, type Result } from '../model/failure.js';
import type { Bound, Condition, Limit, Side } from '../model/limit.js';
import { dimensionOf, factorBetween, KNOWN_UNITS, type Quantity } from '../model/unit.js';

/** What a limit is read against. */
export interface LimitContext {
  /** Unit of the judged value: `share`, `s`, the signal's own, or '' when none was given. */
  readonly unit: string;
}

/**
 * Converts a limit's units to those of the value.
 *
 * @returns the condition, or failures of code `gatefile.limit` or `gatefile.unit` without a place
 */
export function prepareCondition(limit: Limit, context: LimitContext): Result<Condition> {
  switch (limit.kind) {
    case 'compare': {
      const bound = boundOf(limit.side, context);
      if (!bound.ok) return bound;
      return ok({ kind: 'compare', operator: limit.operator, bound: bound.value });
    }
    case 'between': {
      const low = boundOf(limit.low, context);
      const high = boundOf(limit.high, context);
      if (!low.ok || !high.ok) return failed(...failuresOf([low, high]));
      if (low.value.scale === high.value.scale && low.value.offset > high.value.offset) {
        return limitTrouble('the lower side lies above the upper side, so it can never hold', 'swap the two');
      }
      return ok({ kind: 'between', low: low.value, high: high.value });
    }
    case 'all':
    case 'any': {
      const parts = limit.limits.map((each) => prepareCondition(each, context));
      if (parts.length === 0) return limitTrouble(`"${limit.kind}" holds no limit`, 'list at least one');
      const failures = failuresOf(parts);
      if (failures.length > 0) return failed(...failures);
      return ok({ kind: limit.kind, conditions: parts.flatMap((part) => (part.ok ? [part.value] : [])) });
    }
  }
}

function failuresOf(results: readonly Result<unknown>[]): readonly Failure[] {
  return results.flatMap((result) => (result.ok ? [] : result.failures));
}

function boundOf(side: Side, context: LimitContext): Result<Bound> {
  switch (side.kind) {
    case 'baseline':
      return ok({ scale: 1, offset: 0 });
    case 'baseline-times':
      return ok({ scale: side.factor, offset: 0 });
    case 'absolute': {
      const offset = convert(side.quantity, context);
      return offset.ok ? ok({ scale: 0, offset: offset.value }) : offset;
    }
    case 'baseline-offset':
      return marginOf(side.sign, side.quantity, context);
  }
}

function marginOf(sign: 1 | -1, quantity: Quantity, context: LimitContext): Result<Bound> {
  const isShare = dimensionOf(context.unit) === 'share';
  if (quantity.unit === '%' && sign < 0 && quantity.value >= 100) {
    return limitTrouble(
      `"baseline - ${quantity.value}%" leaves nothing of the baseline`,
      'write a margin below 100%, or a limit without a baseline',
    );
  }
  // Computed as (100 ± p) / 100 so that 10 % above gives 1.1 and not 1 + 0.1's neighbour.
  if (quantity.unit === '%') return ok({ scale: decimal((100 + sign * quantity.value) / 100), offset: 0 });
  if (quantity.unit === 'pp') {
    if (!isShare)
      return unitTrouble(
        '"pp" (percentage points) is for shares only',
        'write % for a share of the baseline, or the unit itself',
      );
    const factor = factorBetween('%', context.unit) ?? Number.NaN;
    return ok({ scale: 1, offset: sign * scaled(quantity.value, factor) });
  }
  if (isShare && quantity.unit === '') {
    const points = Number((quantity.value * 100).toPrecision(12));
    return limitTrouble(
      `"baseline ${sign > 0 ? '+' : '-'} ${quantity.value}" on a share can be read two ways`,
      `write ${points}pp for percentage points, or ${points}% for a share of the baseline`,
    );
  }
  const offset = convert(quantity, context);
  return offset.ok ? ok({ scale: 1, offset: sign * offset.value }) : offset;
}

/** A quantity as a number in the value's unit. */
export function convert(quantity: Quantity, context: LimitContext): Result<number> {
  const { unit } = context;
  const isShare = unit === 'share';
  if (quantity.unit === 'pp') {
    return limitTrouble(
      `"${quantity.value}pp" stands without a baseline`,
      `write ${quantity.value}% for the value itself, or "baseline - ${Math.abs(quantity.value)}pp"`,
    );
  }
  if (quantity.unit === '') {
    if (isShare && Math.abs(quantity.value) > 1) {
      return limitTrouble(
        `a bare ${quantity.value} on a share is ${quantity.value * 100} %`,
        `write ${quantity.value}% if per cent are meant; a bare number is a fraction of 1`,
      );
    }
    return ok(quantity.value);
  }
  const factor = factorBetween(quantity.unit, unit);
  if (factor !== undefined) return ok(scaled(quantity.value, factor));
  if (unit === '') {
    return unitTrouble(
      `"${quantity.unit}" cannot be compared: the signal says no unit`,
      quantity.unit === '%'
        ? 'add "unit: share" to the signal if it is 0..1, or "unit: \'%\'" if it is 0..100'
        : `add "unit: ${quantity.unit}" to the signal, or the unit it is in`,
    );
  }
  const near = suggest(quantity.unit, [...KNOWN_UNITS, unit]);
  return unitTrouble(
    `"${quantity.unit}" does not convert to ${isShare ? 'a share' : `"${unit}"`}`,
    near !== undefined && factorBetween(near, unit) !== undefined
      ? `did you mean "${near}"?`
      : isShare
        ? 'a share is written in % or as a fraction'
        : `write it in ${unit}`,
  );
}

function scaled(value: number, factor: number): number {
  const inverse = 1 / factor;
  const whole = Math.round(inverse);
  // 450 ms is 0.45 s: division by a whole reciprocal is exact where multiplication is not.
  return decimal(whole > 0 && Math.abs(inverse - whole) < 1e-9 ? value / whole : value * factor);
}

/** The short decimal next to a value: 99.9 / 100 is 0.9990000000000001, which 999 of 1000 would fall short of. */
function decimal(value: number): number {
  const short = Number(value.toPrecision(15));
  return Math.abs(short - value) <= Number.EPSILON * Math.abs(value) ? short : value;
}

function limitTrouble(message: string, mend: string): Result<never> {
  return failed({ code: 'gatefile.limit', message, mend });
}

function unitTrouble(message: string, mend: string): Result<never> {
  return failed({ code: 'gatefile.unit', message, mend });
}
