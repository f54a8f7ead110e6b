import { BackendError, type FailureCode } from '../../model/failure.js';
import { caretAt } from '../prometheus/caret.js';
import type { AnswerSource } from '../shared/found.js';
import type { Statement } from './bind.js';

/** Who refused a statement, for messages; `mask` hides its secrets. */
export interface SqlSource extends AnswerSource {
  readonly product: string;
  readonly mask: (text: string) => string;
}

export interface Refusal {
  readonly code: FailureCode;
  /** The server's own words. */
  readonly said: string;
  /** Offset in what was sent, in UTF-16 units, where the server names one. */
  readonly offset?: number | undefined;
  readonly mend?: string | undefined;
}

const WHAT: Readonly<Partial<Record<FailureCode, string>>> = {
  'backend.query': 'rejected the query',
  'backend.auth': 'refused access',
  'backend.not-found': 'has no such database',
  'backend.rate-limited': 'takes no more for now',
  'backend.server-error': 'failed',
  'backend.timeout': 'did not answer in time',
  'backend.unreachable': 'could not be reached',
  'backend.dns': 'has a host that no name service knows',
  'backend.tls': 'could not be trusted',
  'backend.file': 'could not read a file',
  'backend.malformed': 'sent what cannot be read',
  'backend.too-large': 'would answer too much',
};

const MENDS: Readonly<Partial<Record<FailureCode, string>>> = {
  'backend.query': 'mend the statement; try it in the console of the server',
  'backend.auth': 'check "user" and "password", and what the user may read',
  'backend.not-found': 'check "database"',
  'backend.rate-limited': 'ask less at once (--concurrency), or raise the limits of the user',
  'backend.server-error': 'look at the state of the server, then try again',
  'backend.timeout': 'narrow the statement to {{from}} and {{to}}, or add an index',
  'backend.unreachable': 'check "host" and "port", and that it can be reached from here',
  'backend.dns': 'check the spelling of "host"',
  'backend.tls': 'name its authority: tls: { ca: FILE }; or "tls: off" where the network is trusted',
};

/** A server's refusal as a failure: its message, and a caret under the place in the statement where it names one. */
export function refusalOf(source: SqlSource, refusal: Refusal, statement?: Statement): BackendError {
  const { code, offset } = refusal;
  const mend = refusal.mend ?? MENDS[code];
  const said = source.mask(refusal.said.trim());
  const name = `${source.product} "${source.backend}"`;
  const isRejected = code === 'backend.query' && statement !== undefined;
  const shown =
    statement === undefined || offset === undefined
      ? (statement?.written.split('\n') ?? [])
      : caretAt(statement.written, statement.writtenOffset(offset));
  return new BackendError({
    code,
    message: isRejected ? `${name} rejected the query` : `${name} ${WHAT[code] ?? 'failed'}: ${said}`,
    ...(mend === undefined ? {} : { mend }),
    ...(isRejected ? { detail: [...shown, ...said.split('\n')] } : {}),
  });
}

/** Failures of sockets and TLS, as Node names them; undefined for what is none. */
export function socketFailure(code: string, message: string): FailureCode | undefined {
  if (/^(?:ENOTFOUND|EAI_)/.test(code)) return 'backend.dns';
  if (/^(?:ECONN|EHOST|ENET|EPIPE|EACCES|ENOENT|PROTOCOL_CONNECTION_LOST|EADDR)/.test(code))
    return 'backend.unreachable';
  if (code === 'ETIMEDOUT') return 'backend.timeout';
  const isTls =
    /^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|HANDSHAKE_(?:NO_)?SSL|ERR_OSSL)/.test(code) ||
    /does not support (?:SSL|secure)/i.test(message);
  return isTls ? 'backend.tls' : undefined;
}

/** What an unknown thrown thing says of itself. */
export function wordsOf(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof Error)) return { code: '', message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return { code, message: error.message === '' ? code : error.message };
}
