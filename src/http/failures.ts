import { STATUS_CODES } from 'node:http';
import type { HttpRequest } from '../contracts/http.js';
import type { Failure, FailureCode } from '../model/failure.js';
import { formatDuration } from '../model/time.js';
import { unreachable } from '../model/unreachable.js';
import { excerpt, type Mask, placeOf } from './mask.js';
import { LONGEST_WAIT_MS } from './retry.js';
import type { Trouble } from './trouble.js';

/** Statuses that blame what was asked, and neither the server nor who asks: a gate to mend, and no retry mends it. */
const MALFORMED: ReadonlySet<number> = new Set([400, 422]);

/** Where a request stood when it failed. */
export interface Circumstances {
  readonly request: HttpRequest;
  /** URLs of the last try, redirects included; the last one failed. */
  readonly trail: readonly string[];
  readonly proxy: URL | undefined;
  readonly attempts: number;
  readonly attemptTimeoutMs: number;
  readonly mask: Mask;
}

type Said = Pick<Failure, 'message' | 'mend'> & { readonly code: FailureCode };

/** The failure that a request ends with: chosen fields alone, each through the mask. */
export function failureOf(trouble: Trouble, at: Circumstances): Failure {
  const { code, message, mend } = say(trouble, at);
  const tries = at.attempts > 1 ? ` (${at.attempts} tries)` : '';
  return {
    code,
    message: at.mask(`${message}${tries}`),
    ...(mend === undefined ? {} : { mend: at.mask(mend) }),
    detail: detailOf(trouble, at),
    attempts: at.attempts,
  };
}

function detailOf(trouble: Trouble, at: Circumstances): readonly string[] {
  const places = at.trail.map((url) => placeOf(new URL(url)));
  const said = trouble.kind === 'status' ? excerpt(trouble.said, at.mask) : '';
  return [
    `${at.request.method} ${places.at(-1) ?? ''}`,
    ...(places.length > 1 ? [`redirected from ${places[0]}`] : []),
    ...(at.proxy === undefined ? [] : [`through the proxy ${at.proxy.protocol}//${at.proxy.host}`]),
    ...(said === '' ? [] : [`it said: ${said}`]),
  ].map(at.mask);
}

function say(trouble: Trouble, at: Circumstances): Said {
  const name = `backend "${at.request.backend}"`;
  switch (trouble.kind) {
    case 'network':
      return {
        code: 'backend.unreachable',
        message: `${name} could not be reached: ${[trouble.code, trouble.address].filter(Boolean).join(' ')}`,
        mend: `check the url of ${name}, and that it is up and can be reached from here`,
      };
    case 'dns':
      return {
        code: 'backend.dns',
        message: `the host name ${trouble.host === undefined ? '' : `"${trouble.host}" `}of ${name} could not be resolved (${trouble.code})`,
        mend: `check the host in the url of ${name}, and the name service here`,
      };
    case 'tls':
      return {
        code: 'backend.tls',
        message: `no trusted connection to ${name}: ${trouble.code}`,
        mend: tlsMend(trouble.code, name),
      };
    case 'timeout': {
      const limit = formatDuration(at.attemptTimeoutMs);
      return {
        code: 'backend.timeout',
        message: `${name} did not ${trouble.phase === 'answer' ? 'answer' : 'finish its answer'} in ${limit}`,
        mend: `ask for less at once, or allow ${name} more time`,
      };
    }
    case 'malformed':
      return {
        code: 'backend.malformed',
        message: `the answer of ${name} cannot be read: ${trouble.what}`,
        mend: `check the url of ${name}, and what stands between it and here`,
      };
    case 'too-large':
      return {
        code: 'backend.too-large',
        message: `the answer of ${name} is larger than ${sizeText(trouble.maxBytes)}, decompressed`,
        mend: 'ask for less: fewer series, a shorter window or a longer step',
      };
    case 'redirect':
      return { code: 'backend.redirect', message: `${name} ${trouble.what}`, mend: trouble.mend };
    case 'status':
      return sayStatus(trouble, name, at);
    default:
      return unreachable(trouble);
  }
}

function sayStatus(trouble: Trouble & { readonly kind: 'status' }, name: string, at: Circumstances): Said {
  const { status } = trouble;
  const waited = waitText(trouble.retryAfterMs);
  if (status === 401 || status === 403) return sayRefused(status, name, at);
  if (status === 404) {
    return {
      code: 'backend.not-found',
      message: `${name} knows no such address (404)`,
      mend: `check the url of ${name}, and its path`,
    };
  }
  if (status === 407) {
    return {
      code: 'backend.auth',
      message: 'the proxy asks for credentials (407)',
      mend: 'check the proxy variables of the environment',
    };
  }
  if (status === 429) {
    return {
      code: 'backend.rate-limited',
      message: `${name} answers no more for now: too many requests (429)${waited}`,
      mend: `ask ${name} less at once, or try again later`,
    };
  }
  const text = [status, STATUS_CODES[status]].filter(Boolean).join(' ');
  if (status >= 500) {
    return {
      code: 'backend.server-error',
      message: `${name} answered ${text}${waited}`,
      mend: `look at the state of ${name}; try again later`,
    };
  }
  if (MALFORMED.has(status)) {
    return {
      code: 'backend.query',
      message: `${name} rejected the query: ${text}`,
      mend: 'mend the query; what the server says stands below the message',
    };
  }
  return {
    code: 'backend.rejected',
    message: `${name} rejected the request: ${text}${waited}`,
    mend: `check the query and the url of ${name}`,
  };
}

function sayRefused(status: number, name: string, at: Circumstances): Said {
  const [first] = at.trail;
  const last = at.trail.at(-1);
  if (first !== undefined && last !== undefined && new URL(first).origin !== new URL(last).origin) {
    return {
      code: 'backend.auth',
      message: `${name} redirects to another server, which wants credentials (${status}); it was sent none`,
      mend: `give the final address as the url of ${name}`,
    };
  }
  return {
    code: 'backend.auth',
    message: `${name}: the server refused the credentials (${status})`,
    mend: `check auth of ${name}`,
  };
}

function waitText(retryAfterMs: number | undefined): string {
  if (retryAfterMs === undefined || retryAfterMs <= LONGEST_WAIT_MS) return '';
  return `, and asks to wait ${formatDuration(retryAfterMs)}, longer than the ${formatDuration(LONGEST_WAIT_MS)} that are waited`;
}

function tlsMend(code: string, name: string): string {
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return 'renew the certificate, or check the clock here';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `use a host name that the certificate holds, or give that name as "server-name" under tls of ${name}`;
  }
  if (/SELF_SIGNED|UNABLE_TO|CERT_UNTRUSTED|INVALID_CA/.test(code))
    return `give its authority as "ca" under tls of ${name}`;
  return `check that ${name} speaks TLS at this port, and which client certificate it wants (tls: cert, key)`;
}

function sizeText(bytes: number): string {
  return bytes >= 1024 ** 2
    ? `${Math.round(bytes / 1024 ** 2)} MiB`
    : `${Math.max(1, Math.round(bytes / 1024))} KiB`;
}
