import { deviance } from './binomial.js';
import { stirlingRemainder } from './gamma.js';
import { bisect } from './root.js';

/** Terms of the continued fraction grow with the root of a + b; this is enough for 1e9 of each. */
const MOST_TERMS = 200_000;
const LEAST = 1e-300;

/**
 * ln of the regularized incomplete beta function I_x(a, b): the share of the beta distribution below x. Keeps its
 * digits where the share itself is too small for a number.
 *
 * @param x 0..1
 * @param a above 0
 * @param b above 0
 */
export function lnBetaRegularized(x: number, a: number, b: number): number {
  if (!(a > 0 && b > 0 && x >= 0 && x <= 1)) return Number.NaN;
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (x === 1) return 0;
  // The fraction converges fast below the mean only; beyond it the other tail is the smaller one.
  if (x > (a + 1) / (a + b + 2)) return Math.log1p(-Math.exp(lnLower(1 - x, x, b, a)));
  return lnLower(x, 1 - x, a, b);
}

/** I_x(a, b), see above. */
export function betaRegularized(x: number, a: number, b: number): number {
  if (x > (a + 1) / (a + b + 2) && x < 1) return -Math.expm1(lnLower(1 - x, x, b, a));
  return Math.exp(lnBetaRegularized(x, a, b));
}

/**
 * Quantile of the beta distribution, by bisection.
 *
 * @param p 0..1
 */
export function betaQuantile(p: number, a: number, b: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  if (p === 0 || p === 1) return p;
  // Of two tails the smaller one tells more digits.
  if (p > 0.5) return bisect((x) => betaRegularized(x, a, b) - p, 0, 1);
  const lnP = Math.log(p);
  return bisect((x) => lnBetaRegularized(x, a, b) - lnP, 0, 1);
}

/** ln of the density of the beta distribution, to the last digits however large a and b are; 0 < x < 1. */
export function lnBetaDensity(x: number, a: number, b: number): number {
  return lnFront(x, 1 - x, a, b) - Math.log(x) - Math.log1p(-x);
}

/** ln of x^a y^b / B(a, b). */
function lnFront(x: number, y: number, a: number, b: number): number {
  const sum = a + b;
  return (
    stirlingRemainder(sum) -
    stirlingRemainder(a) -
    stirlingRemainder(b) -
    deviance(a, sum * x) -
    deviance(b, sum * y) +
    0.5 * Math.log((a / sum) * (b / (2 * Math.PI)))
  );
}

/** ln I_x(a, b) by its continued fraction, evaluated forwards (Lentz). */
function lnLower(x: number, y: number, a: number, b: number): number {
  const sum = a + b;
  let c = 1;
  let d = 1 / awayFromZero(1 - (sum * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= MOST_TERMS; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (sum + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    const step = d * c;
    fraction *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return lnFront(x, y, a, b) + Math.log(fraction / a);
}

function awayFromZero(x: number): number {
  return Math.abs(x) < LEAST ? LEAST : x;
}
