import { betaRegularized } from './beta.js';
import { normalQuantile } from './normal.js';
import type { Counted, PastShare } from './past-share.js';
import { poissonAtLeast } from './poisson.js';
import { bisect } from './root.js';
import { studentQuantile } from './student-t.js';

/** Where a true value certainly lies: on one side of a bound, or not certain. */
export type Side = 'above' | 'below' | 'open';

/** Each end of a 95 % range. */
const TAIL = 0.025;

/**
 * On which side of `scale * past + offset` the true value of a counted window lies, at the given chance of error.
 *
 * The exact test of binomial or Poisson counts against the bound, with the counts scaled down to the number of
 * independent events that would vary as much as these do: by what windows differ among themselves, and by what the
 * past value itself is unsure of. The scaling takes Student's quantile for the normal one, since that variance was
 * learnt from few windows.
 *
 * @param level one-sided, above 0 and below 0.5
 */
export function sideOfBound(
  judged: Counted,
  past: PastShare,
  bound: { readonly scale: number; readonly offset: number },
  level: number,
  isShare: boolean,
): Side {
  const at = bound.scale * past.value + bound.offset;
  if (at < 0) return 'above';
  if (isShare && at > 1) return 'below';
  const share = effectiveShare(judged, past, bound.scale, level, at, isShare);
  const k = judged.k * share;
  const n = judged.n * share;
  if (atLeast(k, n, at, isShare) <= level) return 'above';
  if (atMost(k, n, at, isShare) <= level) return 'below';
  return 'open';
}

/** Independent events over events, 0..1, when the true value is `at`. */
export function effectiveShare(
  judged: Counted,
  past: PastShare,
  scale: number,
  level: number,
  at: number,
  isShare: boolean,
): number {
  const counting = (isShare ? at * (1 - at) : at) / judged.n;
  const quantiles = studentQuantile(1 - level, past.windows / 2) / normalQuantile(1 - level);
  const extra = (past.between + scale ** 2 * past.own) * quantiles ** 2;
  return extra === 0 ? 1 : counting / (counting + extra);
}

function atLeast(k: number, n: number, at: number, isShare: boolean): number {
  if (k <= 0) return 1;
  if (!isShare) return poissonAtLeast(k, at * n);
  return k > n ? 0 : betaRegularized(at, k, n - k + 1);
}

function atMost(k: number, n: number, at: number, isShare: boolean): number {
  if (!isShare) return 1 - poissonAtLeast(k + 1, at * n);
  return k >= n ? 1 : 1 - betaRegularized(at, k + 1, n - k);
}

/** 95 % of the time the true value lies here; the range is that of the test in `sideOfBound`, at its own value. */
export function rangeOf(judged: Counted, past: PastShare, isShare: boolean): readonly [number, number] {
  const near = (judged.k + 0.5) / (judged.n + 1);
  const share = effectiveShare(judged, past, 1, TAIL, near, isShare);
  const k = judged.k * share;
  const n = judged.n * share;
  const most = isShare ? 1 : (k + 10 * Math.sqrt(k + 1) + 10) / n;
  const low = k <= 0 ? 0 : bisect((at) => atLeast(k, n, at, isShare) - TAIL, 0, most);
  const high = isShare && k >= n ? 1 : bisect((at) => atMost(k, n, at, isShare) - TAIL, 0, most);
  return [low, high];
}

/** Where 95 % of windows of `n` would lie if nothing had changed. */
export function expectedOf(n: number, past: PastShare, isShare: boolean): readonly [number, number] {
  const rate = past.value;
  const counting = (isShare ? rate * (1 - rate) : rate) / n;
  const half = studentQuantile(1 - TAIL, past.windows / 2) * Math.sqrt(counting + past.between + past.own);
  return [Math.max(0, past.value - half), isShare ? Math.min(1, past.value + half) : past.value + half];
}
