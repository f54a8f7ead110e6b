import { brent } from './root.js';

/** Scale of the boundary: the smallest that is common, near its least possible value of 0.707. */
const SCALE = 0.85;

/**
 * How far an empirical distribution function may stray from the true one, anywhere and at any time from `from` on. Two arms differ when
 * their distribution functions lie farther apart than the sum of both distances.
 *
 * @param t how many values there are
 * @returns infinite before `from`
 * @see Howard and Ramdas, arXiv 1906.09712, theorem 2
 */
export function distributionRadius(t: number, alpha: number, from: number): number {
  if (t < from) return Number.POSITIVE_INFINITY;
  return SCALE * Math.sqrt((Math.log1p(Math.log(t / from)) + levelOf(alpha)) / t);
}

/** The height of the boundary at which it is crossed with a chance of alpha. */
function levelOf(alpha: number): number {
  return brent((level) => lnCrossing(level) - Math.log(alpha), 3, 1000, { absolute: 1e-12 });
}

/** ln of the bound on that chance, by the best ratio between the ends of epochs. */
function lnCrossing(level: number): number {
  let least = Number.POSITIVE_INFINITY;
  // The bound has one minimum in the ratio; thirds of a bracket close in on it.
  let [low, high] = [1, 2 * SCALE * SCALE];
  for (let step = 0; step < 100; step += 1) {
    const left = low + (high - low) / 3;
    const right = high - (high - low) / 3;
    const [atLeft, atRight] = [lnCrossingAt(level, left), lnCrossingAt(level, right)];
    least = Math.min(least, atLeft, atRight);
    // Large ratios have no bound at all.
    if (atLeft < atRight || atRight === Number.POSITIVE_INFINITY) high = right;
    else low = left;
  }
  return least;
}

function lnCrossingAt(level: number, ratio: number): number {
  const margin = SCALE - Math.sqrt((2 * (ratio - 1)) / level);
  const power = margin > 0 ? (2 / ratio) * margin * margin : 0;
  if (power <= 1) return Number.POSITIVE_INFINITY;
  return Math.log(4) - power * level + Math.log1p(1 / ((power - 1) * Math.log(ratio)));
}
