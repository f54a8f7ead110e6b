/** Detectors of change: worked numbers, and the laws that a gate relies on. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cusumDetector, shiryaevRoberts } from '../../src/stats/e-detector.js';
import { anscombe, hampelScore, usualOf } from '../../src/stats/hampel.js';
import { pageHinkley } from '../../src/stats/page-hinkley.js';
import { cusum, poissonEvidence } from '../../src/stats/poisson-cusum.js';
import { poissonDistance } from '../../src/stats/poisson-distance.js';
import { seasonalResiduals } from '../../src/stats/seasonal-naive.js';

const close = (seen: readonly number[], wanted: readonly number[], digits = 6): void => {
  expect(seen).toHaveLength(wanted.length);
  seen.forEach((value, i) => {
    expect(value).toBeCloseTo(wanted[i] ?? Number.NaN, digits);
  });
};

describe('counts whose level goes from 4 to 8', () => {
  const evidence = [3, 5, 4, 6, 9, 11, 8, 10].map((count) => poissonEvidence(count, 4, 8));
  const plain = (logs: readonly number[]): readonly number[] => logs.map(Math.exp);

  test('CUSUM', () => {
    close(cusum(evidence), [0, 0, 0, 0.158883, 2.397208, 6.021827, 7.567004, 10.498476]);
  });
  test('e-detector in CUSUM form', () => {
    close(
      plain(cusumDetector(evidence.slice(0, 6))),
      [0.146525, 0.5861, 0.29305, 1.172201, 10.992439, 412.331111],
    );
  });
  test('e-detector in Shiryaev-Roberts form', () => {
    close(
      plain(shiryaevRoberts(evidence.slice(0, 6))),
      [0.146525, 0.671979, 0.489974, 1.746549, 25.756054, 1003.631034],
    );
  });
  test('CUSUM is the e-detector in its form, never below no evidence', () => {
    close(
      cusum(evidence),
      cusumDetector(evidence).map((ln) => Math.max(0, ln)),
      12,
    );
  });
  test('evidence beyond any number stays a number', () => {
    const long = new Array<number>(2000).fill(50);
    for (const logs of [cusumDetector(long), shiryaevRoberts(long)])
      expect(logs.at(-1)).toBeGreaterThan(99_999);
  });
  test('Shiryaev-Roberts never has less evidence than the CUSUM form', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(30), { minLength: 1 }),
        fc.double({ min: 0.5, max: 9, noNaN: true }),
        (counts, usual) => {
          const steps = counts.map((count) => poissonEvidence(count, usual, 2 * usual));
          const [m, r] = [cusumDetector(steps), shiryaevRoberts(steps)];
          return m.every((each, i) => each <= (r[i] ?? Number.NaN) + 1e-9);
        },
      ),
    );
  });
  test('alarms at 100 come less than once in 100 steps where nothing changes', () => {
    let state = 7;
    const random = (): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    const poisson = (mean: number): number => {
      let [k, left] = [0, random()];
      while (left > Math.exp(-mean)) {
        left *= random();
        k += 1;
      }
      return k;
    };
    const [runs, length] = [400, 100];
    const alarms = Array.from({ length: runs }, () => {
      const steps = Array.from({ length }, () => poissonEvidence(poisson(4), 4, 8));
      return shiryaevRoberts(steps).some((ln) => ln >= Math.log(100));
    }).filter(Boolean).length;
    // In as many steps as the limit at most one run in e has none: the mean to the first is at least 100.
    expect(alarms / runs).toBeLessThan(0.6);
    expect(alarms).toBeGreaterThan(0);
  });
});

test('Page-Hinkley finds a level that rose, and was silent before', () => {
  close(
    pageHinkley([1, 1.1, 0.9, 1, 1.05, 0.95, 1, 2, 2.1, 1.9, 2.05], 0.05),
    [0, 0, 0, 0, 0, 0, 0, 0.825, 1.641667, 2.191667, 2.823485],
  );
  close(pageHinkley([2, 2.1], 0.05, { n: 7, mean: 1 }), [0.825, 1.641667]);
});

describe('Hampel', () => {
  test('finds the wild value by median and MAD', () => {
    const usual = usualOf([1, 1, 2, 2, 4, 6, 9, 50]);
    expect(usual.centre).toBe(3);
    expect(usual.spread).toBeCloseTo(2 * 1.4826, 12);
    expect(hampelScore(50, usual)).toBeCloseTo(15.8505, 4);
    expect(hampelScore(1, usual)).toBeLessThan(0);
  });
  test('counts are transformed first', () => {
    close([0, 4, 25].map(anscombe), [1.224745, 4.1833, 10.074721]);
  });
  test('values that are mostly the same have no spread to divide by', () => {
    expect(hampelScore(9, usualOf([5, 5, 5, 5, 7]))).toBeUndefined();
  });
});

describe('the distance of a count from a Poisson mean', () => {
  test.each([
    // P(X >= 5) = 0.003659847
    [5, 1, 2.68194],
    // P(X >= 15) = 0.000226254
    [15, 5, 3.5074],
    // P(X <= 0) = 0.006737947
    [0, 5, -2.47094],
    [5, 5, 0],
  ])('%d of %d is %d', (count, mean, wanted) => {
    expect(poissonDistance(count, mean)).toBeCloseTo(wanted, 3);
  });
  test('is finite and rises with the count', () => {
    fc.assert(
      fc.property(fc.nat(3000), fc.double({ min: 0.001, max: 1000, noNaN: true }), (count, mean) => {
        const [one, more] = [poissonDistance(count, mean), poissonDistance(count + 1, mean)];
        return Number.isFinite(one) && more >= one - 1e-9;
      }),
    );
  });
});

describe('seasonal naive', () => {
  test('takes the median of the same moment in earlier seasons off', () => {
    expect(
      seasonalResiduals([
        [10, 100],
        [12, null],
        [11, 104],
        [30, 103],
      ]),
    ).toEqual([
      [null, null],
      [2, null],
      [0, 4],
      [19, 1],
    ]);
  });
  test('refuses fewer than three seasons', () => {
    expect(seasonalResiduals([[1], [2]])).toBeUndefined();
  });
});
