/** One number taken out of evidence. */
export interface Estimate {
  /** In the take's natural unit; null when the evidence holds none. */
  readonly value: number | null;
  /** Observations behind it. */
  readonly n: number;
  readonly interval: readonly [number, number] | null;
  /** True when the value is only known to be at least this: a quantile above the last bucket edge. */
  readonly isAtLeast: boolean;
  /** Where no more is known than that it lies between this and `value`, or from this on. */
  readonly least?: number;
  readonly notes: readonly string[];
}

export const NOTHING: Estimate = { value: null, n: 0, interval: null, isAtLeast: false, notes: [] };
