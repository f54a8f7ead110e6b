import type { Rule } from '../../contracts/judge.js';
import type { Observation } from '../../model/evidence.js';
import type { Judgement } from '../../model/judgement.js';
import { boundAt, NO_READING, needsBaseline, type Reading } from '../../model/limit.js';
import type { Reason } from '../../model/reason.js';
import type { SequentialEvidence } from '../../model/sequential.js';
import { estimate, perStratum } from './estimate.js';
import type { Estimate } from './found.js';
import { openRecovery } from './recovery.js';

/** Estimates in the rule's unit. */
export function scaled(rule: Rule, observation: Observation): Estimate {
  const { factor } = rule;
  const raw = estimate(rule.take, observation.evidence, rule.stepMs);
  return {
    ...raw,
    value: raw.value === null ? null : raw.value * factor,
    interval: raw.interval && [raw.interval[0] * factor, raw.interval[1] * factor],
    ...(raw.least !== undefined && { least: raw.least * factor }),
  };
}

export function readingOf(found: Estimate | undefined): Reading {
  if (found?.value == null) return NO_READING;
  const { value, isAtLeast, least } = found;
  return { value, isAtLeast, ...(least !== undefined && { least }) };
}

/** Why a condition was left open, in words. */
export function openQuestion(rule: Rule, seen: Estimate, control: Estimate | undefined): Reason {
  if (seen.value === null)
    return { code: 'no-data', text: 'no value could be taken from the data in the window' };
  const isCompared =
    needsBaseline(rule.pass.condition) || (rule.warn !== null && needsBaseline(rule.warn.condition));
  if (isCompared && (control === undefined || control.value === null)) {
    return { code: 'no-baseline', text: 'the baseline has no value to compare with' };
  }
  if (rule.take.kind === 'recovery') return openRecovery(seen);
  if ((seen.isAtLeast || control?.isAtLeast) && rule.take.kind === 'since-crawl') {
    return {
      code: 'partial',
      text: 'a page was not crawled in all the time that was looked at, which is too short to tell',
      next: 'look further back with "look-back", over a log that goes back as far',
    };
  }
  if (seen.isAtLeast || control?.isAtLeast) {
    return {
      code: 'beyond-buckets',
      text: 'the quantile lies above the last bucket edge, so its value is not known',
      next: 'add buckets above it, or judge a share under a bucket edge',
    };
  }
  return {
    code: 'baseline-zero',
    text: 'the baseline is 0, of which no share can be taken',
    next: 'write the margin in pp or in the unit itself',
  };
}

/** What each stratum says, in the rule's unit. */
export function readingsIn(rule: Rule, observation: Observation): readonly Reading[] {
  return perStratum(rule.take, observation.evidence, rule.stepMs)
    .map(readingOf)
    .map(({ value, isAtLeast }) => ({ value: value * rule.factor, isAtLeast }));
}

/** The judged number of each stratum, in the rule's unit, for charts. */
export function strataIn(rule: Rule, observation: Observation): readonly (number | null)[] {
  return readingsIn(rule, observation).map(({ value }) => (Number.isNaN(value) ? null : value));
}

/** The judgement with its numbers, whatever was decided. */
export function describe(
  rule: Rule,
  seen: Estimate,
  control: Estimate | undefined,
  decided: Pick<Judgement, 'verdict' | 'reason'>,
  evidence: SequentialEvidence | null = null,
): Judgement {
  const { condition } = rule.pass;
  const reference = control?.value ?? Number.NaN;
  const bound = condition.kind === 'compare' ? boundAt(condition.bound, reference) : Number.NaN;
  return {
    ...decided,
    value: seen.value,
    interval: evidence?.interval ?? seen.interval,
    n: seen.n,
    baseline: control === undefined ? null : { value: control.value, n: control.n },
    bound: Number.isFinite(bound) ? bound : null,
    evidence,
    notes: [...seen.notes, ...(seen.isAtLeast ? whyAtLeast(rule) : [])],
  };
}

function whyAtLeast({ take }: Rule): readonly string[] {
  if (take.kind === 'recovery') return [];
  const why =
    take.kind === 'since-crawl'
      ? 'a page was not crawled in all the time that was looked at'
      : 'it lies above the last bucket edge';
  return [`the value is at least this: ${why}`];
}
