/** Quantiles of Student's t, against scipy 1.17.1 (scipy.stats.t.ppf). */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalQuantile } from '../../src/stats/normal.js';
import { studentQuantile } from '../../src/stats/student-t.js';

describe("quantiles of Student's t", () => {
  test.each([
    [0.975, 1, 12.706204736174694],
    [0.975, 5, 2.5705818356363146],
    [0.95, 9.5, 1.8221893013186778],
    [0.995, 4.5, 4.272823993011293],
    [0.9967, 9.5, 3.460426292726845],
    [0.6, 2, 0.2886751345948128],
    [0.975, 1000, 1.9623390808264083],
    [0.0003, 7, -5.899140438282469],
  ])('%d with %d degrees of freedom is %d', (p, df, quantile) => {
    expect(studentQuantile(p, df) / quantile).toBeCloseTo(1, 10);
  });

  test('the middle is 0, and the ends and impossible degrees of freedom have none', () => {
    expect(studentQuantile(0.5, 3)).toBeCloseTo(0, 7);
    for (const [p, df] of [
      [0, 3],
      [1, 3],
      [0.9, 0],
      [0.9, Number.NaN],
    ] as const) {
      expect(studentQuantile(p, df)).toBeNaN();
    }
  });

  test('both tails are alike, lie outside those of the normal, and come nearer with more degrees of freedom', () => {
    const level = fc.double({ min: 0.51, max: 0.999, noNaN: true });
    const freedom = fc.double({ min: 2, max: 200, noNaN: true });
    fc.assert(
      fc.property(level, freedom, (p, df) => {
        const quantile = studentQuantile(p, df);
        expect(studentQuantile(1 - p, df) / -quantile).toBeCloseTo(1, 9);
        expect(quantile).toBeGreaterThan(normalQuantile(p));
        expect(studentQuantile(p, df + 1)).toBeLessThan(quantile);
      }),
    );
  });
});
