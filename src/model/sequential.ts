/** How sure a criterion is, in numbers that stay valid however often they are looked at. */
export interface SequentialEvidence {
  /** Name of the test, as in docs/gatefile.md. */
  readonly test: string;
  /** The judged arm's value over the baseline's mix of strata, in the criterion's unit; null without enough data. */
  readonly estimate: number | null;
  /** 95 % range of the estimate, valid at every look; for reading, the verdict is decided by `logE`. */
  readonly interval: readonly [number, number] | null;
  /** Largest ln E so far: for worse than allowed, and for certainly within; null where nothing can be said yet. */
  readonly logE: { readonly fail: number | null; readonly pass: number | null };
  /** Chance that this criterion fails a healthy release, over all looks: `fail` needs ln(1 / alpha). */
  readonly alpha: number;
  /** Chance that it passes a release at the limit, over all looks. */
  readonly falsePass: number;
  /** Strata that hold data in every arm. */
  readonly strata: number;
  readonly n: { readonly canary: number; readonly baseline: number | null };
  /** How much more strata vary than independent requests would; 1: not at all, null: the test needs no such factor. */
  readonly dispersion: number | null;
  /** The stratum, counted from 0 in the window, at which the evidence first decided. */
  readonly firstCrossing: { readonly side: 'fail' | 'pass'; readonly stratum: number } | null;
  /** About how much more is needed when nothing is decided: observations of the judged arm, and strata. */
  readonly needed: { readonly n: number; readonly strata: number } | null;
}
