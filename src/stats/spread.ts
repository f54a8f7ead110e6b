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
