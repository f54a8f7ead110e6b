import type { Bound } from '../../model/limit.js';
import { tHalfWidth } from '../../stats/paired-t.js';
import type { Family } from '../../stats/sequential/block.js';
import { mean, standardDeviation } from '../../stats/summary.js';
import type { Data } from './data.js';

/** Chance that the range ever misses, over all looks. */
const ALPHA = 0.05;
/** An effect that is worth seeing where the margin does not say: in log odds or log rates. */
const EFFECT = 0.2;

/** The judged value as if it had met the baseline's mix of strata, and its range at every look. */
export interface Range {
  readonly estimate: number;
  readonly interval: readonly [number, number] | null;
  /** Standard error, over-dispersion included; NaN where it is not known. */
  readonly error: number;
  /** Null where the test needs no such factor. */
  readonly dispersion: number | null;
}

/**
 * Estimate and range for reading: a normal mixture about the stratified difference (counts), the interval of the
 * paired t (numbers).
 *
 * @returns undefined when no stratum holds data
 */
export function rangeOf(data: Data, bound: Bound, factor: number): Range | undefined {
  if (data.at.length === 0) return undefined;
  switch (data.kind) {
    case 'counts': {
      const k = sum(data.counts.map((count) => count.k));
      const n = sum(data.counts.map((count) => count.n));
      const dispersion = data.scatter.at(-1)?.factor ?? 1;
      const variance = (dispersion * spread(data.family, (k + 0.5) / (n + 1))) / n;
      return around(k / n, variance, bound.offset / factor - k / n, data.family, dispersion, factor);
    }
    case 'pairs': {
      const { family, pairs } = data;
      const k = sum(pairs.map((pair) => pair.baseline.k));
      const n = sum(pairs.map((pair) => pair.baseline.n));
      const all = sum(pairs.map((pair) => pair.judged.n)) + n;
      const pooled = (k + sum(pairs.map((pair) => pair.judged.k)) + 0.5) / (all + 1);
      let weights = 0;
      let differences = 0;
      for (const { judged, baseline } of pairs) {
        const weight = (judged.n * baseline.n) / (judged.n + baseline.n);
        weights += weight;
        differences += weight * (judged.k / judged.n - baseline.k / baseline.n);
      }
      const dispersion = data.scatter.at(-1)?.factor ?? 1;
      const difference = differences / weights;
      const variance = (dispersion * spread(family, pooled)) / weights;
      const margin = bound.scale * (k / n) + bound.offset / factor - k / n;
      return around(k / n + difference, variance, margin, family, dispersion, factor);
    }
    case 'numbers': {
      const { judged, baseline } = data;
      const own = mean(judged);
      if (baseline === null) return student(judged, (value) => value, own);
      const isLog = [...judged, ...baseline].every((value) => value > 0) && bound.offset === 0;
      const reference = mean(baseline);
      return isLog
        ? student(
            judged.map((value, i) => Math.log(value / (baseline[i] ?? Number.NaN))),
            (value) => reference * Math.exp(value),
            own,
          )
        : student(
            judged.map((value, i) => value - (baseline[i] ?? Number.NaN)),
            (value) => reference + value,
            own,
          );
    }
  }
}

function student(differences: readonly number[], back: (value: number) => number, own: number): Range {
  const centre = mean(differences);
  const deviation = standardDeviation(differences);
  const width = tHalfWidth(differences.length, ALPHA);
  // No spread leaves no doubt, but for the first few.
  const half = Number.isFinite(width) ? width * deviation : width;
  const error = deviation / Math.sqrt(differences.length);
  const estimate = back(centre);
  return {
    estimate: Number.isFinite(estimate) ? estimate : own,
    interval: Number.isFinite(half) ? [back(centre - half), back(centre + half)] : null,
    error: Math.abs(back(centre + error) - back(centre - error)) / 2,
    dispersion: null,
  };
}

function spread(family: Family, rate: number): number {
  return family === 'binomial' ? Math.max(1e-12, rate * (1 - rate)) : rate;
}

/** Robbins' normal mixture, tuned to the margin or to a fifth of a log odds, whichever is larger. */
function around(
  estimate: number,
  variance: number,
  margin: number,
  family: Family,
  dispersion: number,
  factor: number,
): Range {
  const information = 1 / variance;
  const effect = Math.max(Math.abs(margin), EFFECT * spread(family, Math.max(1e-9, estimate)));
  const rho = 1 / (effect * effect);
  const half =
    Math.sqrt((information + rho) * Math.log((information + rho) / (rho * ALPHA * ALPHA))) / information;
  const most = family === 'binomial' ? 1 : Number.POSITIVE_INFINITY;
  const inside = (value: number): number => Math.min(most, Math.max(0, value)) * factor;
  return {
    estimate: inside(estimate),
    interval: [inside(estimate - half), inside(estimate + half)],
    error: Math.sqrt(variance) * factor,
    dispersion,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
