import type { Failure } from '../model/failure.js';
import type { Labels } from '../model/series.js';
import { parseDuration } from '../model/time.js';
import { type Cell, MOST_CELLS, parseValues } from './notation.js';
import { type Path, type Places, placeOfWord } from './places.js';
import type { SeriesBlock } from './schema.js';

/** Values of one series of an entry, where they stand in the file. */
export interface Row {
  readonly labels: Labels;
  readonly cells: readonly Cell[];
  /** As it is written. */
  readonly text: string;
  readonly path: Path;
}

/** One item of `series:`, its notation read. */
export interface Entry {
  readonly block: SeriesBlock;
  readonly path: Path;
  /** What a test says stands over what its file says. */
  readonly level: 'file' | 'test';
  readonly fromMs: number;
  readonly rows: readonly Row[];
}

export interface ReadSeries {
  readonly entries: readonly Entry[];
  readonly failures: readonly Failure[];
}

/** Reads the notation of a list of series; all trouble at once. */
export function readSeries(
  blocks: readonly SeriesBlock[],
  at: Path,
  level: Entry['level'],
  places: Places,
): ReadSeries {
  const failures: Failure[] = [];
  let left = MOST_CELLS;
  const entries = blocks.map((block, i): Entry => {
    const path = [...at, i];
    const labels = Object.fromEntries(
      Object.entries(block.labels ?? {}).map(([name, value]) => [name, String(value)]),
    );
    const rows = rowsOf(block).flatMap(({ bound, written, path: below }): Row[] => {
      const where = [...path, ...below];
      const text = typeof written === 'number' ? places.writtenAt(where) : written;
      if (bound !== undefined && block.part !== 'bucket') {
        failures.push({ ...byBucket(block.part), span: places.keySpanOf(where) });
        return [];
      }
      // What was read so far may be the most there is room for already; the next text may make as much again.
      if (left <= 0) {
        failures.push({ ...tooMany, span: places.spanOf(where) });
        return [];
      }
      const parsed = parseValues(text);
      if (!parsed.ok) {
        const { message, mend } = parsed.trouble;
        const span = placeOfWord(places, where, text, parsed.trouble);
        failures.push({ code: 'gatetest.notation', message, span, mend });
        return [];
      }
      left -= parsed.cells.length;
      const trouble = countTrouble(block.part, parsed.cells);
      if (trouble !== undefined) failures.push({ ...trouble, span: places.spanOf(where) });
      const all = bound === undefined ? labels : { ...labels, le: bound };
      return [{ labels: all, cells: parsed.cells, text, path: where }];
    });
    return { block, path, level, fromMs: offsetOf(block.from), rows };
  });
  return { entries, failures };
}

interface Written {
  readonly bound?: string;
  readonly written: string | number;
  readonly path: Path;
}

function rowsOf({ values }: SeriesBlock): readonly Written[] {
  if (values === undefined) return [];
  if (typeof values !== 'object') return [{ written: values, path: ['values'] }];
  return Object.entries(values).map(([bound, written]) => ({ bound, written, path: ['values', bound] }));
}

const COUNTED = new Set(['good', 'bad', 'total', 'count', 'exposure', 'bucket']);

/** What counts cannot be: nothing counts below zero, and no backend would answer it. */
function countTrouble(part: string, cells: readonly Cell[]): Failure | undefined {
  if (!COUNTED.has(part)) return undefined;
  const negative = cells.find((cell) => typeof cell === 'number' && cell < 0);
  if (negative === undefined || negative === null) return undefined;
  return {
    code: 'gatetest.series',
    message: `"${part}" counts, and ${negative} is below zero`,
    mend: 'give what was counted in each step; a step behind the value, as in 9-3x3, may go no further than 0',
  };
}

function byBucket(part: string): Failure {
  return {
    code: 'gatetest.series',
    message: `"${part}" is no histogram: its values are one text`,
    mend: 'write values: 1x29; where the answer has several series, give each its "labels"',
  };
}

const tooMany: Failure = {
  code: 'gatetest.notation',
  message: `the series make more than ${MOST_CELLS.toLocaleString('en-US')} values together`,
  mend: 'a series has one value a step: write as many as the window has steps',
};

function offsetOf(text: string | undefined): number {
  if (text === undefined) return 0;
  const ms = parseDuration(text.replace(/^-/, '')) ?? 0;
  return text.startsWith('-') ? -ms : ms;
}
