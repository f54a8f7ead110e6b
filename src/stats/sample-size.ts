import { lnNormalCdf, normalQuantile } from './normal.js';
import { lnOddsRatio } from './odds-ratio.js';
import { bisect } from './root.js';

/** What is to be found, and how surely. */
export interface Plan {
  /** share of the arm it is compared with, inside 0..1 */
  readonly baseline: number;
  /** share that is to be told from it */
  readonly changed: number;
  /** chance of a false alarm, on one side; 0.05 by default */
  readonly alpha?: number;
  /** chance of finding the change; 0.8 by default */
  readonly power?: number;
}

/** Trials an arm for one look at the end, one-sided z-test; not rounded. */
export function fixedSampleSize({ baseline, changed, alpha = 0.05, power = 0.8 }: Plan): number {
  const z = normalQuantile(1 - alpha) + normalQuantile(power);
  const variance = baseline * (1 - baseline) + changed * (1 - changed);
  return (z * z * variance) / (changed - baseline) ** 2;
}

/**
 * Trials an arm after which the always-valid one-sided evidence has been reached, looking as often as one likes; not rounded. It is an upper
 * bound for the power, which leaves out that most find the change earlier; with a power of 0.5 it is the size at which the expected
 * change just suffices.
 */
export function alwaysValidSampleSize({ baseline, changed, alpha = 0.05, power = 0.8 }: Plan): number {
  const mean = (baseline + changed) / 2;
  return informationSampleSize(
    alwaysValidInformation(alpha, power) / lnOddsRatio(changed, baseline) ** 2,
    mean,
  );
}

/** Trials an arm, of two equal ones, that hold so much information about a log odds ratio. */
function informationSampleSize(information: number, share: number): number {
  return (2 * information) / (share * (1 - share));
}

/**
 * Information, in units of 1 / effect², at which the score is expected above the boundary by as many standard deviations as the
 * power asks for. The prior is half-normal with the effect for its spread.
 */
export function alwaysValidInformation(alpha: number, power: number): number {
  const reserve = normalQuantile(power);
  const surplus = (v: number): number => v - boundary(v, alpha) - reserve * Math.sqrt(v);
  return bisect(surplus, 1e-6, 1e6);
}

/** The score at which one-sided evidence reaches 1/α, at a prior precision of 1. */
function boundary(v: number, alpha: number): number {
  const missing = (z: number): number =>
    Math.LN2 - 0.5 * Math.log1p(v) + (z * z) / 2 + lnNormalCdf(z) + Math.log(alpha);
  return bisect(missing, -50, 1e4) * Math.sqrt(v + 1);
}
