import { evaluate, NO_READING } from '../model/limit.js';
import type { CriterionResult } from '../model/report.js';
import type { Ruled } from './policy.js';

/** What is wrong, page by page: all that was found, and of what was measured that which does not hold the limit. */
export function findingsOf({
  criterion: { rule },
  judged,
  judgement,
}: Ruled): Pick<CriterionResult, 'findings'> {
  if (judged?.measured === undefined)
    return judged?.findings === undefined ? {} : { findings: judged.findings };
  const reference = judgement.baseline?.value;
  const control = reference == null ? NO_READING : { value: reference, isAtLeast: false };
  const beyond = judged.measured.filter(
    ({ value, isAtLeast }) =>
      evaluate(rule.pass.condition, { value: value * rule.factor, isAtLeast }, control) !== 'holds',
  );
  return { findings: beyond.map(({ name, url, detail }) => ({ name, url, detail })) };
}
