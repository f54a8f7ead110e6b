import * as z from 'zod';
import { counted } from '../../contracts/counted.js';
import { optional, strict } from '../../contracts/schema.js';
import { suggest } from '../../contracts/suggest.js';
import { BackendError, type Failure, failed, ok, type Result } from '../../model/failure.js';
import type { PointSeries } from '../shared/cut.js';
import { describeFound, shapeError } from '../shared/found.js';
import { type JsonPath, jsonPath, parseJsonPath, pick } from '../shared/json-path.js';
import { type AnswerSource, decodePoints, decodeRows, type PointsShape, type Row } from '../shared/points.js';
import { timeFormat } from '../shared/times.js';
import { CsvError, readCsv } from './csv.js';

const FORMATS = ['csv', 'json', 'ndjson'] as const;
export type TableFormat = (typeof FORMATS)[number];
const ENDINGS: Readonly<Record<string, TableFormat>> = {
  csv: 'csv',
  json: 'json',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
};

const field = z.string('a text is expected').min(1, 'it must not be empty');
/** What may be asked of a table; a field is a column's name in CSV, and a JSON path in the other formats. */
export const tableQuery = strict({
  path: field.meta({ description: 'The file, inside the folder of the backend.' }),
  format: optional(() => z.enum(FORMATS), {
    description: 'How to read it; by the ending of its name without it.',
  }),
  json: optional(() => jsonPath),
  time: optional(() => field, { description: 'Column or path of the time.' }),
  value: optional(() => field, { description: 'Column or path of the value.' }),
  where: optional(() => z.record(field, z.union([z.string(), z.number(), z.boolean()]).transform(String)), {
    description: 'Only rows that have exactly these values.',
  }),
  labels: optional(() => z.union([z.array(field).min(1), z.record(field, field)]), {
    description: 'Columns or paths that tell series apart, as a list or as label: column.',
  }),
  'time-format': optional(() => timeFormat),
});
export type TableQuery = z.output<typeof tableQuery>;

/** How a file is read, with every field parsed for its format. */
export interface TablePlan {
  readonly format: TableFormat;
  readonly shape: PointsShape;
  readonly where: readonly (readonly [JsonPath, string])[];
}

/** Parses the fields of a query for the format of its file; every trouble at once. */
export function planTable(query: TableQuery): Result<TablePlan> {
  const format = query.format ?? ENDINGS[/\.([^./]+)$/.exec(query.path)?.[1]?.toLowerCase() ?? ''];
  if (format === undefined) {
    return failed({
      code: 'gatefile.query',
      message: `the ending of "${query.path}" does not say what it holds`,
      mend: 'add "format: csv", "format: json" or "format: ndjson"',
    });
  }
  const failures: Failure[] = [];
  const path = (text: string): JsonPath => {
    const parsed: Result<JsonPath> = format === 'csv' ? ok({ text, steps: [text] }) : parseJsonPath(text);
    if (parsed.ok) return parsed.value;
    failures.push(...parsed.failures);
    return { text, steps: [] };
  };
  const { json, time, value, labels, where = {} } = query;
  const named: readonly (readonly [string, JsonPath])[] = Array.isArray(labels)
    ? labels.map(path).map((found) => [nameIn(found), found])
    : Object.entries(labels ?? {}).map(([name, text]) => [name, path(text)]);
  const chosen = Object.entries(where).map(([text, wanted]) => [path(text), wanted] as const);
  const shape: PointsShape = {
    json,
    time: time === undefined ? undefined : path(time),
    value: value === undefined ? undefined : path(value),
    labels: labels === undefined ? undefined : Object.fromEntries(named),
    'time-format': query['time-format'],
  };
  failures.push(...contradictions(query, format, named));
  return failures.length > 0 ? failed(...failures) : ok({ format, shape, where: chosen });
}

function nameIn(path: JsonPath): string {
  return String(path.steps.at(-1) ?? path.text);
}

function contradictions(
  query: TableQuery,
  format: TableFormat,
  labels: readonly (readonly [string, JsonPath])[],
): readonly Failure[] {
  const found: Failure[] = [];
  const say = (message: string, mend: string) => found.push({ code: 'gatefile.query', message, mend });
  if (query.json !== undefined && format !== 'json') {
    say(
      `"json" leads into one JSON document, and "${query.path}" is ${format}`,
      'name fields with "time" and "value"',
    );
  }
  if (query.value === undefined && format === 'csv') {
    say(`which column of "${query.path}" holds the value is not said`, 'name it: value: COLUMN');
  }
  if (new Set(labels.map(([name]) => name)).size !== labels.length) {
    say(
      'two of the labels would have the same name',
      'write them as a mapping: labels: { NAME: path, OTHER: path }',
    );
  }
  return found;
}

/**
 * Reads the text of a file into series.
 *
 * An empty text is no data; an empty cell is a missing value, never 0.
 *
 * @param name  the file's name as it was written, for messages
 * @throws BackendError: `backend.malformed` with the line, or `backend.answer-shape`
 */
export function decodeTable(
  text: string,
  plan: TablePlan,
  name: string,
  source: AnswerSource,
): readonly PointSeries[] {
  if (text.trim() === '') return [];
  const line = (at: number) => `line ${at} of "${name}"`;
  switch (plan.format) {
    case 'csv':
      return decodeRows(matching(csvRows(text, plan, name), plan), plan.shape, source, line);
    case 'ndjson':
      return decodeRows(matching(ndjsonRows(text, name), plan), plan.shape, source, line);
    case 'json':
      return decodeDocument(text, plan, name, source);
  }
}

function decodeDocument(
  text: string,
  plan: TablePlan,
  name: string,
  source: AnswerSource,
): readonly PointSeries[] {
  const document = parseJson(text, `"${name}" is no JSON`);
  if (plan.where.length === 0) return decodePoints(document, plan.shape, source);
  const { json, ...shape } = plan.shape;
  const rows = json === undefined ? document : pick(document, json);
  if (rows === undefined || rows === null) return [];
  if (!Array.isArray(rows))
    throw shapeError(`"${json?.text ?? name}"`, 'a list of rows, since "where" chooses some', rows, source);
  const numbered = rows.map((row: unknown, index): Row => ({ row, at: index + 1 }));
  return decodeRows(matching(numbered, plan), shape, source, (at) => `row ${at} of "${name}"`);
}

function* matching(rows: Iterable<Row>, plan: TablePlan): Generator<Row> {
  for (const found of rows) {
    if (plan.where.every(([path, wanted]) => isText(pick(found.row, path), wanted))) yield found;
  }
}

function isText(found: unknown, wanted: string): boolean {
  if (found === undefined || found === null) return wanted === '';
  return typeof found !== 'object' && String(found) === wanted;
}

/** Rows as objects of the columns that the query names; the first record holds the columns' names. */
function* csvRows(text: string, plan: TablePlan, name: string): Generator<Row> {
  let columns: readonly (readonly [string, number])[] | undefined;
  let width = 0;
  try {
    for (const { line, cells } of readCsv(text)) {
      if (columns === undefined) {
        columns = columnsIn(cells, plan, name);
        width = cells.length;
      } else if (cells.length === width) {
        yield {
          at: line,
          row: Object.fromEntries(columns.map(([column, index]) => [column, cellAt(cells, index)])),
        };
      } else {
        throw new CsvError(line, `${counted(cells.length, 'cell')} where the header has ${width}`);
      }
    }
  } catch (error) {
    if (error instanceof CsvError)
      throw malformed(`line ${error.line} of "${name}" is no CSV: ${error.message}`);
    throw error;
  }
}

function cellAt(cells: readonly string[], index: number): string | null {
  const cell = cells[index] ?? '';
  return cell.trim() === '' ? null : cell;
}

function columnsIn(
  header: readonly string[],
  plan: TablePlan,
  name: string,
): readonly (readonly [string, number])[] {
  const { time, value, labels = {} } = plan.shape;
  const wanted = [time, value, ...Object.values(labels), ...plan.where.map(([path]) => path)];
  return [...new Set(wanted.flatMap((path) => (path === undefined ? [] : [path.text])))].map((column) => {
    const index = header.indexOf(column);
    if (index < 0) throw missingColumn(column, header, name);
    if (header.indexOf(column, index + 1) >= 0)
      throw malformed(`"${name}" has two columns called "${column}"`);
    return [column, index] as const;
  });
}

function missingColumn(column: string, header: readonly string[], name: string): BackendError {
  const near = suggest(column, header);
  return new BackendError({
    code: 'backend.answer-shape',
    message: `"${name}" has no column "${column}"`,
    mend:
      near === undefined
        ? `its first line names ${describeFound(header.join(','))}`
        : `did you mean "${near}"?`,
  });
}

function* ndjsonRows(text: string, name: string): Generator<Row> {
  let at = 0;
  let start = 0;
  while (start < text.length) {
    const end = text.indexOf('\n', start);
    const line = text.slice(start, end < 0 ? text.length : end).trim();
    at += 1;
    start = end < 0 ? text.length : end + 1;
    if (line !== '') yield { at, row: parseJson(line, `line ${at} of "${name}" is no JSON`) };
  }
}

function parseJson(text: string, trouble: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed(`${trouble}: ${describeFound(text.trim())}`);
  }
}

function malformed(message: string): BackendError {
  return new BackendError({
    code: 'backend.malformed',
    message,
    mend: 'mend the file, or say what it holds with "format: csv | json | ndjson"',
  });
}
