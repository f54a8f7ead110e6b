/** Rules and observations, as the loader and the signals would make them. */
import type { Rule } from '../../src/contracts/judge.js';
import { prepareCondition } from '../../src/gatefile/condition.js';
import { parseLimit } from '../../src/gatefile/limit.js';
import type { Evidence, Observation } from '../../src/model/evidence.js';
import type { PreparedLimit } from '../../src/model/limit.js';

/** A limit by its text, in the unit `share` where it is in per cent. */
export function limit(text: string): PreparedLimit {
  const parsed = parseLimit(text);
  if (!parsed.ok) throw new Error(parsed.failures[0]?.message);
  const prepared = prepareCondition(parsed.value, { unit: /%|pp/.test(text) ? 'share' : '' });
  if (!prepared.ok) throw new Error(prepared.failures[0]?.message);
  return { text, condition: prepared.value };
}

export function ruleOf(
  pass: string,
  over: Partial<Omit<Rule, 'warn'>> & { readonly warn?: string } = {},
): Rule {
  const { warn, ...others } = over;
  return {
    take: { kind: 'total' },
    takeText: null,
    unit: '',
    better: 'lower',
    pass: limit(pass),
    warn: warn === undefined ? null : limit(warn),
    tolerate: null,
    minSamples: 1,
    minSteps: 5,
    falseAlarm: 0.05,
    falsePass: 0.05,
    stepMs: 60_000,
    factor: 1,
    isWindowFull: true,
    isSince: false,
    ...others,
  };
}

export function seen(evidence: Evidence): Observation {
  return { labels: {}, evidence, newest: 0, ended: [], trouble: [], notes: [] };
}

export const numbers = (...strata: (number | null)[]): Observation => seen({ kind: 'numbers', strata });
export const instant = (value: number | null): Observation => seen({ kind: 'instant', value });
export const raw = (...values: number[]): Observation => seen({ kind: 'raw', values });
export const counts = (...strata: (readonly [number, number] | null)[]): Observation =>
  seen({ kind: 'counts', strata: strata.map((pair) => pair && { k: pair[0], n: pair[1] }) });
export const buckets = (bounds: readonly number[], ...strata: (readonly number[] | null)[]): Observation =>
  seen({ kind: 'buckets', bounds, strata });
