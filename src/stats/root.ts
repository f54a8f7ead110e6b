export interface Tolerance {
  /** of the root, as a share of its distance from 0 */
  readonly relative?: number;
  readonly absolute?: number;
  readonly steps?: number;
}

const FINEST: Required<Tolerance> = { relative: 1e-15, absolute: 0, steps: 200 };

/**
 * Root by bisection.
 *
 * @param f changes its sign once between low and high; may be infinite, not NaN
 * @throws RangeError when f has one sign at both ends
 */
export function bisect(
  f: (x: number) => number,
  low: number,
  high: number,
  tolerance: Tolerance = {},
): number {
  const { relative, absolute, steps } = { ...FINEST, ...tolerance };
  const atLow = f(low);
  if (atLow === 0) return low;
  const atHigh = f(high);
  if (atHigh === 0) return high;
  assertBracket(low, atLow, high, atHigh);
  let [left, right] = [low, high];
  for (let step = 0; step < steps; step += 1) {
    const middle = left + (right - left) / 2;
    if (Math.abs(right - left) <= absolute + relative * Math.abs(middle)) break;
    const value = f(middle);
    if (value === 0) return middle;
    if (value < 0 === atLow < 0) left = middle;
    else right = middle;
  }
  return left + (right - left) / 2;
}

/**
 * Root by Brent's method: inverse quadratic interpolation, kept inside a bracket; a tenth of the steps of bisection.
 *
 * @param f changes its sign between low and high; finite
 * @throws RangeError when f has one sign at both ends
 * @see Brent 1973, chapter 4
 */
export function brent(
  f: (x: number) => number,
  low: number,
  high: number,
  tolerance: Tolerance = {},
): number {
  const { relative, absolute, steps } = { ...FINEST, ...tolerance };
  // best is the estimate, other the end across the root, last the estimate before.
  let [last, atLast] = [low, f(low)];
  let [best, atBest] = [high, f(high)];
  if (atLast === 0) return last;
  if (atBest === 0) return best;
  assertBracket(last, atLast, best, atBest);
  let [other, atOther] = [last, atLast];
  let move = best - last;
  let moveBefore = move;
  for (let step = 0; step < steps; step += 1) {
    if (Math.abs(atOther) < Math.abs(atBest)) {
      [last, best, other] = [best, other, best];
      [atLast, atBest, atOther] = [atBest, atOther, atBest];
    }
    const slack = Math.max(relative * Math.abs(best), Number.MIN_VALUE) + absolute / 2;
    const half = (other - best) / 2;
    if (Math.abs(half) <= slack || atBest === 0) break;
    const guess =
      Math.abs(atBest) < Math.abs(atLast) ? interpolated(last, atLast, best, atBest, other, atOther) : half;
    const isInside = guess * half > 0 && Math.abs(guess) < 1.5 * Math.abs(half) - slack / 2;
    const isShrinking = Math.abs(guess) < Math.abs(moveBefore) / 2;
    moveBefore = isInside && isShrinking ? move : half;
    move = isInside && isShrinking ? guess : half;
    [last, atLast] = [best, atBest];
    best += Math.abs(move) > slack ? move : Math.sign(half) * slack;
    atBest = f(best);
    if (atBest < 0 === atOther < 0) {
      [other, atOther] = [last, atLast];
      move = best - last;
      moveBefore = move;
    }
  }
  return best;
}

/** The step from best: by the parabola through three points, or by the chord where there are but two. */
export function interpolated(
  last: number,
  atLast: number,
  best: number,
  atBest: number,
  other: number,
  atOther: number,
): number {
  const s = atBest / atLast;
  if (last === other) return ((other - best) * s) / (s - 1);
  const q = atLast / atOther;
  const r = atBest / atOther;
  const above = s * ((other - best) * q * (q - r) - (best - last) * (r - 1));
  return -above / ((q - 1) * (r - 1) * (s - 1));
}

function assertBracket(low: number, atLow: number, high: number, atHigh: number): void {
  if (!(atLow < 0 !== atHigh < 0) || Number.isNaN(atLow) || Number.isNaN(atHigh)) {
    throw new RangeError(`no sign change between ${low} (${atLow}) and ${high} (${atHigh})`);
  }
}
