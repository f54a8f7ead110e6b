/** What earlier values lead to expect, by hand and over many made-up pasts. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { forecastNext } from '../../src/stats/forecast.js';
import { studentQuantile } from '../../src/stats/student-t.js';
import { normal, streamOf } from '../support/store/random.js';

const MAD_TO_SIGMA = 1.482602218505602;

describe('the forecast of the next value', () => {
  test('is the fading mean, and its scale the median of what such forecasts missed before', () => {
    // Forecasts 1, (1/2 + 3) / (3/2) = 7/3, (1/4 + 3/2 + 2) / (7/4) = 15/7 of 3, 2, 5.
    const { centre, scale, df } = forecastNext([1, 3, 2, 5]);
    expect(centre).toBeCloseTo((1 / 8 + 3 / 4 + 2 / 2 + 5) / (15 / 8), 12);
    expect(scale).toBeCloseTo(2 * MAD_TO_SIGMA, 12);
    expect(df).toBe(1.5);
  });

  test('the middle of two medians is taken', () => {
    // Errors 1 and 5/3.
    expect(forecastNext([0, 1, -1]).scale).toBeCloseTo(((1 + 5 / 3) / 2) * MAD_TO_SIGMA, 12);
  });

  test('a past that mostly stands still is told by its mean error, one that never moves by none', () => {
    const still = forecastNext([2, 2, 2, 2, 2, 2, 2, 2, 2, 7]);
    expect(still.scale).toBeCloseTo((5 / 9) * 1.2533141373155, 12);
    expect(forecastNext([4, 4, 4]).scale).toBe(0);
  });

  const past = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 40 });

  test('lies within the past, and moves and stretches with it', () => {
    fc.assert(
      fc.property(past, fc.integer({ min: 1, max: 9 }), (values, factor) => {
        const { centre, scale } = forecastNext(values);
        expect(centre).toBeGreaterThanOrEqual(Math.min(...values) - 1e-6);
        expect(centre).toBeLessThanOrEqual(Math.max(...values) + 1e-6);
        const moved = forecastNext(values.map((value) => 5 - factor * value));
        expect(moved.centre).toBeCloseTo(5 - factor * centre, 6);
        expect(moved.scale).toBeCloseTo(factor * scale, 6);
      }),
    );
  });

  test('one incident in the past changes the scale by little', () => {
    const calm = [10, 12, 11, 9, 10, 11, 12, 10, 9, 11, 10, 12, 11, 10, 9, 10, 11, 12, 10, 11];
    const shaken = calm.map((value, i) => (i === 8 ? 900 : value));
    expect(forecastNext(shaken).scale).toBeLessThan(3 * forecastNext(calm).scale);
    expect(Math.abs(forecastNext(shaken).centre - forecastNext(calm).centre)).toBeLessThan(0.5);
  });
});

describe("Student's quantile times the scale keeps its level", () => {
  const PASTS = 8000;
  test.each([
    [10, 0],
    [10, 1],
    [20, 0],
    [20, 0.3],
    [20, 1],
    [40, 0.3],
  ])('%d windows that drift by %d of their noise', (windows, drift) => {
    const random = streamOf(1, `forecast ${windows} ${drift}`);
    const levels = [0.05, 0.01];
    const beyond = levels.map(() => 0);
    for (let i = 0; i < PASTS; i += 1) {
      let level = 0;
      const values = Array.from({ length: windows + 1 }, () => {
        level += drift * normal(random);
        return level + normal(random);
      });
      const now = values.pop() ?? Number.NaN;
      const { centre, scale, df } = forecastNext(values);
      levels.forEach((chance, j) => {
        if (now - centre > studentQuantile(1 - chance, df) * scale) beyond[j] = (beyond[j] ?? 0) + 1;
      });
    }
    levels.forEach((chance, j) => {
      // Three standard errors of the simulation above the level, and not far below it either: power is wanted too.
      const share = (beyond[j] ?? 0) / PASTS;
      expect(share).toBeLessThan(chance + 3 * Math.sqrt((chance * (1 - chance)) / PASTS));
      expect(share).toBeGreaterThan(chance / 2);
    });
  });
});
