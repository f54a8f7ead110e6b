import type { Bound, Condition, Operator, Outcome } from '../../model/limit.js';
import { pairedTEvidenceBeyond } from '../../stats/paired-t.js';
import { crossing } from '../../stats/sequential/crossing.js';
import { lnBeyondBound } from '../../stats/sequential/one-arm.js';
import type { Scatter } from '../../stats/sequential/overdispersion.js';
import { lnBeyondLine } from '../../stats/sequential/two-arms.js';
import { countsData, type Data } from './data.js';

/** What the evidence says of one condition. */
export interface Weighed {
  readonly test: string;
  /** Largest ln E that the condition is broken, and that it holds. */
  readonly broken: number;
  readonly holds: number;
  /** Strata at which each was first sure, as places in the window; null while not. */
  readonly brokenAt: number | null;
  readonly holdsAt: number | null;
}

export interface Budgets {
  readonly falseAlarm: number;
  readonly falsePass: number;
  /** Fewest strata with data that may decide. */
  readonly minSteps: number;
}

/**
 * Weighs a condition by two tests at the same bound: that it is broken, and that it holds.
 *
 * A condition of several parts splits both budgets over them.
 *
 * @param factor from the natural unit of counts to the unit of the bounds
 */
export function weigh(condition: Condition, data: Data, budgets: Budgets, factor: number): Weighed {
  switch (condition.kind) {
    case 'compare':
      return compare(condition.operator, condition.bound, data, budgets, factor);
    case 'between': {
      const half = split(budgets, 2);
      return every([
        compare('>=', condition.low, data, half, factor),
        compare('<=', condition.high, data, half, factor),
      ]);
    }
    case 'all':
    case 'any': {
      const part = split(budgets, condition.conditions.length);
      const weighed = condition.conditions.map((each) => weigh(each, data, part, factor));
      return condition.kind === 'all' ? every(weighed) : some(weighed);
    }
  }
}

/** Three-valued; when both were sure at some look, broken wins. */
export function outcomeOf(weighed: Weighed): Outcome {
  if (weighed.brokenAt !== null) return 'broken';
  return weighed.holdsAt === null ? 'open' : 'holds';
}

function split({ falseAlarm, falsePass, minSteps }: Budgets, parts: number): Budgets {
  return { falseAlarm: falseAlarm / parts, falsePass: falsePass / parts, minSteps };
}

function every(parts: readonly Weighed[]): Weighed {
  return {
    test: testsOf(parts),
    broken: Math.max(...parts.map((part) => part.broken)),
    brokenAt: earliest(parts.map((part) => part.brokenAt)),
    holds: Math.min(...parts.map((part) => part.holds)),
    holdsAt: latest(parts.map((part) => part.holdsAt)),
  };
}

function some(parts: readonly Weighed[]): Weighed {
  return {
    test: testsOf(parts),
    broken: Math.min(...parts.map((part) => part.broken)),
    brokenAt: latest(parts.map((part) => part.brokenAt)),
    holds: Math.max(...parts.map((part) => part.holds)),
    holdsAt: earliest(parts.map((part) => part.holdsAt)),
  };
}

function testsOf(parts: readonly Weighed[]): string {
  return [...new Set(parts.map((part) => part.test))].join(' and ');
}

function earliest(places: readonly (number | null)[]): number | null {
  const known = places.filter((place) => place !== null);
  return known.length === 0 ? null : Math.min(...known);
}

function latest(places: readonly (number | null)[]): number | null {
  const known = places.filter((place) => place !== null);
  return known.length < places.length || known.length === 0 ? null : Math.max(...known);
}

function compare(operator: Operator, bound: Bound, data: Data, budgets: Budgets, factor: number): Weighed {
  const worse = operator === '>=' || operator === '>' ? -1 : 1;
  const { test, lnE, scatter } = testOf(bound, data, factor);
  const from = budgets.minSteps - 1;
  const broken = crossing(lnE(worse), budgets.falseAlarm, from, scatter);
  const holds = crossing(lnE(worse === 1 ? -1 : 1), budgets.falsePass, from, scatter);
  const place = (at: number | null): number | null => (at === null ? null : (data.at[at] ?? null));
  return {
    test,
    broken: broken.most,
    brokenAt: place(broken.at),
    holds: holds.most,
    holdsAt: place(holds.at),
  };
}

interface Test {
  readonly test: string;
  /** ln E after each stratum that the judged value lies beyond the bound on this side. */
  readonly lnE: (side: 1 | -1) => Float64Array;
  readonly scatter?: readonly Scatter[];
}

/** The table kind x take x margin of docs/gatefile.md. */
function testOf(bound: Bound, data: Data, factor: number): Test {
  const offset = bound.offset / factor;
  // A fixed bound beside one against the baseline speaks of the judged arm alone.
  if (bound.scale === 0 && data.kind === 'pairs') {
    const counts = data.pairs.map((pair) => pair.judged);
    return testOf(bound, countsData(data.family, counts, data.at), factor);
  }
  if (bound.scale === 0 && data.kind === 'numbers' && data.baseline !== null)
    return testOf(bound, { ...data, baseline: null }, factor);
  switch (data.kind) {
    case 'pairs':
      return {
        test: data.family === 'binomial' ? 'two-shares' : 'two-rates',
        lnE: (side) =>
          lnBeyondLine(data.family, data.pairs, { scale: bound.scale, offset }, side, data.isCounted),
        scatter: data.scatter,
      };
    case 'counts':
      return {
        test: data.family === 'binomial' ? 'share' : 'rate',
        lnE: (side) => lnBeyondBound(data.family, data.counts, offset, side),
        scatter: data.scatter,
      };
    case 'numbers': {
      const { judged, baseline } = data;
      const isRelative = baseline !== null && bound.offset === 0 && bound.scale > 0;
      // Logs make a ratio of the margin and tame the long tail of latencies. The first step tells whether they can be
      // had: a choice that later steps could turn over would forget what was certain.
      if (isRelative && (judged[0] ?? 0) > 0 && (baseline[0] ?? 0) > 0) {
        const ratios = judged.map((value, i) => Math.log(value / (baseline[i] ?? Number.NaN)));
        return {
          test: 'paired-t-log',
          lnE: (side) => untilUnfit(ratios, (fit) => pairedTEvidenceBeyond(fit, Math.log(bound.scale), side)),
        };
      }
      // A share of a baseline that is 0 or below says nothing: no evidence, for either side.
      if (isRelative && bound.scale !== 1)
        return { test: 'paired-t-log', lnE: () => new Float64Array(judged.length) };
      const gaps = judged.map((value, i) => value - bound.scale * (baseline?.[i] ?? 0));
      return {
        test: baseline === null ? 't' : 'paired-t',
        lnE: (side) => untilUnfit(gaps, (fit) => pairedTEvidenceBeyond(fit, bound.offset, side)),
      };
    }
  }
}

/** Evidence of the steps before the first that has no logarithm, or is too far off; from there on nothing is added. */
function untilUnfit(
  differences: readonly number[],
  lnE: (fit: readonly number[]) => Float64Array,
): Float64Array {
  const unfit = differences.findIndex((difference) => !Number.isFinite(difference));
  const found = lnE(unfit < 0 ? differences : differences.slice(0, unfit));
  return Float64Array.from(differences, (_, i) => found[Math.min(i, found.length - 1)] ?? 0);
}
