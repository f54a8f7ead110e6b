import type { Pair } from '../pair.js';

/** The line `judged = scale * baseline + offset` that parts allowed from not allowed rates. */
export interface Line {
  readonly scale: number;
  readonly offset: number;
}

/** How the variance of one observation hangs on its rate: a share of trials, or events over an exposure. */
export type Family = 'binomial' | 'poisson';

/** True rates of both arms. */
export interface Rates {
  readonly judged: number;
  readonly baseline: number;
}

const EDGE = 1e-9;
const STEPS = 100;

/**
 * The point on the line that is nearest to the alternative in Kullback-Leibler divergence, weighted by the arms' sizes.
 *
 * The likelihood ratio of the alternative to this point is an e-variable for the whole half plane beyond the line:
 * its expectation is at most 1 under every pair of rates there, whatever the sizes.
 *
 * @returns undefined when no pair of possible rates lies on the line, or none could be found
 * @see Turner, Ly, Grünwald, arXiv 2106.02693; the Poisson case has the same proof, its exponent is linear in the rates
 */
export function project(
  family: Family,
  alternative: Rates,
  { scale, offset }: Line,
  judgedN: number,
  baselineN: number,
): Rates | undefined {
  const edge = family === 'binomial' ? EDGE : Number.MIN_VALUE;
  const most = family === 'binomial' ? 1 - EDGE : Number.POSITIVE_INFINITY;
  let low = Math.max(edge, (edge - offset) / scale);
  let high = Math.min(most, (most - offset) / scale);
  if (!(low < high)) return undefined;
  // The derivative along the line falls from above 0 to below 0; both arms pull towards their own rate.
  high = Math.min(high, Math.max(low, alternative.baseline, (alternative.judged - offset) / scale));
  low = Math.max(low, Math.min(high, alternative.baseline, (alternative.judged - offset) / scale));
  let baseline = (low + high) / 2;
  let before = high - low;
  for (let i = 0; i < STEPS; i += 1) {
    const judged = scale * baseline + offset;
    const spreadJ = family === 'binomial' ? judged * (1 - judged) : judged;
    const spreadB = family === 'binomial' ? baseline * (1 - baseline) : baseline;
    const pull =
      (scale * judgedN * (alternative.judged - judged)) / spreadJ +
      (baselineN * (alternative.baseline - baseline)) / spreadB;
    if (pull > 0) low = baseline;
    else high = baseline;
    // Fisher scoring; where it leaves the bracket, or goes to and fro, the bracket is halved instead.
    const step = pull / ((scale * scale * judgedN) / spreadJ + baselineN / spreadB);
    const isSound = baseline + step > low && baseline + step < high && Math.abs(step) <= before / 2;
    const next = isSound ? baseline + step : (low + high) / 2;
    before = Math.abs(next - baseline);
    // Past this rounding alone moves it, for ever.
    if (before <= 1e-13 * baseline || scale * before <= 1e-13 * judged || pull === 0)
      return { judged, baseline };
    baseline = next;
  }
  return undefined;
}

/**
 * A pair of rates at a distance beyond the line, with the point on the line that is nearest to it: `project` the other way
 * round, and without a search. The point comes first, and the alternative is where it has to be for that point to be
 * the nearest; its baseline lies next to `rate`.
 *
 * @param distance signed, of the judged rate from the line
 * @returns undefined where either would be no pair of possible rates
 */
export function tiedTo(
  family: Family,
  rate: number,
  distance: number,
  { scale, offset }: Line,
  judgedN: number,
  baselineN: number,
): { readonly alternative: Rates; readonly nearest: Rates } | undefined {
  const isShare = family === 'binomial';
  const sizes = (scale * judgedN) / baselineN;
  // How far the baseline gives way for each step of the judged rate, first about the rate, then at the point itself.
  let border = scale * rate + offset;
  let give = sizes * (isShare ? (rate * (1 - rate)) / (border * (1 - border)) : rate / border);
  if (!(border > 0) || (isShare && border >= 1)) return undefined;
  const point = rate + (give * distance) / (1 + scale * give);
  border = scale * point + offset;
  if (!isPossible(family, point) || !isPossible(family, border)) return undefined;
  give = sizes * (isShare ? (point * (1 - point)) / (border * (1 - border)) : point / border);
  const step = distance / (1 + scale * give);
  const alternative = { judged: border + step, baseline: point - give * step };
  if (!isPossible(family, alternative.judged) || !isPossible(family, alternative.baseline)) return undefined;
  return { alternative, nearest: { judged: border, baseline: point } };
}

function isPossible(family: Family, rate: number): boolean {
  return family === 'binomial' ? rate > EDGE && rate < 1 - EDGE : rate > Number.MIN_VALUE;
}

/** ln of the likelihood ratio of one stratum: `alternative` over `nearest`. */
export function lnBlock(family: Family, pair: Pair, alternative: Rates, nearest: Rates): number {
  return (
    lnRatio(family, pair.judged, alternative.judged, nearest.judged) +
    lnRatio(family, pair.baseline, alternative.baseline, nearest.baseline)
  );
}

/** ln of the likelihood ratio of two rates, for `k` of `n`. */
export function lnRatio(
  family: Family,
  { k, n }: { readonly k: number; readonly n: number },
  above: number,
  below: number,
): number {
  const events = k === 0 ? 0 : k * Math.log(above / below);
  if (family === 'poisson') return events - n * (above - below);
  return events + (n === k ? 0 : (n - k) * Math.log1p((below - above) / (1 - below)));
}
