import { defineJudge, type SeenWindow } from '../contracts/judge.js';
import type { BurnRule } from '../model/burn.js';
import type { Judgement } from '../model/judgement.js';
import type { Reason } from '../model/reason.js';
import { formatDuration } from '../model/time.js';
import { type SeenRemaining, type SeenRow, seeRemaining, seeRow } from './burn/rows.js';
import { burningText, spansText, spentText } from './burn/words.js';

/** How fast an error budget is used up, over a long and a short window at once, and what is left of it. */
export const burn = defineJudge({
  id: 'burn',
  about: 'of a criterion that says "burn:": how fast an error budget is used up, over several windows',
  refuses: () => ({
    message: '"burn" is no evidence for a limit',
    mend: 'write "burn: { objective: 99.9%, period: 30d }" in place of "pass"',
  }),
  judge: (rule, judged, _baseline, _earlier, windows = []) =>
    rule.burn === undefined
      ? { ...UNMEASURED, verdict: 'inconclusive', reason: { code: 'no-data', text: 'no budget is given' } }
      : weigh(rule.burn, windows, judged.notes),
  strata: () => [],
});

const UNMEASURED = {
  value: null,
  interval: null,
  n: 0,
  baseline: null,
  bound: null,
  evidence: null,
  notes: [],
} as const;

function weigh(rule: BurnRule, windows: readonly SeenWindow[], notes: readonly string[]): Judgement {
  const rows = rule.rows.map((row) => seeRow(rule, row, windows));
  const remaining = rule.remaining === null ? null : seeRemaining(rule, rule.remaining, windows);
  const { verdict, reason, shown } = decide(rule, rows, remaining);
  return {
    ...UNMEASURED,
    ...figures(shown),
    verdict,
    reason,
    burn: {
      objective: rule.objective,
      period: formatDuration(rule.periodMs),
      rows: rows.map(({ told }) => told),
      remaining: remaining?.told ?? null,
    },
    notes,
  };
}

interface Decision extends Pick<Judgement, 'verdict' | 'reason'> {
  /** What value and limit speak of. */
  readonly shown: SeenRow | SeenRemaining | undefined;
}

/** Worst first: a page that burns or a spent budget, what is open, a ticket that burns. */
function decide(rule: BurnRule, rows: readonly SeenRow[], remaining: SeenRemaining | null): Decision {
  const burning = (severity: SeenRow['row']['severity']): readonly SeenRow[] =>
    rows.filter(({ row, told }) => row.severity === severity && told.state === 'burns').sort(byPace);
  const [pages, tickets] = [burning('page'), burning('ticket')];
  if (pages.length > 0) return { verdict: 'fail', reason: burningText(rule, pages), shown: pages[0] };
  if (remaining?.told.state === 'spent') {
    return { verdict: 'fail', reason: spentText(rule, remaining), shown: remaining };
  }
  const open = openIn([...rows, ...(remaining === null ? [] : [remaining])]);
  if (open !== undefined) return { verdict: 'inconclusive', ...open };
  if (tickets.length > 0) return { verdict: 'warn', reason: burningText(rule, tickets), shown: tickets[0] };
  return { verdict: 'pass', reason: null, shown: [...rows].sort(byPace)[0] ?? remaining ?? undefined };
}

function openIn(
  asked: readonly (SeenRow | SeenRemaining)[],
): { readonly reason: Reason; readonly shown: SeenRow | SeenRemaining } | undefined {
  const [first, ...others] = asked.flatMap((shown) =>
    shown.trouble === undefined ? [] : [{ shown, reason: shown.trouble }],
  );
  if (first === undefined) return undefined;
  const more = others.length === 0 ? '' : `; and ${others.length} more cannot be told`;
  return { shown: first.shown, reason: { ...first.reason, text: first.reason.text + more } };
}

/** The row that is nearest to its limit, or farthest beyond, first. */
function byPace(a: SeenRow, b: SeenRow): number {
  return (b.burn ?? 0) / b.row.factor - (a.burn ?? 0) / a.row.factor;
}

function figures(shown: Decision['shown']): Partial<Judgement> {
  if (shown === undefined) return {};
  if ('asked' in shown) {
    const { told, asked } = shown;
    return {
      value: told.share,
      bound: asked.least,
      n: told.n,
      told: { unit: 'share', limit: `${asked.text} of the budget left` },
    };
  }
  const { row, told, burn: pace } = shown;
  return {
    value: pace,
    bound: row.factor,
    n: told.long.n,
    told: { unit: 'x', limit: `<= ${row.factor}x over ${spansText(told)}` },
  };
}
