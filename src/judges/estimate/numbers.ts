import type { Take } from '../../model/take.js';
import { wilson } from '../../stats/interval.js';
import { mean, quantileR7, slope } from '../../stats/summary.js';
import { type Estimate, NOTHING } from './found.js';
import { estimateRecovery } from './recovery.js';

/** Reduces a series of numbers per stratum. A slope is per second. */
export function estimateNumbers(take: Take, strata: readonly (number | null)[], stepMs: number): Estimate {
  const n = strata.filter((value) => value !== null).length;
  if (take.kind === 'recovery') return { ...estimateRecovery(take, strata, stepMs), n };
  const value = reduceNumbers(take, strata, stepMs);
  return value === null ? NOTHING : { ...NOTHING, value, n };
}

/**
 * Reduces raw observations; shares come with their interval, since each observation is one trial.
 *
 * @param isAtLeast true when of some values only the lower end is known
 */
export function estimateRaw(take: Take, values: readonly number[], isAtLeast: boolean): Estimate {
  const n = values.length;
  const value = reduceNumbers(take, values, 0);
  if (value === null) return NOTHING;
  const isShare = take.kind === 'share-at-most' || take.kind === 'share-above';
  return { ...NOTHING, value, n, interval: isShare ? wilson(value * n, n) : null, isAtLeast };
}

/** @returns null when there is no number to reduce, or none that the take is defined on */
export function reduceNumbers(take: Take, strata: readonly (number | null)[], stepMs: number): number | null {
  const values = strata.filter((value) => value !== null);
  if (values.length === 0) return null;
  switch (take.kind) {
    case 'first':
      return values[0] ?? null;
    case 'last':
    case 'instant':
      return values.at(-1) ?? null;
    case 'mean':
    case 'total':
      return mean(values);
    case 'min':
      return values.reduce((least, value) => Math.min(least, value));
    case 'max':
      return values.reduce((most, value) => Math.max(most, value));
    case 'sum':
      return values.reduce((sum, value) => sum + value, 0);
    case 'count':
      return values.length;
    case 'slope': {
      const seconds = strata.flatMap((value, i) => (value === null ? [] : [(i * stepMs) / 1000]));
      return slope(seconds, values) ?? null;
    }
    case 'quantile':
    case 'page-quantile':
    case 'age-quantile':
    case 'since-crawl':
      return quantileR7(
        [...values].sort((a, b) => a - b),
        take.quantile,
      );
    case 'share-at-most':
      return values.filter((value) => value <= take.bound).length / values.length;
    case 'share-above':
      return values.filter((value) => value > take.bound).length / values.length;
    case 'apdex': {
      const satisfied = values.filter((value) => value <= take.threshold).length;
      const tolerated = values.filter((value) => value <= 4 * take.threshold).length;
      return (satisfied + tolerated) / (2 * values.length);
    }
    case 'age':
    case 'recovery':
    case 'findings':
    case 'regressions':
    case 'share-ok':
    case 'share-current':
    case 'share-hit':
    case 'new-patterns':
      return null;
  }
}
