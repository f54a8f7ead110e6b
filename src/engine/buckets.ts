import type { Observation } from '../model/evidence.js';
import type { Judgement } from '../model/judgement.js';
import type { Reason } from '../model/reason.js';

/** Numbers read off the same counts, added up in another order. */
const SLACK = 1e-9;

/**
 * Arms with different buckets are compared on the edges that both have, since a number read inside a bucket hangs on how
 * wide it is: one arm would look better or worse by its buckets alone.
 *
 * @param judge judges two observations
 * @returns the judgement on common edges, or why there is none: where numbers change without the other edges; undefined
 *          where the arms have the same buckets
 */
export function onCommonEdges(
  judged: Observation,
  baseline: Observation | undefined,
  judge: (judged: Observation, baseline: Observation) => Judgement,
): { readonly judgement: Judgement; readonly reason: Reason | undefined } | undefined {
  if (judged.evidence.kind !== 'buckets' || baseline?.evidence.kind !== 'buckets') return undefined;
  const [own, other] = [judged.evidence.bounds, baseline.evidence.bounds];
  if (own.length === 0 || other.length === 0) return undefined;
  const common = own.filter((bound) => other.includes(bound));
  const stray = [...own, ...other].filter((bound) => !common.includes(bound));
  const [first] = stray;
  if (first === undefined) return undefined;
  const whole = judge(judged, baseline);
  const judgement = judge(cut(judged, common), cut(baseline, common));
  const isSame =
    isNear(whole.value, judgement.value) && isNear(whole.baseline?.value, judgement.baseline?.value);
  const more = stray.length > 1 ? ` and ${stray.length - 1} more` : '';
  const text = `the arms have different buckets: le="${first}"${more} is not in both`;
  if (isSame) return { judgement: { ...judgement, notes: [...judgement.notes, text] }, reason: undefined };
  const next = 'give both arms the same buckets, or judge a share under an edge that both have';
  return { judgement: whole, reason: { code: 'partial', text, next } };
}

function isNear(a: number | null | undefined, b: number | null | undefined): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b;
  return Math.abs(a - b) <= SLACK * Math.max(Math.abs(a), Math.abs(b));
}

function cut(observation: Observation, bounds: readonly number[]): Observation {
  const { evidence } = observation;
  if (evidence.kind !== 'buckets') return observation;
  const places = bounds.map((bound) => evidence.bounds.indexOf(bound));
  const strata = evidence.strata.map((counts) => counts && places.map((place) => counts[place] ?? 0));
  return { ...observation, evidence: { kind: 'buckets', bounds, strata } };
}
