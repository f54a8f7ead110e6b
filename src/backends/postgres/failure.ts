import { BackendError, type FailureCode } from '../../model/failure.js';
import type { Statement } from '../sql/bind.js';
import { refusalOf, type SqlSource, socketFailure, wordsOf } from '../sql/refusal.js';

/** SQLSTATE, whole or its class, to what it means for a gate; every other class is the statement's own trouble. */
const STATES: readonly (readonly [RegExp, FailureCode])[] = [
  [/^(?:28|42501)/, 'backend.auth'],
  [/^3D/, 'backend.not-found'],
  [/^(?:53300|53400)/, 'backend.rate-limited'],
  [/^57014/, 'backend.timeout'],
  [/^08/, 'backend.unreachable'],
  [/^(?:53|57P|58|XX|F0)/, 'backend.server-error'],
  [/^[0-9A-Z]{5}$/, 'backend.query'],
];

/** What the driver threw, as a failure. */
export function postgresFailure(error: unknown, source: SqlSource, statement: Statement): BackendError {
  if (error instanceof BackendError) return error;
  const { code, message } = wordsOf(error);
  const onSocket = socketFailure(code, message);
  if (onSocket !== undefined) return refusalOf(source, { code: onSocket, said: message });
  const found = STATES.find(([state]) => state.test(code))?.[1];
  if (found === undefined) return refusalOf(source, driverTrouble(message));
  return refusalOf(
    source,
    { code: found, said: said(error, message), offset: offsetOf(error, statement.sql), mend: mendOf(code) },
    statement,
  );
}

/** Trouble that the driver names in words alone. */
function driverTrouble(message: string): { readonly code: FailureCode; readonly said: string } {
  if (/timeout expired|connection timeout/i.test(message)) return { code: 'backend.timeout', said: message };
  if (/password/i.test(message)) return { code: 'backend.auth', said: message };
  if (/terminated|not queryable|closed/i.test(message)) return { code: 'backend.unreachable', said: message };
  return { code: 'backend.malformed', said: message };
}

function mendOf(code: string): string | undefined {
  if (code === '25006') return 'a gate only reads: ask for what is there, and write elsewhere';
  if (code === '42883' || code === '42804' || code === '42P18')
    return 'a variable goes in as text; where another type is wanted, say so: CAST({{name}} AS integer)';
  return undefined;
}

function said(error: unknown, message: string): string {
  const hint = textIn(error, 'hint');
  return hint === '' ? message : `${message} (${hint})`;
}

/** PostgreSQL counts characters, from 1. */
function offsetOf(error: unknown, sql: string): number | undefined {
  const position = Number(textIn(error, 'position'));
  if (!Number.isInteger(position) || position < 1) return undefined;
  return [...sql].slice(0, position - 1).join('').length;
}

function textIn(error: unknown, key: string): string {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, key) : undefined;
  return typeof value === 'string' ? value : '';
}
