import type { Rule } from '../../contracts/judge.js';
import type { Judgement } from '../../model/judgement.js';
import { KAYENTA_FEWEST, type KayentaFinding, type KayentaSettings } from '../../model/kayenta.js';
import type { RankEvidence } from '../../model/ranks.js';
import type { Reason } from '../../model/reason.js';
import { number, shiftText } from '../estimate/shift-words.js';

export function tooFew(judged: number, baseline: number): Reason {
  return {
    code: 'too-few',
    text: `${judged} and ${baseline} values are too few for an interval that means anything: ${KAYENTA_FEWEST} in each arm are needed, and 50 are advised`,
    next: 'lengthen the window, or shorten the step',
  };
}

/** High and Low fail, whichever the limit lets the judge look for. */
export function verdictOf(
  { classification }: KayentaFinding,
  text: string,
): Pick<Judgement, 'verdict' | 'reason'> {
  return classification === 'Pass'
    ? { verdict: 'pass', reason: null }
    : { verdict: 'fail', reason: { code: 'threshold', text } };
}

/** `classified High: the values lie 0.03 s above the baseline's (98 % interval 0.02 to 0.04 s), mean ratio 1.3`. */
export function findingText(
  rule: Rule,
  evidence: RankEvidence,
  finding: KayentaFinding,
  { confidence }: KayentaSettings,
): string {
  return `classified ${finding.classification}: the values lie ${shiftText(rule, evidence, confidence)}, ${effectText(finding)}`;
}

function effectText({ effectSize, effect, meanRatio }: KayentaFinding): string {
  const ratio = `mean ratio ${meanRatio === null ? 'unknown, as a mean is 0' : number(meanRatio)}`;
  return effectSize === 'cles' && effect !== null
    ? `the larger in ${number(100 * effect)} % of pairs, ${ratio}`
    : ratio;
}
