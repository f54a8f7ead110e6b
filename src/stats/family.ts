/** What one stratum says of an effect: the slope of its log-likelihood, and the variance of that slope. */
export interface ScoreTerm {
  /** observed minus expected; above 0 where the effect is larger than assumed */
  readonly u: number;
  /** conditional variance of the observed, which is the information about the effect */
  readonly v: number;
}

/** `both` where nothing else can be seen: the stratum then says nothing. */
export type Extreme = 'least' | 'most' | 'both' | 'neither';

/**
 * A family of distributions with one parameter θ, the effect, which is 0 for none. A stratum is what was seen in one
 * interval of time; strata are independent, and the logarithms of their likelihoods add up.
 *
 * The log-likelihood must be concave in θ, and its likelihood ratio monotone: one-sided tests rest on it.
 */
export interface Family<Stratum> {
  /**
   * @param thetas finite, up to ±40
   * @returns the log-likelihood at each, up to a constant of the stratum; all 0 where the stratum says nothing
   * @throws RangeError when the stratum is none
   */
  readonly lnLikelihood: (stratum: Stratum, thetas: ArrayLike<number>) => Float64Array;
  /** Whether the observed is the least or the most that can be seen, so that no finite effect is the likeliest. */
  readonly extreme: (stratum: Stratum) => Extreme;
  /** Derivative of the log-likelihood at θ, and minus its second derivative. */
  readonly score: (stratum: Stratum, theta: number) => ScoreTerm;
}

/** Sum of terms, and what a stratum that says nothing adds. */
export const NO_SCORE: ScoreTerm = { u: 0, v: 0 };

/** Score of all strata at θ. */
export function totalScore<Stratum>(
  family: Family<Stratum>,
  strata: readonly Stratum[],
  theta: number,
): ScoreTerm {
  let [u, v] = [0, 0];
  for (const stratum of strata) {
    const term = family.score(stratum, theta);
    u += term.u;
    v += term.v;
  }
  return { u, v };
}
