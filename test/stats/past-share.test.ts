/** What earlier windows say of a share, and where a judged window certainly lies. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectedOf, rangeOf, sideOfBound } from '../../src/stats/counts-beyond.js';
import { type Counted, pastShare } from '../../src/stats/past-share.js';
import { binomial, poisson, type Random, streamOf } from '../support/store/random.js';

const windowsOf = (n: number, ...ks: readonly number[]): readonly Counted[] => ks.map((k) => ({ k, n }));

describe('the past of a share', () => {
  test('pools the windows nearest to their median', () => {
    const past = pastShare(windowsOf(100, 10, 11, 9, 10, 10, 12, 8, 10, 60, 90), true);
    expect(past.windows).toBe(8);
    expect(past.value).toBeCloseTo(0.1, 12);
    expect(past).toMatchObject({ dispersion: 1, between: 0 });
    expect(past.own).toBeCloseTo((0.1 * 0.9) / 800, 12);
  });

  test('measures what windows vary beyond chance', () => {
    const past = pastShare(windowsOf(1000, 100, 140, 60, 120, 80, 100, 130, 70, 500, 0), true);
    // Kept: all but 500 and 0, and of the squares 0.4377 is what the nearest 80 % of a normal would leave.
    const pearson = (2 * (40 ** 2 + 20 ** 2 + 30 ** 2)) / 1000 / (0.1 * 0.9) / 7 / 0.437724594903639;
    expect(past.dispersion).toBeCloseTo(pearson, 9);
    expect(past.between).toBeCloseTo(((pearson - 1) * 0.09) / 1000, 12);
  });

  test('a rate may have more events than exposure', () => {
    const past = pastShare(windowsOf(10, 30, 31, 29, 30, 30, 30, 32, 28, 30, 30), false);
    expect(past.value).toBeCloseTo(3, 12);
    expect(past.own).toBeCloseTo(3 / 80, 12);
  });

  test('none of many is not known for certain', () => {
    const past = pastShare(windowsOf(100, ...Array.from({ length: 10 }, () => 0)), true);
    expect(past).toMatchObject({ value: 0, dispersion: 1, between: 0 });
    expect(past.own).toBeGreaterThan(0);
  });
});

const past = fc
  .array(fc.tuple(fc.integer({ min: 20, max: 5000 }), fc.double({ min: 0, max: 1, noNaN: true })), {
    minLength: 10,
    maxLength: 30,
  })
  .map((pairs) => pairs.map(([n, share]) => ({ k: Math.round(n * share * 0.2), n })));
const judged = fc
  .tuple(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([n, share]) => ({ k: Math.round(n * share), n }));
const margin = fc.double({ min: 0.001, max: 0.3, noNaN: true });

describe('the side of a bound', () => {
  test('a stricter level certifies nothing that a laxer one does not, and sides are never swapped', () => {
    fc.assert(
      fc.property(past, judged, margin, fc.boolean(), (windows, now, offset, isShare) => {
        const before = pastShare(windows, isShare);
        const bound = { scale: 1, offset };
        const lax = sideOfBound(now, before, bound, 0.05, isShare);
        const strict = sideOfBound(now, before, bound, 0.005, isShare);
        if (strict !== 'open') expect(lax).toBe(strict);
        if (lax === 'above') expect(now.k / now.n).toBeGreaterThan(before.value + offset);
        if (lax === 'below') expect(now.k / now.n).toBeLessThan(before.value + offset);
      }),
    );
  });

  test('a share of what went well mirrors the share of what went wrong', () => {
    const flip = { above: 'below', below: 'above', open: 'open' } as const;
    const mirrored = ({ k, n }: Counted): Counted => ({ k: n - k, n });
    fc.assert(
      fc.property(past, judged, margin, (windows, now, offset) => {
        const bad = sideOfBound(now, pastShare(windows, true), { scale: 1, offset }, 0.05, true);
        const before = pastShare(windows.map(mirrored), true);
        expect(sideOfBound(mirrored(now), before, { scale: 1, offset: -offset }, 0.05, true)).toBe(flip[bad]);
      }),
    );
  });

  test('a bound below nothing is always exceeded, one above all never', () => {
    const before = pastShare(windowsOf(100, ...Array.from({ length: 10 }, () => 5)), true);
    expect(sideOfBound({ k: 0, n: 100 }, before, { scale: 1, offset: -0.1 }, 0.01, true)).toBe('above');
    expect(sideOfBound({ k: 100, n: 100 }, before, { scale: 1, offset: 0.96 }, 0.01, true)).toBe('below');
  });

  test('the 95 % range holds the share, and the ends are where the test turns', () => {
    fc.assert(
      fc.property(past, judged, fc.boolean(), (windows, now, isShare) => {
        const before = pastShare(windows, isShare);
        const [low, high] = rangeOf(now, before, isShare);
        expect(low).toBeLessThanOrEqual(now.k / now.n + 1e-12);
        expect(high).toBeGreaterThanOrEqual(now.k / now.n - 1e-12);
        expect(low).toBeGreaterThanOrEqual(0);
        if (isShare) expect(high).toBeLessThanOrEqual(1);
        const [from, to] = expectedOf(now.n, before, isShare);
        expect(from).toBeLessThanOrEqual(before.value);
        expect(to).toBeGreaterThanOrEqual(before.value);
      }),
    );
  });

  test('without any past dispersion the range is the exact one of Clopper and Pearson', () => {
    const certain = { value: 0.1, between: 0, own: 0, dispersion: 1, windows: 16 };
    const [low, high] = rangeOf({ k: 7, n: 100 }, certain, true);
    // scipy 1.17.1: beta.ppf(.025, 7, 94), beta.ppf(.975, 8, 93)
    expect(low).toBeCloseTo(0.0286054, 6);
    expect(high).toBeCloseTo(0.1389197, 6);
    // chi2.ppf(.025, 14) / 2, chi2.ppf(.975, 16) / 2
    const [least, most] = rangeOf({ k: 7, n: 1 }, certain, false);
    expect(least).toBeCloseTo(2.814363, 5);
    expect(most).toBeCloseTo(14.422675, 5);
  });
});

/** A share that differs from window to window: `spread` up or down from its centre with equal chance. */
const wandering = (random: Random, centre: number, spread: number): number =>
  centre + (random() < 0.5 ? -spread : spread);

describe('a release at the limit is called wrong at most as often as it may be', () => {
  const PASTS = 4000;
  test.each([
    // share before, window size, spread between windows, margin
    [0.001, 1000, 0, 0.01],
    [0.01, 1000, 0, 0.01],
    [0.62, 200, 0, 0.03],
    [0.62, 200, 0.05, 0.03],
    [0.62, 2000, 0.05, 0.03],
    [0.02, 200, 0, 0.02],
  ])('share %d of %d, varying by %d, margin %d', (share, n, spread, offset) => {
    const random = streamOf(2, `${share} ${n} ${spread} ${offset}`);
    const wrong = { above: 0, below: 0, open: 0 };
    for (let i = 0; i < PASTS; i += 1) {
      const windows = Array.from({ length: 20 }, () => ({
        k: binomial(random, n, wandering(random, share, spread)),
        n,
      }));
      const now = { k: binomial(random, n, wandering(random, share, spread) + offset), n };
      wrong[sideOfBound(now, pastShare(windows, true), { scale: 1, offset }, 0.05, true)] += 1;
    }
    const most = 0.05 + 3 * Math.sqrt((0.05 * 0.95) / PASTS);
    expect(wrong.above / PASTS).toBeLessThan(most);
    expect(wrong.below / PASTS).toBeLessThan(most);
    expect(wrong.open).toBeGreaterThan(0);
  });

  test('a rate', () => {
    const random = streamOf(3, 'rate');
    const wrong = { above: 0, below: 0, open: 0 };
    for (let i = 0; i < PASTS; i += 1) {
      const windows = Array.from({ length: 20 }, () => ({ k: poisson(random, 12), n: 600 }));
      const now = { k: poisson(random, 18), n: 600 };
      wrong[sideOfBound(now, pastShare(windows, false), { scale: 1.5, offset: 0 }, 0.05, false)] += 1;
    }
    expect(wrong.above / PASTS).toBeLessThan(0.06);
    expect(wrong.below / PASTS).toBeLessThan(0.06);
    expect(wrong.above / PASTS).toBeGreaterThan(0.01);
    expect(wrong.below / PASTS).toBeGreaterThan(0.01);
  });
});
