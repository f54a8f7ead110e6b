import { counted } from '../../contracts/counted.js';
import { type Failure, failed, ok, type Result } from '../../model/failure.js';
import type { Span } from '../../model/span.js';

/** A cell with its place; lines and columns count from 1. */
interface Cell {
  readonly text: string;
  readonly line: number;
  readonly col: number;
}

/** A row of a list: its cells by column, empty ones left out, and where each stands. */
export interface ListRow {
  readonly cells: Readonly<Record<string, string>>;
  readonly place: (column: string) => { readonly span: Span };
}

/**
 * Pages of a CSV file, whose first line names its columns; "url" is among them.
 *
 * @param refuseColumn what is wrong with the name of a column; its place is added
 */
export function readCsvList(
  text: string,
  file: string,
  refuseColumn: (name: string) => Failure | undefined,
): Result<readonly ListRow[]> {
  const at = (line: number, col: number, length: number): Span => ({
    file,
    line,
    col,
    endLine: line,
    endCol: col + Math.max(1, length),
  });
  const cut = cellsOf(text);
  if (!Array.isArray(cut)) {
    const { what, mend, line, col } = cut;
    return failed({ code: 'gatefile.invalid', message: what, span: at(line, col, 1), mend });
  }
  const [head, ...rest] = cut;
  if (head === undefined || rest.length === 0)
    return failed({
      code: 'gatefile.invalid',
      message: `${file} lists no page`,
      span: at(1, 1, 1),
      mend: `write a line of columns, such as "url,status", and a line for each page`,
    });
  const strange = head.flatMap(({ text: name, line, col }, i): readonly Failure[] => {
    const isTwice = name !== '' && head.findIndex((cell) => cell.text === name) < i;
    const refused = isTwice ? twice(name) : refuseColumn(name);
    return refused === undefined ? [] : [{ ...refused, span: at(line, col, name.length) }];
  });
  if (strange.length > 0) return failed(...strange);
  if (!head.some((cell) => cell.text === 'url'))
    return failed({
      code: 'gatefile.missing-key',
      message: `${file} has no column "url"`,
      span: at(1, 1, 1),
      mend: 'name the columns in its first line',
    });
  const wide = rest.find((cells) => cells.length > head.length);
  const extra = wide?.[head.length];
  if (extra !== undefined)
    return failed({
      code: 'gatefile.invalid',
      message: `this line has ${wide?.length} cells, and the first line names ${counted(head.length, 'column')}`,
      span: at(extra.line, extra.col, extra.text.length),
      mend: 'put quotes around a cell that holds commas',
    });
  return ok(rest.map((cells) => rowOf(head, cells, at)));
}

function twice(name: string): Failure {
  return {
    code: 'gatefile.invalid',
    message: `column "${name}" is named twice`,
    mend: 'leave one out, or give it the name that was meant',
  };
}

function rowOf(
  head: readonly Cell[],
  cells: readonly Cell[],
  at: (line: number, col: number, length: number) => Span,
): ListRow {
  const filled = cells.flatMap((cell, i) => (cell.text === '' ? [] : [[head[i]?.text ?? '', cell] as const]));
  const byColumn = new Map(filled);
  return {
    cells: Object.fromEntries(filled.map(([column, cell]) => [column, cell.text])),
    place: (column) => {
      const cell = byColumn.get(column) ?? cells[0];
      return { span: at(cell?.line ?? 1, cell?.col ?? 1, cell?.text.length ?? 1) };
    },
  };
}

/** What keeps a text from being cut into cells; lines and columns count from 1. */
interface Uncut {
  readonly what: string;
  readonly mend: string;
  readonly line: number;
  readonly col: number;
}

/** Cuts RFC 4180 text into rows of cells; empty lines are left out, and so are blanks after a closing quote. */
function cellsOf(text: string): Cell[][] | Uncut {
  const rows: Cell[][] = [];
  let row: Cell[] = [];
  let [line, lineStart] = [1, 0];
  let at = text.startsWith('\ufeff') ? 1 : 0;
  lineStart = at;
  const endRow = (): void => {
    if (row.some((cell) => cell.text !== '')) rows.push(row);
    row = [];
  };
  while (at <= text.length) {
    const place = { line, col: at - lineStart + 1 };
    let cell: string;
    if (text[at] === '"') {
      const end = endOfQuoted(text, at + 1);
      if (end === undefined)
        return { what: 'a quote opens here and never ends', mend: 'write " where the cell ends', ...place };
      cell = text.slice(at + 1, end).replaceAll('""', '"');
      const breaks = text.slice(at, end).split('\n').length - 1;
      line += breaks;
      if (breaks > 0) lineStart = text.lastIndexOf('\n', end) + 1;
      at = afterBlanks(text, end + 1);
      if (!/^(?:,|\r?\n|\r?$)/.test(text.slice(at, at + 2)))
        return {
          what: `"${text
            .slice(at)
            .split(/[,\r\n]/, 1)[0]
            ?.slice(0, 40)}" stands after the quote that ends the cell`,
          mend: 'put a comma there, or double a quote that is part of the cell: ""',
          line,
          col: at - lineStart + 1,
        };
    } else {
      const end = nextOf(text, at);
      cell = text.slice(at, end);
      at = end;
    }
    row.push({ text: cell.trim(), ...place });
    if (text[at] === ',') {
      at += 1;
      continue;
    }
    at = text.indexOf('\n', at) + 1;
    endRow();
    if (at === 0) break;
    line += 1;
    lineStart = at;
  }
  return rows;
}

function endOfQuoted(text: string, from: number): number | undefined {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 2))
    if (text[at + 1] !== '"') return at;
  return undefined;
}

function afterBlanks(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at += 1;
  return at;
}

function nextOf(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== ',' && text[at] !== '\n') at += 1;
  return at;
}
