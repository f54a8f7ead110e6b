import type { ScoreTerm } from './family.js';

/** Weight of the assumption that there is no over-dispersion, in strata. */
const PRIOR_STRATA = 3;
const FEWEST_STRATA = 5;

/**
 * How much more the score varies from stratum to stratum than its family says: requests that share a fate are not independent.
 * Drawn towards 1 by three strata that are as they should be, and at least 1.
 *
 * @param terms at no effect; those without information do not count
 * @param theta the effect that all strata share; by default what the terms say it is
 * @returns undefined with fewer than 5 strata
 */
export function dispersionOf(terms: readonly ScoreTerm[], theta?: number): number | undefined {
  const telling = terms.filter(({ v }) => v > 0);
  if (telling.length < FEWEST_STRATA) return undefined;
  const effect = theta ?? sum(telling, ({ u }) => u) / sum(telling, ({ v }) => v);
  const pearson = sum(telling, ({ u, v }) => (u - effect * v) ** 2 / v);
  return Math.max(1, (PRIOR_STRATA + pearson) / (PRIOR_STRATA + telling.length - 1));
}

function sum(terms: readonly ScoreTerm[], of: (term: ScoreTerm) => number): number {
  return terms.reduce((total, term) => total + of(term), 0);
}
