/** A cell with its place; lines and columns count from 1. */
export interface Cell {
  readonly text: string;
  readonly line: number;
  readonly col: number;
}

/**
 * Cuts RFC 4180 text into rows of cells; empty lines are left out.
 *
 * @returns undefined for a quote that never ends
 */
export function cellsOf(text: string): readonly (readonly Cell[])[] | undefined {
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
      if (end === undefined) return undefined;
      cell = text.slice(at + 1, end).replaceAll('""', '"');
      const breaks = text.slice(at, end).split('\n').length - 1;
      line += breaks;
      if (breaks > 0) lineStart = text.lastIndexOf('\n', end) + 1;
      at = end + 1;
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

function nextOf(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== ',' && text[at] !== '\n') at += 1;
  return at;
}
