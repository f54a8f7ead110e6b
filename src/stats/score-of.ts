import { NO_SCORE, type ScoreTerm } from './family.js';
import type { Pair } from './pair.js';

/**
 * Score of no effect in one stratum, by Mantel and Haenszel: events of the judged arm beyond its part, and their variance
 * given the sum of events. Nothing where an arm is empty.
 *
 * @param family shares of trials (binomial), or events over an exposure (poisson)
 */
export function scoreOf(family: 'binomial' | 'poisson', { judged, baseline }: Pair): ScoreTerm {
  const size = judged.n + baseline.n;
  const events = judged.k + baseline.k;
  if (judged.n <= 0 || baseline.n <= 0) return NO_SCORE;
  const share = judged.n / size;
  const u = judged.k - events * share;
  const v = share * (1 - share) * events;
  if (family === 'poisson') return { u, v };
  if (size <= 1) return NO_SCORE;
  return { u, v: (v * (size - events)) / (size - 1) };
}
