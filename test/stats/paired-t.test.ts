/** Student's t on differences per step, at every look. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pairedTEvidenceBeyond, tHalfWidth } from '../../src/stats/paired-t.js';
import { chance } from './sequential/support.js';

const NEVER = Number.NEGATIVE_INFINITY;
const SERIES = [0.021, 0.034, 0.008, 0.027, 0.041, 0.012, 0.019, 0.038, 0.025, 0.03, 0.016, 0.022];

/** `n` differences, an even number, with standard deviation 1 and Student's `t`. */
function withT(t: number, n: number): readonly number[] {
  const spread = Math.sqrt((n - 1) / n);
  return Array.from({ length: n }, (_, i) => t / Math.sqrt(n) + (i % 2 === 0 ? spread : -spread));
}

describe('worked numbers', () => {
  test.each([
    { t: 3, n: 10, twoSided: 1.799103 },
    { t: 3, n: 20, twoSided: 2.2570996 },
    { t: 2, n: 50, twoSided: 0.254372 },
  ])('t $t of $n differences', ({ t, n, twoSided }) => {
    const differences = withT(t, n);
    expect(pairedTEvidenceBeyond(differences, 0, 1).at(-1)).toBeCloseTo(twoSided + Math.LN2, 6);
    expect(pairedTEvidenceBeyond(differences, 0, -1).at(-1)).toBe(NEVER);
    expect(pairedTEvidenceBeyond(withT(-t, n), 0, -1).at(-1)).toBeCloseTo(twoSided + Math.LN2, 6);
  });

  test.each([
    { n: 10, half: 1.28997 },
    { n: 20, half: 0.757988 },
    { n: 50, half: 0.456954 },
  ])('half width of $n differences: $half of their spread', ({ n, half }) => {
    expect(tHalfWidth(n, 0.05)).toBeCloseTo(half, 6);
  });

  test('a series of twelve', () => {
    expect(pairedTEvidenceBeyond(SERIES, 0, 1).at(-1)).toBeCloseTo(7.112751 + Math.LN2, 6);
    const mean = SERIES.reduce((sum, value) => sum + value, 0) / SERIES.length;
    const half = 0.0101396 * tHalfWidth(12, 0.05);
    expect(mean - half).toBeCloseTo(0.013363, 6);
    expect(mean + half).toBeCloseTo(0.03547, 6);
  });
});

describe('at the ends', () => {
  test('one difference says nothing', () => {
    expect([...pairedTEvidenceBeyond([5], 0, 1)]).toEqual([NEVER]);
    expect([...pairedTEvidenceBeyond([], 0, 1)]).toEqual([]);
  });

  test('fewer than six differences give no range', () => {
    for (const n of [0, 1, 2, 3, 4, 5]) expect(tHalfWidth(n, 0.05)).toBe(Number.POSITIVE_INFINITY);
    expect(tHalfWidth(6, 0.05)).toBeLessThan(Number.POSITIVE_INFINITY);
  });

  test('differences that do not vary are the limit of ones that hardly do', () => {
    const still = pairedTEvidenceBeyond([3, 3, 3, 3, 3, 3], 2, 1).at(-1) ?? Number.NaN;
    const hardly = pairedTEvidenceBeyond([3, 3 + 1e-9, 3, 3 - 1e-9, 3, 3 + 1e-9], 2, 1).at(-1) ?? Number.NaN;
    expect(still).toBeCloseTo(hardly, 6);
    expect(still).toBeCloseTo((5 / 2) * Math.log(8 / 2) + Math.LN2, 12);
  });

  test('a mean on the centre is on neither side', () => {
    expect(pairedTEvidenceBeyond([1, -1], 0, 1).at(-1)).toBe(NEVER);
    expect(pairedTEvidenceBeyond([1, -1], 0, -1).at(-1)).toBe(NEVER);
    expect([...pairedTEvidenceBeyond([2, 2, 2], 2, 1)]).toEqual([NEVER, NEVER, NEVER]);
  });
});

describe('laws', () => {
  const differences = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), {
    minLength: 2,
    maxLength: 40,
  });

  test('the range holds exactly the centres that neither side doubts at its half of the chance', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 6, maxLength: 30 }),
        fc.double({ min: -3, max: 3, noNaN: true }),
        (values, where) => {
          const n = values.length;
          const mean = values.reduce((sum, value) => sum + value, 0) / n;
          const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1));
          const half = spread * tHalfWidth(n, 0.05);
          fc.pre(spread > 0 && Number.isFinite(half) && Math.abs(Math.abs(where) - 1) > 1e-6);
          const centre = mean + where * half;
          const lnE = Math.max(
            pairedTEvidenceBeyond(values, centre, 1).at(-1) ?? NEVER,
            pairedTEvidenceBeyond(values, centre, -1).at(-1) ?? NEVER,
          );
          expect(lnE >= Math.log(2 / 0.05)).toBe(Math.abs(where) > 1);
        },
      ),
    );
  });

  test('a mirror swaps the sides, a shift moves the centre, a unit changes nothing', () => {
    const near = (a: Float64Array, b: Float64Array): void => {
      expect(a.length).toBe(b.length);
      a.forEach((value, i) => {
        if (value === NEVER) expect(b[i]).toBe(NEVER);
        else expect(b[i]).toBeCloseTo(value, 6);
      });
    };
    const whole = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(whole, fc.integer({ min: -9, max: 9 }), (values, shift) => {
        // The half keeps every mean off the centre, where rounding alone would choose the side.
        const centre = 0.123456789;
        const found = pairedTEvidenceBeyond(values, centre, 1);
        near(
          found,
          pairedTEvidenceBeyond(
            values.map((value) => -value),
            -centre,
            -1,
          ),
        );
        near(
          found,
          pairedTEvidenceBeyond(
            values.map((value) => value + shift),
            centre + shift,
            1,
          ),
        );
        near(
          found,
          pairedTEvidenceBeyond(
            values.map((value) => value * 1024),
            centre * 1024,
            1,
          ),
        );
      }),
    );
  });

  test('is never NaN', () => {
    fc.assert(
      fc.property(differences, fc.constantFrom<1 | -1>(1, -1), (values, side) => {
        for (const value of pairedTEvidenceBeyond(values, 0, side)) {
          expect(value).not.toBeNaN();
          expect(value).toBeLessThan(Number.POSITIVE_INFINITY);
        }
      }),
    );
  });

  test('normal differences about the centre are rarely doubted, over fifty looks', () => {
    const next = chance(20_261_121);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
    let alarms = 0;
    const rollouts = 1000;
    for (let rollout = 0; rollout < rollouts; rollout += 1) {
      const values = Array.from({ length: 50 }, () => 3 + 5 * normal());
      if (pairedTEvidenceBeyond(values, 3, 1).some((value) => value >= Math.log(20))) alarms += 1;
    }
    expect(alarms).toBeGreaterThan(0);
    expect(alarms / rollouts).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / rollouts));
  });
});
