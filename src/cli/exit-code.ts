import type { Outcome } from '../engine/report.js';
import type { Failure } from '../model/failure.js';
import { classOf, type ReasonClass } from '../model/reason.js';
import { unreachable } from '../model/unreachable.js';
import type { FoldedVerdict } from '../model/verdict.js';
import type { StopSignal } from './io.js';

/** Every exit code there is; public, fixed for ever. */
export const EXIT = {
  pass: 0,
  fail: 1,
  config: 2,
  inconclusive: 3,
  backend: 4,
  warn: 5,
  internal: 70,
  sigint: 130,
  sigterm: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Flags that bear on the exit code. */
export interface ExitFlags {
  readonly failOnWarn: boolean;
  readonly maxWarnings: number | undefined;
  readonly exitZero: boolean;
}

/**
 * The exit code of a run, a function of verdict, reason class and flags:
 * interrupted, then a proven breach, a rejected query, a backend, missing evidence, warnings.
 */
export function exitCodeOf(outcome: Outcome, flags: ExitFlags, stopped: StopSignal | undefined): ExitCode {
  if (stopped !== undefined) return stopped === 'SIGINT' ? EXIT.sigint : EXIT.sigterm;
  const code = codeOf(outcome.verdict, errorClasses(outcome), warningCount(outcome), flags);
  // "Report only" forgives verdicts; a gate whose query the server rejects is broken, and stays 2.
  return flags.exitZero && code !== EXIT.config ? EXIT.pass : code;
}

/** The exit code of a recording that was not written: 4 where the deadline of the run came before its answers. */
export function exitCodeOfUnwritten(failures: readonly Failure[]): ExitCode {
  return failures.some(({ code }) => code === 'backend.deadline') ? EXIT.backend : EXIT.config;
}

function codeOf(
  verdict: FoldedVerdict,
  errors: ReadonlySet<ReasonClass>,
  warnings: number,
  flags: ExitFlags,
): ExitCode {
  switch (verdict) {
    case 'fail':
      return EXIT.fail;
    case 'error':
      return errors.has('query') ? EXIT.config : EXIT.backend;
    case 'inconclusive':
      return EXIT.inconclusive;
    case 'warn':
    case 'pass': {
      const isTooMany = flags.maxWarnings !== undefined && warnings > flags.maxWarnings;
      // A score may warn without any criterion that does.
      const isWarned = verdict === 'warn' || warnings > 0;
      return (flags.failOnWarn && isWarned) || isTooMany ? EXIT.warn : EXIT.pass;
    }
    default:
      return unreachable(verdict);
  }
}

/** Warnings of blocking criteria: what is advisory never blocks, by no flag either. */
function warningCount(outcome: Outcome): number {
  const criteria = outcome.gates.flatMap((gate) => gate.criteria);
  return criteria.filter(({ verdict, advisory }) => verdict === 'warn' && !advisory).length;
}

/** Classes of what went wrong in blocking criteria whose verdict is `error`. */
function errorClasses(outcome: Outcome): ReadonlySet<ReasonClass> {
  return new Set(
    outcome.gates.flatMap((gate) =>
      gate.criteria.flatMap((criterion) =>
        criterion.verdict === 'error' && !criterion.advisory && criterion.reason !== null
          ? [classOf(criterion.reason)]
          : [],
      ),
    ),
  );
}
