import { suggest } from '../../contracts/suggest.js';
import { BackendError, type FailureCode } from '../../model/failure.js';
import type { Statement } from '../sql/bind.js';
import { refusalOf, type SqlSource, wordsOf } from '../sql/refusal.js';

interface Meaning {
  readonly code: FailureCode;
  readonly mend?: string;
}

const FILE_MEND = 'check the path: it starts at "folder" of the backend; and whether the file was written';

/** DuckDB's kinds of error by the beginning of the message, the first that fits. */
const MEANINGS: readonly (readonly [RegExp, Meaning])[] = [
  [/^INTERRUPT/, { code: 'backend.timeout' }],
  [
    /^Permission Error: .*(?:Cannot access|disabled)/,
    {
      code: 'backend.query',
      mend: 'only files in "folder" are read; set "folder", or name the other folder under "allow"',
    },
  ],
  [
    /^(?:Invalid Input|Conversion) Error: CSV Error|^Invalid Input Error: Malformed JSON|^Invalid Input Error: .*(?:sniffing|Parquet)/i,
    {
      code: 'backend.malformed',
      mend: 'mend the file, or say how it is read: read_csv(…, ignore_errors => true)',
    },
  ],
  [/^IO Error: No files found|^IO Error: Cannot open|^IO Error/, { code: 'backend.file', mend: FILE_MEND }],
  [
    /^Out of Memory Error/,
    { code: 'backend.too-large', mend: 'read fewer files, or only what lies between {{from}} and {{to}}' },
  ],
  [/^(?:INTERNAL|FATAL) Error/, { code: 'backend.server-error', mend: 'report it with the statement' }],
  [
    /^Binder Error: Cannot compare values|^Binder Error: No function matches/,
    {
      code: 'backend.query',
      mend: 'a variable goes in as text; where another type is wanted, say so: CAST({{name}} AS INTEGER)',
    },
  ],
];

/** There is no server whose console could tell more. */
const MISWRITTEN: Meaning = {
  code: 'backend.query',
  mend: 'mend the statement; the columns of access logs are in docs/sql.md',
};

/** What DuckDB threw, as a failure; its own drawing of the place becomes ours, in the statement as it was written. */
export function duckdbFailure(
  error: unknown,
  source: SqlSource,
  statement: Statement,
  tables: readonly string[],
): BackendError {
  if (error instanceof BackendError) return error;
  const { message } = wordsOf(error);
  const meaning = MEANINGS.find(([pattern]) => pattern.test(message))?.[1] ?? MISWRITTEN;
  const drawing = message.search(/\n+LINE \d+: /);
  const told = drawing < 0 ? message : message.slice(0, drawing);
  const absent = /Table with name "?(.+?)"? does not exist/.exec(told)?.[1];
  return refusalOf(
    source,
    {
      ...meaning,
      ...(absent === undefined ? {} : { mend: mendTable(absent, tables) }),
      // Behind an empty line stand advice on options and all settings of the reader. Tables are made when they are
      // asked for, so that DuckDB's own suggestion knows none of them.
      said: told.split(absent === undefined ? '\n\n' : '\n', 1)[0] ?? told,
      offset: drawing < 0 ? undefined : offsetOf(message.slice(drawing).trimStart(), statement.sql),
    },
    statement,
  );
}

/** @param empty names of the tables that match no file, in quotes  @param notes what is known of every table */
export function withoutFiles(
  backend: string,
  empty: readonly string[],
  notes: readonly string[],
): BackendError {
  const tables = `${empty.length === 1 ? 'table' : 'tables'} ${empty.join(', ')}`;
  return new BackendError({
    code: 'backend.file',
    message: `backend "${backend}": no file for ${tables}`,
    detail: notes,
    mend: FILE_MEND,
  });
}

function mendTable(absent: string, tables: readonly string[]): string {
  const near = suggest(absent, tables);
  if (near !== undefined) return `did you mean "${near}"?`;
  const known = tables.length === 0 ? '' : `; known here: ${tables.join(', ')}`;
  return `define it under "tables:" of the backend, or write its file in quotes: FROM 'FILE.csv'${known}`;
}

/** Reads `LINE 2: …text…` with a caret below it; long lines are cut at both ends. */
function offsetOf(drawing: string, sql: string): number | undefined {
  const [shown = '', carets = ''] = drawing.split('\n');
  const [prefix, number] = /^LINE (\d+): /.exec(shown) ?? [];
  const column = carets.indexOf('^');
  if (prefix === undefined || column < prefix.length) return undefined;
  const lines = sql.split('\n');
  const line = lines[Number(number) - 1];
  if (line === undefined) return undefined;
  const start = lines.slice(0, Number(number) - 1).reduce((sum, each) => sum + each.length + 1, 0);
  const ahead = shown.slice(column).replace(/\.\.\.$/, '');
  const isCut = shown.startsWith('...', prefix.length);
  const at = isCut ? line.indexOf(ahead) : column - prefix.length;
  return at < 0 ? undefined : start + at;
}
