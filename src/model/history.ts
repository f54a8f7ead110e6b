/** How sure a criterion is that was judged against earlier windows. */
export interface HistoryEvidence {
  /** Name of the test, as in docs/gatefile.md. */
  readonly test: 'history-share' | 'history-rate' | 'history-forecast' | 'history-forecast-log';
  readonly estimate: number;
  /** 95 % range of the estimate, for one look; for reading, the verdict is decided at `alpha` and `falsePass`. */
  readonly interval: readonly [number, number];
  /** Chance that this criterion fails a release that is at the limit, at one look. */
  readonly alpha: number;
  /** Chance that it passes one. */
  readonly falsePass: number;
  /** Earlier windows that were used. */
  readonly strata: number;
  /** Earlier windows that were asked for. */
  readonly asked: number;
  readonly n: { readonly canary: number; readonly baseline: number };
  /** How much more windows vary than independent events would; null where nothing is counted. */
  readonly dispersion: number | null;
  /** Where 95 % of windows would lie if nothing had changed. */
  readonly expected: readonly [number, number];
}
