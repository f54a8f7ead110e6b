/** When a row burns, is quiet or is open: three-valued, window by window. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SeenWindow } from '../../src/contracts/judge.js';
import { burn } from '../../src/judges/burn.js';
import type { BurnRow, BurnRule } from '../../src/model/burn.js';
import type { Reason } from '../../src/model/reason.js';
import { counts, ruleOf } from './support.js';

const HOUR = 3_600_000;
const row = (name: string, severity: BurnRow['severity'], num: number): BurnRow => ({
  name,
  severity,
  longMs: HOUR,
  shortMs: HOUR / 12,
  factor: num,
  limit: { num, den: 1000 },
  fewest: 100,
});
const RULE: BurnRule = {
  objective: 0.999,
  budget: { num: 1, den: 1000 },
  periodMs: 720 * HOUR,
  counts: 'bad',
  rows: [row('page', 'page', 10), row('ticket', 'ticket', 2)],
  remaining: null,
};

interface Side {
  readonly bad: number;
  readonly n: number;
  readonly unusable?: Reason;
}
const STALE: Reason = { code: 'stale', text: 'the newest data are old' };
const BURNS: Side = { bad: 50, n: 1000 };
const QUIET: Side = { bad: 1, n: 1000 };
const FEW: Side = { bad: 50, n: 99 };
const LOST: Side = { ...BURNS, unusable: STALE };

const windowOf = (name: string, lengthMs: number, { bad, n, unusable }: Side): SeenWindow => ({
  name,
  window: { from: -lengthMs, to: 0, stepMs: lengthMs },
  observation: counts([bad, n]),
  unusable,
});
const windowsOf = (long: Side, short: Side, of = ['page', 'ticket']): readonly SeenWindow[] =>
  of.flatMap((name) => [windowOf(`${name} long`, HOUR, long), windowOf(`${name} short`, HOUR / 12, short)]);
const judge = (windows: readonly SeenWindow[], rule: BurnRule = RULE) =>
  burn.judge({ ...ruleOf('<= 1'), burn: rule }, counts([0, 1]), undefined, undefined, windows);

describe('a row', () => {
  test.each([
    ['both windows above', BURNS, BURNS, 'burns', 'fail'],
    ['it was long, and is over', BURNS, QUIET, 'quiet', 'pass'],
    ['it has just begun', QUIET, BURNS, 'quiet', 'pass'],
    ['too few now, and it was long', BURNS, FEW, 'open', 'inconclusive'],
    ['too few now, and it was not long', QUIET, FEW, 'quiet', 'pass'],
    ['lost now, and it was long', BURNS, LOST, 'open', 'inconclusive'],
    ['lost altogether', LOST, LOST, 'open', 'inconclusive'],
    ['too few altogether', FEW, FEW, 'open', 'inconclusive'],
  ])('%s', (_, long, short, state, verdict) => {
    const { burn: told, ...judgement } = judge(windowsOf(long, short));
    expect([told?.rows[0]?.state, judgement.verdict]).toEqual([state, verdict]);
  });

  test('good events are what is left of all', () => {
    const good = { ...RULE, counts: 'good' as const };
    expect(judge(windowsOf({ bad: 950, n: 1000 }, { bad: 950, n: 1000 }), good).verdict).toBe('fail');
    expect(judge(windowsOf({ bad: 999, n: 1000 }, { bad: 999, n: 1000 }), good).verdict).toBe('pass');
  });

  test('no window is no pass', () => {
    expect(judge([]).verdict).toBe('inconclusive');
  });
});

describe('several rows', () => {
  const some = { bad: 5, n: 1000 };
  test.each([
    ['a ticket alone warns', windowsOf(some, some), 'warn'],
    [
      'a page beats what is open',
      [...windowsOf(BURNS, BURNS, ['page']), ...windowsOf(LOST, LOST, ['ticket'])],
      'fail',
    ],
    [
      'what is open beats a ticket',
      [...windowsOf(LOST, LOST, ['page']), ...windowsOf(some, some, ['ticket'])],
      'inconclusive',
    ],
  ])('%s', (_, windows, verdict) => {
    expect(judge(windows).verdict).toBe(verdict);
  });
});

const side = fc.record({
  bad: fc.nat(60),
  n: fc.integer({ min: 60, max: 2000 }),
  unusable: fc.option(fc.constant(STALE), { nil: undefined }),
});
const sideOf = fc
  .oneof(side, fc.constant(BURNS), fc.constant(QUIET))
  .map(
    ({ bad, n, ...more }): Side =>
      'unusable' in more && more.unusable !== undefined ? { bad, n, unusable: STALE } : { bad, n },
  );

describe('laws', () => {
  test('losing a window never makes a pass or a warning of anything worse, and never a fail of anything better', () => {
    fc.assert(
      fc.property(sideOf, sideOf, fc.boolean(), (long, short, isLong) => {
        const before = judge(windowsOf(long, short)).verdict;
        const lost = { unusable: STALE };
        const after = judge(
          windowsOf(isLong ? { ...long, ...lost } : long, isLong ? short : { ...short, ...lost }),
        ).verdict;
        return after === before || after === 'inconclusive';
      }),
    );
  });
  test('value and bound lie as the verdict says', () => {
    fc.assert(
      fc.property(sideOf, sideOf, (long, short) => {
        const { verdict, value, bound } = judge(windowsOf(long, short));
        if (verdict === 'inconclusive' || value === null || bound === null) return true;
        return verdict === 'pass' ? value <= bound : value > bound;
      }),
    );
  });
});
