import { BackendError, type FailureCode } from '../../model/failure.js';
import type { Statement } from '../sql/bind.js';
import { refusalOf, type SqlSource, socketFailure, wordsOf } from '../sql/refusal.js';

/** The server's error numbers to what they mean for a gate; every other one is the statement's own trouble. */
const NUMBERS: ReadonlyMap<number, FailureCode> = new Map<number, FailureCode>([
  // Wrong password, no right to the database, unknown plug-in, no right to a table or column.
  ...[1044, 1045, 1130, 1142, 1143, 1227, 1251, 1524, 1698, 1820, 1862].map(
    (number): [number, FailureCode] => [number, 'backend.auth'],
  ),
  [1049, 'backend.not-found'],
  ...[1040, 1203, 1226].map((number): [number, FailureCode] => [number, 'backend.rate-limited']),
  // Over max_execution_time, over max_statement_time, killed.
  ...[1317, 1969, 3024].map((number): [number, FailureCode] => [number, 'backend.timeout']),
  // Out of disk, memory or sort space; broken tables; shutting down.
  ...[1021, 1030, 1037, 1038, 1041, 1053, 1194, 1927].map((number): [number, FailureCode] => [
    number,
    'backend.server-error',
  ]),
]);

/** What the driver threw, as a failure. */
export function mysqlFailure(error: unknown, source: SqlSource, statement: Statement): BackendError {
  if (error instanceof BackendError) return error;
  const { code, message } = wordsOf(error);
  const number: unknown =
    typeof error === 'object' && error !== null ? Reflect.get(error, 'errno') : undefined;
  if (typeof number !== 'number' || number < 1000) {
    const onSocket = socketFailure(code, message);
    return refusalOf(source, { code: onSocket ?? 'backend.malformed', said: message });
  }
  return refusalOf(
    source,
    {
      code: NUMBERS.get(number) ?? 'backend.query',
      said: message,
      offset: offsetOf(message, statement.sql),
      mend: number === 1792 ? 'a gate only reads: ask for what is there, and write elsewhere' : undefined,
    },
    statement,
  );
}

/** A syntax error names the rest of the statement, cut after 80 characters, and the line where it begins. */
function offsetOf(message: string, sql: string): number | undefined {
  const [, rest, line] = /near '([\s\S]*)' at line (\d+)$/.exec(message) ?? [];
  if (rest === undefined || line === undefined) return undefined;
  const start = sql
    .split('\n')
    .slice(0, Number(line) - 1)
    .reduce((sum, each) => sum + each.length + 1, 0);
  const at = rest === '' ? sql.length : sql.indexOf(rest, start);
  return at < 0 ? undefined : at;
}
