const LN_SQRT_2PI = 0.9189385332046727;
const SQRT_2PI = 2.5066282746310007;

/** Rational approximations of Cody 1969, in the variable of the normal distribution; leading coefficient first. */
const NEAR = 0.67448975;
const NEAR_ABOVE = [
  0.06568233791820745, 2.235252035460684, 161.02823106855587, 1067.689485460371, 18154.98125334356,
];
const NEAR_BELOW = [1, 47.202581904688245, 976.0985517377767, 10260.932208618979, 45507.78933502673];
const MIDDLE = 5.656854249492381;
const MIDDLE_ABOVE = [
  1.0765576773720192e-8, 0.39894151208813466, 8.883149794388377, 93.50665613217785, 597.2702763948002,
  2494.5375852903726, 6848.190450536283, 11602.65143764735, 9842.714838383978,
];
const MIDDLE_BELOW = [
  1, 22.266688044328117, 235.387901782625, 1519.3775994075547, 6485.558298266761, 18615.571640885097,
  34900.95272114598, 38912.00328609327, 19685.429676859992,
];
const FAR_TERMS = 22;

function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (const coefficient of coefficients) sum = sum * x + coefficient;
  return sum;
}

/** Φ(x) - 1/2, near the middle. */
function centralArea(x: number): number {
  const square = x * x;
  return (x * polynomial(NEAR_ABOVE, square)) / polynomial(NEAR_BELOW, square);
}

/** Φ(-x) / exp(-x²/2), for x beyond the middle: falls as 1 / (x √2π). */
function scaledTail(x: number): number {
  if (x <= MIDDLE) return polynomial(MIDDLE_ABOVE, x) / polynomial(MIDDLE_BELOW, x);
  // Laplace's continued fraction 1 / (x + 1 / (x + 2 / (x + ...))), exact to the last bit this far out.
  let below = x;
  for (let k = FAR_TERMS; k > 0; k -= 1) below = x + k / below;
  return 1 / (SQRT_2PI * below);
}

/** exp(-x²/2), with the square taken in two parts: one rounding of a large square would cost digits. */
function bell(x: number): number {
  const coarse = Math.trunc(x * 16) / 16;
  return Math.exp((-coarse * coarse) / 2) * Math.exp((-(x - coarse) * (x + coarse)) / 2);
}

/** Φ: the share of the standard normal distribution below x; relative error below 1e-15 in both tails. */
export function normalCdf(x: number): number {
  const distance = Math.abs(x);
  if (Number.isNaN(x)) return x;
  if (distance <= NEAR) return 0.5 + centralArea(x);
  const tail = distance > 40 ? 0 : bell(distance) * scaledTail(distance);
  return x < 0 ? tail : 1 - tail;
}

/** ln Φ(x), also where Φ itself is too small for a number: -804.608 at -40. */
export function lnNormalCdf(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x >= -NEAR) return x <= NEAR ? Math.log(0.5 + centralArea(x)) : Math.log1p(-normalCdf(-x));
  if (x === Number.NEGATIVE_INFINITY) return x;
  return (-x * x) / 2 + Math.log(scaledTail(-x));
}

/** ln of the density of the standard normal distribution. */
export function lnNormalDensity(x: number): number {
  return (-x * x) / 2 - LN_SQRT_2PI;
}

/**
 * Φ⁻¹, to the last digits of a double: Acklam's rational approximation (1e-9), then a step of Halley's method.
 *
 * @param p 0..1; -Infinity and Infinity at the ends, NaN outside
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  // The upper half is the mirror of the lower: 1 - p is exact there.
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p === 0) return Number.NEGATIVE_INFINITY;
  const guess = acklam(p);
  if (guess >= -NEAR) {
    const density = Math.exp(lnNormalDensity(guess));
    return halley(guess, (centralArea(guess) - (p - 0.5)) / density, -guess);
  }
  // In the tail the logarithm is the straighter function; its derivative is φ/Φ, its curvature -(φ/Φ)(x + φ/Φ).
  const hazard = 1 / (scaledTail(-guess) * SQRT_2PI);
  return halley(guess, (lnNormalCdf(guess) - Math.log(p)) / hazard, -(guess + hazard));
}

/** @param newton f/f' @param bend f''/f' */
function halley(x: number, newton: number, bend: number): number {
  return x - newton / (1 - (newton * bend) / 2);
}

/** Acklam 2003. */
const TAIL_BELOW = 0.02425;
const TAIL_UP = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const TAIL_DOWN = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1];
const CENTRE_UP = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
  2.506628277459239,
];
const CENTRE_DOWN = [
  -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1,
];

function acklam(p: number): number {
  if (p < TAIL_BELOW) {
    const t = Math.sqrt(-2 * Math.log(p));
    return polynomial(TAIL_UP, t) / polynomial(TAIL_DOWN, t);
  }
  const t = p - 0.5;
  return (t * polynomial(CENTRE_UP, t * t)) / polynomial(CENTRE_DOWN, t * t);
}
