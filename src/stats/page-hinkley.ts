/** What was seen before the first value: its mean, and how many values made it. */
export interface Before {
  readonly n: number;
  readonly mean: number;
}

/**
 * Page-Hinkley: how far the sum of (value - running mean - drift) has risen above its lowest point, which a lasting rise of
 * the level makes grow without end and a single high value does not.
 *
 * @param drift rise of the level that is no news, in the unit of the values
 * @param before counts towards the running mean, and not towards the sum
 * @see Page 1954; Hinkley 1971
 */
export function pageHinkley(
  values: readonly number[],
  drift: number,
  before: Before = { n: 0, mean: 0 },
): readonly number[] {
  let { n, mean } = before;
  let sum = 0;
  let lowest = 0;
  return values.map((value) => {
    n += 1;
    mean += (value - mean) / n;
    sum += value - mean - drift;
    lowest = Math.min(lowest, sum);
    return sum - lowest;
  });
}
