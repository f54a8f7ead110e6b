/** A record of a CSV text, with the line it starts on. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/** A text that is no CSV by RFC 4180. */
export class CsvError extends Error {
  readonly line: number;
  constructor(line: number, what: string) {
    super(what);
    this.name = 'CsvError';
    this.line = line;
  }
}

/**
 * Reads comma-separated records as RFC 4180 has them: quoted cells may hold commas, line breaks and doubled quotes;
 * lines end in CRLF or LF; empty lines are passed over.
 *
 * @throws CsvError for a quote out of place, and for one that is never closed
 */
export function* readCsv(text: string): Generator<CsvRecord> {
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const startLine = line;
    const cells: string[] = [];
    let isEnd = false;
    while (!isEnd) {
      const cell = text[at] === '"' ? quotedCell(text, at, line) : bareCell(text, at, line);
      cells.push(cell.value);
      line += cell.breaks;
      at = cell.end;
      isEnd = text[at] !== ',';
      if (!isEnd) at += 1;
    }
    at += text.startsWith('\r\n', at) ? 2 : 1;
    line += 1;
    if (cells.length > 1 || cells[0] !== '') yield { line: startLine, cells };
  }
}

interface Cell {
  readonly value: string;
  /** Where the comma or the line break behind it stands, or the text's end. */
  readonly end: number;
  readonly breaks: number;
}

const BARE = /[^,"\r\n]*/y;

function bareCell(text: string, start: number, line: number): Cell {
  BARE.lastIndex = start;
  const value = BARE.exec(text)?.[0] ?? '';
  const end = start + value.length;
  if (text[end] === '"') throw new CsvError(line, 'a quote inside a cell that does not begin with one');
  if (text[end] === '\r' && text[end + 1] !== '\n')
    throw new CsvError(line, 'a carriage return without a line feed');
  return { value, end, breaks: 0 };
}

function quotedCell(text: string, start: number, line: number): Cell {
  let close = text.indexOf('"', start + 1);
  while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
  if (close < 0) throw new CsvError(line, 'a quote that is never closed');
  const raw = text.slice(start + 1, close);
  const end = close + 1;
  const breaks = raw.split('\n').length - 1;
  const isClosed =
    end >= text.length || text[end] === ',' || text[end] === '\n' || text.startsWith('\r\n', end);
  if (!isClosed) throw new CsvError(line + breaks, 'text behind a closing quote');
  return { value: raw.replaceAll('""', '"'), end, breaks };
}
