import { lnBinomial } from './binomial.js';
import type { Tilt } from './conditional-tilt.js';

/** A weight below this share of the sum no longer changes it. */
const NEGLIGIBLE = 1e-18;

/**
 * ln of the chance that both arms together have s successes: the sum over all tables. It begins near the largest term and
 * goes outward by the ratio of neighbours until terms are negligible, so a million trials take a thousand terms.
 */
export function lnChanceOfSum(s: number, nc: number, nb: number, tilt: Tilt): number {
  const start = nearMode(s, nc, nb, tilt);
  const sum = sumOfWeights(s, nc, nb, tilt.odds, start);
  return (
    lnBinomial(start, nc, tilt.pc, tilt.qc) + lnBinomial(s - start, nb, tilt.pb, tilt.qb) + Math.log(sum)
  );
}

/** Mean and variance of the first arm's successes, given s of both. */
export function momentsByRecurrence(
  s: number,
  nc: number,
  nb: number,
  tilt: Tilt,
): { readonly mean: number; readonly variance: number } {
  const start = nearMode(s, nc, nb, tilt);
  const { sum, first, second } = sums(s, nc, nb, tilt.odds, start);
  const shift = first / sum;
  return { mean: start + shift, variance: second / sum - shift * shift };
}

function nearMode(s: number, nc: number, nb: number, { pc }: Tilt): number {
  return Math.min(Math.max(Math.round(nc * pc), s - nb, 0), nc, s);
}

/** Sum of all weights, relative to that of `start`. */
function sumOfWeights(s: number, nc: number, nb: number, odds: number, start: number): number {
  const low = Math.max(0, s - nb);
  const high = Math.min(nc, s);
  const rest = nb - s;
  let sum = 1;
  let weight = 1;
  for (let j = start; j < high; j += 1) {
    const ratio = (odds * ((nc - j) * (s - j))) / ((j + 1) * (rest + j + 1));
    weight *= ratio;
    sum += weight;
    if (weight < NEGLIGIBLE * sum && ratio < 1) break;
  }
  weight = 1;
  for (let j = start; j > low; j -= 1) {
    const ratio = (j * (rest + j)) / (odds * ((nc - j + 1) * (s - j + 1)));
    weight *= ratio;
    sum += weight;
    if (weight < NEGLIGIBLE * sum && ratio < 1) break;
  }
  return sum;
}

/** Weights relative to that of `start`: their sum, and their first and second moments about it. */
function sums(
  s: number,
  nc: number,
  nb: number,
  odds: number,
  start: number,
): { readonly sum: number; readonly first: number; readonly second: number } {
  const low = Math.max(0, s - nb);
  const high = Math.min(nc, s);
  const rest = nb - s;
  let [sum, first, second] = [1, 0, 0];
  let weight = 1;
  for (let j = start; j < high; j += 1) {
    const ratio = (odds * (nc - j) * (s - j)) / ((j + 1) * (rest + j + 1));
    weight *= ratio;
    const distance = j + 1 - start;
    sum += weight;
    first += weight * distance;
    second += weight * distance * distance;
    if (ratio < 1 && weight < NEGLIGIBLE * sum) break;
  }
  weight = 1;
  for (let j = start; j > low; j -= 1) {
    const ratio = (j * (rest + j)) / (odds * (nc - j + 1) * (s - j + 1));
    weight *= ratio;
    const distance = start - j + 1;
    sum += weight;
    first -= weight * distance;
    second += weight * distance * distance;
    if (ratio < 1 && weight < NEGLIGIBLE * sum) break;
  }
  return { sum, first, second };
}
