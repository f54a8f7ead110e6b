import { defineJudge, type JudgeQuestion, type Rule } from '../contracts/judge.js';
import type { Judgement } from '../model/judgement.js';
import { boundsOf, type Condition } from '../model/limit.js';
import { describe, openQuestion, scaled, strataIn } from './estimate/comparison.js';
import { isEquality } from './estimate/equality.js';
import { isReading, stepsIn, valuesIn } from './estimate/values.js';
import { weigh } from './estimate/weigh.js';
import { fewestPerArm, finestPart, isReachable } from './mann-whitney/fewest.js';
import { type Compared, compare } from './mann-whitney/shift.js';
import { decided, remarks, tooFew, undecided } from './mann-whitney/words.js';

/** The values of two arms, by their ranks: a shift beyond the margin or within it, at one look. */
export const mannWhitney = defineJudge({
  id: 'mann-whitney',
  about: 'the values of two arms compared by their ranks, at one look',
  refuses,
  judge: (rule, judged, baseline) => {
    const seen = scaled(rule, judged);
    const control = baseline && scaled(rule, baseline);
    const [own, other] = [valuesIn(rule, judged), baseline === undefined ? [] : valuesIn(rule, baseline)];
    const open = (reason: Judgement['reason']): Judgement =>
      describe(rule, seen, control, { verdict: 'inconclusive', reason });
    if (!isReading(own) || !isReading(other)) return open(openQuestion(rule, seen, control));
    const level = Math.min(rule.falseAlarm, rule.falsePass) / partsOf(rule);
    if (!isReachable(own.length, other.length, level)) {
      return open(tooFew(own.length, other.length, level, fewestPerArm(level)));
    }
    const compared = compare(rule, own, other, stepsIn(judged, own.length, other.length));
    const judgement = describe(rule, seen, control, decide(rule, compared));
    return {
      ...judgement,
      ranks: compared.evidence,
      notes: [...judgement.notes, ...remarks(rule, compared.evidence, judgement.reason === null)],
    };
  },
  strata: strataIn,
});

/** A limit of several bounds splits the budgets, and so asks for more values. */
function partsOf(rule: Rule): number {
  return Math.max(finestPart(rule.pass.condition), rule.warn === null ? 1 : finestPart(rule.warn.condition));
}

/** Fail wins over everything; a pass needs certainty about the pass limit itself. */
function decide(rule: Rule, compared: Compared): Pick<Judgement, 'verdict' | 'reason'> {
  const passes = weigh(rule.pass.condition, compared, rule);
  const warns = rule.warn === null ? passes : weigh(rule.warn.condition, compared, rule);
  if (warns === 'broken') return { verdict: 'fail', reason: decided(rule, compared.evidence, 'fail') };
  if (passes === 'holds') return { verdict: 'pass', reason: null };
  if (rule.warn !== null && passes === 'broken' && warns === 'holds') {
    return { verdict: 'warn', reason: decided(rule, compared.evidence, 'warn') };
  }
  return { verdict: 'inconclusive', reason: undecided(rule, compared) };
}

function refuses({ kind, take, pass, warn }: JudgeQuestion): { message: string; mend: string } | null {
  if (kind !== 'value' && kind !== 'samples') {
    return {
      message: `"mann-whitney" ranks the values of steps or raw samples, and a ${kind} holds counts`,
      mend: 'write "evidence: sequential", which counts what the steps hold',
    };
  }
  const isCentre = take.kind === 'mean' || (take.kind === 'quantile' && take.quantile === 0.5);
  if (!isCentre) {
    return {
      message: '"mann-whitney" finds a shift of all values, which this take does not read',
      mend: `write "take: mean" or "take: p50", ${kind === 'samples' ? 'or "evidence: point"' : 'so that every step has a value, or "evidence: point"'}`,
    };
  }
  const conditions: readonly Condition[] = [pass, ...(warn === null ? [] : [warn])];
  if (conditions.some(isEquality)) {
    return {
      message: 'nothing can be certain to be equal: "==" and "!=" have no test by ranks',
      mend: 'write "<=" or ">=", or "evidence: point"',
    };
  }
  if (conditions.flatMap(boundsOf).some(({ scale }) => scale <= 0)) {
    return {
      message: '"mann-whitney" compares two arms, and a fixed limit has but one',
      mend: 'write a limit such as "<= baseline + 5%", or "evidence: point"',
    };
  }
  return null;
}
