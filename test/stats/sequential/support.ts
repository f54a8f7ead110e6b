/** Whole distributions, counted out, and chance from a seed. */

import type { Pair } from '../../../src/stats/pair.js';
import type { Family } from '../../../src/stats/sequential/block.js';

export function pairOf(judgedK: number, judgedN: number, baselineK: number, baselineN: number): Pair {
  return { judged: { k: judgedK, n: judgedN }, baseline: { k: baselineK, n: baselineN } };
}

/**
 * Every count of events with its probability. Poisson's tail is cut off, which only lowers an expectation.
 *
 * @param tail counts kept of Poisson's law, beyond eight times its mean
 */
export function lawOf(
  family: Family,
  n: number,
  rate: number,
  tail = 8,
): readonly { k: number; p: number }[] {
  const law: { k: number; p: number }[] = [];
  if (family === 'binomial') {
    let ways = 1;
    for (let k = 0; k <= n; k += 1) {
      law.push({ k, p: ways * rate ** k * (1 - rate) ** (n - k) });
      ways *= (n - k) / (k + 1);
    }
    return law;
  }
  const mean = n * rate;
  let p = Math.exp(-mean);
  // An empty arm has one outcome.
  for (let k = 0; k <= tail + 8 * mean && p > 0; k += 1) {
    law.push({ k, p });
    p *= mean / (k + 1);
  }
  return law;
}

/** Sizes and true rates of one stratum. */
export interface Truth {
  readonly judgedN: number;
  readonly baselineN: number;
  readonly judged: number;
  readonly baseline: number;
}

/** Expectation of `value` over every outcome of the strata. */
export function expectation(
  family: Family,
  truths: readonly Truth[],
  value: (pairs: readonly Pair[]) => number,
  tail = 8,
): number {
  const outcomes = truths.map((truth) => {
    const baselines = lawOf(family, truth.baselineN, truth.baseline, tail);
    return lawOf(family, truth.judgedN, truth.judged, tail).flatMap((own) =>
      baselines.map((other) => ({
        pair: pairOf(own.k, truth.judgedN, other.k, truth.baselineN),
        p: own.p * other.p,
      })),
    );
  });
  const sum = (before: readonly Pair[], p: number): number =>
    outcomes[before.length]?.reduce((total, next) => total + sum([...before, next.pair], p * next.p), 0) ??
    p * value(before);
  return sum([], 1);
}

/** Numbers in [0, 1): mulberry32. */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Events of `n` trials, or of an exposure of `n`. */
export function draw(family: Family, next: () => number, n: number, rate: number): number {
  let k = 0;
  if (family === 'binomial') {
    for (let i = 0; i < n; i += 1) if (next() < rate) k += 1;
    return k;
  }
  for (let left = Math.exp(-n * rate), product = next(); product > left; product *= next()) k += 1;
  return k;
}

/** Share of rollouts at the line whose evidence ever reaches 1 in 20; traffic ramps up and the rate drifts. */
export function falseAlarms(
  family: Family,
  seed: number,
  rates: (baseline: number) => number,
  lnE: (pairs: readonly Pair[]) => Float64Array,
): number {
  const [rollouts, looks] = [300, 50];
  const next = chance(seed);
  let alarms = 0;
  for (let rollout = 0; rollout < rollouts; rollout += 1) {
    const pairs = Array.from({ length: looks }, (_, look) => {
      const baseline = 0.4 - (0.2 * look) / looks;
      const judgedN = 5 + look;
      return pairOf(
        draw(family, next, judgedN, rates(baseline)),
        judgedN,
        draw(family, next, 100 - judgedN, baseline),
        100 - judgedN,
      );
    });
    if (lnE(pairs).some((value) => value >= Math.log(20))) alarms += 1;
  }
  return alarms / rollouts;
}

/** 5 % and three standard errors of 300 rollouts. */
export const MOST_ALARMS = 0.05 + 3 * Math.sqrt((0.05 * 0.95) / 300);
