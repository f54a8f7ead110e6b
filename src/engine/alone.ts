import type { Criterion } from '../contracts/gate.js';
import type { Evidence, Observation } from '../model/evidence.js';
import type { Judgement } from '../model/judgement.js';
import type { Reason } from '../model/reason.js';

/** Requests that were to be expected where there is none: by chance that happens once in 5e8 times. */
const EXPECTED = 20;

/**
 * Why a comparison does not pass whose arms parted: from some step on traffic goes to one of them alone. Steps without
 * requests in both arms are not compared, and what one arm did there is nobody's evidence.
 */
export function parted(
  { arms }: Criterion,
  { verdict }: Judgement,
  judged: Observation,
  baseline: Observation | undefined,
): Reason | undefined {
  if (baseline === undefined || (verdict !== 'pass' && verdict !== 'warn')) return undefined;
  const [own, other] = [requestsIn(judged.evidence), requestsIn(baseline.evidence)];
  const lost = lostIn(own, other) ?? lostIn(other, own);
  if (lost === undefined) return undefined;
  const names = arms.map(({ arm }) => arm.name);
  const [gone, stays] = lost.of === own ? names : [...names].reverse();
  return {
    code: 'partial',
    text: `traffic went to arm "${stays}" alone in ${lost.steps} of ${own.length} steps, where "${gone}" had some before: they are not compared`,
    next: 'see what moved the traffic; compare a window in which both arms have it',
  };
}

type Requests = readonly (number | null)[];

/** Steps in which an arm had no requests after it had had some, while the other's let many be expected. */
function lostIn(
  of: Requests,
  other: Requests,
): { readonly of: Requests; readonly steps: number } | undefined {
  let [own, both, alone, steps] = [0, 0, 0, 0];
  other.forEach((n, i) => {
    const mine = of[i] ?? null;
    if (n === null || n <= 0 || mine === null) return;
    if (mine > 0) {
      own += mine;
      both += n;
    } else if (own > 0) {
      alone += n;
      steps += 1;
    }
  });
  return own > 0 && (alone * own) / both >= EXPECTED ? { of, steps } : undefined;
}

function requestsIn(evidence: Evidence): Requests {
  if (evidence.kind === 'counts') return evidence.strata.map((count) => count?.n ?? null);
  if (evidence.kind === 'buckets') return evidence.strata.map((counts) => counts && (counts.at(-1) ?? null));
  return [];
}
