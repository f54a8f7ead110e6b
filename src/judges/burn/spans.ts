import type { SeenWindow } from '../../contracts/judge.js';
import type { BurnRule, BurnSpan, Quotient } from '../../model/burn.js';
import type { Reason } from '../../model/reason.js';
import { formatDuration } from '../../model/time.js';
import { compareShare } from '../../stats/fraction.js';

/** The counts of one window, or why there are none to judge by. */
export interface Span {
  readonly told: BurnSpan;
  /** Undefined where the counts may be judged. */
  readonly trouble: Reason | undefined;
}

/** Adds a window up. Weighed by events, so that a quiet night counts for as little as it served. */
export function spanOf(rule: BurnRule, seen: SeenWindow | undefined, fewest: number): Span {
  const window = seen === undefined ? '' : formatDuration(seen.window.to - seen.window.from);
  const nothing = { window, burn: null, bad: 0, n: 0 };
  const evidence = seen?.observation?.evidence;
  if (seen === undefined || evidence?.kind !== 'counts') {
    return { told: nothing, trouble: { code: 'no-data', text: 'no data in the window' } };
  }
  let [k, n] = [0, 0];
  for (const count of evidence.strata) {
    k += count?.k ?? 0;
    n += count?.n ?? 0;
  }
  const bad = rule.counts === 'bad' ? k : n - k;
  if (seen.unusable !== undefined) return { told: { ...nothing, bad, n }, trouble: seen.unusable };
  // One division: at the factor itself it gives the factor.
  const burn = n > 0 ? (bad * rule.budget.den) / (n * rule.budget.num) : null;
  return { told: { window, burn, bad, n }, trouble: tooFew(n, fewest, window) };
}

/** How a window lies to a share of bad events; undefined where its data cannot say. */
export function sideOf({ told, trouble }: Span, limit: Quotient): number | undefined {
  return trouble === undefined ? compareShare(told.bad, told.n, limit) : undefined;
}

function tooFew(n: number, fewest: number, window: string): Reason | undefined {
  if (n >= fewest) return undefined;
  return {
    code: 'too-few',
    text: `${whole(n)} ${Math.floor(n) === 1 ? 'event' : 'events'} in ${window}, ${whole(fewest)} are needed for one bad one not to decide`,
    next: 'wait for traffic, write longer "windows", or set "min-samples"',
  };
}

export function whole(n: number): string {
  return String(Math.floor(n)).replace(/\B(?=(\d{3})+$)/g, ',');
}
