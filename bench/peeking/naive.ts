import type { Look } from './scenarios.js';

/** -3 % relative, or errors x 1.5: what people write, on the totals so far, at every look. */
export function thresholdTotals(looks: readonly Look[], side: 1 | -1): boolean {
  const totals = { judged: { k: 0, n: 0 }, baseline: { k: 0, n: 0 } };
  return looks.some(({ judged, baseline }) => {
    totals.judged.k += judged.k;
    totals.judged.n += judged.n;
    totals.baseline.k += baseline.k;
    totals.baseline.n += baseline.n;
    return isBreached(totals, side);
  });
}

/** The same on each interval alone. */
export function thresholdEach(looks: readonly Look[], side: 1 | -1): boolean {
  return looks.some((look) => isBreached(look, side));
}

function isBreached({ judged, baseline }: Look, side: 1 | -1): boolean {
  const own = judged.k / judged.n;
  const other = baseline.k / baseline.n;
  return side === 1 ? own > 1.5 * other : own < 0.97 * other;
}

/** One-sided z-test of pooled totals, p < .05, at every look. */
export function zTest(looks: readonly Look[], side: 1 | -1): boolean {
  let [k, n, other, size] = [0, 0, 0, 0];
  return looks.some(({ judged, baseline }) => {
    k += judged.k;
    n += judged.n;
    other += baseline.k;
    size += baseline.n;
    const p = (k + other) / (n + size);
    const error = Math.sqrt(p * (1 - p) * (1 / n + 1 / size));
    return error > 0 && (side * (k / n - other / size)) / error > 1.6448536269514722;
  });
}
