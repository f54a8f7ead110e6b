import { counted } from '../../contracts/counted.js';
import type { Earlier, Rule } from '../../contracts/judge.js';
import { boundsOf } from '../../model/limit.js';
import type { Reason } from '../../model/reason.js';
import { formatDuration } from '../../model/time.js';
import { isUnknown } from '../estimate/weigh.js';
import { FEWEST_WINDOWS, type Past } from './past.js';

/** Over-dispersion worth a remark. */
const DISPERSED = 1.5;

export function tooShort(earlier: Earlier | undefined, windows: number): Reason {
  const asked = earlier?.asked ?? 0;
  return {
    code: 'history-too-short',
    text: `${windows} of ${counted(asked, 'earlier window')} ${windows === 1 ? 'holds' : 'hold'} data, ${FEWEST_WINDOWS} are needed to learn how much windows differ`,
    next: 'wait until there is more history, shorten the window, or raise "earlier-windows" to look further back',
  };
}

export function undecided(rule: Rule, past: Past): Reason {
  if (boundsOf(rule.pass.condition).some((bound) => isUnknown(bound, past))) {
    return {
      code: 'baseline-zero',
      text: 'the earlier windows average 0, of which no share can be taken',
      next: 'write the margin in pp or in the unit itself',
    };
  }
  return {
    code: 'undecided',
    text: `neither certainly within ${rule.pass.text} nor certainly outside, by how much ${past.windows} earlier windows differ`,
    next: 'judge a longer window, or allow a wider margin',
  };
}

export function decided(rule: Rule, past: Past, verdict: 'fail' | 'warn'): Reason {
  const limit = verdict === 'fail' ? (rule.warn ?? rule.pass).text : rule.pass.text;
  const looser = verdict === 'warn' && rule.warn !== null ? `, and certainly within ${rule.warn.text}` : '';
  return {
    code: 'threshold',
    text: `certainly not ${limit}${looser}, by how much ${past.windows} earlier windows differ`,
  };
}

/** What a reader should know of the evidence, whatever was decided. */
export function remarks(rule: Rule, past: Past, earlier: Earlier): readonly string[] {
  const length = formatDuration(earlier.lengthMs);
  const notes = [
    `judged against ${earlier.of}, ${past.windows} earlier windows of ${length}, not against a concurrent baseline: whatever else has changed since counts against the release`,
  ];
  const missing = earlier.asked - past.windows;
  if (missing > 0) {
    notes.push(
      `${missing} of ${earlier.asked} earlier windows ${missing === 1 ? 'holds too little data and was' : 'hold too little data and were'} left out`,
    );
  }
  const [low, high] = past.expected;
  notes.push(`unchanged, 95 % of windows would lie in ${number(low)} to ${number(high)}${unitOf(rule)}`);
  if (past.dispersion !== null && past.dispersion >= DISPERSED) {
    notes.push(
      `windows vary ${past.dispersion.toFixed(1)} times as much as independent events would; the evidence allows for it`,
    );
  }
  if (rule.isSince) notes.push('evidence of history: not controlled for repeated looks');
  return notes;
}

function unitOf(rule: Rule): string {
  return rule.unit === '' || rule.unit === 'share' ? '' : ` ${rule.unit}`;
}

function number(value: number): string {
  return String(Number(value.toPrecision(4)));
}
