import type { BurnRule } from '../../model/burn.js';
import type { Reason } from '../../model/reason.js';
import { formatDuration } from '../../model/time.js';
import type { SeenRemaining, SeenRow } from './rows.js';
import { whole } from './spans.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** `burns the 30-day budget 16.2x too fast over 1h and 5m: 2.2 % of it is gone each hour`. */
export function burningText({ periodMs }: BurnRule, seen: readonly SeenRow[]): Reason {
  const [worst, ...others] = seen;
  if (worst === undefined) return { code: 'threshold', text: 'burns the budget too fast' };
  const { row, told } = worst;
  const burn = worst.burn ?? Number.NaN;
  const gone = roundedText((100 * burn * HOUR_MS) / periodMs, 2);
  const also = others.map((each) => `; so does ${each.row.name}`).join('');
  return {
    code: 'threshold',
    text: `burns the ${periodText(periodMs)} budget ${apart(burn, row.factor)}x too fast over ${spansText(told)}: ${gone} % of it is gone each hour (${row.name} allows ${row.factor}x)${also}`,
  };
}

/** `-12 % of the 30-day budget is left: 1,120 of 1,000,000 events were bad, and it allows 1,000`. */
export function spentText({ periodMs, budget }: BurnRule, { asked, told }: SeenRemaining): Reason {
  const left = apart(100 * (told.share ?? Number.NaN), 100 * asked.least);
  return {
    code: 'threshold',
    text: `${left} % of the ${periodText(periodMs)} budget is left, ${asked.text} is needed: ${whole(told.bad)} of ${whole(told.n)} events were bad, and it allows ${whole((budget.num * told.n) / budget.den)}`,
  };
}

export function spansText({ long, short }: SeenRow['told']): string {
  return long.window === short.window ? long.window : `${long.window} and ${short.window}`;
}

export function periodText(periodMs: number): string {
  return periodMs % DAY_MS === 0 ? `${periodMs / DAY_MS}-day` : formatDuration(periodMs);
}

/** As many digits as it takes to tell two numbers apart: 14.4 and 14.40001. */
function apart(value: number, bound: number): string {
  for (let digits = 3; digits < 16; digits += 1) {
    const text = roundedText(value, digits);
    if (value === bound || Number(text) !== Number(roundedText(bound, digits))) return text;
  }
  return String(value);
}

function roundedText(value: number, digits: number): string {
  return String(Number(value.toPrecision(digits)));
}
