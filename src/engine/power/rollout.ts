import type { Rule } from '../../contracts/judge.js';
import type { Count, Evidence, Observation } from '../../model/evidence.js';
import { binomialNear, normal, poissonNear, type Random } from '../../stats/draw.js';
import type { Traffic } from './traffic.js';

/** What a judge is given of a rollout that did not happen. */
export interface Rollout {
  readonly judged: Observation;
  readonly baseline: Observation | undefined;
}

/** The rule that judges drawn steps: counts as totals, numbers as they are. */
export function ruleFor(rule: Rule, traffic: Traffic): Rule {
  return traffic.kind === 'counts'
    ? { ...rule, take: { kind: 'total' } }
    : { ...rule, take: { kind: 'mean' }, factor: 1 };
}

/**
 * Draws one rollout.
 *
 * @param change by how much the judged arm differs from a healthy one: in events per trial (counts), in logs or in the rule's unit
 *   (numbers)
 */
export function drawRollout(traffic: Traffic, steps: number, change: number, random: Random): Rollout {
  return traffic.kind === 'counts'
    ? drawCounts(traffic, steps, change, random)
    : drawNumbers(traffic, steps, change, random);
}

function drawCounts(
  traffic: Extract<Traffic, { kind: 'counts' }>,
  steps: number,
  change: number,
  random: Random,
): Rollout {
  const { family, rate, dispersion } = traffic;
  const most = family === 'binomial' ? 1 : Number.POSITIVE_INFINITY;
  const draw = (expected: number, exposure: number): Count => {
    const n = family === 'binomial' ? Math.round(exposure) : exposure;
    if (n <= 0) return { k: 0, n: 0 };
    const spread = family === 'binomial' ? expected * (1 - expected) : expected;
    // What all requests of a step share varies as much as the dispersion says is missing.
    const shaken = expected + normal(random) * Math.sqrt(((dispersion - 1) * Math.max(0, spread)) / n);
    const p = Math.min(most, Math.max(0, shaken));
    return { k: family === 'binomial' ? binomialNear(random, n, p) : poissonNear(random, p * n), n };
  };
  const own: Count[] = [];
  const other: Count[] = [];
  let isPaired = false;
  for (let i = 0; i < steps; i += 1) {
    const step = traffic.steps[i % traffic.steps.length] ?? { own: 0, other: 0 };
    own.push(draw(Math.min(most, Math.max(0, rate + change)), step.own));
    other.push(draw(rate, step.other));
    isPaired ||= step.other > 0;
  }
  return {
    judged: observed({ kind: 'counts', strata: own }),
    baseline: isPaired ? observed({ kind: 'counts', strata: other }) : undefined,
  };
}

function drawNumbers(
  traffic: Extract<Traffic, { kind: 'numbers' }>,
  steps: number,
  change: number,
  random: Random,
): Rollout {
  const { deviation, isLog, isPaired } = traffic;
  const other = Array.from({ length: steps }, (_, i) => traffic.steps[i % traffic.steps.length] ?? 0);
  const own = other.map((value) => {
    const difference = change + normal(random) * deviation;
    return isLog ? value * Math.exp(difference) : value + difference;
  });
  return {
    judged: observed({ kind: 'numbers', strata: own }),
    baseline: isPaired ? observed({ kind: 'numbers', strata: other }) : undefined,
  };
}

function observed(evidence: Evidence): Observation {
  return { labels: {}, evidence, newest: null, ended: [], trouble: [], notes: [] };
}
