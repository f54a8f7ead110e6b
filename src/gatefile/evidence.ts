import type { Arm } from '../contracts/gate.js';
import type { Judge, JudgeQuestion, Rule } from '../contracts/judge.js';
import { needsBaseline } from '../model/limit.js';
import { type FileContext, placeOf } from './context.js';
import type { CriterionBlock } from './schema.js';
import type { OpenSignal } from './signals.js';

/** A judge, and the word of `evidence:` that names it. */
export interface ChosenJudge {
  readonly judge: Judge;
  readonly evidence: string;
}

/**
 * The judge of a criterion or segment: the written one, or what its limits and the run ask for.
 *
 * A comparison is sequential. So is a fixed limit on counts once the run looks again and again under `--since`,
 * where there is a test for it.
 */
export async function judgeOf(
  context: FileContext,
  block: Pick<CriterionBlock, 'evidence' | 'tolerate' | 'kayenta'>,
  rule: Rule,
  open: OpenSignal,
  path: readonly string[],
  arms: readonly Arm[],
): Promise<ChosenJudge | undefined> {
  checkTolerance(context, block, rule, open, path, arms);
  checkKayenta(context, block, path);
  const { onlyEvidence } = open.signal;
  if (onlyEvidence !== undefined && block.evidence !== undefined && block.evidence !== onlyEvidence) {
    context.trouble.add({
      code: 'gatefile.invalid',
      message: `a ${open.kind} has no steps, which evidence "${block.evidence}" needs`,
      span: placeOf(context, [...path, 'evidence']),
      mend: `remove the line: "${onlyEvidence}" is the one that suits`,
    });
    return undefined;
  }
  const question: JudgeQuestion = {
    kind: open.kind,
    take: rule.take,
    unit: rule.unit,
    pass: rule.pass.condition,
    warn: rule.warn?.condition ?? null,
  };
  const evidence = block.evidence ?? onlyEvidence ?? defaultFor(rule, arms);
  if (block.evidence === undefined && !isCompared(rule) && isLookedAtAgain(block, rule, open)) {
    const judge = await context.request.plugins.judges.load('sequential');
    if (judge?.refuses(question) === null) return { judge, evidence: 'sequential' };
  }
  const judge = await context.request.plugins.judges.load(evidence);
  if (judge === undefined) return undefined;
  const refusal = judge.refuses(question);
  if (refusal === null) return { judge, evidence };
  context.trouble.add({
    code: 'gatefile.invalid',
    message: refusal.message,
    span: placeOf(context, [...path, block.evidence === undefined ? 'pass' : 'evidence']),
    mend: refusal.mend,
  });
  return undefined;
}

/** A baseline of the past shares no moment with the judged arm, so its steps cannot be compared one by one. */
function defaultFor(rule: Rule, [, baseline]: readonly Arm[]): string {
  if (!isCompared(rule)) return 'point';
  return baseline !== undefined && baseline.shiftMs > 0 ? 'history' : 'sequential';
}

export function isCompared(rule: Rule): boolean {
  return needsBaseline(rule.pass.condition) || (rule.warn !== null && needsBaseline(rule.warn.condition));
}

function isLookedAtAgain(block: Pick<CriterionBlock, 'tolerate'>, rule: Rule, open: OpenSignal): boolean {
  const counts =
    (rule.take.kind === 'total' && (open.kind === 'ratio' || open.kind === 'rate')) ||
    rule.take.kind === 'share-at-most' ||
    rule.take.kind === 'share-above';
  return rule.isSince && counts && block.tolerate === undefined && open.kind !== 'value';
}

function checkKayenta(
  context: FileContext,
  block: Pick<CriterionBlock, 'evidence' | 'kayenta'>,
  path: readonly string[],
): void {
  if (block.kayenta === undefined || block.evidence === 'kayenta') return;
  context.trouble.add({
    code: 'gatefile.invalid',
    message: '"kayenta" tells a judge that this criterion does not have',
    span: context.yaml.keySpanOf([...path, 'kayenta']),
    mend: 'add "evidence: kayenta", or remove it',
  });
}

function checkTolerance(
  context: FileContext,
  block: Pick<CriterionBlock, 'evidence' | 'tolerate'>,
  rule: Rule,
  open: OpenSignal,
  path: readonly string[],
  arms: readonly Arm[],
): void {
  if (block.tolerate === undefined) return;
  const refuse = (message: string, mend: string): void => {
    context.trouble.add({
      code: 'gatefile.invalid',
      message,
      span: placeOf(context, [...path, 'tolerate']),
      mend,
    });
  };
  if ((block.evidence ?? open.signal.onlyEvidence ?? defaultFor(rule, arms)) !== 'point')
    refuse('"tolerate" counts steps by their point estimates', 'add "evidence: point", or remove it');
  if (rule.take.kind === 'instant' || open.kind === 'samples' || open.signal.onlyEvidence !== undefined)
    refuse('"tolerate" needs a value for each step', 'add a take such as "mean", or remove it');
}
