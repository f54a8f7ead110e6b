import type { Family, Pair } from './block.js';

/** Support of the conditional distribution that is summed term by term. */
const MOST_TERMS = 4000;
/** Terms this much smaller than the sum change nothing. */
const NEGLIGIBLE = 1e-18;

/**
 * True when the exact conditional likelihood of a stratum can be had: whole counts, and not too many terms.
 * Depends on sizes alone, never on outcomes, so that the choice of test is not steered by what it finds.
 */
export function isExact({ judged, baseline }: Pair): boolean {
  return (
    Number.isInteger(judged.n) && Number.isInteger(baseline.n) && Math.min(judged.n, baseline.n) <= MOST_TERMS
  );
}

/**
 * ln of the likelihood ratio of a log odds ratio (shares) or log rate ratio (rates) against `centre`, given the sum of
 * both arms' events. The common rate of the stratum cancels, whatever it is.
 *
 * @param effect distance of the alternative from `centre`
 * @param centre log ratio on the border of the null; 0 for shares
 * @returns 0 where the stratum says nothing: no events, nothing but events, an empty arm
 */
export function lnConditional(family: Family, pair: Pair, effect: number, centre: number): number {
  return family === 'binomial' ? hypergeometric(pair, effect) : binomial(pair, effect, centre);
}

/** Events fall to the judged arm with odds of the exposures times the rate ratio. */
function binomial({ judged, baseline }: Pair, effect: number, centre: number): number {
  const odds = (judged.n / baseline.n) * Math.exp(centre);
  const beyond = odds * Math.exp(effect);
  return judged.k * effect - (judged.k + baseline.k) * (Math.log1p(beyond) - Math.log1p(odds));
}

/** Fisher's noncentral hypergeometric distribution against the central one. */
function hypergeometric({ judged, baseline }: Pair, effect: number): number {
  const [k, n, m] = [Math.round(judged.k), judged.n, baseline.n];
  const s = k + Math.round(baseline.k);
  const least = Math.max(0, s - m);
  const most = Math.min(n, s);
  if (least >= most) return 0;
  const mode = Math.min(most, Math.max(least, Math.floor(((s + 1) * (n + 1)) / (n + m + 2))));
  const growth = Math.exp(effect);
  // Both sums run outward from the mode, in units of its weight; `tilted` weighs each count by the effect.
  let plain = 1;
  let tilted = 1;
  for (let j = mode, weight = 1, tilt = 1; j < most; j += 1) {
    const ratio = ((n - j) * (s - j)) / ((j + 1) * (m - s + j + 1));
    weight *= ratio;
    tilt *= ratio * growth;
    plain += weight;
    tilted += tilt;
    if (weight < plain * NEGLIGIBLE && tilt < tilted * NEGLIGIBLE && ratio * growth < 1) break;
  }
  for (let j = mode, weight = 1, tilt = 1; j > least; j -= 1) {
    const ratio = (j * (m - s + j)) / ((n - j + 1) * (s - j + 1));
    weight *= ratio;
    tilt *= ratio / growth;
    plain += weight;
    tilted += tilt;
    if (weight < plain * NEGLIGIBLE && tilt < tilted * NEGLIGIBLE && ratio / growth < 1) break;
  }
  return (k - mode) * effect - Math.log(tilted / plain);
}
