import { defineJudge } from '../contracts/judge.js';
import { describe, openQuestion, scaled, strataIn } from './estimate/comparison.js';

/**
 * Evidence that stays valid however often it is looked at.
 *
 * This version has no such test: it shows the numbers and decides nothing, since a comparison that is looked at
 * every minute by its point estimate fails healthy releases and passes sick ones.
 */
export const sequential = defineJudge({
  id: 'sequential',
  about: 'always-valid evidence for comparisons; decides nothing in this version',
  judge: (rule, judged, baseline) => {
    const seen = scaled(rule, judged);
    const control = baseline === undefined ? undefined : scaled(rule, baseline);
    if (seen.value === null || control?.value === null) {
      return describe(rule, seen, control, {
        verdict: 'inconclusive',
        reason: openQuestion(rule, seen, control),
      });
    }
    const reason = {
      code: 'evidence-not-available' as const,
      text: 'sequential evidence is not part of this version, so a comparison with the baseline is left undecided',
      next: 'write "evidence: point" on the criterion to let the point estimate decide',
    };
    return describe(rule, seen, control, { verdict: 'inconclusive', reason });
  },
  strata: strataIn,
});
