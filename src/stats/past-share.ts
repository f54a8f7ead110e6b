/** `k` events in `n`: of a share at most `n`, of a rate any number. */
export interface Counted {
  readonly k: number;
  readonly n: number;
}

/** What earlier windows say of a share or a rate. */
export interface PastShare {
  /** The pooled quotient. */
  readonly value: number;
  /** Variance of a window's true value around it, beyond what counting makes by itself. */
  readonly between: number;
  /** Variance of `value` itself. */
  readonly own: number;
  /** Variance of the counts over that of independent events, at least 1. */
  readonly dispersion: number;
  /** Windows that were used. */
  readonly windows: number;
}

/** The share of windows nearest to the median that is used: one incident in five windows does no harm. */
const KEPT = 0.8;
/** Mean square of a standard normal value, given that it is among the nearest 80 %: 1 - 2 z φ(z) / 0.8 at z = 1.2816. */
const MEAN_SQUARE_KEPT = 0.437_724_594_9;

/**
 * Pools earlier windows and measures how much more they vary than independent events would: a random-effects model with
 * the moment estimator of its variance, over the windows nearest to the median.
 *
 * @param isShare counts are binomial (`k` of `n`); otherwise Poisson (`k` events in exposure `n`)
 * @param windows with `n` above 0, at least 2
 * @see DerSimonian and Laird 1986, for the estimator without the trimming
 */
export function pastShare(windows: readonly Counted[], isShare: boolean): PastShare {
  const kept = nearest(windows);
  const k = kept.reduce((sum, window) => sum + window.k, 0);
  const n = kept.reduce((sum, window) => sum + window.n, 0);
  const value = k / n;
  const perTrial = varianceOf(value, isShare);
  const squares = kept.reduce((sum, window) => sum + (window.k - window.n * value) ** 2 / window.n, 0);
  const pearson = perTrial > 0 ? squares / perTrial / (kept.length - 1) / MEAN_SQUARE_KEPT : 1;
  const dispersion = Math.max(1, pearson);
  const between = ((dispersion - 1) * perTrial) / (n / kept.length);
  // None of many leaves a share of 0 as uncertain as half an event would.
  const least = varianceOf(0.5 / n, isShare);
  const own = Math.max(perTrial, least) / n + between / kept.length;
  return { value, between, own, dispersion, windows: kept.length };
}

/** Variance of one trial, or of one unit of exposure. */
function varianceOf(value: number, isShare: boolean): number {
  return isShare ? value * (1 - value) : value;
}

function nearest(windows: readonly Counted[]): readonly Counted[] {
  const quotients = windows.map(({ k, n }) => k / n).sort((a, b) => a - b);
  const upper = quotients[quotients.length >> 1] ?? Number.NaN;
  const lower = quotients[(quotients.length - 1) >> 1] ?? Number.NaN;
  const median = (lower + upper) / 2;
  const distance = ({ k, n }: Counted): number => Math.abs(k / n - median);
  return [...windows]
    .sort((a, b) => distance(a) - distance(b))
    .slice(0, Math.max(2, Math.ceil(KEPT * windows.length)));
}
