import { quantileR7 } from './summary.js';

/** What a value that is no number does: it is left out, counts as 0, or makes the result no number either. */
export type NanPolicy = 'remove' | 'zero' | 'propagate';

/** Count, mean and sum of squares about the mean, kept while values arrive. */
export interface Moments {
  readonly n: number;
  /** 0 while n is 0 */
  readonly mean: number;
  readonly squares: number;
}

export const NO_MOMENTS: Moments = { n: 0, mean: 0, squares: 0 };

/**
 * One value more, without the loss of digits of a sum of squares.
 *
 * @see Welford 1962
 */
export function withValue({ n, mean, squares }: Moments, value: number): Moments {
  const before = value - mean;
  const next = mean + before / (n + 1);
  return { n: n + 1, mean: next, squares: squares + before * (value - next) };
}

export function momentsOf(values: ArrayLike<number>, policy: NanPolicy): Moments {
  let moments = NO_MOMENTS;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? Number.NaN;
    if (!Number.isNaN(value) || policy === 'propagate') moments = withValue(moments, value);
    else if (policy === 'zero') moments = withValue(moments, 0);
  }
  return moments;
}

/** Variance of the values themselves, or as a guess at that of what they are a sample of; NaN of too few. */
export function varianceOf({ n, squares }: Moments, of: 'population' | 'sample'): number {
  const degrees = of === 'sample' ? n - 1 : n;
  return degrees > 0 ? squares / degrees : Number.NaN;
}

/**
 * Median absolute deviation from the median, unscaled: times 1.4826 it is the standard deviation of normal values.
 *
 * @param values not empty, no NaN
 */
export function medianAbsoluteDeviation(values: ArrayLike<number>): {
  readonly median: number;
  readonly deviation: number;
} {
  const median = medianOf(Float64Array.from(values));
  const deviation = medianOf(Float64Array.from(values, (value) => Math.abs(value - median)));
  return { median, deviation };
}

/** Sorts what it is given. */
function medianOf(values: Float64Array): number {
  return quantileR7(values.sort(), 0.5);
}

/**
 * Tukey's fences: so many interquartile ranges below the first and above the third quartile.
 *
 * @param sorted rising, not empty
 */
export function quartileFences(
  sorted: ArrayLike<number>,
  factor: number,
): readonly [low: number, high: number] {
  const [first, third] = [quantileR7(sorted, 0.25), quantileR7(sorted, 0.75)];
  const range = third - first;
  return [first - factor * range, third + factor * range];
}
