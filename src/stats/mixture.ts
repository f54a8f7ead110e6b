import { type Family, totalScore } from './family.js';
import { logMeanExp } from './log-sum.js';
import type { Prior } from './prior.js';
import { brent } from './root.js';

/** Effects beyond e^40 are taken for infinite. */
const FARTHEST = 40;
const FINE = { relative: 1e-12, absolute: 1e-12 };

/** Strata under a prior: what evidence and interval are read off. */
export interface Mixture<Stratum> {
  readonly family: Family<Stratum>;
  readonly strata: readonly Stratum[];
  /** Log-likelihoods are divided by it: the variance of counts over that of their family. */
  readonly dispersion: number;
  /** After each stratum, ln of the mean of the likelihood of all strata so far over the prior. */
  readonly lnMarginals: Float64Array;
}

export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/** What all intervals have in common; empty, lower above upper, where two of them share nothing. */
export function intersection(intervals: readonly Interval[]): Interval {
  let [lower, upper] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const interval of intervals) {
    lower = Math.max(lower, interval.lower);
    upper = Math.min(upper, interval.upper);
  }
  return { lower, upper };
}

/**
 * Runs strata through a prior, in the order of time.
 *
 * @param dispersion from 1, see dispersion.ts; where it is above 1, the tau of the prior is to be larger by its root
 */
export function mixtureOf<Stratum>(
  family: Family<Stratum>,
  strata: readonly Stratum[],
  prior: Prior,
  dispersion: number = 1,
): Mixture<Stratum> {
  const total = new Float64Array(prior.effects.length);
  const lnMarginals = new Float64Array(strata.length);
  strata.forEach((stratum, k) => {
    addTo(total, family.lnLikelihood(stratum, prior.effects), dispersion);
    lnMarginals[k] = logMeanExp(total, prior.weights);
  });
  return { family, strata, dispersion, lnMarginals };
}

/**
 * ln of the e-value against θ0 after each stratum. With a prior on one side of θ0 it stands against every θ on the other.
 *
 * Under θ0 its mean is 1 at any time of stopping, so that it ever exceeds ln(1/α) has a chance of at most α.
 *
 * @returns as many as strata; 0 as long as they say nothing
 * @see Robbins 1970; Ville 1939
 */
export function evidenceAgainst<Stratum>(mixture: Mixture<Stratum>, theta0: number): Float64Array {
  const likelihoods = lnLikelihoods(mixture, theta0);
  return mixture.lnMarginals.map((lnMarginal, k) => lnMarginal - (likelihoods[k] ?? 0));
}

/**
 * Confidence sequence: the effects against which the evidence has at no time reached 1/α. An end is infinite where the strata
 * do not bound it. Where looks contradict each other, which has a chance of α, lower lies above upper.
 *
 * @see Waudby-Smith and Ramdas 2020, prior-posterior ratio
 */
export function confidenceSequence<Stratum>(mixture: Mixture<Stratum>, alpha: number): Interval {
  return { lower: bound(mixture, alpha, -1), upper: bound(mixture, alpha, 1) };
}

/**
 * The effects against which the evidence of the strata up to and with one of them has not reached 1/α, whatever it was before:
 * wider than the confidence sequence, never empty.
 *
 * @param look index of a stratum; the last by default
 */
export function confidenceInterval<Stratum>(
  mixture: Mixture<Stratum>,
  alpha: number,
  look: number = mixture.strata.length - 1,
): Interval {
  if (look < 0) return intersection([]);
  return { lower: boundAt(mixture, look, alpha, -1), upper: boundAt(mixture, look, alpha, 1) };
}

/**
 * Effect under which all strata are likeliest.
 *
 * @returns infinite where more is always likelier; undefined where all effects are equally likely
 */
export function maximumLikelihood<Stratum>(
  family: Family<Stratum>,
  strata: readonly Stratum[],
): number | undefined {
  const extremes = new Set(strata.map((stratum) => family.extreme(stratum)));
  extremes.delete('both');
  if (extremes.size === 0) return undefined;
  if (extremes.size === 1 && extremes.has('least')) return Number.NEGATIVE_INFINITY;
  if (extremes.size === 1 && extremes.has('most')) return Number.POSITIVE_INFINITY;
  const { u, v } = totalScore(family, strata, 0);
  if (u === 0) return 0;
  const slope = (theta: number): number => totalScore(family, strata, theta).u;
  return crossing(slope, 0, Math.sign(u), Math.abs(u / v)) ?? Math.sign(u) * Number.POSITIVE_INFINITY;
}

/** One end of the sequence: that of the last look, moved inwards by each look that excludes it. */
function bound<Stratum>(mixture: Mixture<Stratum>, alpha: number, side: 1 | -1): number {
  const last = mixture.strata.length - 1;
  if (last < 0) return side * Number.POSITIVE_INFINITY;
  let end = boundAt(mixture, last, alpha, side);
  for (let round = 0; round < last; round += 1) {
    const at = Number.isFinite(end) ? end : side * FARTHEST;
    const look = strictest(mixture, at, alpha, side);
    if (look === undefined) break;
    end = boundAt(mixture, look, alpha, side);
  }
  return end;
}

/** The look at which θ is excluded most clearly, and lies outside on that side. */
function strictest<Stratum>(
  mixture: Mixture<Stratum>,
  theta: number,
  alpha: number,
  side: 1 | -1,
): number | undefined {
  const likelihoods = lnLikelihoods(mixture, theta);
  let least = -1e-9;
  let found: number | undefined;
  mixture.lnMarginals.forEach((lnMarginal, k) => {
    const slack = (likelihoods[k] ?? 0) - lnMarginal - Math.log(alpha);
    if (slack >= least) return;
    if (totalScore(mixture.family, mixture.strata.slice(0, k + 1), theta).u * side > 0) return;
    least = slack;
    found = k;
  });
  return found;
}

/** Where the evidence after one look reaches 1/α. */
function boundAt<Stratum>(mixture: Mixture<Stratum>, look: number, alpha: number, side: 1 | -1): number {
  const { family, dispersion } = mixture;
  const strata = mixture.strata.slice(0, look + 1);
  const peak = maximumLikelihood(family, strata);
  if (peak === undefined || peak === side * Number.POSITIVE_INFINITY) return side * Number.POSITIVE_INFINITY;
  const start = Math.max(-FARTHEST, Math.min(FARTHEST, peak));
  const level = (mixture.lnMarginals[look] ?? 0) + Math.log(alpha);
  const slack = (theta: number): number => lnLikelihoodAt(family, strata, theta) / dispersion - level;
  const { v } = totalScore(family, strata, start);
  return crossing(slack, start, side, Math.sqrt((6 * dispersion) / v)) ?? side * Number.POSITIVE_INFINITY;
}

/** Root of f outwards from start, by doubling steps; undefined when f keeps its sign up to the farthest effect. */
function crossing(
  f: (theta: number) => number,
  start: number,
  side: number,
  firstStep: number,
): number | undefined {
  const sign = Math.sign(f(start));
  let inner = start;
  let step = Math.min(Math.max(firstStep, 1e-6), FARTHEST);
  while (Math.abs(inner) < FARTHEST || inner === start) {
    const outer = side > 0 ? Math.min(inner + step, FARTHEST) : Math.max(inner - step, -FARTHEST);
    if (Math.sign(f(outer)) !== sign) return brent(f, inner, outer, FINE);
    if (Math.abs(outer) >= FARTHEST) return undefined;
    inner = outer;
    step *= 2;
  }
  return undefined;
}

/** Log-likelihood of all strata up to and with each. */
function lnLikelihoods<Stratum>(
  { family, strata, dispersion }: Mixture<Stratum>,
  theta: number,
): Float64Array {
  let total = 0;
  return Float64Array.from(strata, (stratum) => {
    total += (family.lnLikelihood(stratum, [theta])[0] ?? 0) / dispersion;
    return total;
  });
}

function lnLikelihoodAt<Stratum>(family: Family<Stratum>, strata: readonly Stratum[], theta: number): number {
  let total = 0;
  for (const stratum of strata) total += family.lnLikelihood(stratum, [theta])[0] ?? 0;
  return total;
}

function addTo(total: Float64Array, terms: Float64Array, divisor: number): void {
  for (let i = 0; i < total.length; i += 1) total[i] = (total[i] ?? 0) + (terms[i] ?? 0) / divisor;
}
