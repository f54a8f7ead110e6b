import type { KayentaFinding } from './kayenta.js';

/** How sure a criterion is that was judged by the ranks of two arms' values, at one look. */
export interface RankEvidence {
  /** Name of the test, as in docs/gatefile.md. */
  readonly test: 'mann-whitney-exact' | 'mann-whitney-normal' | 'kayenta';
  /** How much the judged values lie above the baseline's, in the criterion's unit: Hodges and Lehmann's estimate. */
  readonly estimate: number;
  /** Range of the shift: 95 % for Mann-Whitney, the confidence asked for for Kayenta; ends may be infinite. */
  readonly interval: readonly [number, number];
  /** Chance that this criterion fails a release that is at the limit, at one look. */
  readonly alpha: number;
  /** Chance that it passes one; null where nothing holds it down. */
  readonly falsePass: number | null;
  /** Steps with a value, in the arm that has fewer; 0 where the values are raw samples. */
  readonly strata: number;
  readonly n: { readonly canary: number; readonly baseline: number };
  /** Chance that a value of the judged arm is larger than one of the baseline, ties half. */
  readonly larger: number;
  /** One-sided chances at the pass limit; null where it has more than one bound, or none. */
  readonly p: { readonly above: number; readonly below: number } | null;
  readonly kayenta: KayentaFinding | null;
}
