import { defineJudge, type JudgeQuestion, type Rule } from '../contracts/judge.js';
import type { Observation } from '../model/evidence.js';
import type { Judgement } from '../model/judgement.js';
import { KAYENTA_DEFAULTS, KAYENTA_FEWEST, type KayentaSettings } from '../model/kayenta.js';
import type { Condition } from '../model/limit.js';
import type { RankEvidence } from '../model/ranks.js';
import { describe, openQuestion, scaled, strataIn } from './estimate/comparison.js';
import { isReading, stepsIn, valuesIn } from './estimate/values.js';
import { type Classified, classify, type Direction, prepared } from './kayenta/classify.js';
import { findingText, tooFew, verdictOf } from './kayenta/words.js';

/** The judge of Spinnaker's Kayenta, for configurations that come from there. */
export const kayenta = defineJudge({
  id: 'kayenta',
  about: 'a metric classified as High, Low or Pass as Kayenta does, for imported configurations',
  refuses,
  judge: (rule, judged, baseline) => {
    const settings = rule.kayenta ?? KAYENTA_DEFAULTS;
    const seen = scaled(rule, judged);
    const control = baseline && scaled(rule, baseline);
    const own = armOf(rule, judged, settings);
    const other = baseline === undefined ? NO_ARM : armOf(rule, baseline, settings);
    const open = (reason: Judgement['reason']): Judgement =>
      describe(rule, seen, control, { verdict: 'inconclusive', reason });
    if (
      own.measured === 0 ||
      other.measured === 0 ||
      ![own, other].every(({ values }) => isReading(values))
    ) {
      return open(openQuestion(rule, seen, control));
    }
    if (Math.min(own.measured, other.measured) < KAYENTA_FEWEST) {
      return open(tooFew(own.measured, other.measured));
    }
    const direction = directionOf(rule.pass.condition);
    const found = classify(own.values, other.values, direction, settings);
    const evidence = evidenceOf(found, settings, {
      steps: stepsIn(judged, own.measured, other.measured),
      n: own.values.length,
      m: other.values.length,
    });
    const text = findingText(rule, evidence, found.finding, settings);
    const judgement = describe(rule, seen, control, verdictOf(found.finding, text));
    return {
      ...judgement,
      ranks: evidence,
      isOutvotable: !found.finding.isCritical,
      notes: [
        ...judgement.notes,
        ...(judgement.reason === null ? [text] : []),
        ...(rule.isSince ? ['evidence of kayenta: not controlled for repeated looks'] : []),
      ],
    };
  },
  strata: strataIn,
});

interface ArmValues {
  readonly values: readonly number[];
  /** How many of them were measured: what stands in for a missing step is no evidence. */
  readonly measured: number;
}

const NO_ARM: ArmValues = { values: [], measured: 0 };

function armOf(rule: Rule, observation: Observation, settings: KayentaSettings): ArmValues {
  const measured = valuesIn(rule, observation);
  const { evidence } = observation;
  const missing = evidence.kind === 'numbers' ? evidence.strata.filter((value) => value === null).length : 0;
  const values = prepared([...measured, ...Array.from({ length: missing }, () => null)], settings);
  return { values, measured: Math.min(measured.length, values.length) };
}

function evidenceOf(
  found: Classified,
  settings: KayentaSettings,
  { steps, n, m }: { readonly steps: number; readonly n: number; readonly m: number },
): RankEvidence {
  return {
    test: 'kayenta',
    estimate: found.shift.estimate,
    interval: [found.shift.lower, found.shift.upper],
    // Rounded to what is written: 1 - 0.98 is a hair more than 0.02.
    alpha: Number((1 - settings.confidence).toPrecision(12)),
    falsePass: null,
    strata: steps,
    n: { canary: n, baseline: m },
    larger: found.larger,
    p: null,
    kayenta: found.finding,
  };
}

/** The limit says which change is bad; there is no other. */
function directionOf(condition: Condition): Direction {
  if (condition.kind !== 'compare' || condition.operator === '==') return 'either';
  return condition.operator === '<=' ? 'increase' : 'decrease';
}

function refuses({ kind, take, pass, warn }: JudgeQuestion): { message: string; mend: string } | null {
  if (kind !== 'value' && kind !== 'samples') {
    return {
      message: `"kayenta" ranks the values of steps or raw samples, and a ${kind} holds counts`,
      mend: 'write the metric as a "value", or "evidence: sequential"',
    };
  }
  if (take.kind !== 'mean') {
    return {
      message: '"kayenta" compares the values of all steps, and reports their means',
      mend: 'write "take: mean"',
    };
  }
  const isPlain =
    pass.kind === 'compare' &&
    ['<=', '>=', '=='].includes(pass.operator) &&
    pass.bound.scale === 1 &&
    pass.bound.offset === 0;
  if (!isPlain) {
    return {
      message: '"kayenta" knows no other limit than the baseline itself',
      mend: 'write "<= baseline" where an increase is bad, ">= baseline" where a decrease is, "== baseline" where both are; a margin is "kayenta: { allowed-increase: 1.1 }"',
    };
  }
  if (warn !== null) {
    return { message: '"kayenta" has one classification, and no "warn" beside it', mend: 'remove "warn"' };
  }
  return null;
}
