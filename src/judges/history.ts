import { defineJudge, type Earlier, type JudgeQuestion, type Rule } from '../contracts/judge.js';
import type { HistoryEvidence } from '../model/history.js';
import type { Judgement } from '../model/judgement.js';
import { describe, openQuestion, scaled, strataIn } from './estimate/comparison.js';
import { isEquality } from './estimate/equality.js';
import { NOTHING } from './estimate/found.js';
import { weigh } from './estimate/weigh.js';
import { type Past, pastOf } from './history/past.js';
import { decided, remarks, tooShort, undecided } from './history/words.js';

/** One window against earlier ones of the same length: weaker than a concurrent baseline, and needs no second arm. */
export const history = defineJudge({
  id: 'history',
  about: 'one window against earlier windows of the same length, for what has no concurrent baseline',
  refuses,
  judge: (rule, judged, _baseline, earlier) => {
    const seen = scaled(rule, judged);
    const past = seen.value === null ? 0 : pastOf(rule, judged, earlier?.observations ?? []);
    if (typeof past === 'number' || earlier === undefined) {
      const windows = typeof past === 'number' ? past : 0;
      const reason =
        seen.value === null || seen.isAtLeast
          ? openQuestion(rule, seen, undefined)
          : tooShort(earlier, windows);
      return describe(rule, seen, undefined, { verdict: 'inconclusive', reason });
    }
    const control = { ...NOTHING, value: past.value, n: past.n };
    const judgement = describe(rule, seen, control, decide(rule, past));
    return {
      ...judgement,
      interval: past.interval,
      history: evidenceOf(rule, past, earlier, seen.value ?? Number.NaN, seen.n),
      notes: [...judgement.notes, ...remarks(rule, past, earlier)],
    };
  },
  strata: strataIn,
});

/** Fail wins over everything; a pass needs certainty about the pass limit itself. */
function decide(rule: Rule, past: Past): Pick<Judgement, 'verdict' | 'reason'> {
  const passes = weigh(rule.pass.condition, past, rule);
  const warns = rule.warn === null ? passes : weigh(rule.warn.condition, past, rule);
  if (warns === 'broken') return { verdict: 'fail', reason: decided(rule, past, 'fail') };
  if (passes === 'holds') return { verdict: 'pass', reason: null };
  if (rule.warn !== null && passes === 'broken' && warns === 'holds') {
    return { verdict: 'warn', reason: decided(rule, past, 'warn') };
  }
  return { verdict: 'inconclusive', reason: undecided(rule, past) };
}

function evidenceOf(rule: Rule, past: Past, earlier: Earlier, estimate: number, n: number): HistoryEvidence {
  return {
    test: past.test,
    estimate,
    interval: past.interval,
    alpha: rule.falseAlarm,
    falsePass: rule.falsePass,
    strata: past.windows,
    asked: earlier.asked,
    n: { canary: n, baseline: past.n },
    dispersion: past.dispersion,
    expected: past.expected,
  };
}

function refuses({ take, pass, warn }: JudgeQuestion): { message: string; mend: string } | null {
  if (take.kind === 'instant' || take.kind === 'age') {
    return {
      message: 'a number at one instant has no window to compare with earlier ones',
      mend: 'add a take over the window, such as "take: mean"',
    };
  }
  if ([pass, ...(warn === null ? [] : [warn])].some(isEquality)) {
    return {
      message: 'nothing can be certain to be equal: "==" and "!=" have no test against history',
      mend: 'write "<=" or ">=", or "evidence: point"',
    };
  }
  return null;
}
