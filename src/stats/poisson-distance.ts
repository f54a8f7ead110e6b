import { normalQuantile } from './normal.js';
import { poissonAtLeast } from './poisson.js';

/** Past it, the tail has no number. */
const FARTHEST = 37;

/**
 * How far a count lies from the mean of a Poisson distribution, as the normal value with the same tail: 3 is as rare as
 * three standard deviations. Below the mean it is negative.
 *
 * @param count from 0
 * @param mean above 0
 */
export function poissonDistance(count: number, mean: number): number {
  return count >= mean
    ? distance(poissonAtLeast(count, mean))
    : 0 - distance(1 - poissonAtLeast(count + 1, mean));
}

/** Never on the other side of the mean: a tail above one half is no distance at all. */
function distance(tail: number): number {
  if (tail <= 0) return FARTHEST;
  return Math.min(FARTHEST, Math.max(0, 0 - normalQuantile(tail)));
}
