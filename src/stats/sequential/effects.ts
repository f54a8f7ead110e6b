import type { Family } from './block.js';

/** Strata after which an effect of the middle bet should be seen. */
const HORIZON = 15;
const SMALLEST = 0.005;
const LARGEST = 0.8;
/** How far behind, in ln. */
const PAUSE = 50;
/** ln of a share that changes no digit of a sum. */
const NEGLIGIBLE = -40;

/** Multiples of the middle effect, and the share of the stake on each. */
const SPREAD = [
  { times: 0.25, weight: 0.05 },
  { times: 0.5, weight: 0.2 },
  { times: 1, weight: 0.45 },
  { times: 2, weight: 0.25 },
  { times: 4, weight: 0.05 },
] as const;

/** What betting on several effects costs when the middle one is true. */
export const STAKE = Math.log(1 / 0.45);

/** One alternative of a mixture: its distance in log odds (shares) or log rates, and its share of the stake. */
export interface Effect {
  readonly effect: number;
  readonly weight: number;
}

/**
 * Effects worth betting on, given how much one stratum tells.
 *
 * An effect is seen half of the time once effect^2 times the information reaches 8 (alpha 5 %). With much traffic small
 * effects can be seen and large ones show at once; with little, only large ones ever will.
 *
 * @param information of one stratum about the log ratio; may hang on sizes and on sums of both arms, never on how the
 *   events fall to the arms
 */
export function effectsFor(information: number): readonly Effect[] {
  const middle = Math.min(LARGEST, Math.max(SMALLEST, Math.sqrt(8 / (HORIZON * information))));
  return SPREAD.map(({ times, weight }) => ({ effect: times * middle, weight }));
}

/** The rate that lies `effect` beyond `rate`; up for a positive effect. */
export function beyond(family: Family, rate: number, effect: number): number {
  if (family === 'poisson') return rate * Math.exp(effect);
  return 1 / (1 + ((1 - rate) / rate) * Math.exp(-effect));
}

/**
 * Bets below this sit out the next stratum: they are so far behind the best that they could not catch up by it. Whether
 * to bet is then known before the stratum is, so the evidence stays what it promises; it goes on where the best falls back.
 */
export function pausedBelow(logs: readonly number[]): number {
  let best = Number.NEGATIVE_INFINITY;
  for (const value of logs) if (value > best) best = value;
  return best - PAUSE;
}

/** ln of the weighted mean of exp(values): the mixture of e-values. */
export function lnMixture(values: readonly number[], bets: readonly { readonly weight: number }[]): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) if (value > most) most = value;
  if (!Number.isFinite(most)) return most;
  let sum = 0;
  for (let i = 0; i < bets.length; i += 1) {
    const below = (values[i] ?? 0) - most;
    // What is lost beside the largest is not worth an exponential.
    if (below > NEGLIGIBLE) sum += (bets[i]?.weight ?? 0) * Math.exp(below);
  }
  return most + Math.log(sum);
}
