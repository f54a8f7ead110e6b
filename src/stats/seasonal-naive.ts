import { usualOf } from './hampel.js';

/** A season's level is a median, and one of two is no median. */
export const FEWEST_SEASONS = 3;

/**
 * What is left of each value when the median of the same moment in all earlier seasons is taken off.
 *
 * @param seasons oldest first, each with the same moments in the same order; null where a moment holds no value
 * @returns       by season; null where the moment or all earlier ones hold none, so everywhere in the first season.
 *                Undefined with fewer than 3 seasons: what they have in common cannot be told from chance
 */
export function seasonalResiduals(
  seasons: readonly (readonly (number | null)[])[],
): readonly (readonly (number | null)[])[] | undefined {
  if (seasons.length < FEWEST_SEASONS) return undefined;
  return seasons.map((season, i) =>
    season.map((value, moment) => {
      const before = seasons.slice(0, i).flatMap((earlier) => earlier[moment] ?? []);
      return value === null || before.length === 0 ? null : value - usualOf(before).centre;
    }),
  );
}
