import type { Span } from './span.js';

/** Every code of mendable trouble. `gatekeeper explain CODE` has a page for each (src/cli/explain). */
export const FAILURE_CODES = [
  'usage',
  'gatefile.not-found',
  'gatefile.unreadable',
  'gatefile.encoding',
  'gatefile.too-large',
  'gatefile.empty',
  'gatefile.many-documents',
  'gatefile.syntax',
  'gatefile.duplicate-key',
  'gatefile.unknown-key',
  'gatefile.not-yet-supported',
  'gatefile.invalid',
  'gatefile.missing-key',
  'gatefile.unknown-name',
  'gatefile.duplicate-name',
  'gatefile.limit',
  'gatefile.unit',
  'gatefile.take',
  'gatefile.query',
  'gatefile.window',
  'gatefile.since-required',
  'gatefile.variable',
  'gatefile.empty-variable',
  'gatefile.environment',
  'gatefile.secret',
  'gatefile.no-blocking-criterion',
  'gatefile.loosened',
  'gatefile.cycle',
  'gatefile.waiver',
  'gatefile.power',
  'gatefile.incident',
  'backend.unreachable',
  'backend.dns',
  'backend.tls',
  'backend.timeout',
  'backend.auth',
  'backend.not-found',
  'backend.rate-limited',
  'backend.server-error',
  'backend.redirect',
  'backend.rejected',
  'backend.malformed',
  'backend.too-large',
  'backend.exec',
  'backend.file',
  'backend.driver',
  'backend.query',
  'backend.answer-shape',
  'backend.deadline',
  'backend.interrupted',
  'recording.missing',
  'recording.invalid',
  'recording.conflict',
  'recording.write',
  'recording.secret',
  'recording.stale',
  'report.write',
  'gatetest.notation',
  'gatetest.series',
  'gatetest.page',
  'gatetest.unknown-name',
  'gatetest.expectation',
] as const;

export type FailureCode = (typeof FAILURE_CODES)[number];

/** Mendable trouble as data: what happened, where, and how to mend it. */
export interface Failure {
  readonly code: FailureCode;
  /** One sentence with the user's own words quoted; no stack, no secret. */
  readonly message: string;
  readonly span?: Span;
  /** Where it lies inside the checked block, for the loader to make a span of. */
  readonly path?: readonly (string | number)[];
  /** How to mend it, as an instruction. */
  readonly mend?: string;
  /** More lines, printed as they are: a server's message, a query with a caret. */
  readonly detail?: readonly string[];
  /** Tries that were made, for trouble with a backend. */
  readonly attempts?: number;
}

/** A value, or all the trouble there is. */
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failures: readonly Failure[] };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });
export const failed = (...failures: Failure[]): Result<never> => ({ ok: false, failures });

/** The one exception a backend throws; `engine/collect` alone catches it and makes a failed measurement. */
export class BackendError extends Error {
  readonly failure: Failure;
  constructor(failure: Failure, options?: ErrorOptions) {
    super(failure.message, options);
    this.name = 'BackendError';
    this.failure = failure;
  }
}
