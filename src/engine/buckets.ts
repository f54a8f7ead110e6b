import type { Criterion } from '../contracts/gate.js';
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

/**
 * Why a share under a bound above the last bucket edge does not pass beside a baseline: what lies above the edge counts as
 * beyond the bound in both arms, which makes the baseline worse than it may be.
 */
export function beyondEdges(
  { rule: { take } }: Criterion,
  { verdict }: Judgement,
  baseline: Observation | undefined,
): Reason | undefined {
  if (baseline?.evidence.kind !== 'buckets' || (verdict !== 'pass' && verdict !== 'warn')) return undefined;
  const bound =
    take.kind === 'apdex'
      ? 4 * take.threshold
      : take.kind === 'share-at-most' || take.kind === 'share-above'
        ? take.bound
        : Number.NEGATIVE_INFINITY;
  const { bounds, strata } = baseline.evidence;
  const edge = bounds.at(-2) ?? 0;
  const beyond = strata.reduce((sum, counts) => sum + (counts?.at(-1) ?? 0) - (counts?.at(-2) ?? 0), 0);
  if (!(bound > edge) || isNear(bound, edge) || beyond <= 0) return undefined;
  return {
    code: 'beyond-buckets',
    text: `${bound} lies above the last bucket edge ${edge}: how much of the baseline lies between them is not known`,
    next: 'add buckets above it, or judge a share under a bucket edge',
  };
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
