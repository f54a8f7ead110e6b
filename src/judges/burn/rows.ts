import type { SeenWindow } from '../../contracts/judge.js';
import type { BurnEvidence, BurnRemaining, BurnRow, BurnRule } from '../../model/burn.js';
import type { Reason } from '../../model/reason.js';
import { formatDuration } from '../../model/time.js';
import { type Span, sideOf, spanOf } from './spans.js';

type ToldRow = BurnEvidence['rows'][number];

/** A row with what its windows say. */
export interface SeenRow {
  readonly row: BurnRow;
  readonly told: ToldRow;
  /** The slower of the two windows, as far as they are known: above the factor just where the row burns. */
  readonly burn: number | null;
  /** Why it is open. */
  readonly trouble: Reason | undefined;
}

export interface SeenRemaining {
  readonly asked: BurnRemaining;
  readonly told: NonNullable<BurnEvidence['remaining']>;
  readonly trouble: Reason | undefined;
}

/** Burns where both windows are above the limit, is quiet where one certainly is not, and else open. */
export function seeRow(rule: BurnRule, row: BurnRow, windows: readonly SeenWindow[]): SeenRow {
  const span = (side: 'long' | 'short'): Span =>
    spanOf(rule, windowNamed(windows, `${row.name} ${side}`), row.fewest);
  const [long, short] = [span('long'), span('short')];
  const sides = [long, short].map((each) => sideOf(each, row.limit));
  const isQuiet = sides.some((side) => side !== undefined && side <= 0);
  const state = isQuiet ? 'quiet' : sides.includes(undefined) ? 'open' : 'burns';
  const known = [long, short].flatMap(({ told, trouble }) =>
    trouble === undefined ? (told.burn ?? []) : [],
  );
  return {
    row,
    told: {
      name: row.name,
      severity: row.severity,
      factor: row.factor,
      needed: row.fewest,
      long: long.told,
      short: short.told,
      state,
    },
    burn: known.length === 0 ? null : Math.min(...known),
    trouble: state === 'open' ? named(row.name, long.trouble ?? short.trouble) : undefined,
  };
}

/** How much of the period's budget is left. */
export function seeRemaining(
  rule: BurnRule,
  asked: BurnRemaining,
  windows: readonly SeenWindow[],
): SeenRemaining {
  const span = spanOf(rule, windowNamed(windows, 'period'), asked.fewest);
  const side = sideOf(span, asked.limit);
  const holds = side !== undefined && (asked.operator === '>' ? side < 0 : side <= 0);
  const { bad, n, burn } = span.told;
  const { num, den } = rule.budget;
  return {
    asked,
    told: {
      share: burn === null ? null : (n * num - bad * den) / (n * num),
      bad,
      n,
      needed: asked.fewest,
      state: side === undefined ? 'open' : holds ? 'enough' : 'spent',
    },
    trouble:
      side === undefined ? named(`the budget of ${formatDuration(rule.periodMs)}`, span.trouble) : undefined,
  };
}

function windowNamed(windows: readonly SeenWindow[], name: string): SeenWindow | undefined {
  return windows.find((each) => each.name === name);
}

function named(what: string, reason: Reason | undefined): Reason | undefined {
  return reason && { ...reason, text: `${what}: ${reason.text}` };
}
