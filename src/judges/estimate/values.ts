import type { Rule } from '../../contracts/judge.js';
import type { Observation } from '../../model/evidence.js';

/** The values of an arm in the rule's unit: one for each step that has one, or the raw observations. */
export function valuesIn(rule: Rule, { evidence }: Observation): readonly number[] {
  const inUnit = (values: readonly number[]): readonly number[] =>
    rule.factor === 1 ? values : values.map((value) => value * rule.factor);
  switch (evidence.kind) {
    case 'numbers':
      return inUnit(evidence.strata.filter((value) => value !== null));
    case 'raw':
      return inUnit(evidence.values);
    case 'counts':
    case 'buckets':
    case 'instant':
      return [];
  }
}

/** Steps with a value, in the arm that has fewer; raw observations have none. */
export function stepsIn({ evidence }: Observation, judged: number, baseline: number): number {
  return evidence.kind === 'numbers' ? Math.min(judged, baseline) : 0;
}

/** Values that can be ranked: there are some, and all are finite. */
export function isReading(values: readonly number[]): boolean {
  return values.length > 0 && values.every(Number.isFinite);
}
