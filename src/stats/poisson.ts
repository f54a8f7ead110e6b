import { deviance } from './binomial.js';
import { stirlingRemainder } from './gamma.js';

const MOST_TERMS = 200_000;
const LEAST = 1e-300;

/**
 * Chance of `k` events or more where `mean` are expected: the regularized lower incomplete gamma function P(k, mean).
 *
 * @param k from 0; a fraction when counts were scaled for over-dispersion
 * @param mean from 0
 */
export function poissonAtLeast(k: number, mean: number): number {
  if (!(k >= 0 && mean >= 0)) return Number.NaN;
  if (k === 0) return 1;
  if (mean === 0) return 0;
  return mean < k + 1 ? bySeries(k, mean) : 1 - byFraction(k, mean);
}

/** mean^k e^-mean / Γ(k + 1), without its overflow. */
function density(k: number, mean: number): number {
  return Math.exp(-stirlingRemainder(k) - deviance(k, mean)) / Math.sqrt(2 * Math.PI * k);
}

function bySeries(k: number, mean: number): number {
  let term = 1;
  let sum = 1;
  for (let i = 1; i <= MOST_TERMS && term > sum * 1e-17; i += 1) {
    term *= mean / (k + i);
    sum += term;
  }
  return Math.min(1, density(k, mean) * sum);
}

/** The upper tail by its continued fraction, evaluated forwards (Lentz). */
function byFraction(k: number, mean: number): number {
  let b = mean + 1 - k;
  let c = 1 / LEAST;
  let d = 1 / (Math.abs(b) < LEAST ? LEAST : b);
  let fraction = d;
  for (let i = 1; i <= MOST_TERMS; i += 1) {
    const a = -i * (i - k);
    b += 2;
    const below = a * d + b;
    d = 1 / (Math.abs(below) < LEAST ? LEAST : below);
    const above = b + a / c;
    c = Math.abs(above) < LEAST ? LEAST : above;
    const step = c * d;
    fraction *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return Math.min(1, density(k, mean) * k * fraction);
}
