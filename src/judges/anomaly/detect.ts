import type { AnomalyRule, Direction } from '../../model/anomaly.js';
import { cusumDetector, shiryaevRoberts } from '../../stats/e-detector.js';
import { hampelScore, type Usual, usualOf } from '../../stats/hampel.js';
import { pageHinkley } from '../../stats/page-hinkley.js';
import { poissonEvidence } from '../../stats/poisson-cusum.js';
import { poissonDistance } from '../../stats/poisson-distance.js';
import { seasonalResiduals } from '../../stats/seasonal-naive.js';
import { mean } from '../../stats/summary.js';
import type { Levels, Step } from './levels.js';

/** What a detector says of each step of the window; null where it says nothing. */
export interface Detected {
  readonly scores: readonly (number | null)[];
  /** The side that the largest score is on. */
  readonly side: 'above' | 'below';
  /** What the past says of a step. */
  readonly usual: number;
  readonly dispersion: number | null;
}

/** Evidence past it has no number that anyone would read. */
const MOST = 1e12;

/** @returns undefined where the past does not vary, so that nothing can be called far from it */
export function detect(rule: AnomalyRule, levels: Levels): Detected | undefined {
  if (rule.against === 'poisson') return bySide(rule.direction, (side) => countEvidence(rule, levels, side));
  const scores = rule.against === 'seasonal' ? seasonalScores(levels) : plainScores(levels);
  if (scores === undefined) return undefined;
  return bySide(rule.direction, (side) => {
    const turned = scores.judged.map((score) => (score === null || side === 'above' ? score : -score));
    const { usual } = scores;
    if (rule.detector === 'hampel') return { scores: lasting(turned, rule.inARow), usual, dispersion: null };
    const past = side === 'above' ? scores.past : scores.past.map((score) => -score);
    return { scores: drifted(turned, past, rule.drift), usual, dispersion: null };
  });
}

type OneSide = Omit<Detected, 'side'>;

/** The side with the larger score. With two sides to raise a false alarm, evidence of counts is worth half. */
function bySide(direction: Direction, of: (side: 'above' | 'below') => OneSide): Detected {
  if (direction !== 'both') return { ...of(direction), side: direction };
  const [above, below] = [of('above'), of('below')];
  return largest(below) > largest(above) ? { ...below, side: 'below' } : { ...above, side: 'above' };
}

function largest({ scores }: OneSide): number {
  return Math.max(...scores.map((score) => score ?? Number.NEGATIVE_INFINITY));
}

interface Scores {
  readonly judged: readonly (number | null)[];
  readonly past: readonly number[];
  readonly usual: number;
}

/** How far each step is from the median of all earlier ones, in their spreads. */
function plainScores({ judged, past, isCounted, level, scaled }: Levels): Scores | undefined {
  const before = past.flat().filter((step) => step !== null);
  const known = usualOf(before.map(scaled));
  const usual = usualOf(before.map(level)).centre;
  if (known.spread > 0) {
    const score = (step: Step): number => hampelScore(scaled(step), known) ?? 0;
    return { judged: judged.map((step) => step && score(step)), past: before.map(score), usual };
  }
  if (!isCounted) return undefined;
  const expected = (before.reduce((sum, step) => sum + level(step), 0) + 0.5) / before.length;
  const score = (step: Step): number => poissonDistance(level(step), expected);
  return { judged: judged.map((step) => step && score(step)), past: before.map(score), usual };
}

/** The same for what is left when the usual course of a season is taken off. */
function seasonalScores({ judged, past, isCounted, level, scaled }: Levels): Scores | undefined {
  const on = (of: (step: Step) => number): readonly (readonly (number | null)[])[] =>
    [...past, judged].map((season) => season.map((step) => step && of(step)));
  const residuals = seasonalResiduals(on(scaled)) ?? [];
  const plain = seasonalResiduals(on(level)) ?? [];
  const before = residuals.slice(0, -1).flatMap((season) => season.filter((each) => each !== null));
  const now = residuals.at(-1) ?? [];
  const expected = judged.map((step, i) => {
    const off = plain.at(-1)?.[i] ?? null;
    return step === null || off === null ? null : level(step) - off;
  });
  const usual = mean(expected.filter((each) => each !== null));
  const known: Usual = before.length === 0 ? { centre: 0, spread: 0 } : usualOf(before);
  if (known.spread > 0) {
    const score = (residual: number): number => hampelScore(residual, known) ?? 0;
    return {
      judged: now.map((each) => (each === null ? null : score(each))),
      past: before.map(score),
      usual,
    };
  }
  if (!isCounted) return undefined;
  const far = judged.map((step, i) => {
    const at = expected[i] ?? null;
    return step === null || at === null ? null : poissonDistance(level(step), Math.max(at, 0) + 0.5);
  });
  return { judged: far, past: before, usual };
}

/** The least score of so many steps in a row, at the last of them: one wild step is no incident. */
function lasting(scores: readonly (number | null)[], inARow: number): readonly (number | null)[] {
  return scores.map((_, i) => {
    const run = scores.slice(Math.max(0, i + 1 - inARow), i + 1);
    const held = run.filter((score) => score !== null);
    return held.length < inARow ? null : Math.min(...held);
  });
}

function drifted(
  scores: readonly (number | null)[],
  past: readonly number[],
  drift: number,
): readonly (number | null)[] {
  const held = scores.filter((score) => score !== null);
  const sums = pageHinkley(held, drift, { n: past.length, mean: mean(past) });
  let next = 0;
  return scores.map((score) => (score === null ? null : (sums[next++] ?? null)));
}

/** Evidence that events come `detect` times as often, or as seldom, as one in so many steps. */
function countEvidence(rule: AnomalyRule, { judged, past, level }: Levels, side: 'above' | 'below'): OneSide {
  const before = past.flat().filter((step) => step !== null);
  const exposure = before.reduce((sum, { n }) => sum + n, 0);
  const rate = (before.reduce((sum, { k }) => sum + k, 0) + 0.5) / exposure;
  const dispersion = dispersionOf(before, rate);
  const times = side === 'above' ? rule.detect : 1 / rule.detect;
  const held = judged.filter((step) => step !== null);
  const steps = held.map(({ k, n }) => poissonEvidence(k, n * rate, n * rate * times) / dispersion);
  const lns = rule.detector === 'shiryaev-roberts' ? shiryaevRoberts(steps) : cusumDetector(steps);
  const sides = rule.direction === 'both' ? 2 : 1;
  let next = 0;
  const scores = judged.map((step) =>
    step === null ? null : Math.min(MOST, Math.exp(lns[next++] ?? 0) / sides),
  );
  return { scores, usual: mean(before.map(level)), dispersion };
}

/** How much more earlier steps vary than independent events: Pearson's statistic by its degrees of freedom, from 1. */
function dispersionOf(steps: readonly Step[], rate: number): number {
  const sum = steps.reduce((total, { k, n }) => total + (k - n * rate) ** 2 / (n * rate), 0);
  return Math.max(1, sum / Math.max(1, steps.length - 1));
}
