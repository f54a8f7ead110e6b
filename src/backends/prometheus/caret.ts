/** Columns shown of a long line: what fits beside an indent on a usual terminal. */
const WIDTH = 100;

/**
 * A query with a caret under one place: the lines a failure carries as its `detail`.
 *
 * @param offset in UTF-16 units, from 0; past the end it points behind the last character
 */
export function caretAt(query: string, offset: number): readonly string[] {
  const at = Math.min(Math.max(offset, 0), query.length);
  const start = query.lastIndexOf('\n', at - 1) + 1;
  const end = query.indexOf('\n', at);
  const line = query.slice(start, end < 0 ? undefined : end);
  const column = at - start;
  if (line.length <= WIDTH) return [line, `${' '.repeat(column)}^`];
  const from = Math.max(0, Math.min(column - WIDTH / 2, line.length - WIDTH));
  const head = from > 0 ? '…' : '';
  const tail = from + WIDTH < line.length ? '…' : '';
  return [head + line.slice(from, from + WIDTH) + tail, `${' '.repeat(head.length + column - from)}^`];
}

/**
 * Offset of the place that a server's message names: `1:7: parse error: …` or `invalid parameter "query": 1:7: …`.
 *
 * @returns UTF-16 units from 0, or undefined when the message names no place of this query
 */
export function offsetNamedBy(message: string, query: string): number | undefined {
  const place = /(?:^|: )(\d{1,6}):(\d{1,6}): /.exec(message);
  if (place === null) return undefined;
  const lines = query.split('\n');
  const line = lines[Number(place[1]) - 1];
  if (line === undefined) return undefined;
  const before = lines.slice(0, Number(place[1]) - 1).reduce((sum, each) => sum + each.length + 1, 0);
  // Prometheus counts bytes, from 1.
  const column = Buffer.from(line)
    .subarray(0, Number(place[2]) - 1)
    .toString().length;
  return before + column;
}
