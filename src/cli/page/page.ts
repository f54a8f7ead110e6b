/** Lines for people: labels in a column, prose in a width. */

/** A label and what it says; several lines stand under one another, and '' is a line without a label. */
export type Row = readonly [label: string, text: string | readonly string[]];

const INDENT = '  ';

/** Rows with their texts in one column. Texts are never cut or wrapped: a query must be whole to be copied. */
export function rowsText(rows: readonly Row[], depth: number): readonly string[] {
  const width = Math.max(0, ...rows.map(([label]) => label.length));
  const pad = INDENT.repeat(depth);
  return rows.flatMap(([label, text]) => {
    const lines = (typeof text === 'string' ? [text] : text).flatMap((each) =>
      printable(each).trimEnd().split('\n'),
    );
    return lines.map((line, i) => `${pad}${(i === 0 ? label : '').padEnd(width)}  ${line}`.trimEnd());
  });
}

/** Columns of a table, each as wide as its widest cell but for the last. */
export function tableText(rows: readonly (readonly string[])[], depth: number): readonly string[] {
  const cells = rows.map((row) => row.map((cell) => printable(cell).replaceAll('\n', ' ')));
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  return cells.map((row) =>
    `${INDENT.repeat(depth)}${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}

/** Prose in lines of at most `width` columns, later ones under the first. */
export function wrap(text: string, width: number, indent = ''): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && indent.length + longer.length > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line].map((each) => `${indent}${each}`.trimEnd());
}

/** Control characters of other people's text are shown, not obeyed by the terminal; line breaks stay. */
export function printable(text: string): string {
  return text.replace(
    /[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** Passwords in URLs, which no secret node declares, are left out. */
export function withoutUserinfo(text: string): string {
  return text.replace(/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi, '$1***@');
}
