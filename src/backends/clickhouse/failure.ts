import type { BackendError, FailureCode } from '../../model/failure.js';
import type { Statement } from '../sql/bind.js';
import { refusalOf, type SqlSource } from '../sql/refusal.js';

/** What ClickHouse says when it refuses: its number, and its words. */
export interface Exception {
  readonly number: number;
  readonly said: string;
}

/** Numbers of ClickHouse's exceptions to what they mean for a gate; every other one is the statement's own trouble. */
const NUMBERS: ReadonlyMap<number, FailureCode> = new Map<number, FailureCode>([
  // Unknown user, wrong password, required password, not allowed from here, access denied, authentication failed.
  ...[192, 193, 194, 195, 291, 497, 516].map((number): [number, FailureCode] => [number, 'backend.auth']),
  [81, 'backend.not-found'],
  [202, 'backend.rate-limited'],
  [201, 'backend.rate-limited'],
  [159, 'backend.timeout'],
  [396, 'backend.too-large'],
  [307, 'backend.too-large'],
  // Out of memory, no disk, no replica, a lost table, a logical error.
  ...[49, 210, 236, 241, 242, 243, 279, 425].map((number): [number, FailureCode] => [
    number,
    'backend.server-error',
  ]),
]);

/** The exception of an answer; one may also stand behind rows that were sent before it. */
export function exceptionIn(body: string): Exception | undefined {
  const start = /^Code: (\d+)[.,] /.exec(body) ?? /\nCode: (\d+)[.,] [^\n]*DB::Exception/.exec(body);
  if (start === null) return undefined;
  const words = body
    .slice(start.index)
    .trim()
    .replace(/^Code: \d+[.,] /, '')
    .replace(/^e\.displayText\(\) = /, '')
    .replace(/, e\.what\(\) = DB::Exception[\s\S]*$/, '')
    .replace(/^DB::Exception: /, '');
  return { number: Number(start[1]), said: words };
}

export function clickhouseFailure(
  { number, said }: Exception,
  source: SqlSource,
  statement: Statement,
): BackendError {
  const code = NUMBERS.get(number) ?? 'backend.query';
  return refusalOf(
    source,
    {
      code,
      said,
      offset: offsetOf(said, statement.sql),
      mend:
        code === 'backend.too-large'
          ? 'let the statement count and add up, by step: GROUP BY; and keep it to {{from}} and {{to}}'
          : code === 'backend.auth'
            ? 'check auth.basic of the backend, and what the user may read'
            : undefined,
    },
    statement,
  );
}

/** A syntax error names the byte where it stands, from 1. */
function offsetOf(said: string, sql: string): number | undefined {
  const position = /failed at position (\d+)/.exec(said)?.[1];
  if (position === undefined) return undefined;
  return Buffer.from(sql)
    .subarray(0, Number(position) - 1)
    .toString().length;
}
