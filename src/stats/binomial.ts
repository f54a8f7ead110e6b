import { stirlingRemainder } from './gamma.js';

/**
 * x ln(x/m) + m - x, what the logarithm of a Poisson or binomial term loses by lying x away from its mean m.
 *
 * @param x from 0
 * @param m above 0
 * @see Loader 2000: near m the plain formula would cancel to nothing
 */
export function deviance(x: number, m: number): number {
  if (x === 0) return m;
  const difference = x - m;
  if (Math.abs(difference) >= 0.1 * (x + m)) return x * Math.log(x / m) - difference;
  const v = difference / (x + m);
  const square = v * v;
  let sum = difference * v;
  let power = 2 * x * v;
  for (let j = 3; j < 60; j += 2) {
    power *= square;
    const next = sum + power / j;
    if (next === sum) break;
    sum = next;
  }
  return sum;
}

/**
 * ln of the chance of k successes in n trials, to the last digits however large n is.
 *
 * @param q 1 - p, apart, since p near 1 leaves it no digits
 */
export function lnBinomial(k: number, n: number, p: number, q: number): number {
  if (k === 0) return n === 0 ? 0 : n * lnShare(q, p);
  if (k === n) return n * lnShare(p, q);
  return (
    stirlingRemainder(n) -
    stirlingRemainder(k) -
    stirlingRemainder(n - k) -
    deviance(k, n * p) -
    deviance(n - k, n * q) -
    0.5 * Math.log(2 * Math.PI * k * (1 - k / n))
  );
}

function lnShare(share: number, rest: number): number {
  return share > 0.5 ? Math.log1p(-rest) : Math.log(share);
}
