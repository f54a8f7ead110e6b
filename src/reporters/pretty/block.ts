import type { CriterionResult, GateReport, GateResult } from '../../model/report.js';
import { type Detail, detailsOf, queryLabel } from '../words/detail.js';
import { type ChartLine, chartOf } from './chart.js';
import type { Grid } from './grid.js';
import { pad, shorten, widthOf, wrap } from './measure.js';
import type { Canvas } from './paint.js';
import { reasonLines } from './reason.js';

const MOST_QUERIES = 2;
/** Room that a chart leaves for the words at its right. */
const CHART_WORDS = 26;
type Label = Detail['label'];
/** Above the chart. */
const WHY: ReadonlySet<Label> = new Set(['why', 'was', 'waiver', 'failed']);
/** Share a line where they fit. */
const PEOPLE: ReadonlySet<Label> = new Set(['owner', 'runbook', 'spec']);
/** Last, next to the prompt. */
const WHO: ReadonlySet<Label> = new Set([...PEOPLE, 'next']);

/** A detail, and its text with its lines where they stand for themselves. */
export interface Told extends Detail {
  readonly lines?: string;
}

/** Everything that the person on call needs of one criterion; why it has no verdict in lines of its own, where it has some. */
export function toldOf(
  report: GateReport,
  gate: GateResult,
  criterion: CriterionResult,
  { reasons, style }: Canvas,
): readonly Told[] {
  const lines = reasons.get(criterion.key);
  const details = detailsOf(report, gate, criterion, style.flags);
  return lines === undefined
    ? details
    : details.map((detail) => (detail.label === 'why' ? { ...detail, lines } : detail));
}

/** What stands under the row of a criterion: why, since when, on what evidence, who, and what to do next. */
export function blockLines(
  report: GateReport,
  gate: GateResult,
  criterion: CriterionResult,
  grid: Grid,
  canvas: Canvas,
): readonly string[] {
  const { style } = canvas;
  const room = style.width - grid.indent - grid.label - CHART_WORDS;
  const chart = chartOf(gate, criterion, canvas, room);
  const isDrawn = chart.some(({ kind }) => kind === 'beyond');
  const details = toldOf(report, gate, criterion, canvas).filter(({ label }) => label !== 'query');
  const why = details.filter(({ label }) => WHY.has(label));
  const who = details.filter(({ label }) => WHO.has(label));
  const what = details.filter(
    ({ label }) => !WHY.has(label) && !WHO.has(label) && !(label === 'beyond' && isDrawn),
  );
  const print = (lines: readonly Told[]): readonly string[] => detailLines(lines, grid, canvas);
  return [
    ...print(why),
    ...chartLines(chart, grid, canvas),
    ...print(what),
    ...queryLines(gate, criterion, grid, canvas),
    ...print(who),
  ];
}

function chartLines(chart: readonly ChartLine[], grid: Grid, { style, paint }: Canvas): readonly string[] {
  const brush = { judged: paint.strong, baseline: paint.faint, beyond: paint.bad };
  return chart.flatMap(({ kind, label, drawing, text }) => {
    const hang = grid.indent + grid.label;
    const lead = ' '.repeat(grid.indent) + paint.faint(pad(shorten(label, grid.label - 1, '~'), grid.label));
    const [first = '', ...rest] = wrap(text, style.width - hang - widthOf(drawing) - 1);
    const under = ' '.repeat(hang + widthOf(drawing) + 1);
    return [`${lead}${brush[kind](drawing)} ${first}`, ...rest.map((line) => under + line)];
  });
}

/** Queries of the judged arm, cut in the middle to one line each; all of them and in full when asked. */
function queryLines(
  gate: GateResult,
  criterion: CriterionResult,
  grid: Grid,
  canvas: Canvas,
): readonly string[] {
  const { style } = canvas;
  const room = style.width - grid.indent - grid.label;
  const judged = gate.arms[0]?.name;
  const asked = style.verbose ? criterion.queries : criterion.queries.filter(({ arm }) => arm === judged);
  const shown = style.verbose ? asked : asked.slice(0, MOST_QUERIES);
  const rest = criterion.queries.length - shown.length;
  const lines = shown.map((query): Detail => {
    if (!style.verbose)
      return {
        label: 'query',
        text: shorten(`${query.part}: ${query.text}`, room, style.ascii ? '...' : '…'),
      };
    const answer = query.failure === null ? `${query.series} series` : `failed, ${query.failure.code}`;
    return {
      label: 'query',
      text: `${queryLabel(query)} (${answer}, ${Math.round(query.durationMs)} ms): ${query.text}`,
    };
  });
  const more: readonly Detail[] =
    rest > 0 && shown.length > 0
      ? [{ label: 'query', text: `and ${rest} more: --verbose shows them in full` }]
      : [];
  return detailLines([...lines, ...more], grid, canvas);
}

/** Labelled lines; a label that repeats is left out, and what fits beside the owner stands there. */
export function detailLines(
  details: readonly Told[],
  grid: Grid,
  { style, paint }: Canvas,
): readonly string[] {
  const room = style.width - grid.indent - grid.label;
  const hang = ' '.repeat(grid.indent + grid.label);
  const all = besideOwner(details, room);
  return all.flatMap(({ label, text, lines }, index) => {
    const shown = all[index - 1]?.label === label ? '' : label;
    const lead = ' '.repeat(grid.indent) + paint.faint(pad(shown, grid.label));
    const brush = label === 'next' ? paint.strong : label === 'query' ? paint.faint : (line: string) => line;
    const rows = lines === undefined ? wrap(text, room) : reasonLines(lines, room, style.ascii);
    return rows.map((line, row) => (row === 0 ? lead : hang) + brush(line));
  });
}

function besideOwner(details: readonly Told[], room: number): readonly Told[] {
  const lines: Told[] = [];
  for (const detail of details) {
    const { label, text } = detail;
    const last = lines.at(-1);
    const joined = `${last?.text ?? ''}   ${label} ${text}`;
    const isBeside =
      last !== undefined && PEOPLE.has(label) && PEOPLE.has(last.label) && widthOf(joined) <= room;
    if (isBeside) lines[lines.length - 1] = { label: last.label, text: joined };
    else lines.push(detail);
  }
  return lines;
}
