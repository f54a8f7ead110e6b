import type { GateReport } from '../../model/report.js';
import { clip, oneLine, printable } from '../words/clean.js';
import { clustersOf } from './clusters.js';
import { widthOf, wrap } from './measure.js';

/** A query of more lines says where it is wrong by its caret; without one, its beginning and the server's words do. */
const MOST_LINES = 12;
const LONGEST_LINE = 600;
const CARET = /^ *\^$/;

/**
 * Reasons that hold a query, by the key of their criterion: each line says something by where it stands, so that they are
 * printed as they are and not as one sentence.
 *
 * @param report as it came, its texts not yet made safe
 * @returns the same texts, which `reasonLines` makes safe
 */
export function reasonsWithLines(report: GateReport): ReadonlyMap<string, string> {
  const criteria = report.gates.flatMap((gate) => gate.criteria);
  return new Map(
    criteria.flatMap(({ key, reason }) =>
      reason?.code === 'query' && reason.text.includes('\n') ? [[oneLine(key), reason.text]] : [],
    ),
  );
}

/** The lines of a reason in so many columns, safe to print; a caret stays under its place, however its line is cut. */
export function reasonLines(text: string, room: number, isAscii: boolean): readonly string[] {
  const ellipsis = isAscii ? '...' : '…';
  const show = (line: string): string => {
    const safe = printable(line);
    return isAscii ? safe.replaceAll('…', ellipsis) : safe;
  };
  const lines = withoutMiddle(text.split('\n'), ellipsis);
  return lines.flatMap((line, index) => {
    const below = lines[index + 1] ?? '';
    if (index > 0 && CARET.test(line)) return [];
    if (!CARET.test(below)) return wrap(clip(show(line), LONGEST_LINE), room);
    const before = show(line.slice(0, below.indexOf('^')));
    const cut = cutAround(show(line), widthOf(before), room, ellipsis);
    return [cut.line, `${' '.repeat(cut.at)}^`];
  });
}

function withoutMiddle(lines: readonly string[], ellipsis: string): readonly string[] {
  if (lines.length <= MOST_LINES) return lines;
  const half = Math.floor(MOST_LINES / 2);
  return [...lines.slice(0, half), ellipsis, ...lines.slice(1 - half)];
}

/**
 * The part of a line that fits and holds a column.
 *
 * @param at column from 0; the line's width stands for its end
 */
function cutAround(
  line: string,
  at: number,
  room: number,
  ellipsis: string,
): { readonly line: string; readonly at: number } {
  const width = Math.max(widthOf(line), at + 1);
  if (width <= room) return { line, at };
  const mark = widthOf(ellipsis);
  const most = Math.max(1, room - mark);
  const wanted = Math.min(at - Math.floor(most / 2), width - most);
  const [head, rest] = wanted <= 0 ? ['', line] : splitAt(line, wanted);
  const lead = head === '' ? '' : ellipsis;
  const shifted = at - widthOf(head) + widthOf(lead);
  const shown = lead + rest;
  if (widthOf(shown) <= room) return { line: shown, at: shifted };
  const [fitting] = splitAt(shown, most, 'within');
  return { line: fitting + ellipsis, at: shifted };
}

/** Splits a line at a column: at the next character's start, or where all before it is `within`. */
function splitAt(
  line: string,
  column: number,
  side: 'after' | 'within' = 'after',
): readonly [string, string] {
  const characters = /^[ -~]*$/.test(line) ? [...line] : clustersOf(line);
  let used = 0;
  const end = characters.findIndex((character) => {
    const isFull = used >= column || (side === 'within' && used + widthOf(character) > column);
    used += widthOf(character);
    return isFull;
  });
  const cut = end < 0 ? characters.length : end;
  return [characters.slice(0, cut).join(''), characters.slice(cut).join('')];
}
