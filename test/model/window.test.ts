/** The half-open window (from, to] and its strata. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shiftWindow, strataOf, stratumAt, type Window } from '../../src/model/window.js';

const MINUTE = 60_000;
const window: Window = { from: 10 * MINUTE, to: 15 * MINUTE, stepMs: MINUTE };

test.each([
  [10 * MINUTE, -1],
  [10 * MINUTE + 1, 0],
  [11 * MINUTE, 0],
  [11 * MINUTE + 1, 1],
  [12 * MINUTE, 1],
  [15 * MINUTE, 4],
  [15 * MINUTE + 1, -1],
  [0, -1],
  [Number.NaN, -1],
])('instant %d lies in stratum %d', (t, index) => {
  expect(stratumAt(window, t)).toBe(index);
});

test('a window holds as many strata as steps', () => {
  expect(strataOf(window)).toBe(5);
  expect(strataOf({ ...window, to: window.from })).toBe(0);
  expect(strataOf({ ...window, to: window.from - MINUTE })).toBe(0);
});

test('every instant of the window lies in just the stratum (t - step, t]', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 10 ** 12 }),
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 1, max: 3600 }),
      fc.nat(),
      (from, strata, stepSeconds, offset) => {
        const stepMs = stepSeconds * 1000;
        const any: Window = { from, to: from + strata * stepMs, stepMs };
        const t = from + 1 + (offset % (strata * stepMs));
        const index = stratumAt(any, t);
        expect(index).toBeGreaterThanOrEqual(0);
        expect(index).toBeLessThan(strataOf(any));
        const end = from + (index + 1) * stepMs;
        expect(end - stepMs < t && t <= end).toBe(true);
      },
    ),
  );
});

test('a window moved into the past is as long and holds the same strata', () => {
  fc.assert(
    fc.property(fc.nat(10 ** 9), fc.integer({ min: 0, max: 5 * MINUTE }), (by, offset) => {
      const moved = shiftWindow(window, by);
      expect(moved).toEqual({ from: window.from - by, to: window.to - by, stepMs: MINUTE });
      expect(stratumAt(moved, window.from + offset - by)).toBe(stratumAt(window, window.from + offset));
    }),
  );
});
