import { type Scatter, tempered } from './overdispersion.js';

/** When evidence was enough, and how much there is. */
export interface Crossing {
  /** Largest ln E seen so far; the evidence never forgets a crossing. */
  readonly most: number;
  /** Index of the stratum at which it first reached ln(1 / alpha); null while it has not. */
  readonly at: number | null;
}

/**
 * The first look at which evidence, tempered by the scatter of its strata, reaches 1/alpha.
 *
 * @param lnE after each stratum
 * @param from index of the first stratum that may decide; before it too little is known of the scatter
 * @param scatter as long as `lnE`; none where the test itself learns the variance
 */
export function crossing(
  lnE: Float64Array,
  alpha: number,
  from: number,
  scatter?: readonly Scatter[],
): Crossing {
  const enough = Math.log(1 / alpha);
  let most = Number.NEGATIVE_INFINITY;
  let at: number | null = null;
  lnE.forEach((value, i) => {
    // Tempering only takes: what is no more than the largest so far cannot become more.
    if (i < from || value <= most) return;
    const spread = scatter?.[i];
    const held = spread === undefined ? value : tempered(value, spread);
    if (held > most) most = held;
    if (at === null && held >= enough) at = i;
  });
  return { most, at };
}
