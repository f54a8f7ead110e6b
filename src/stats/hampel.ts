import { medianAbsoluteDeviation } from './spread.js';

/** Makes the median absolute deviation of normal values their standard deviation. */
const MAD_TO_SIGMA = 1.4826;

/** The usual level and how far values lie from it, as a standard deviation; neither follows a few wild values. */
export interface Usual {
  readonly centre: number;
  /** 0 where more than half of the values are the same: nothing may be divided by it. */
  readonly spread: number;
}

/** @param values not empty, no NaN */
export function usualOf(values: readonly number[]): Usual {
  const { median, deviation } = medianAbsoluteDeviation(values);
  return { centre: median, spread: MAD_TO_SIGMA * deviation };
}

/**
 * Hampel's identifier: by how many spreads a value lies above the centre; below, it is negative.
 *
 * @returns undefined without a spread
 * @see Hampel 1974; Davies and Gather 1993
 */
export function hampelScore(value: number, { centre, spread }: Usual): number | undefined {
  return spread > 0 ? (value - centre) / spread : undefined;
}

/**
 * Anscombe's transform: of a Poisson count it has a standard deviation of about 1, whatever the mean.
 *
 * @param count from 0
 */
export function anscombe(count: number): number {
  return 2 * Math.sqrt(count + 3 / 8);
}
