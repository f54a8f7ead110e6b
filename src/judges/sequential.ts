import { defineJudge, type JudgeQuestion, type Rule } from '../contracts/judge.js';
import type { Judgement } from '../model/judgement.js';
import { boundsOf, type Condition, evaluate, needsBaseline } from '../model/limit.js';
import type { SequentialEvidence } from '../model/sequential.js';
import { describe, openQuestion, scaled, strataIn } from './estimate/comparison.js';
import { isEquality } from './estimate/equality.js';
import { type Data, dataOf } from './sequential/data.js';
import { neededFor, referenceOf } from './sequential/needed.js';
import { type Range, rangeOf } from './sequential/range.js';
import { outcomeOf, type Weighed, weigh } from './sequential/weigh.js';
import {
  beyondReason,
  decidedReason,
  fewStepsReason,
  remarks,
  turnedReason,
  undecidedReason,
} from './sequential/words.js';

/** Evidence that stays valid however often it is looked at. */
export const sequential = defineJudge({
  id: 'sequential',
  about: 'always-valid evidence: certainly worse fails, certainly within passes, else more traffic is needed',
  refuses,
  judge: (rule, judged, baseline) => {
    const seen = scaled(rule, judged);
    const control = baseline && scaled(rule, baseline);
    const isAlone =
      control === undefined &&
      [rule.pass, rule.warn].some((limit) => limit !== null && needsBaseline(limit.condition));
    if (seen.value === null || control?.value === null || isAlone) {
      return describe(rule, seen, control, {
        verdict: 'inconclusive',
        reason: openQuestion(rule, seen, control),
      });
    }
    const data = dataOf(rule, judged, baseline);
    const pass = weigh(rule.pass.condition, data, rule, rule.factor);
    const warn = rule.warn === null ? pass : weigh(rule.warn.condition, data, rule, rule.factor);
    const [bound = { scale: 0, offset: 0 }] = boundsOf(rule.pass.condition);
    const range = rangeOf(data, bound, rule.factor);
    const steps = data.at.length;
    const isEnough = steps >= rule.minSteps;
    const now = { estimate: range?.estimate ?? Number.NaN, reference: referenceOf(data) * rule.factor };
    const decided = isEnough ? held(rule, data, decide(rule, pass, warn, now)) : undefined;
    const evidence = evidenceOf(rule, data, { pass, warn, range, isDecided: decided !== undefined });
    const judgement = describe(
      rule,
      seen,
      control,
      decided ??
        ({
          verdict: 'inconclusive',
          reason: isEnough ? undecidedReason(rule, evidence) : fewStepsReason(rule, steps, data),
        } as const),
      evidence,
    );
    return { ...judgement, notes: [...judgement.notes, ...remarks(data, evidence, bound)] };
  },
  strata: strataIn,
});

/** What the whole window says now: the judged value over the baseline's mix of steps, and the baseline's own. */
interface Now {
  readonly estimate: number;
  readonly reference: number;
}

/**
 * Fail wins over everything; a pass needs certainty about the pass limit itself.
 *
 * What was certain to be worse stays so. What was certain to be within stays so only while the window as a whole still is:
 * a release that breaks after it had passed must not be shown as passing.
 */
function decide(
  rule: Rule,
  pass: Weighed,
  warn: Weighed,
  now: Now,
): Pick<Judgement, 'verdict' | 'reason'> | undefined {
  const passes = outcomeOf(pass);
  const warns = outcomeOf(warn);
  if (warns === 'broken') return { verdict: 'fail', reason: decidedReason(rule, warn, 'fail') };
  if (passes === 'holds') {
    if (isWithin(rule.pass.condition, now)) return { verdict: 'pass', reason: null };
    return { verdict: 'inconclusive', reason: turnedReason(rule.pass) };
  }
  if (rule.warn !== null && passes === 'broken' && warns === 'holds') {
    if (isWithin(rule.warn.condition, now)) {
      return { verdict: 'warn', reason: decidedReason(rule, pass, 'warn') };
    }
    return { verdict: 'inconclusive', reason: turnedReason(rule.warn) };
  }
  return undefined;
}

/** Steps that lie beyond the last bucket edge take no part in a test: what they do not hold, the others cannot certify. */
function held(
  rule: Rule,
  data: Data,
  decided: Pick<Judgement, 'verdict' | 'reason'> | undefined,
): Pick<Judgement, 'verdict' | 'reason'> | undefined {
  if (data.kind !== 'numbers' || (decided?.verdict !== 'pass' && decided?.verdict !== 'warn')) return decided;
  const limit = decided.verdict === 'pass' ? rule.pass : (rule.warn ?? rule.pass);
  const beyond = data.beyond.filter(
    ({ judged, baseline }) => evaluate(limit.condition, judged, baseline) !== 'holds',
  );
  if (beyond.length === 0) return decided;
  return { verdict: 'inconclusive', reason: beyondReason(beyond.length, data) };
}

function isWithin(condition: Condition, { estimate, reference }: Now): boolean {
  const reading = (value: number) => ({ value, isAtLeast: false });
  return evaluate(condition, reading(estimate), reading(reference)) === 'holds';
}

interface Found {
  readonly pass: Weighed;
  readonly warn: Weighed;
  readonly range: Range | undefined;
  readonly isDecided: boolean;
}

function evidenceOf(rule: Rule, data: Data, found: Found): SequentialEvidence {
  const { pass, warn, range } = found;
  const crossings = [
    ...(warn.brokenAt === null ? [] : [{ side: 'fail' as const, stratum: warn.brokenAt }]),
    ...(pass.holdsAt === null ? [] : [{ side: 'pass' as const, stratum: pass.holdsAt }]),
  ];
  // A loop stops at the first; where both come at one look, fail wins.
  const [first = null] = crossings.toSorted((a, b) => a.stratum - b.stratum);
  return {
    test: pass.test,
    estimate: range?.estimate ?? null,
    interval: range?.interval ?? null,
    logE: { fail: finite(warn.broken), pass: finite(pass.holds) },
    alpha: rule.falseAlarm,
    falsePass: rule.falsePass,
    strata: data.at.length,
    n: observations(data),
    dispersion: range?.dispersion ?? null,
    firstCrossing: first,
    needed: found.isDecided || range === undefined ? null : neededFor(rule, data, range),
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function observations(data: Data): SequentialEvidence['n'] {
  const total = (counts: readonly { readonly n: number }[]): number =>
    counts.reduce((sum, { n }) => sum + n, 0);
  switch (data.kind) {
    case 'pairs':
      return {
        canary: total(data.pairs.map((pair) => pair.judged)),
        baseline: total(data.pairs.map((pair) => pair.baseline)),
      };
    case 'counts':
      return { canary: total(data.counts), baseline: null };
    case 'numbers':
      return { canary: data.at.length, baseline: data.baseline === null ? null : data.at.length };
  }
}

function refuses({ kind, take, unit, pass, warn }: JudgeQuestion): { message: string; mend: string } | null {
  const mend = 'write "evidence: point" to let the point estimate decide';
  if (kind === 'samples') {
    return { message: 'raw samples have no steps, which sequential evidence needs', mend };
  }
  const isSummed = take.kind === 'total' || take.kind === 'mean' || take.kind === 'quantile';
  const isShare = take.kind === 'share-at-most' || take.kind === 'share-above' || take.kind === 'apdex';
  const isNumbers = kind === 'value';
  if (!(isSummed || isShare) || (isNumbers && take.kind !== 'mean')) {
    return {
      message: `sequential evidence knows no test for this take of a ${kind}`,
      mend: isNumbers ? `add "take: mean", whose steps are compared, or ${mend}` : mend,
    };
  }
  if ([pass, ...(warn === null ? [] : [warn])].some(isEquality)) {
    return { message: 'nothing can be certain to be equal: "==" and "!=" have no sequential test', mend };
  }
  const fixed = boundsOf(pass).filter((bound) => bound.scale === 0);
  if (kind === 'rate' && fixed.some(({ offset }) => offset <= 0)) {
    return { message: 'no exposure makes certain that a rate is exactly 0', mend };
  }
  if (unit === 'share' && fixed.some(({ offset }) => offset <= 0 || offset >= 1)) {
    return { message: 'no number of samples makes certain that a share is exactly 0 % or 100 %', mend };
  }
  return null;
}
