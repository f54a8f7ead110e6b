import type { Family, Pair } from './block.js';

/**
 * Mantel-Haenszel score of one stratum, events of the judged arm beyond its part, and the information in it: the
 * variance of the score given the sum of events. Both 0 where an arm is empty.
 */
export function scoreOf(
  family: Family,
  { judged, baseline }: Pair,
): { readonly score: number; readonly information: number } {
  const size = judged.n + baseline.n;
  const events = judged.k + baseline.k;
  if (judged.n <= 0 || baseline.n <= 0) return { score: 0, information: 0 };
  const share = judged.n / size;
  const score = judged.k - events * share;
  const information = share * (1 - share) * events;
  if (family === 'poisson') return { score, information };
  if (size <= 1) return { score: 0, information: 0 };
  return { score, information: (information * (size - events)) / (size - 1) };
}
