import type { CriterionResult, GateResult } from '../../model/report.js';
import { figuresOf } from '../words/limit.js';
import { marksOf, nameOf, samplesText } from '../words/sentence.js';
import { wordOf } from '../words/verdict.js';
import { judgedArm } from '../words/window.js';
import type { Group } from './groups.js';
import { flow, pad, widthOf, wrap } from './measure.js';
import { brushOf, type Canvas } from './paint.js';

const WIDEST_NAME = 34;
/** A compound limit may be a sentence; past its width a cell stands out of its column and does not push the others. */
const WIDEST_CELLS = [14, 17, 15, 16, 16] as const;

/** What the rows of one gate share. */
export interface Grid {
  readonly word: number;
  readonly name: number;
  readonly cells: readonly number[];
  readonly gap: string;
  /** False where the arm's name before each value would make the rows too long. */
  readonly isArmNamed: boolean;
  /** Column at which names and details begin. */
  readonly indent: number;
  readonly label: number;
}

/** Spacious first; the first in which all rows fit is taken. */
const SPACINGS = [
  { gap: '   ', isArmNamed: true },
  { gap: '  ', isArmNamed: true },
  { gap: '   ', isArmNamed: false },
  { gap: '  ', isArmNamed: false },
] as const;
/** Columns that a row may not lose: value, limit, distance, and n or baseline. */
const KEPT_CELLS = 4;

export function gridOf(gate: GateResult, groups: readonly Group[], width: number): Grid {
  const criteria = groups.flat();
  const word = widest(criteria.map(wordOf), 20);
  const arms = [...gate.arms.map(({ name }) => name), ...criteria.map(({ baseline }) => baseline?.arm ?? '')];
  const indent = 2 + word + 2;
  const name = widest(
    criteria.map((criterion) => nameOf(gate, criterion)),
    WIDEST_NAME,
  );
  const grids = SPACINGS.map(({ gap, isArmNamed }): Grid => {
    const rows = groups.flatMap((group) =>
      group.map((criterion) => cellsOf(gate, criterion, isAlone(group), isArmNamed)),
    );
    const cells = WIDEST_CELLS.map((most, column) =>
      widest(
        rows.map((row) => row[column] ?? ''),
        most,
      ),
    );
    return { word, name, cells, gap, isArmNamed, indent, label: Math.max(8, widest(arms, 16)) + 2 };
  });
  const fits = ({ cells, gap }: Grid): boolean =>
    indent + name + cells.slice(0, KEPT_CELLS).reduce((sum, cell) => sum + gap.length + cell, 0) <= width;
  return grids.find(fits) ?? (grids.at(-1) as Grid);
}

function widest(texts: readonly string[], most: number): number {
  return texts.reduce((max, text) => {
    const width = widthOf(text);
    return width <= most ? Math.max(max, width) : max;
  }, 0);
}

/** A criterion with a block of its own, where n stands beside that of the baseline. */
export function isAlone(group: Group): boolean {
  return group.length === 1 && group[0].verdict !== 'pass';
}

function cellsOf(
  gate: GateResult,
  criterion: CriterionResult,
  isBlock: boolean,
  isArmNamed: boolean,
): readonly string[] {
  const { value, limit, distance, baseline, margin } = figuresOf(criterion);
  const arm = isArmNamed ? judgedArm(gate) : null;
  const control =
    baseline === null
      ? ''
      : `${criterion.baseline?.arm ?? 'baseline'} ${baseline}${margin === null ? '' : ` ${margin}`}`;
  const samples = samplesText(criterion);
  return [
    value === null ? 'no value' : `${arm === null ? '' : `${arm} `}${value}`,
    `limit ${limit}`,
    distance === null ? '' : `${distance.word} ${distance.text}`,
    ...(isBlock ? [control, samples] : [samples, control]),
  ].filter((cell) => cell !== '');
}

/** The row of one criterion; what does not fit is dropped from a pass and put below otherwise. */
export function rowLines(
  gate: GateResult,
  criterion: CriterionResult,
  grid: Grid,
  { style, paint }: Canvas,
  isBlock: boolean,
): readonly string[] {
  const word = wordOf(criterion);
  const name = nameOf(gate, criterion);
  const isLong = widthOf(name) > grid.name;
  const room = style.width - grid.indent;
  const brush = word === 'PASS' ? (text: string): string => text : paint.strong;
  const marks = marksOf(criterion).map((mark) => paint.strong(mark));
  const cells = cellsOf(gate, criterion, isBlock, grid.isArmNamed);
  const [inRow, below] = fitting(cells, marks, grid, isLong ? room : room - grid.name - grid.gap.length);
  const lines = isLong
    ? [...wrap(name, room).map(brush), inRow]
    : [`${pad(brush(name), grid.name)}${grid.gap}${inRow}`];
  const lead = `  ${brushOf(word, paint)(pad(word, grid.word))}  `;
  return [...lines, ...flow(below, room)].map(
    (line, index) => (index === 0 ? lead : ' '.repeat(grid.indent)) + line,
  );
}

/** The cells in their columns, as many as fit, and those of the rest that must not be lost. */
function fitting(
  cells: readonly string[],
  marks: readonly string[],
  grid: Grid,
  room: number,
): readonly [string, readonly string[]] {
  let row = '';
  const below: string[] = [];
  for (const [column, cell] of [...cells, ...marks].entries()) {
    const next = `${row}${cell}`;
    const isKept = column < KEPT_CELLS || column >= cells.length;
    if (below.length === 0 && widthOf(next) <= room)
      row = `${pad(next, widthOf(row) + (grid.cells[column] ?? 0))}${grid.gap}`;
    else if (cell !== '' && isKept) below.push(cell);
  }
  return [row.trimEnd(), below];
}
