import type { Rule } from '../../contracts/judge.js';
import { boundsOf } from '../../model/limit.js';
import type { RankEvidence } from '../../model/ranks.js';
import type { Reason } from '../../model/reason.js';
import { number, shiftText } from '../estimate/shift-words.js';
import type { Compared } from './shift.js';

export function tooFew(judged: number, baseline: number, level: number, needed: number): Reason {
  return {
    code: 'too-few',
    text: `${judged} and ${baseline} values cannot reach a chance of ${number(100 * level)} % however far they lie apart: ${needed} in each arm are needed`,
    next: 'lengthen the window, shorten the step, or allow more false alarms',
  };
}

export function undecided(rule: Rule, { evidence, isWithoutShare }: Compared): Reason {
  const isShare = boundsOf(rule.pass.condition).some(({ scale }) => scale !== 1);
  if (isShare && isWithoutShare) {
    return {
      code: 'baseline-zero',
      text: 'the baseline holds values below 0 or nothing but 0, of which no share can be taken',
      next: 'write the margin in the unit itself',
    };
  }
  return {
    code: 'undecided',
    text: `neither certainly within ${rule.pass.text} nor certainly outside: the values lie ${shiftText(rule, evidence, 0.95)}`,
    next: 'judge a longer window, or allow a wider margin',
  };
}

export function decided(rule: Rule, evidence: RankEvidence, verdict: 'fail' | 'warn'): Reason {
  const limit = verdict === 'fail' ? (rule.warn ?? rule.pass).text : rule.pass.text;
  const looser = verdict === 'warn' && rule.warn !== null ? `, and certainly within ${rule.warn.text}` : '';
  return {
    code: 'threshold',
    text: `certainly not ${limit}${looser}: the values lie ${shiftText(rule, evidence, 0.95)}`,
  };
}

/** What a reader should know of the evidence; the shift only where no reason tells it. */
export function remarks(rule: Rule, evidence: RankEvidence, isPass: boolean): readonly string[] {
  const shift = isPass ? `the values lie ${shiftText(rule, evidence, 0.95)}; ` : '';
  const notes = [
    `${shift}a value of the judged arm is the larger in ${number(100 * evidence.larger)} % of pairs`,
  ];
  if (boundsOf(rule.pass.condition).some(({ scale, offset }) => scale === 1 && offset === 0)) {
    notes.push('without a margin, a release that is merely as good cannot be certified');
  }
  if (rule.isSince) notes.push('evidence of mann-whitney: not controlled for repeated looks');
  return notes;
}
