import { type Family, lnRatio } from './block.js';
import { beyond, effectsFor, lnMixture, pausedBelow } from './effects.js';

/**
 * Evidence that a rate lies beyond a fixed bound, against every rate on the other side; an e-process.
 *
 * @param bound a share in (0, 1), or events per unit of exposure above 0
 * @param side 1: evidence that the rate is above the bound; -1: below it
 * @returns ln E after each stratum; all 0 for a bound at which nothing can lie beyond
 */
export function lnBeyondBound(
  family: Family,
  counts: readonly { readonly k: number; readonly n: number }[],
  bound: number,
  side: 1 | -1,
): Float64Array {
  const out = new Float64Array(counts.length);
  if (!(bound > 0) || (family === 'binomial' && bound >= 1)) return out;
  // The first size alone tells how much a stratum says; no outcome is looked at.
  const spread = family === 'binomial' ? bound * (1 - bound) : bound;
  const bets = effectsFor((counts.find(({ n }) => n > 0)?.n ?? 0) * spread);
  const rates = bets.map(({ effect }) => beyond(family, bound, side * effect));
  const logs = bets.map(() => 0);
  counts.forEach((count, i) => {
    const least = pausedBelow(logs);
    rates.forEach((rate, j) => {
      if ((logs[j] ?? 0) < least) return;
      logs[j] = (logs[j] ?? 0) + lnRatio(family, count, rate, bound);
    });
    out[i] = lnMixture(logs, bets);
  });
  return out;
}
