/** Parameters of Kayenta's judge, by the names of its documentation. */
export interface KayentaSettings {
  /** What a step without a value does: it is left out, or counts as 0. */
  readonly nan: 'remove' | 'replace';
  readonly outliers: 'keep' | 'remove';
  /** Interquartile ranges beyond the quartiles from which a value is an outlier. */
  readonly outlierFactor: number;
  readonly effectSize: 'mean-ratio' | 'cles';
  /** Effects that are at least this high, or at most this low, may be classified; by default any. */
  readonly allowedIncrease: number;
  readonly allowedDecrease: number;
  /** Effects from which a score cannot outvote a criterion that is critical. */
  readonly criticalIncrease: number;
  readonly criticalDecrease: number;
  /** Of the interval of the shift, 0..1. */
  readonly confidence: number;
  /** Share of the shift that the interval must stay away from 0. */
  readonly tolerance: number;
  /** To what the shift is solved: a share of the range of the values, or 0.0001 in their unit as published. */
  readonly solver: 'relative' | 'absolute';
}

/** Fewer values in an arm decide nothing: 2 against 2 are "98 % confident" in the published judge, at a chance of 1 in 3. */
export const KAYENTA_FEWEST = 5;

/** What Kayenta itself takes where a configuration says nothing, but for the solver. */
export const KAYENTA_DEFAULTS: KayentaSettings = {
  nan: 'remove',
  outliers: 'keep',
  outlierFactor: 3,
  effectSize: 'mean-ratio',
  allowedIncrease: 1,
  allowedDecrease: 1,
  criticalIncrease: 1,
  criticalDecrease: 1,
  confidence: 0.98,
  tolerance: 0.25,
  solver: 'relative',
};

export type KayentaClassification = 'High' | 'Low' | 'Pass';

/** What Kayenta's judge says of a metric. */
export interface KayentaFinding {
  readonly classification: KayentaClassification;
  readonly effectSize: KayentaSettings['effectSize'];
  /** The effect that the thresholds are compared with; null where a mean is 0. */
  readonly effect: number | null;
  readonly meanRatio: number | null;
  /** True where the effect lies beyond the critical threshold. */
  readonly isCritical: boolean;
}
