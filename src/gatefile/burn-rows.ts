import type { BurnRow, Quotient } from '../model/burn.js';
import type { Failure } from '../model/failure.js';
import { formatDuration } from '../model/time.js';
import { complement, type Fraction, fractionOf, numberOf, times } from '../stats/fraction.js';
import type { BurnBlock, BurnRowBlock } from './burn-schema.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** As many steps as the longest window may have. */
const MOST_STEPS = 11_000;

type Shares = readonly [pageQuick: number, pageSlow: number, ticketQuick: number, ticketSlow: number];
/** Per cent of the budget that may be gone in 1h, 6h, 1d and 3d. */
const OF_A_MONTH: Shares = [2, 5, 10, 10];
const OF_A_WEEK: Shares = [8, 12.5, 20, 42];

/** The table of the field, for the period. @see Google, The Site Reliability Workbook, chapter 5 */
function builtIn(periodMs: number): Readonly<Record<string, BurnRowBlock>> | undefined {
  const shares = periodMs >= 28 * DAY_MS ? OF_A_MONTH : periodMs === 7 * DAY_MS ? OF_A_WEEK : undefined;
  if (shares === undefined) return undefined;
  const budget = shares.map((percent) => fractionOf(String(percent / 100)));
  return {
    'page-quick': { long: HOUR_MS, short: HOUR_MS / 12, budget: budget[0], severity: 'page' },
    'page-slow': { long: 6 * HOUR_MS, short: HOUR_MS / 2, budget: budget[1], severity: 'page' },
    'ticket-quick': { long: DAY_MS, short: 2 * HOUR_MS, budget: budget[2], severity: 'ticket' },
    'ticket-slow': { long: 3 * DAY_MS, short: 6 * HOUR_MS, budget: budget[3], severity: 'ticket' },
  };
}

/** Trouble with a row, and which of its keys it is about; none for the whole block. */
export interface RowTrouble {
  readonly at: readonly string[];
  readonly failure: Omit<Failure, 'code'>;
}

/** The rows of a block with their limits as exact shares, or all that is wrong with them. */
export function burnRows(
  { objective, period, windows, remaining }: BurnBlock,
  minEvents: number | undefined,
): { readonly rows: readonly BurnRow[]; readonly troubles: readonly RowTrouble[] } {
  const written = windows ?? builtIn(period);
  if (written === undefined) {
    return {
      rows: [],
      troubles: [
        {
          at: ['period'],
          failure: {
            message: `the built-in table is for 7d, and from 28d on, not for ${formatDuration(period)}`,
            mend: 'use such a period, or write the rows under "windows:"',
          },
        },
      ],
    };
  }
  if (Object.keys(written).length === 0 && remaining === undefined) {
    return {
      rows: [],
      troubles: [
        {
          at: ['windows'],
          failure: {
            message: 'without windows and without "remaining" nothing is judged',
            mend: 'list rows, or add remaining: "> 0%"',
          },
        },
      ],
    };
  }
  const budget = complement(objective);
  const made = Object.entries(written).map(([name, block]) => rowOf(name, block, budget, period, minEvents));
  return {
    rows: made.flatMap((each) => ('row' in each ? [each.row] : [])),
    troubles: made
      .flatMap((each) => ('trouble' in each ? [each.trouble] : []))
      // The rows of the table are written nowhere.
      .map((trouble) => (windows === undefined ? { ...trouble, at: ['objective'] } : trouble)),
  };
}

function rowOf(
  name: string,
  block: BurnRowBlock,
  budget: Fraction,
  periodMs: number,
  minEvents: number | undefined,
): { readonly row: BurnRow } | { readonly trouble: RowTrouble } {
  const { long, severity } = block;
  const short = block.short ?? long / 12;
  const trouble = (
    key: string | undefined,
    message: string,
    mend: string,
  ): { readonly trouble: RowTrouble } => ({
    trouble: { at: ['windows', name, ...(key === undefined ? [] : [key])], failure: { message, mend } },
  });
  if ((block.factor === undefined) === (block.budget === undefined)) {
    const mend = 'write "factor: 14.4", or "budget: 2%" for what may be gone in the long window';
    return trouble(undefined, `row "${name}" has either a "factor" or a "budget"`, mend);
  }
  if (long % 1000 !== 0 || long === 0)
    return trouble('long', `${formatDuration(long)} is not whole seconds`, 'use whole seconds');
  if (short % 1000 !== 0 || short <= 0 || short >= long) {
    const key = block.short === undefined ? 'long' : 'short';
    const message = `the short window ${formatDuration(short)} is not whole seconds below the long one, ${formatDuration(long)}`;
    return trouble(key, message, 'write "short:", a twelfth of the long window as a rule');
  }
  if (long >= periodMs) {
    const message = `the window ${formatDuration(long)} is not shorter than the period, ${formatDuration(periodMs)}`;
    return trouble('long', message, 'use a shorter window; "remaining" judges the whole period');
  }
  if (stepFor(long, short, 0) === undefined) {
    const message = `${formatDuration(long)} and ${formatDuration(short)} have no common step in which the long window has at most 11,000`;
    return trouble('long', message, 'let the short window divide the long one, such as 5m and 1h');
  }
  const key = block.factor === undefined ? 'budget' : 'factor';
  const factor = factorOf(block, periodMs);
  const limit = factor && times(factor, budget);
  if (factor === undefined || limit === undefined)
    return trouble(key, `the ${key} of row "${name}" has too many digits`, 'round it');
  if (limit.num >= limit.den) {
    const most = budget.den / budget.num;
    const message = `row "${name}" can never burn: with ${percent(complement(budget))} promised, all events bad are ${short3(most)}x, and it asks for more than ${short3(numberOf(factor))}x`;
    return trouble(key, message, `use a factor below ${short3(most)}, or write such rows under "windows:"`);
  }
  if (limit.num === 0)
    return trouble(key, `the ${key} of row "${name}" is 0`, 'use one above 0, or promise 100%');
  return {
    row: {
      name,
      severity,
      longMs: long,
      shortMs: short,
      factor: numberOf(factor),
      limit,
      fewest: minEvents ?? fewestFor(limit),
    },
  };
}

function factorOf({ factor, budget, long }: BurnRowBlock, periodMs: number): Fraction | undefined {
  if (factor !== undefined) return fractionOf(String(factor));
  return budget && times(budget, { num: periodMs, den: long });
}

/** Events of which one bad one is no more than the limit. */
export function fewestFor({ num, den }: Quotient): number {
  return Math.ceil(den / num);
}

/**
 * Length of the steps in which a window is asked: coarse, since 3 days in minutes are thousands, and such that the short
 * window is a whole number of them, up to five.
 *
 * @param leastMs the gate's own step, below which data may be too thin
 */
export function stepFor(longMs: number, shortMs: number, leastMs: number): number | undefined {
  const parts = [5, 4, 3, 2, 1].map((part) => shortMs / part).filter((step) => step >= leastMs);
  const candidates = [...parts, commonOf(longMs, shortMs)];
  return candidates.find((step) => step % 1000 === 0 && longMs % step === 0 && longMs / step <= MOST_STEPS);
}

function commonOf(a: number, b: number): number {
  return b === 0 ? a : commonOf(b, a % b);
}

export function percent(share: Fraction): string {
  return `${Number((100 * numberOf(share)).toPrecision(12))} %`;
}

function short3(value: number): string {
  return String(Number(value.toPrecision(3)));
}
