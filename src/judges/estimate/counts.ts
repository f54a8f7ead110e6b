import type { Count } from '../../model/evidence.js';
import type { Take } from '../../model/take.js';
import { poissonScore, wilson } from '../../stats/interval.js';
import { type Estimate, NOTHING } from './found.js';
import { reduceNumbers } from './numbers.js';
import { estimateRecovery } from './recovery.js';

/** Totals of the window, or a reduction of the per-stratum quotients. */
export function estimateCounts(take: Take, strata: readonly (Count | null)[], stepMs: number): Estimate {
  let k = 0;
  let n = 0;
  for (const count of strata) {
    k += count?.k ?? 0;
    n += count?.n ?? 0;
  }
  if (take.kind === 'count')
    return { ...NOTHING, value: strata.every((count) => count === null) ? null : n, n };
  if (n <= 0) return NOTHING;
  if (take.kind === 'total') {
    // More events than exposure is a rate; at most as many may be either, and then Wilson's is the narrower truth.
    return { ...NOTHING, value: k / n, n, interval: k <= n ? wilson(k, n) : poissonScore(k, n) };
  }
  if (isCounted(take)) return { ...NOTHING, value: k, n };
  // A list of pages is all there is, and no sample: no interval.
  if (take.kind === 'share-ok' || take.kind === 'share-hit' || take.kind === 'share-current')
    return { ...NOTHING, value: k / n, n };
  const quotients = strata.map((count) => (count === null || count.n <= 0 ? null : count.k / count.n));
  if (take.kind === 'recovery') return { ...estimateRecovery(take, quotients, stepMs), n };
  return { ...NOTHING, value: reduceNumbers(take, quotients, stepMs), n };
}

/** True for takes that count what was found, and take no share of it. */
export function isCounted({ kind }: Take): boolean {
  return kind === 'findings' || kind === 'regressions' || kind === 'new-patterns';
}
