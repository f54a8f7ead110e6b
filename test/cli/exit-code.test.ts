/** The exit code is a function of verdict, reason class and flags: the whole table. */
import { describe, expect, test } from 'vitest';
import { EXIT, type ExitFlags, exitCodeOf } from '../../src/cli/exit-code.js';
import type { Outcome } from '../../src/engine/report.js';
import type { ReasonCode } from '../../src/model/reason.js';
import type { CriterionResult } from '../../src/model/report.js';
import { type FoldedVerdict, VERDICTS, type Verdict } from '../../src/model/verdict.js';

const NO_FLAGS: ExitFlags = { failOnWarn: false, maxWarnings: undefined, exitZero: false };

interface Seen {
  readonly verdict: Verdict;
  readonly reason?: ReasonCode;
  readonly advisory?: boolean;
}

/** As much of a run's outcome as the exit code depends on. */
function outcome(verdict: FoldedVerdict, criteria: readonly Seen[] = []): Outcome {
  const results = criteria.map(({ verdict: each, reason, advisory = false }) => ({
    verdict: each,
    advisory,
    reason: reason === undefined ? null : { code: reason, text: '' },
  })) as unknown as readonly CriterionResult[];
  const counts = Object.fromEntries(
    VERDICTS.map((each) => [each, criteria.filter((one) => one.verdict === each).length]),
  );
  return { verdict, counts, gates: [{ criteria: results }] } as unknown as Outcome;
}

const WARN: Seen = { verdict: 'warn', reason: 'threshold' };
const PASS: Seen = { verdict: 'pass' };
const FAIL: Seen = { verdict: 'fail', reason: 'threshold' };
const NO_DATA: Seen = { verdict: 'inconclusive', reason: 'no-data' };
const DEAD: Seen = { verdict: 'error', reason: 'backend' };
const LATE: Seen = { verdict: 'error', reason: 'deadline' };
const REJECTED: Seen = { verdict: 'error', reason: 'query' };

test.each<[name: string, code: number, outcome: Outcome]>([
  ['all passed', 0, outcome('pass', [PASS])],
  ['a warning', 0, outcome('warn', [PASS, WARN])],
  ['a breach', 1, outcome('fail', [FAIL])],
  ['a breach beside a dead backend', 1, outcome('fail', [DEAD, FAIL])],
  ['a breach beside a rejected query', 1, outcome('fail', [REJECTED, FAIL])],
  ['a breach beside missing data', 1, outcome('fail', [NO_DATA, FAIL])],
  ['a rejected query', 2, outcome('error', [REJECTED])],
  ['a rejected query beside a dead backend', 2, outcome('error', [DEAD, REJECTED])],
  ['a rejected query of an advisory criterion', 4, outcome('error', [DEAD, { ...REJECTED, advisory: true }])],
  ['a rejected query that the file lets pass', 4, outcome('error', [DEAD, { ...REJECTED, verdict: 'warn' }])],
  ['missing data', 3, outcome('inconclusive', [NO_DATA])],
  ['nothing at all', 3, outcome('inconclusive')],
  ['a dead backend', 4, outcome('error', [DEAD])],
  ['a dead backend beside missing data', 4, outcome('error', [NO_DATA, DEAD])],
  ['the deadline', 4, outcome('error', [LATE])],
])('%s: %i', (_name, code, seen) => {
  expect(exitCodeOf(seen, NO_FLAGS, undefined)).toBe(code);
});

describe('warnings', () => {
  const fail = { ...NO_FLAGS, failOnWarn: true };
  const most = (maxWarnings: number): ExitFlags => ({ ...NO_FLAGS, maxWarnings });
  const two = outcome('warn', [WARN, WARN, PASS]);

  test.each<[name: string, code: number, outcome: Outcome, flags: ExitFlags]>([
    ['--fail-on warn', 5, two, fail],
    ['--fail-on warn without any', 0, outcome('pass', [PASS]), fail],
    ['--fail-on warn, and a warning that the score makes up for', 5, outcome('pass', [PASS, WARN]), fail],
    [
      '--fail-on warn, and a score that warns though no criterion does',
      5,
      outcome('warn', [FAIL, PASS]),
      fail,
    ],
    [
      '--fail-on warn, and an advisory warning',
      0,
      outcome('pass', [PASS, { ...WARN, advisory: true }]),
      fail,
    ],
    ['--max-warnings 1 of two', 5, two, most(1)],
    ['--max-warnings 2 of two', 0, two, most(2)],
    ['--max-warnings 0 of an advisory one', 0, outcome('pass', [{ ...WARN, advisory: true }]), most(0)],
    ['both flags', 5, two, { ...fail, maxWarnings: 9 }],
    ['--fail-on warn leaves a breach at 1', 1, outcome('fail', [FAIL, WARN]), fail],
    ['--fail-on warn leaves a dead backend at 4', 4, outcome('error', [DEAD, WARN]), fail],
    ['--fail-on warn leaves missing data at 3', 3, outcome('inconclusive', [NO_DATA, WARN]), fail],
  ])('%s: %i', (_name, code, seen, flags) => {
    expect(exitCodeOf(seen, flags, undefined)).toBe(code);
  });
});

describe('--exit-zero forgives verdicts, and no gate that is broken', () => {
  const zero = { failOnWarn: true, maxWarnings: 0, exitZero: true };

  test.each<[name: string, code: number, outcome: Outcome]>([
    ['a pass', 0, outcome('pass', [PASS])],
    ['a warning', 0, outcome('warn', [WARN])],
    ['a breach', 0, outcome('fail', [FAIL])],
    ['missing data', 0, outcome('inconclusive', [NO_DATA])],
    ['a dead backend', 0, outcome('error', [DEAD])],
    ['a rejected query', 2, outcome('error', [REJECTED])],
  ])('%s: %i', (_name, code, seen) => {
    expect(exitCodeOf(seen, zero, undefined)).toBe(code);
  });
});

test('a signal comes before every verdict and every flag', () => {
  for (const verdict of ['pass', 'warn', 'fail', 'inconclusive', 'error'] as const) {
    for (const exitZero of [false, true]) {
      const flags = { ...NO_FLAGS, exitZero };
      expect(exitCodeOf(outcome(verdict, [REJECTED, FAIL]), flags, 'SIGINT')).toBe(130);
      expect(exitCodeOf(outcome(verdict, [REJECTED, FAIL]), flags, 'SIGTERM')).toBe(143);
    }
  }
});

test('the codes are these, for ever', () => {
  expect(EXIT).toEqual({
    pass: 0,
    fail: 1,
    config: 2,
    inconclusive: 3,
    backend: 4,
    warn: 5,
    internal: 70,
    sigint: 130,
    sigterm: 143,
  });
});
