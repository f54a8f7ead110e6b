import type { CriterionResult } from '../../model/report.js';
import { type Ruler, rulerFor } from './number.js';

/** The numbers of one criterion as people read them; the same in every format. */
export interface Figures {
  /** `93.1 %`, or null when there is none. */
  readonly value: string | null;
  /** `>= 97.0 %`; a limit against a baseline is told by its bound, a compound one as it was written. */
  readonly limit: string;
  /** How far the value is from the bound, on either side of it. */
  readonly distance: { readonly word: 'margin' | 'short' | 'over' | 'off'; readonly text: string } | null;
  /** `97.6 %`, and what the limit does with it: `- 1pp`. */
  readonly baseline: string | null;
  readonly margin: string | null;
  /** Judged minus baseline. */
  readonly difference: string | null;
  /** `92.7 % to 93.5 %`. */
  readonly interval: string | null;
  readonly ruler: Ruler;
}

/** The side on which a value breaches its limit. */
export type Breach = 'below' | 'above' | 'off';

interface Written {
  readonly operator: string;
  readonly breach: Breach;
  /** What follows `baseline`; null when the limit does not speak of it. */
  readonly margin: string | null;
}

export function figuresOf(criterion: CriterionResult): Figures {
  const { unit, interval, baseline } = criterion;
  const [value, bound] = [finite(criterion.value), finite(criterion.bound)];
  const written = readLimit(criterion.limit);
  const ruler = rulerFor(unit, value, bound, written !== null && written.margin === null);
  const control = finite(baseline?.value ?? null);
  const between = control === null || value === null ? null : value - control;
  const percent =
    between === null || control === null || unit === 'share' || unit === '%'
      ? null
      : relative(between, control);
  return {
    value: value === null ? null : ruler.text(value),
    limit: bound === null || written === null ? criterion.limit : `${written.operator} ${ruler.text(bound)}`,
    distance: distanceOf(value, bound, criterion.limit, written, ruler),
    baseline: control === null ? null : ruler.text(control),
    margin: written === null || written.margin === null || written.margin === '' ? null : written.margin,
    difference:
      between === null ? null : `${ruler.difference(between)}${percent === null ? '' : ` (${percent})`}`,
    interval: interval === null ? null : `${ruler.text(interval[0])} to ${ruler.text(interval[1])}`,
    ruler,
  };
}

/** A stored report that was made elsewhere may hold what ours never do. */
function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

/** Which side of the bound is the bad one; null when the limit has no single bound. */
export function breachSide(criterion: CriterionResult): Breach | null {
  return readLimit(criterion.limit)?.breach ?? null;
}

/** Whether a number is on the bad side of the criterion's bound. */
export function isBeyond(value: number, bound: number, limit: string): boolean {
  const operator = readLimit(limit)?.operator;
  switch (operator) {
    case '>=':
      return value < bound;
    case '>':
      return value <= bound;
    case '<=':
      return value > bound;
    case '<':
      return value >= bound;
    case '==':
      return value !== bound;
    case '!=':
      return value === bound;
    default:
      return false;
  }
}

function readLimit(text: string): Written | null {
  const [, operator, side = ''] = /^\s*(<=|>=|==|!=|<|>)\s*(.*?)\s*$/.exec(text) ?? [];
  if (operator === undefined) return null;
  const breach = operator.startsWith('>') ? 'below' : operator.startsWith('<') ? 'above' : 'off';
  const isBaseline = side.startsWith('baseline');
  return { operator, breach, margin: isBaseline ? side.slice('baseline'.length).trim() : null };
}

function distanceOf(
  value: number | null,
  bound: number | null,
  limit: string,
  written: Written | null,
  ruler: Ruler,
): Figures['distance'] {
  if (value === null || bound === null || written === null) return null;
  const text = ruler.distance(value - bound);
  if (!isBeyond(value, bound, limit)) return { word: 'margin', text };
  return {
    word: { below: 'short', above: 'over', off: 'off' }[written.breach] as 'short' | 'over' | 'off',
    text,
  };
}

function relative(between: number, control: number): string | null {
  if (control === 0) return null;
  const share = between / Math.abs(control);
  const size = Math.abs(share * 100);
  return `${share < 0 ? '-' : '+'}${size.toFixed(size < 10 ? 1 : 0)} %`;
}
