/** What a series leads to expect of its next value. */
export interface Forecast {
  readonly centre: number;
  /** How far earlier forecasts were off, as a robust standard deviation. */
  readonly scale: number;
  /** Degrees of freedom for a Student quantile times `scale`. */
  readonly df: number;
}

/** Weight of a value relative to the one after it: half of the forecast is the newest value. */
const FADING = 0.5;
/** Makes the median of absolute normal deviations their standard deviation. */
const MAD_TO_SIGMA = 1.482_602_218_505_602;
/** The same for their mean, where more than half are 0. */
const MEAN_TO_SIGMA = 1.253_314_137_315_5;

/**
 * Forecasts the next value by the exponentially fading mean of the earlier ones.
 *
 * How sure that is comes from doing the same at every earlier value: those errors hold the noise of a value, the noise
 * of the forecast and the drift between the two, whatever their shares. Their median is used, so that an incident in the
 * past neither widens what is taken for normal nor hides a worse one. Half as many degrees of freedom as errors keep a
 * Student quantile at or under its level for 10 to 40 values, steady or drifting (test/stats/forecast.test.ts).
 *
 * @param values oldest first, at least 2
 */
export function forecastNext(values: readonly number[]): Forecast {
  let sum = 0;
  let weight = 0;
  const errors: number[] = [];
  for (const value of values) {
    if (weight > 0) errors.push(Math.abs(value - sum / weight));
    sum = sum * FADING + value;
    weight = weight * FADING + 1;
  }
  return { centre: sum / weight, scale: scaleOf(errors), df: errors.length / 2 };
}

function scaleOf(errors: readonly number[]): number {
  const sorted = [...errors].sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1] ?? Number.NaN;
  const lower = sorted[(sorted.length - 1) >> 1] ?? Number.NaN;
  const median = (lower + upper) / 2;
  return median > 0
    ? median * MAD_TO_SIGMA
    : (errors.reduce((total, error) => total + error, 0) / errors.length) * MEAN_TO_SIGMA;
}
