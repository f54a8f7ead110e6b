/** The first run of steps that hold: what is certain of it, and what gaps leave open. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recoveryOf } from '../../src/stats/recovery.js';

/** `x` held, `.` did not, `_` no data. */
const stepsOf = (text: string): readonly (boolean | null)[] =>
  [...text].map((each) => (each === '_' ? null : each === 'x'));

test.each([
  ['xxx', 3, 0, 0],
  ['..xxx', 3, 2, 2],
  ['..xx.xxx', 3, 5, 5],
  ['..xxx...', 3, 2, 2],
  ['..xx', 3, 2, null],
  ['....', 3, 4, null],
  ['', 3, 0, null],
  // A gap is in no run, but may have been.
  ['.x_x.xxx', 3, 1, 5],
  ['_xxx', 3, 0, 1],
  ['.xx_', 3, 1, null],
  ['___', 3, 0, null],
  ['._.xxx', 3, 3, 3],
])('%s, %i in a row: from %i to %s', (text, needed, least, most) => {
  expect(recoveryOf(stepsOf(text), needed)).toEqual({ least, most });
});

describe('laws', () => {
  const step = fc.constantFrom(true, false, null);
  const steps = fc.array(step, { maxLength: 20 });
  const needed = fc.integer({ min: 1, max: 6 });

  test('whatever a gap hides, the recovery lies within what was said', () => {
    fc.assert(
      fc.property(
        steps,
        fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }),
        needed,
        (all, hidden, n) => {
          const told = recoveryOf(all, n);
          const truth = recoveryOf(
            all.map((each, i) => each ?? hidden[i] ?? false),
            n,
          );
          expect(told.least).toBeLessThanOrEqual(truth.least);
          if (told.most !== null)
            expect(truth.most ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(told.most);
        },
      ),
    );
  });

  test('later steps change nothing of what was found, and never bring it forward', () => {
    fc.assert(
      fc.property(steps, steps, needed, (all, later, n) => {
        const [before, after] = [recoveryOf(all, n), recoveryOf([...all, ...later], n)];
        expect(after.least).toBeGreaterThanOrEqual(before.least);
        if (before.most !== null) expect(after).toEqual(before);
      }),
    );
  });

  test('without gaps it is exact: a run of that length, and none before it', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 20 }), needed, (all, n) => {
        const { least, most } = recoveryOf(all, n);
        const isRun = (start: number): boolean =>
          start + n <= all.length && all.slice(start, start + n).every((each) => each);
        const first = all.findIndex((_, start) => isRun(start));
        expect(most).toBe(first < 0 ? null : first);
        if (most !== null) expect(least).toBe(most);
        else expect(all.slice(least).every((each) => each)).toBe(true);
      }),
    );
  });

  test('a longer run is never there sooner', () => {
    fc.assert(
      fc.property(steps, needed, (all, n) => {
        const [short, long] = [recoveryOf(all, n), recoveryOf(all, n + 1)];
        expect(long.least).toBeGreaterThanOrEqual(short.least);
        if (long.most !== null) expect(short.most ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(long.most);
      }),
    );
  });
});
