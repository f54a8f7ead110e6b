import type { Rule } from '../../contracts/judge.js';
import type { Count } from '../../model/evidence.js';
import type { Bound, PreparedLimit } from '../../model/limit.js';
import type { Reason } from '../../model/reason.js';
import type { SequentialEvidence } from '../../model/sequential.js';
import { formatDuration } from '../../model/time.js';
import type { Data } from './data.js';
import type { Weighed } from './weigh.js';

/** Over-dispersion worth a remark. */
const DISPERSED = 1.5;
const FEW_EVENTS = 50;

/** "1 in 1,200": how rarely a release at the limit shows evidence this strong, counting every look. */
function oneIn(lnE: number): string {
  const chance = Math.exp(Math.min(lnE, Math.log(1e9)));
  const digits = 10 ** Math.max(0, Math.floor(Math.log10(chance)) - 1);
  return `1 in ${grouped(Math.floor(chance / digits) * digits)}`;
}

export function grouped(n: number): string {
  return String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ',');
}

export function decidedReason(rule: Rule, weighed: Weighed, verdict: 'fail' | 'warn'): Reason {
  const limit = verdict === 'fail' ? (rule.warn ?? rule.pass).text : rule.pass.text;
  const looser = verdict === 'warn' && rule.warn !== null ? `, and certainly within ${rule.warn.text}` : '';
  return {
    code: 'threshold',
    text: `certainly not ${limit}${looser}: fewer than ${oneIn(weighed.broken)} releases within it would ever look like this, counting every look`,
  };
}

/** It was certainly within the limit once, and is not any more. */
export function turnedReason({ text }: PreparedLimit): Reason {
  return {
    code: 'undecided',
    text: `was certainly within ${text} earlier in the window, and the window as a whole no longer is: it has turned worse since`,
    next: 'find out what changed; do not widen exposure on the earlier look',
  };
}

export function fewStepsReason(rule: Rule, steps: number, data: Data): Reason {
  const thin =
    data.kind === 'numbers' && data.thin > 0
      ? `; ${data.thin} hold too few observations for the quantile`
      : '';
  return {
    code: 'undecided',
    text: `not decided yet: ${steps} of the ${rule.minSteps} steps with data that evidence needs at least${thin}`,
    next:
      thin === '' ? 'look again later' : 'use longer steps, a lower quantile, or a share under a bucket edge',
  };
}

/** Steps whose value is not known, and may be far worse than those that were compared. */
export function beyondReason(beyond: number, { at }: Data): Reason {
  return {
    code: 'beyond-buckets',
    text: `the quantile lies above the last bucket edge in ${beyond} of ${beyond + at.length} steps, which the other steps do not speak for`,
    next: 'add buckets above it, or judge a share under a bucket edge',
  };
}

export function undecidedReason(rule: Rule, evidence: SequentialEvidence): Reason {
  const { needed } = evidence;
  const of = evidence.test === 't' || evidence.test.startsWith('paired') ? 'steps' : 'more samples';
  const more =
    needed === null
      ? 'the numbers lie too near the line to say when'
      : of === 'steps'
        ? `about ${formatDuration(needed.strata * rule.stepMs)} more`
        : `about ${grouped(needed.n)} ${of} or ${formatDuration(needed.strata * rule.stepMs)}`;
  return {
    code: 'undecided',
    text: `not decided yet: neither certainly within ${rule.pass.text} nor certainly outside; ${more}, if the numbers stay as they are`,
    next: 'look again later, give the canary more traffic, or allow a wider margin',
  };
}

/** What a reader should know of the evidence, whatever was decided. */
export function remarks(data: Data, evidence: SequentialEvidence, bound: Bound): readonly string[] {
  const notes: string[] = [];
  const { dispersion } = evidence;
  if (dispersion !== null && dispersion >= DISPERSED) {
    notes.push(
      `steps vary ${dispersion.toFixed(1)} times as much as independent requests would; the evidence allows for that`,
    );
  }
  if (bound.scale === 1 && bound.offset === 0) {
    notes.push(
      'the margin is 0: a release that is merely as good cannot be certified, only a worse one found',
    );
  }
  const events = eventsOf(data);
  if (events !== null && events < FEW_EVENTS && evidence.strata > 0) {
    notes.push(`few events: ${grouped(events)} in all arms`);
  }
  return notes;
}

/** Events on the rarer side, in all arms; null where nothing is counted. */
function eventsOf(data: Data): number | null {
  if (data.kind === 'numbers') return null;
  let [k, n] = [0, 0];
  const add = (count: Count): void => {
    k += count.k;
    n += count.n;
  };
  if (data.kind === 'counts') data.counts.forEach(add);
  else {
    for (const { judged, baseline } of data.pairs) {
      add(judged);
      add(baseline);
    }
  }
  if (data.family === 'poisson') return k;
  return Math.min(k, n - k);
}
