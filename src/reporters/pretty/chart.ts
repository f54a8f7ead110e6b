import type { CriterionResult, GateResult } from '../../model/report.js';
import { type Beyond, beyondOf, beyondText } from '../words/beyond.js';
import { figuresOf } from '../words/limit.js';
import type { Canvas } from './paint.js';

/** One line of a chart: who, the drawing, and what it spans. */
export interface ChartLine {
  readonly label: string;
  readonly drawing: string;
  readonly text: string;
  readonly kind: 'judged' | 'baseline' | 'beyond';
}

const BLOCKS = '▁▂▃▄▅▆▇█';
/** Rising by ink, since ASCII has no rising bars. */
const LETTERS = '_.-:=+*#';
const MOST_COLUMNS = 60;
const FEWEST_COLUMNS = 10;

/**
 * Judged and baseline side by side in time, in one scale that holds the limit, and a mark under what is beyond it.
 *
 * A gap is drawn as a gap: joined up, it would look like data.
 *
 * @param room columns for the drawing with its two edges
 */
export function chartOf(
  gate: GateResult,
  criterion: CriterionResult,
  { style }: Canvas,
  room: number,
): readonly ChartLine[] {
  const { strata, bound } = criterion;
  const columns = Math.min(room - 2, MOST_COLUMNS);
  const seen = strata?.judged.filter((value) => value !== null) ?? [];
  if (strata === null || seen.length < 2 || columns < FEWEST_COLUMNS) return [];
  const rows = [
    { kind: 'judged' as const, label: gate.arms[0]?.name ?? 'current', values: strata.judged },
    ...(strata.baseline === null
      ? []
      : [
          {
            kind: 'baseline' as const,
            label: criterion.baseline?.arm ?? 'baseline',
            values: strata.baseline,
          },
        ]),
  ];
  const all = rows.flatMap(({ values }) => values).filter((value) => value !== null);
  const scale = [...all, ...(bound === null ? [] : [bound])];
  const low = scale.reduce((a, b) => Math.min(a, b));
  const high = scale.reduce((a, b) => Math.max(a, b));
  const levels = style.ascii ? LETTERS : BLOCKS;
  const { ruler } = figuresOf(criterion);
  const lines = rows.map(({ kind, label, values }): ChartLine => {
    const drawing = inColumns(values, columns).map((column) => bar(mean(column), low, high, levels));
    const own = values.filter((value) => value !== null);
    const span = own.length === 0 ? 'no data' : spanOf(own, ruler.text);
    return { kind, label, drawing: framed(drawing.join(''), style.ascii), text: span };
  });
  const beyond = beyondOf(criterion);
  const text = beyondText(criterion);
  return beyond === null || text === null
    ? lines
    : [...lines, beyondLine(beyond, text, columns, style.ascii)];
}

function beyondLine({ strata }: Beyond, text: string, columns: number, ascii: boolean): ChartLine {
  const marks = inColumns(strata, columns).map((column) => (column.includes(true) ? '^' : ' '));
  return { kind: 'beyond', label: 'beyond', drawing: framed(marks.join(''), ascii), text };
}

function spanOf(values: readonly number[], write: (value: number) => string): string {
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  const [from, to] = [write(low), write(high)];
  return from === to ? `steady at ${from}` : `${from} to ${to}`;
}

/** Strata shared out over at most `columns` columns. */
function inColumns<T>(values: readonly T[], columns: number): readonly (readonly T[])[] {
  const count = Math.min(columns, values.length);
  return Array.from({ length: count }, (_, column) =>
    values.slice(
      Math.floor((column * values.length) / count),
      Math.floor(((column + 1) * values.length) / count),
    ),
  );
}

function mean(values: readonly (number | null)[]): number | null {
  const seen = values.filter((value) => value !== null);
  return seen.length === 0 ? null : seen.reduce((sum, value) => sum + value / seen.length, 0);
}

function bar(value: number | null, low: number, high: number, levels: string): string {
  if (value === null) return ' ';
  const top = levels.length - 1;
  const level = high === low ? Math.floor(top / 2) : Math.round(((value - low) / (high - low)) * top);
  return levels.charAt(Math.min(top, Math.max(0, level)));
}

function framed(drawing: string, ascii: boolean): string {
  const edge = ascii ? '|' : '│';
  return `${edge}${drawing}${edge}`;
}
