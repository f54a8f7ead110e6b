import type { Criterion } from '../../contracts/gate.js';
import { randomOf } from '../../stats/draw.js';
import { drawRollout, ruleFor } from './rollout.js';
import { type Line, lineOf, type Traffic } from './traffic.js';

/** Rollouts that are drawn for each question, and for one that looks beyond the window. */
const ROLLOUTS = 100;
const FAR_ROLLOUTS = 50;
/** Share of them that must come to the verdict. */
const POWER = 0.8;
/** Nobody waits for more windows than this. */
const MOST_WINDOWS = 16;
const MOST_STEPS = 4000;
const HALVINGS = 7;
const DOUBLINGS = 24;
const SEED = 20_260_101;

/** What is asked of a criterion's evidence, and who answers. */
export type Asked = Pick<Criterion, 'judge' | 'rule'>;

/** What a criterion can see, found by drawing rollouts and judging them as they would be judged. */
export interface Power {
  /** Observations of the judged arm in a step; null for numbers, of which there is one. */
  readonly perStep: number | null;
  /** Value of a healthy release, in the rule's unit. */
  readonly healthy: number;
  /** The smallest regression that 80 of 100 rollouts find within the window; null: none that can be. */
  readonly found: { readonly value: number } | null;
  /** When 80 of 100 healthy rollouts have passed. */
  readonly passes: { readonly steps: number; readonly n: number | null } | null;
  /** Why a healthy release never passes, or not in any time that one would wait. */
  readonly never: 'margin-0' | 'broken' | 'too-long' | null;
}

/**
 * @param steps of the full window
 * @returns undefined for a limit of several parts
 */
export function powerOf(criterion: Asked, traffic: Traffic, steps: number): Power | undefined {
  const line = lineOf(criterion.rule.pass.condition);
  if (line === undefined) return undefined;
  const { bound, worse } = line;
  const healthy = healthyValue(criterion, traffic);
  const limit = bound.scale * healthy + bound.offset;
  const isBroken = worse === 1 ? healthy > limit : healthy < limit;
  const isZero = bound.scale === 1 && bound.offset === 0;
  const perStep =
    traffic.kind === 'numbers'
      ? null
      : traffic.steps.reduce((sum, step) => sum + step.own, 0) / traffic.steps.length;
  const passes = isBroken || isZero ? null : timeToPass(criterion, traffic, steps);
  return {
    perStep,
    healthy,
    found: isBroken ? null : smallestFound(criterion, traffic, steps, line, healthy),
    passes:
      passes === null ? null : { steps: passes, n: perStep === null ? null : Math.ceil(perStep * passes) },
    never: passes !== null ? null : isZero ? 'margin-0' : isBroken ? 'broken' : 'too-long',
  };
}

/** As if the judged arm got twice what it gets, and the baseline the rest. */
export function doubled(traffic: Traffic): Traffic {
  if (traffic.kind === 'numbers') return traffic;
  const steps = traffic.steps.map(({ own, other }) => ({
    own: 2 * own,
    // Where the baseline is no larger than the canary, users come from elsewhere.
    other: other > 2 * own ? other - own : other,
  }));
  return { ...traffic, steps };
}

/** Share of healthy rollouts that pass within so many steps, 0..1. */
export function shareThatPasses(criterion: Asked, traffic: Traffic, steps: number): number {
  const passed = crossings(criterion, traffic, steps, 0).filter((each) => each?.side === 'pass');
  return passed.length / ROLLOUTS;
}

function healthyValue({ rule }: Asked, traffic: Traffic): number {
  if (traffic.kind === 'counts') return traffic.rate * rule.factor;
  return traffic.steps.reduce((sum, value) => sum + value, 0) / traffic.steps.length;
}

type Crossing = { readonly side: 'fail' | 'pass'; readonly stratum: number } | null;

/** Where each of the drawn rollouts is first decided; the same draws at every call, so that more change is never less. */
function crossings(
  criterion: Asked,
  traffic: Traffic,
  steps: number,
  change: number,
  rollouts: number = ROLLOUTS,
): readonly Crossing[] {
  const rule = ruleFor(criterion.rule, traffic);
  return Array.from({ length: rollouts }, (_, i) => {
    const { judged, baseline } = drawRollout(traffic, steps, change, randomOf(SEED + i));
    const { evidence } = criterion.judge.judge(rule, judged, baseline);
    return evidence?.firstCrossing ?? null;
  });
}

function timeToPass(criterion: Asked, traffic: Traffic, steps: number): number | null {
  for (let windows = 1; windows <= MOST_WINDOWS; windows *= 4) {
    const horizon = steps * windows;
    if (windows > 1 && horizon > MOST_STEPS) return null;
    const rollouts = windows === 1 ? ROLLOUTS : FAR_ROLLOUTS;
    const passed = crossings(criterion, traffic, horizon, 0, rollouts)
      .flatMap((each) => (each?.side === 'pass' ? [each.stratum + 1] : []))
      .sort((a, b) => a - b);
    const last = passed[Math.ceil(POWER * rollouts) - 1];
    if (last !== undefined) return last;
  }
  return null;
}

function smallestFound(
  criterion: Asked,
  traffic: Traffic,
  steps: number,
  { worse }: Line,
  healthy: number,
): Power['found'] {
  const isFound = (size: number): boolean => {
    const failed = crossings(criterion, traffic, steps, worse * size).filter((each) => each?.side === 'fail');
    return failed.length >= POWER * ROLLOUTS;
  };
  const most = largestChange(traffic, worse);
  let high = Math.min(most, smallestStep(traffic, steps));
  for (let i = 0; !isFound(high); i += 1) {
    if (high >= most || i >= DOUBLINGS) return null;
    high = Math.min(most, high * 2);
  }
  let low = 0;
  for (let i = 0; i < HALVINGS; i += 1) {
    const middle = (low + high) / 2;
    if (isFound(middle)) high = middle;
    else low = middle;
  }
  return { value: changed(criterion, traffic, healthy, worse * high) };
}

/** About one standard error over the window: nothing smaller is ever found. */
function smallestStep(traffic: Traffic, steps: number): number {
  if (traffic.kind === 'numbers') return Math.max(1e-9, traffic.deviation / Math.sqrt(steps));
  const n = (traffic.steps.reduce((sum, { own }) => sum + own, 0) / traffic.steps.length) * steps;
  return Math.sqrt(
    Math.max(1e-12, traffic.rate * (traffic.family === 'binomial' ? 1 - traffic.rate : 1)) / n,
  );
}

/** A share cannot leave 0..1, nor a rate fall below 0. */
function largestChange(traffic: Traffic, worse: 1 | -1): number {
  if (traffic.kind === 'numbers') return Number.POSITIVE_INFINITY;
  if (worse === -1) return traffic.rate;
  return traffic.family === 'binomial' ? 1 - traffic.rate : Number.POSITIVE_INFINITY;
}

function changed({ rule }: Asked, traffic: Traffic, healthy: number, change: number): number {
  if (traffic.kind === 'counts') return (traffic.rate + change) * rule.factor;
  return traffic.isLog ? healthy * Math.exp(change) : healthy + change;
}
