import { type Classified, classify, type Direction } from '../../src/judges/kayenta/classify.js';
import { isReachable } from '../../src/judges/mann-whitney/fewest.js';
import { KAYENTA_DEFAULTS } from '../../src/model/kayenta.js';
import { rankTest } from '../../src/stats/mann-whitney.js';
import type { Arm, Look } from './scenarios.js';

const ALPHA = 0.05;

/** The look, counted from 1, at which a rule first fails the release; null where none does. */
export type First = number | null;

/** One-sided test of the looks' values so far, p < .05, at every look that can reach it. */
export function mannWhitneyEach(looks: readonly Look[], side: 1 | -1): First {
  return firstOf(looks, 1, (judged, baseline) => {
    if (!isReachable(judged.length, baseline.length, ALPHA)) return false;
    const { pGreater, pLess } = rankTest(judged, baseline);
    return (side === 1 ? pGreater : pLess) <= ALPHA;
  });
}

/** Kayenta's judge in the direction that is worse, from some look on: it takes 2, ours takes 5. */
export function kayentaEach(looks: readonly Look[], side: 1 | -1, from: number): First {
  const direction: Direction = side === 1 ? 'increase' : 'decrease';
  return firstOf(looks, from, (judged, baseline) => {
    const { finding }: Classified = classify(judged, baseline, direction, KAYENTA_DEFAULTS);
    return finding.classification !== 'Pass';
  });
}

function firstOf(
  looks: readonly Look[],
  from: number,
  isFailed: (judged: readonly number[], baseline: readonly number[]) => boolean,
): First {
  const [judged, baseline] = [
    looks.map((look) => numberOf(look.judged)),
    looks.map((look) => numberOf(look.baseline)),
  ];
  for (let look = from; look <= looks.length; look += 1) {
    if (isFailed(judged.slice(0, look), baseline.slice(0, look))) return look;
  }
  return null;
}

/** One value a look and arm, as these rules have it: the mean latency, or the share. */
function numberOf({ k, n, mean }: Arm): number {
  return mean ?? k / n;
}
