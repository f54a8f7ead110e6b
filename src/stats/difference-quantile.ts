/** So many differences are laid out and sorted at the end; more are narrowed down by counting. */
const FEW = 5000;
/** Larger arms are thinned to so many values first, which tells where to look. */
const THINNED = 400;

/** How many differences are at most a value; the largest of these, and the smallest of the others. */
interface Split {
  readonly count: number;
  readonly below: number;
  readonly above: number;
}

/** The differences x - y of two arms, without laying them out. */
export interface Differences {
  /** @param k from 1 to how many there are; 1 is the smallest */
  readonly kth: (k: number) => number;
  readonly median: () => number;
}

/**
 * Order statistics of all n * m differences. Counting how many lie at most at a value takes one walk along both arms, and a few such
 * walks close in on the value of a rank; what is learnt for one rank serves the next.
 *
 * @param x rising, finite, not empty
 * @param y rising, finite, not empty
 */
export function differencesOf(x: Float64Array, y: Float64Array): Differences {
  const pairs = x.length * y.length;
  const splits: [Split, Split, ...Split[]] = [
    { count: 0, below: Number.NEGATIVE_INFINITY, above: (x[0] ?? 0) - (y.at(-1) ?? 0) },
    { count: pairs, below: (x.at(-1) ?? 0) - (y[0] ?? 0), above: Number.POSITIVE_INFINITY },
  ];
  const probe = (value: number): Split => {
    const split = splitAt(x, y, value);
    splits.push(split);
    return split;
  };
  const isLarge = x.length > 4 * THINNED && y.length > 4 * THINNED;
  const thinned = isLarge ? differencesOf(thin(x), thin(y)) : undefined;
  const kth = (k: number): number => {
    const known = nearest(splits, k);
    if (thinned !== undefined && known.over.count - known.under.count > (5 * pairs) / THINNED) {
      for (const value of around(thinned, k / pairs)) probe(value);
    }
    return closeIn(x, y, k, nearest(splits, k), probe);
  };
  const median = (): number => {
    const lower = kth(Math.ceil(pairs / 2));
    if (pairs % 2 === 1) return lower;
    const { count, above } = splitAt(x, y, lower);
    return count > pairs / 2 ? lower : lower + (above - lower) / 2;
  };
  return { kth, median };
}

/** Values between which a rank lies almost surely, as the thinned arms have it. */
function around(thinned: Differences, share: number): readonly number[] {
  const all = THINNED * THINNED;
  const rank = (at: number): number => Math.min(Math.max(Math.round(at * all), 1), all);
  return [thinned.kth(rank(share - 2 / THINNED)), thinned.kth(rank(share + 2 / THINNED))];
}

/** The middles of so many stretches of equal length. */
function thin(values: Float64Array): Float64Array {
  return Float64Array.from(
    { length: THINNED },
    (_, i) => values[Math.floor(((i + 0.5) * values.length) / THINNED)] ?? 0,
  );
}

/** The splits on either side of a rank that are nearest to it. */
interface Bracket {
  readonly under: Split;
  readonly over: Split;
}

function nearest(splits: readonly [Split, Split, ...Split[]], k: number): Bracket {
  let [under, over] = splits;
  for (const split of splits) {
    if (split.count < k && split.count > under.count) under = split;
    if (split.count >= k && split.count < over.count) over = split;
  }
  return { under, over };
}

/** Closes in on the k-th difference from the splits on either side. */
function closeIn(
  x: Float64Array,
  y: Float64Array,
  k: number,
  { under, over }: Bracket,
  probe: (value: number) => Split,
): number {
  let [low, underLow] = [under.above, under.count];
  let [high, upToHigh] = [over.below, over.count];
  // How far off each end is, in differences; the end that stays is made to look nearer (the Illinois rule).
  let [weightLow, weightHigh] = [k - underLow - 0.5, upToHigh - k + 0.5];
  let kept = 0;
  for (let step = 1; low < high; step += 1) {
    if (upToHigh - underLow <= FEW) return among(x, y, low, high)[k - underLow - 1] ?? Number.NaN;
    // Beyond the rank by a few, as seen from the end that moved last, so that the other one comes as near.
    const beyond = (kept * FEW) / 4 / (upToHigh - underLow);
    const share = step % 5 === 0 ? 0.5 : weightLow / (weightLow + weightHigh) - beyond;
    const { count, below, above } = probe(inside(low + (high - low) * share, low, high));
    if (count >= k) {
      [high, upToHigh, weightHigh] = [below, count, count - k + 0.5];
      if (kept === 1) weightLow /= 2;
      kept = 1;
    } else {
      [low, underLow, weightLow] = [above, count, k - count - 0.5];
      if (kept === -1) weightHigh /= 2;
      kept = -1;
    }
  }
  return low;
}

/** Below high, so that each step takes away something. */
function inside(probe: number, low: number, high: number): number {
  return probe >= low && probe < high ? probe : low;
}

function splitAt(x: Float64Array, y: Float64Array, value: number): Split {
  const m = y.length;
  let count = 0;
  let below = Number.NEGATIVE_INFINITY;
  let above = Number.POSITIVE_INFINITY;
  let j = 0;
  for (let i = 0; i < x.length; i += 1) {
    const at = x[i] ?? 0;
    while (j < m && at - (y[j] ?? 0) > value) j += 1;
    count += m - j;
    if (j < m) {
      const difference = at - (y[j] ?? 0);
      if (difference > below) below = difference;
    }
    if (j > 0) {
      const difference = at - (y[j - 1] ?? 0);
      if (difference < above) above = difference;
    }
  }
  return { count, below, above };
}

/** All differences from low to high, sorted. */
function among(x: Float64Array, y: Float64Array, low: number, high: number): Float64Array {
  const found: number[] = [];
  let start = 0;
  for (const at of x) {
    while (start < y.length && at - (y[start] ?? 0) > high) start += 1;
    for (let j = start; j < y.length && at - (y[j] ?? 0) >= low; j += 1) found.push(at - (y[j] ?? 0));
  }
  return new Float64Array(found).sort();
}
