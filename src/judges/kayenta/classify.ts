import type { KayentaClassification, KayentaFinding, KayentaSettings } from '../../model/kayenta.js';
import { type KayentaShift, kayentaShift } from '../../stats/kayenta-shift.js';
import { pairsOf } from '../../stats/mann-whitney.js';
import { quartileFences } from '../../stats/spread.js';
import { mean, quantileR7 } from '../../stats/summary.js';

/** Which change is bad. */
export type Direction = 'increase' | 'decrease' | 'either';

export interface Classified {
  readonly finding: KayentaFinding;
  readonly shift: KayentaShift;
  /** Chance that a value of the experiment is larger than one of the control, ties half. */
  readonly larger: number;
}

/**
 * Kayenta's classification of one metric.
 *
 * Two arms that are each constant are compared by their difference: the published judge shakes them with unseeded noise of a hundred
 * thousandth, which only keeps its solver from dividing by 0.
 *
 * @param experiment finite, not empty, as `prepared` leaves it
 * @param control the same
 */
export function classify(
  experiment: readonly number[],
  control: readonly number[],
  direction: Direction,
  settings: KayentaSettings,
): Classified {
  const [x, y] = [Float64Array.from(experiment).sort(), Float64Array.from(control).sort()];
  const larger = pairsOf(x, y).u / (x.length * y.length);
  const meanRatio = ratioOf(mean(experiment), mean(control));
  const effect = settings.effectSize === 'cles' ? larger : meanRatio;
  const shift = shiftOf(x, y, settings);
  const classification = classOf(shift, effect, direction, settings);
  return {
    finding: {
      classification,
      effectSize: settings.effectSize,
      effect,
      meanRatio,
      isCritical: isCritical(classification, effect, settings),
    },
    shift,
    larger,
  };
}

function shiftOf(x: Float64Array, y: Float64Array, settings: KayentaSettings): KayentaShift {
  if (isConstant(x) && isConstant(y)) {
    const difference = (x[0] ?? 0) - (y[0] ?? 0);
    return { lower: difference, upper: difference, estimate: difference };
  }
  // Equal arms pass without a test; their shift is 0 whatever a solver says.
  if (x.length === y.length && x.every((value, i) => value === y[i])) {
    return { lower: 0, upper: 0, estimate: 0 };
  }
  return kayentaShift(x, y, settings.confidence, settings.solver);
}

/** No ratio tells of a mean of 0. */
function ratioOf(experiment: number, control: number): number | null {
  return experiment === 0 || control === 0 ? null : experiment / control;
}

function classOf(
  { lower, upper, estimate }: KayentaShift,
  effect: number | null,
  direction: Direction,
  { tolerance, allowedIncrease, allowedDecrease }: KayentaSettings,
): KayentaClassification {
  const bound = tolerance * Math.abs(estimate);
  if (direction !== 'decrease' && lower > bound && (effect === null || effect >= allowedIncrease)) {
    return 'High';
  }
  if (direction !== 'increase' && upper < -bound && (effect === null || effect <= allowedDecrease)) {
    return 'Low';
  }
  return 'Pass';
}

function isCritical(
  classification: KayentaClassification,
  effect: number | null,
  { criticalIncrease, criticalDecrease }: KayentaSettings,
): boolean {
  if (classification === 'Pass') return false;
  if (effect === null) return true;
  return classification === 'High' ? effect >= criticalIncrease : effect <= criticalDecrease;
}

/** The values of an arm as the judge takes them: steps without one left out or 0, outliers kept or taken away. */
export function prepared(
  values: readonly (number | null)[],
  { nan, outliers, outlierFactor }: KayentaSettings,
): readonly number[] {
  const present = values.flatMap((value) => (value !== null ? [value] : nan === 'replace' ? [0] : []));
  if (outliers === 'keep' || present.length === 0) return present;
  const sorted = Float64Array.from(present).sort();
  const [low, high] = quartileFences(sorted, outlierFactor);
  const least = Math.min(quantileR7(sorted, 0.01), low);
  const most = Math.max(quantileR7(sorted, 0.99), high);
  return present.filter((value) => value >= least && value <= most);
}

function isConstant(sorted: Float64Array): boolean {
  return sorted[0] === sorted.at(-1);
}
