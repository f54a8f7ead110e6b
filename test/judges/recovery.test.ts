/** `take: recovery`: the time until a level holds, from counts and from numbers. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { point } from '../../src/judges/point.js';
import type { Observation } from '../../src/model/evidence.js';
import type { Take } from '../../src/model/take.js';
import { counts, numbers, ruleOf } from './support.js';

const UP: Take = { kind: 'recovery', operator: '>=', level: 0.7, steps: 3 };
const DOWN: Take = { ...UP, operator: '<=' };
/** `x` at the level, `.` below, `_` nothing, `0` no request. */
const countsOf = (text: string): Observation =>
  counts(
    ...[...text].map((each): readonly [number, number] | null =>
      each === '_' ? null : each === '0' ? [0, 0] : [each === 'x' ? 70 : 69, 100],
    ),
  );
const judged = (text: string, pass = '<= 180', warn?: string) =>
  point.judge(ruleOf(pass, { take: UP, ...(warn !== undefined && { warn }) }), countsOf(text), undefined);

describe('a recovery', () => {
  test.each([
    ['xxxxxx', 'pass', 0],
    ['..xxx.', 'pass', 120],
    ['...xxx', 'pass', 180],
    ['....xxx', 'fail: threshold', 240],
    ['x.x.xxx', 'fail: threshold', 240],
    // Not yet, and no longer possible within the limit.
    ['....', 'fail: threshold', 240],
    ['....xx', 'fail: threshold', 240],
    // Not yet, and still possible.
    ['...', 'inconclusive: window-not-full', 180],
    ['.xx', 'inconclusive: window-not-full', 60],
    // Gaps are in no run, and hide no lack of one.
    ['._xxx', 'pass', 120],
    ['.x_x.xxx', 'inconclusive: partial', 300],
    ['.x0x.xxx', 'inconclusive: partial', 300],
    ['....x_x.xxx', 'fail: threshold', 480],
    ['.x_', 'inconclusive: partial', 60],
    ['____', 'inconclusive: no-data', null],
  ] as const)('%s within three minutes: %s', (text, is, value) => {
    const { verdict, reason, value: found } = judged(text);
    expect([reason === null ? verdict : `${verdict}: ${reason.code}`, found]).toEqual([is, value]);
  });

  test('says what was left out, what is only a least, and what decides', () => {
    expect(judged('xxxx').notes).toEqual([]);
    expect(judged('.xx').notes).toEqual(['not recovered by the end of the window: at least this']);
    expect(judged('.x_x.xxx').notes).toEqual([
      'steps without data, not counted as recovered: 1',
      'with them it could be 1m',
    ]);
    expect(judged('.x_x.xxx').reason?.text).toBe('steps without data hide when it recovered: 1m or 5m');
    expect(judged('.x_').reason?.text).toBe('steps without data hide when it recovered: 1m at the earliest');
    expect(judged('.xx').reason?.text).toBe('not recovered yet, and there is time left');
  });

  test('warns between the limits, and is open where only one of them is decided', () => {
    const of = (text: string) => judged(text, '<= 60', '<= 180').verdict;
    expect([of('.xxx'), of('..xxx'), of('....xxx'), of('..')]).toEqual([
      'pass',
      'warn',
      'fail',
      'inconclusive',
    ]);
  });

  test('is read off numbers as well, and to a level below', () => {
    const rule = ruleOf('<= 180', { take: DOWN });
    const { value, n } = point.judge(rule, numbers(0.9, 0.8, 0.7, 0.6, 0.5, 0.9), undefined);
    expect([value, n]).toEqual([120, 6]);
  });

  test('counts requests, and draws no step of its own', () => {
    expect(judged('.xxx').n).toBe(400);
    expect(point.strata(ruleOf('<= 180', { take: UP }), countsOf('.xxx'))).toEqual([]);
    expect(point.strata(ruleOf('<= 180', { take: UP }), numbers(1, 2))).toEqual([]);
  });
});

describe('laws', () => {
  const text = fc.string({ unit: fc.constantFrom('x', '.', '_'), minLength: 1, maxLength: 12 });

  test('data in the place of a gap never turn a pass into a fail, or a fail into a pass', () => {
    fc.assert(
      fc.property(text, fc.constantFrom('x', '.'), fc.nat(11), (steps, fill, at) => {
        const filled = [...steps].map((each, i) => (i === at % steps.length && each === '_' ? fill : each));
        const [before, after] = [judged(steps).verdict, judged(filled.join('')).verdict];
        if (before !== 'inconclusive') expect(after).toBe(before);
      }),
    );
  });

  test('what is decided stays decided, whatever comes later', () => {
    fc.assert(
      fc.property(text, text, (steps, later) => {
        const { verdict } = judged(steps);
        if (verdict !== 'inconclusive') expect(judged(steps + later).verdict).toBe(verdict);
      }),
    );
  });

  test('a window that holds the limit and the run after it decides, unless there are gaps', () => {
    const whole = fc.string({ unit: fc.constantFrom('x', '.'), minLength: 6, maxLength: 12 });
    fc.assert(
      fc.property(whole, (steps) => {
        expect(judged(steps).verdict).not.toBe('inconclusive');
      }),
    );
  });
});
