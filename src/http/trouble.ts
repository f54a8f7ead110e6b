/** What went wrong in one try, as plain data: nothing of the request, and nothing of axios, is in it. */
export type Trouble =
  | { readonly kind: 'network'; readonly code: string; readonly address?: string }
  | { readonly kind: 'dns'; readonly code: string; readonly host?: string }
  | { readonly kind: 'tls'; readonly code: string }
  /** `answer`: nothing came; `body`: the answer began and did not end. */
  | { readonly kind: 'timeout'; readonly phase: 'answer' | 'body' }
  /** Cut short, wrongly compressed, or no HTTP at all. */
  | { readonly kind: 'malformed'; readonly what: string }
  | { readonly kind: 'too-large'; readonly maxBytes: number }
  | { readonly kind: 'redirect'; readonly what: string; readonly mend: string }
  | {
      readonly kind: 'status';
      readonly status: number;
      /** What Retry-After asks for. */
      readonly retryAfterMs?: number;
      /** The beginning of the body, unmasked: it goes through `excerpt` before it is shown. */
      readonly said: string;
    };

/** Carries a trouble up to the retry loop; never leaves this folder. */
export class TroubleError extends Error {
  readonly trouble: Trouble;
  constructor(trouble: Trouble) {
    super(trouble.kind);
    this.trouble = trouble;
  }
}

const DNS = /^(?:ENOTFOUND|EAI_[A-Z]+|ENODATA)$/;
const TLS =
  /^(?:EPROTO|ERR_(?:TLS|SSL|OSSL)_\w+|CERT_\w+|CRL_\w+|UNABLE_TO_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|HOSTNAME_MISMATCH|INVALID_(?:CA|PURPOSE)|PATH_LENGTH_EXCEEDED|ERROR_IN_CERT_\w+)$/;

/**
 * The trouble that an error of axios, node:http or node:tls stands for.
 *
 * Chosen fields alone are read: an AxiosError also holds headers, URL and body.
 */
export function troubleOf(error: unknown): Trouble {
  const cause = rootOf(error);
  if (cause instanceof TroubleError) return cause.trouble;
  const code = textOf(cause, 'code') ?? textOf(error, 'code') ?? textOf(cause, 'name') ?? 'unknown error';
  // axios' own timer says ECONNABORTED; the kernel's error of that name has a system call.
  if (code === 'ECONNABORTED' && textOf(cause, 'syscall') === undefined)
    return { kind: 'timeout', phase: 'answer' };
  if (DNS.test(code)) return withText({ kind: 'dns', code }, 'host', textOf(cause, 'hostname'));
  if (TLS.test(code)) return { kind: 'tls', code };
  if (code.startsWith('HPE_')) return { kind: 'malformed', what: `what came is not HTTP (${code})` };
  const address = textOf(cause, 'address');
  const port = portOf(cause);
  return withText(
    { kind: 'network', code },
    'address',
    address === undefined || port === undefined ? address : joined(address, port),
  );
}

/** axios wraps the system's error as `cause`; a name with several addresses fails with one error for each. */
function rootOf(error: unknown): unknown {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof AggregateError ? (cause.errors[0] ?? cause) : cause;
}

function textOf(value: unknown, name: string): string | undefined {
  const field = fieldOf(value, name);
  return typeof field === 'string' ? field : undefined;
}

function portOf(value: unknown): number | undefined {
  const field = fieldOf(value, 'port');
  return typeof field === 'number' ? field : undefined;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function joined(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function withText<T extends object, K extends string>(base: T, name: K, text: string | undefined): T {
  return text === undefined ? base : { ...base, [name]: text };
}
