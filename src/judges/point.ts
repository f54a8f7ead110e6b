import { defineJudge, type Rule } from '../contracts/judge.js';
import type { Judgement } from '../model/judgement.js';
import { evaluate } from '../model/limit.js';
import { describe, openQuestion, readingOf, readingsIn, scaled, strataIn } from './estimate/comparison.js';
import type { Estimate } from './estimate/found.js';
import { judgeTolerated } from './estimate/tolerated.js';

/** The point estimate decides; the interval is shown beside it. */
export const point = defineJudge({
  id: 'point',
  about: 'the point estimate decides once there are enough samples',
  refuses: () => null,
  judge: (rule, judged, baseline) => {
    const seen = scaled(rule, judged);
    const control = baseline && scaled(rule, baseline);
    const decided =
      rule.tolerate === null
        ? decide(rule, seen, control)
        : judgeTolerated(
            rule,
            rule.tolerate,
            readingsIn(rule, judged),
            baseline && readingsIn(rule, baseline),
          );
    return describe(rule, seen, control, decided);
  },
  strata: strataIn,
});

function decide(
  rule: Rule,
  seen: Estimate,
  control: Estimate | undefined,
): Pick<Judgement, 'verdict' | 'reason'> {
  const pass = evaluate(rule.pass.condition, readingOf(seen), readingOf(control));
  const warn = rule.warn === null ? pass : evaluate(rule.warn.condition, readingOf(seen), readingOf(control));
  if (pass === 'holds') return { verdict: 'pass', reason: null };
  if (warn === 'broken') {
    const looser = rule.warn === null ? '' : `, nor the looser ${rule.warn.text}`;
    return {
      verdict: 'fail',
      reason: { code: 'threshold', text: `does not hold: ${rule.pass.text}${looser}` },
    };
  }
  if (pass === 'broken' && warn === 'holds') {
    return { verdict: 'warn', reason: { code: 'threshold', text: `pass does not hold: ${rule.pass.text}` } };
  }
  return { verdict: 'inconclusive', reason: openQuestion(rule, seen, control) };
}
