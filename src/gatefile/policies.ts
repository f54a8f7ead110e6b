import type { OnPolicies } from '../contracts/gate.js';
import { type FileContext, placeOf } from './context.js';
import type { CriterionBlock } from './schema.js';

/** Policies of a criterion or segment that contradict each other, or loosen without saying why. */
export function checkPolicies(
  context: FileContext,
  block: Pick<CriterionBlock, 'advisory' | 'critical' | 'dependency' | 'on' | 'at-most' | 'across'>,
  path: readonly string[],
): void {
  if (block.advisory && block.critical) {
    const span = context.yaml.keySpanOf([...path, 'critical']);
    context.trouble.add({
      code: 'gatefile.invalid',
      message: 'a criterion cannot be both advisory and critical',
      span,
      mend: 'keep one of the two',
    });
  }
  if (block.critical && block.dependency === 'optional') {
    context.trouble.add({
      code: 'gatefile.invalid',
      message: 'a critical criterion cannot be an optional dependency: its breach would be a warning',
      span: context.yaml.keySpanOf([...path, 'critical']),
      mend: 'keep one of the two',
    });
  }
  const on: OnPolicies = (block.on ?? {}) as OnPolicies;
  for (const [key, verdict] of Object.entries(on)) {
    if (verdict !== 'warn' && verdict !== 'pass') continue;
    const span = placeOf(context, [...path, 'on', key]);
    if (block.critical) {
      context.trouble.add({
        code: 'gatefile.loosened',
        message: `a critical criterion cannot let missing evidence ${verdict}`,
        span,
        mend: 'remove the policy, or "critical: true"',
      });
    } else if (on.because === undefined && !context.isMisspelt([...path, 'on'])) {
      context.trouble.add({
        code: 'gatefile.loosened',
        message: `"${key}: ${verdict}" lets missing evidence ${verdict}`,
        span,
        mend: 'say why with "because: TEXT", or use fail or inconclusive',
      });
    }
  }
  if (block['at-most'] !== undefined && block.across !== 'each') {
    context.trouble.add({
      code: 'gatefile.invalid',
      message: '"at-most" goes with "across: each"',
      span: placeOf(context, [...path, 'at-most']),
      mend: 'remove it',
    });
  }
}
