import { counted } from '../../contracts/counted.js';
import type { Rule, Tolerance } from '../../contracts/judge.js';
import type { Judgement } from '../../model/judgement.js';
import { evaluate, NO_READING, type PreparedLimit, type Reading } from '../../model/limit.js';

interface Tally {
  /** Breaches in the worst run of consecutive steps, missing steps counted as none. */
  readonly sure: number;
  /** The same with missing steps counted as breaches. */
  readonly possible: number;
}

/**
 * `tolerate: 2 of 5 steps`: the worst 5 consecutive steps decide. A missing step counts as a breach for passing
 * and as none for failing, so that a gap can neither pass nor fail a release.
 */
export function judgeTolerated(
  rule: Rule,
  tolerate: Tolerance,
  judged: readonly Reading[],
  baseline: readonly Reading[] | undefined,
): Pick<Judgement, 'verdict' | 'reason'> {
  const pass = tally(rule.pass, tolerate, judged, baseline);
  if (pass.possible <= tolerate.breaches) return { verdict: 'pass', reason: null };
  const words = (sure: number): string =>
    `${sure} of ${tolerate.steps} steps in a row broke the limit, ${tolerate.breaches} allowed`;
  if (rule.warn === null) {
    if (pass.sure > tolerate.breaches)
      return { verdict: 'fail', reason: { code: 'threshold', text: words(pass.sure) } };
    return missing(pass);
  }
  const warn = tally(rule.warn, tolerate, judged, baseline);
  if (warn.sure > tolerate.breaches)
    return { verdict: 'fail', reason: { code: 'threshold', text: words(warn.sure) } };
  if (pass.sure > tolerate.breaches && warn.possible <= tolerate.breaches) {
    return { verdict: 'warn', reason: { code: 'threshold', text: words(pass.sure) } };
  }
  return missing(pass);
}

function missing(tallied: Tally): Pick<Judgement, 'verdict' | 'reason'> {
  const gaps = tallied.possible - tallied.sure;
  return {
    verdict: 'inconclusive',
    reason: {
      code: 'partial',
      text: `${counted(tallied.sure, 'step')} broke the limit and ${counted(gaps, 'step holds', 'steps hold')} no data, which could decide either way`,
    },
  };
}

function tally(
  limit: PreparedLimit,
  tolerate: Tolerance,
  judged: readonly Reading[],
  baseline: readonly Reading[] | undefined,
): Tally {
  const steps = judged.map((reading, i) => evaluate(limit.condition, reading, baseline?.[i] ?? NO_READING));
  // A window shorter than the run is a run with steps missing, not a run without breaches.
  while (steps.length < tolerate.steps) steps.push('open');
  let sure = 0;
  let possible = 0;
  for (let start = 0; start + tolerate.steps <= steps.length; start += 1) {
    const run = steps.slice(start, start + tolerate.steps);
    const broken = run.filter((step) => step === 'broken').length;
    sure = Math.max(sure, broken);
    possible = Math.max(possible, broken + run.filter((step) => step === 'open').length);
  }
  return { sure, possible };
}
