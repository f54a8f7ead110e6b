/** Events of both arms in one stratum: `k` of `n` trials, or `k` events in exposure `n`. */
export interface Pair {
  readonly judged: { readonly k: number; readonly n: number };
  readonly baseline: { readonly k: number; readonly n: number };
}
