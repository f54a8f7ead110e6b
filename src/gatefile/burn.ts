import type { Arm, OtherWindow, Question } from '../contracts/gate.js';
import type { BurnRemaining, BurnRow, BurnRule } from '../model/burn.js';
import { formatDuration } from '../model/time.js';
import type { Window } from '../model/window.js';
import { complement, numberOf, times } from '../stats/fraction.js';
import { burnRows, fewestFor, percent, stepFor } from './burn-rows.js';
import type { BurnBlock } from './burn-schema.js';
import type { FileContext } from './context.js';
import { askedIn, judgedIn, ruleWith, spanOf, type Weighed } from './own-limits.js';
import type { GateParts, SegmentInput } from './parts.js';

/** Steps in which the whole period is asked: 6h of 30d. */
const PERIOD_STEPS = 120;

/** A criterion that judges an error budget: its rows, and a question for each of their windows. */
export async function weighBurn(
  context: FileContext,
  gate: GateParts,
  input: SegmentInput,
  block: BurnBlock,
): Promise<Weighed | undefined> {
  const [judged] = gate.arms;
  const judge = await context.request.plugins.judges.load('burn');
  if (judged === undefined || judge === undefined) return undefined;
  const { rows, troubles } = burnRows(block, input.block['min-samples']);
  for (const { at, failure } of troubles) {
    const isRow = at.length === 2;
    const span = isRow
      ? context.yaml.keySpanOf(['criteria', input.id, 'burn', ...at])
      : spanOf(context, input, 'burn', ...at);
    context.trouble.add({ code: 'gatefile.limit', ...failure, span });
  }
  const remaining = remainingOf(block, input.block['min-samples']);
  if (remaining === undefined || troubles.length > 0) return undefined;
  const rule: BurnRule = {
    objective: numberOf(block.objective),
    budget: complement(block.objective),
    periodMs: block.period,
    counts: input.open.signal.better === 'higher' ? 'good' : 'bad',
    rows,
    remaining,
  };
  const spans = rows.map((row) => spansOf(row, judged, gate, block));
  const period = remaining === null ? [] : [periodWindow(judged, block)];
  const asked = [...spans.map(({ long }) => long), ...period];
  const primary = asked.reduce((a, b) => (b.to - b.from > a.to - a.from ? b : a));
  const arms = judgedIn(context, gate, input, { ...judged, window: primary });
  const ask = asking(context, gate, input, judged, primary, arms[0]?.questions ?? []);
  const windows = [
    ...spans.flatMap(({ row, long, short }): OtherWindow[] => {
      const questions = ask(long, row.name);
      return [
        { name: `${row.name} long`, role: 'judged', window: long, questions },
        { name: `${row.name} short`, role: 'judged', window: short, questions },
      ];
    }),
    ...period.map(
      (window): OtherWindow => ({ name: 'period', role: 'judged', window, questions: ask(window, 'period') }),
    ),
  ];
  return {
    rule: ruleWith(gate, textOf(block, rule), {
      unit: 'x',
      take: { kind: 'total' },
      better: input.open.better,
      // The finest of the windows is the first in which data are too thin.
      stepMs: Math.min(...asked.map(({ stepMs }) => stepMs)),
      burn: rule,
    }),
    evidence: 'burn',
    judge,
    arms,
    earlier: null,
    windows,
    isAdvisory: input.block.advisory ?? false,
    // Over days, processes come and go: what they counted stays counted.
    mayEnd: true,
    notes: notesOf(spans, gate, block),
  };
}

interface Spans {
  readonly row: BurnRow;
  readonly long: Window;
  readonly short: Window;
  /** How far a window of the table was cut down. */
  readonly isCut: boolean;
}

function spansOf(row: BurnRow, judged: Arm, gate: GateParts, block: BurnBlock): Spans {
  const { from, to, stepMs } = judged.window;
  const sinceMs =
    gate.isSince && block['before-deploy'] !== 'count' ? Math.max(stepMs, to - from) : undefined;
  const longMs = Math.min(row.longMs, sinceMs ?? row.longMs);
  const shortMs = Math.min(row.shortMs, longMs);
  const step = stepFor(longMs, shortMs, stepMs) ?? stepMs;
  return {
    row,
    long: { from: to - longMs, to, stepMs: step },
    short: { from: to - shortMs, to, stepMs: step },
    isCut: longMs < row.longMs,
  };
}

function periodWindow({ window }: Arm, { period }: BurnBlock): Window {
  const parts = Array.from({ length: PERIOD_STEPS }, (_, i) => period / (PERIOD_STEPS - i));
  return {
    from: window.to - period,
    to: window.to,
    stepMs: parts.find((step) => step % 1000 === 0) ?? period,
  };
}

/** Asks a window once, whatever rows it serves. */
function asking(
  context: FileContext,
  gate: GateParts,
  input: SegmentInput,
  judged: Arm,
  primary: Window,
  known: readonly Question[],
): (window: Window, name: string) => readonly Question[] {
  const key = ({ from, stepMs }: Window): string => `${from} ${stepMs}`;
  const asked = new Map([[key(primary), known.filter(({ onlyIfAbsent }) => onlyIfAbsent === undefined)]]);
  return (window, name) => {
    const found = asked.get(key(window));
    if (found !== undefined) return found;
    const made = askedIn(context, gate, input, { ...judged, name: `${judged.name}-${name}`, window });
    asked.set(key(window), [...made]);
    return made;
  };
}

/** @returns null where nothing is asked, undefined where it has too many digits */
function remainingOf(
  { objective, remaining }: BurnBlock,
  minEvents: number | undefined,
): BurnRemaining | null | undefined {
  if (remaining === undefined) return null;
  const { text, operator, least } = remaining;
  const limit = times(complement(least), complement(objective));
  return limit && { text, operator, least: numberOf(least), limit, fewest: minEvents ?? fewestFor(limit) };
}

/** All of the limits in one line; over which windows stands beside them. */
function textOf({ objective, period }: BurnBlock, { rows, remaining }: BurnRule): string {
  const each = rows.map(({ name, factor }) => `${name} <= ${Number(factor.toPrecision(6))}x`);
  const left = remaining === null ? [] : [`${remaining.text} of it left`];
  return `burn of ${percent(complement(objective))} in ${formatDuration(period)}: ${[...each, ...left].join(', ')}`;
}

function notesOf(spans: readonly Spans[], gate: GateParts, block: BurnBlock): readonly string[] {
  if (!gate.isSince) return [];
  const cut = spans.filter(({ isCut }) => isCut);
  const notes: string[] = [];
  const [first] = cut;
  if (first !== undefined) {
    const length = formatDuration(first.long.to - first.long.from);
    const names = cut.map(({ row }) => `${row.name} (${formatDuration(row.longMs)})`);
    notes.push(`cut down to the ${length} since the deploy: ${names.join(', ')}`);
  }
  if (block['before-deploy'] === 'count')
    notes.push('windows longer than the time since the deploy count what came before it');
  if (block.remaining !== undefined)
    notes.push(
      `what is left of the budget counts all ${formatDuration(block.period)}, before the deploy too`,
    );
  return notes;
}
