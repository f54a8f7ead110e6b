import fc from 'fast-check';
import type { Pair } from '../../../src/stats/pair.js';
import { pairOf } from '../sequential/support.js';

function pairs(rows: readonly (readonly [nc: number, yc: number, nb: number, yb: number])[]): Pair[] {
  return rows.map(([nc, yc, nb, yb]) => pairOf(yc, nc, yb, nb));
}

/** A checkout that gets worse. */
export const S1 = pairs([
  [200, 118, 200, 125],
  [200, 112, 200, 130],
  [200, 115, 200, 121],
]);

/** Rare errors on a small canary. */
export const S2 = pairs([
  [50, 2, 950, 5],
  [50, 1, 950, 4],
  [50, 3, 950, 6],
  [100, 4, 900, 5],
]);

export const S3 = pairs([[1000, 100, 1000, 62]]);

/** Strata that say nothing of an effect: an empty arm, no success, no failure, nothing at all. */
export const SILENT = pairs([
  [0, 0, 100, 40],
  [100, 40, 0, 0],
  [100, 0, 50, 0],
  [100, 100, 50, 50],
  [0, 0, 0, 0],
]);

export function swapped({ judged, baseline }: Pair): Pair {
  return { judged: baseline, baseline: judged };
}

/** Any pair of arms, of which one may be empty. */
export function anyPair(most: number): fc.Arbitrary<Pair> {
  const arm = fc.nat(most).chain((n) => fc.tuple(fc.constant(n), fc.nat(n)));
  return fc.tuple(arm, arm).map(([[nc, yc], [nb, yb]]) => pairOf(yc, nc, yb, nb));
}

/** All tables with the margins of a pair. */
export function tablesOf({ judged, baseline }: Pair): Pair[] {
  const [nc, nb] = [judged.n, baseline.n];
  const s = judged.k + baseline.k;
  const tables: Pair[] = [];
  for (let y = Math.max(0, s - nb); y <= Math.min(nc, s); y += 1) tables.push(pairOf(y, nc, s - y, nb));
  return tables;
}
