import type { Arm, Criterion, ExposureCheck } from '../contracts/gate.js';
import type { Rule } from '../contracts/judge.js';
import { suggest } from '../contracts/suggest.js';
import type { Condition } from '../model/limit.js';
import { type FileContext, placeOf } from './context.js';
import { isCompared } from './evidence.js';
import type { GateFile } from './schema.js';

/** Chance that a right split is called wrong, over all looks. It leaves comparisons open and fails nothing. */
const FALSE_ALARM = 0.01;
/** Kinds whose totals are requests; the exposure of a rate may be anything. */
const COUNTING = new Set(['ratio', 'histogram']);

/**
 * The check of how traffic is split. It asks nothing of its own: the totals of a signal that is compared with the baseline
 * are what both arms got.
 *
 * @returns null without `exposure:`, or when it is refused
 */
export async function openExposure(
  context: FileContext,
  block: GateFile['exposure'],
  [, baseline]: readonly Arm[],
  criteria: readonly Criterion[],
): Promise<ExposureCheck | null> {
  if (block === undefined) return null;
  const refuse = (key: string | undefined, message: string, mend: string): null => {
    const path = ['exposure', ...(key === undefined ? [] : [key])];
    const span = key === undefined ? context.yaml.keySpanOf(path) : placeOf(context, path);
    context.trouble.add({ code: 'gatefile.invalid', message, span, mend });
    return null;
  };
  if (baseline === undefined || baseline.shiftMs > 0) {
    return refuse(
      undefined,
      `"exposure" is how traffic is split between two arms at one time, and the gate has ${baseline === undefined ? 'one arm' : 'a baseline of the past'}`,
      'add "arms: { canary: {…}, baseline: {…} }", or remove it',
    );
  }
  if (block.traffic <= 0 || block.traffic >= 1) {
    return refuse('traffic', 'with all or nothing of the traffic there is no split', 'write it like "5%"');
  }
  const counting = criteria.filter(
    ({ kind, rule, arms }) => COUNTING.has(kind) && isCompared(rule) && arms.length > 1,
  );
  const signal = block.signal ?? counting[0]?.signal;
  if (signal === undefined || counting.every((criterion) => criterion.signal !== signal)) {
    // What counts may have been dropped for errors of its own.
    if (context.trouble.failures.length > 0) return null;
    const known = [...new Set(counting.map((criterion) => criterion.signal))];
    const near = signal === undefined ? undefined : suggest(signal, known);
    return refuse(
      signal === undefined ? undefined : 'signal',
      signal === undefined
        ? 'nothing counts the traffic of both arms: no ratio or histogram is compared with the baseline'
        : `"${signal}" is no ratio or histogram that a criterion compares with the baseline`,
      near !== undefined
        ? `did you mean "${near}"?`
        : known.length > 0
          ? `signals that count both arms are ${known.join(', ')}`
          : 'compare one with the baseline, or remove it',
    );
  }
  const judge = await context.request.plugins.judges.load('sequential');
  const [any] = counting;
  if (judge === undefined || any === undefined) return null;
  const { traffic, within } = block;
  return { traffic, within, signal, judge, rule: ruleOf(any.rule, traffic, within) };
}

function ruleOf(like: Rule, traffic: number, within: number): Rule {
  return {
    ...like,
    take: { kind: 'total' },
    takeText: null,
    unit: 'share',
    better: undefined,
    pass: {
      text: `between ${percent(traffic - within)} and ${percent(traffic + within)}`,
      condition: rangeOf(traffic, within),
    },
    warn: null,
    tolerate: null,
    minSamples: 1,
    factor: 1,
    falseAlarm: FALSE_ALARM,
    falsePass: FALSE_ALARM,
  };
}

/** A share is never below 0 nor above 1: such a side of the range cannot be broken. */
function rangeOf(traffic: number, within: number): Condition {
  const low = { scale: 0, offset: traffic - within };
  const high = { scale: 0, offset: traffic + within };
  if (low.offset <= 0) return { kind: 'compare', operator: '<=', bound: high };
  if (high.offset >= 1) return { kind: 'compare', operator: '>=', bound: low };
  return { kind: 'between', low, high };
}

function percent(share: number): string {
  return `${Number((Math.min(1, Math.max(0, share)) * 100).toPrecision(6))}%`;
}
