import { pairsOf } from './mann-whitney.js';
import { normalQuantile } from './normal.js';
import { interpolated } from './root.js';

/** Brent's method stops by then, as published. */
const MOST_STEPS = 1001;
const DOUBLE = 2 * Number.EPSILON;
/** Where the solver is not absolute: a share of the range in which the shift can lie. */
const RELATIVE = 1e-10;
const ABSOLUTE = 1e-4;

export interface KayentaShift {
  /** of the experiment over the control; the lower end may lie above the upper with the absolute solver */
  readonly lower: number;
  readonly upper: number;
  readonly estimate: number;
}

/**
 * The shift between two samples as Kayenta finds it: normal approximation with corrections for ties and continuity, solved by Brent's
 * method between the smallest and the largest difference, and the end of that range where there is no root inside.
 *
 * @param experiment rising, finite, not empty
 * @param control rising, finite, not empty; the two not all one value
 * @param confidence 0..1
 * @param solver `absolute` stops within 0.0001 in the values' unit, as published; `relative` depends on no unit
 * @throws RangeError when all values are one at some shift, as with one value in each arm
 * @see Kayenta, MannWhitney.scala; Brent 1973, chapter 4
 */
export function kayentaShift(
  experiment: Float64Array,
  control: Float64Array,
  confidence: number,
  solver: 'relative' | 'absolute',
): KayentaShift {
  const low = (experiment[0] ?? Number.NaN) - (control.at(-1) ?? Number.NaN);
  const high = (experiment.at(-1) ?? Number.NaN) - (control[0] ?? Number.NaN);
  const tolerance = solver === 'absolute' ? ABSOLUTE : RELATIVE * (high - low);
  const scoreOf = scoreFor(experiment, control);
  const rootAt = (z: number): number => {
    const f = (shift: number): number => scoreOf(shift) - z;
    const [atLow, atHigh] = [f(low), f(high)];
    if (atLow <= 0) return low;
    if (atHigh >= 0) return high;
    return zeroOf(f, [low, atLow], [high, atHigh], tolerance);
  };
  const z = normalQuantile((1 - confidence) / 2);
  return { lower: rootAt(-z), upper: rootAt(z), estimate: rootAt(0) };
}

/** The standardised rank sum of the experiment once it is shifted back; falls with the shift, in steps. */
function scoreFor(experiment: Float64Array, control: Float64Array): (shift: number) => number {
  const [n, m] = [experiment.length, control.length];
  const all = n + m;
  const shifted = new Float64Array(n);
  return (shift) => {
    for (let i = 0; i < n; i += 1) shifted[i] = (experiment[i] ?? 0) - shift;
    const { u, ties } = pairsOf(shifted, control);
    const distance = u - (n * m) / 2;
    const spread = Math.sqrt(((n * m) / 12) * (all + 1 - ties / (all * (all - 1))));
    if (!(spread > 0)) throw new RangeError(`all values are the same after a shift of ${shift}`);
    return (distance - 0.5 * Math.sign(distance)) / spread;
  };
}

type Point = readonly [x: number, y: number];

/**
 * Brent's method in the form of R's `uniroot`, whose path decides where on a step of a function the root is said to be; `brent` takes
 * other steps.
 */
function zeroOf(f: (x: number) => number, low: Point, high: Point, tolerance: number): number {
  let [last, best, other] = [low, high, low];
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const before = best[0] - last[0];
    if (Math.abs(other[1]) < Math.abs(best[1])) [last, best, other] = [best, other, best];
    const slack = DOUBLE * Math.abs(best[0]) + tolerance / 2;
    const half = (other[0] - best[0]) / 2;
    if (Math.abs(half) <= slack || best[1] === 0) return best[0];
    let move = half;
    if (Math.abs(before) >= slack && Math.abs(last[1]) > Math.abs(best[1])) {
      const guess = interpolated(last[0], last[1], best[0], best[1], other[0], other[1]);
      const isInside = guess * half >= 0 && Math.abs(guess) < 1.5 * Math.abs(half) - slack / 2;
      if (isInside && Math.abs(guess) < Math.abs(before) / 2) move = guess;
    }
    if (Math.abs(move) < slack) move = move > 0 ? slack : -slack;
    last = best;
    best = [best[0] + move, f(best[0] + move)];
    if ((best[1] > 0 && other[1] > 0) || (best[1] < 0 && other[1] < 0)) other = last;
  }
  return best[0];
}
