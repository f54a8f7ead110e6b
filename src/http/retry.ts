import { type EpochMs, parseHttpDate } from '../model/time.js';
import { unreachable } from '../model/unreachable.js';
import type { Trouble } from './trouble.js';

const BASE_MS = 250;
const CAP_MS = 8000;
/** A server that asks for more than this is told that nobody waits that long. */
export const LONGEST_WAIT_MS = 60_000;
const RETRIED_STATUSES: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/** Tries so far, the one that just failed included. */
export interface Tries {
  readonly made: number;
  /** Tries allowed after the first. */
  readonly retries: number;
  /** How many of those made ended in a malformed answer. */
  readonly malformed: number;
}

export type Decision = { readonly kind: 'again'; readonly waitMs: number } | { readonly kind: 'stop' };

const STOP: Decision = { kind: 'stop' };

/**
 * Whether a failed try is followed by another, and after how many milliseconds.
 *
 * @param random 0..1; the back-off is jittered in full, so that many runs of one pipeline do not return together
 */
export function decideRetry(trouble: Trouble, tries: Tries, random: number): Decision {
  if (tries.made > tries.retries || !isWorthRetrying(trouble, tries)) return STOP;
  const asked = trouble.kind === 'status' ? trouble.retryAfterMs : undefined;
  if (asked !== undefined && asked > LONGEST_WAIT_MS) return STOP;
  if (asked !== undefined && asked > 0) return { kind: 'again', waitMs: asked };
  return { kind: 'again', waitMs: random * Math.min(CAP_MS, BASE_MS * 2 ** (tries.made - 1)) };
}

function isWorthRetrying(trouble: Trouble, tries: Tries): boolean {
  switch (trouble.kind) {
    case 'network':
    case 'dns':
    case 'timeout':
      return true;
    case 'status':
      return RETRIED_STATUSES.has(trouble.status);
    case 'malformed':
      // Once: it may have been the network; a second time it is the server.
      return tries.malformed <= 1;
    case 'tls':
    case 'too-large':
    case 'redirect':
      return false;
    default:
      return unreachable(trouble);
  }
}

/**
 * Milliseconds that `Retry-After` asks for, written as seconds or as an HTTP date.
 *
 * A date is counted from the answer's own `Date`, so that a wrong clock on either side does no harm.
 *
 * @returns undefined when there is none, or none that can be read
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>, now: EpochMs): number | undefined {
  const written = headers['retry-after']?.trim();
  if (written === undefined) return undefined;
  if (/^\d{1,9}$/.test(written)) return Number(written) * 1000;
  const at = parseHttpDate(written);
  if (at === undefined) return undefined;
  return Math.max(0, at - (parseHttpDate(headers['date'] ?? '') ?? now));
}
