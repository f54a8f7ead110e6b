import type { Family, Pair } from './block.js';
import { STAKE } from './effects.js';
import { scoreOf } from './score-of.js';

/** Weight of the belief that requests are independent, in strata that hold `LEAST` information or more. */
const PRIOR = 3;
/** Information that one term needs: below it a rare event alone looks like over-dispersion. */
const LEAST = 6;

/** What the strata say of their own scatter, after each of them. */
export interface Scatter {
  /** How much more strata vary than independent requests would, at least 1: for reading. */
  readonly factor: number;
  /** Pearson's statistic of the strata about their own common effect. */
  readonly residual: number;
  /** Terms in it. */
  readonly terms: number;
  /** Weight of the belief in independence. */
  readonly prior: number;
}

/**
 * Evidence under strata that may vary more than independent requests would.
 *
 * Normal evidence with a known variance is q less the stake of the mixture; with a variance that the strata themselves
 * tell, and `prior` strata of belief in independence, it is the Student form below, which is smaller the fewer the
 * strata and the more they vary. The smaller of both is taken, so that what is valid under independence stays so.
 *
 * @param lnE evidence under independence
 */
export function tempered(lnE: number, { residual, terms, prior }: Scatter): number {
  if (lnE <= 0) return lnE;
  const half = (prior + terms) / 2;
  const student = half * Math.log1p((2 * (lnE + STAKE)) / (prior + residual)) - STAKE;
  return Math.min(lnE, student);
}

/**
 * Scatter of the differences between the arms, from the stratified score terms about their common effect.
 *
 * @returns one after each stratum
 */
export function scatterOf(family: Family, pairs: readonly Pair[]): readonly Scatter[] {
  const terms = new Terms();
  return pairs.map((pair) => {
    const { score, information } = scoreOf(family, pair);
    terms.add(score, information);
    return terms.scatter();
  });
}

/** The same for one arm: its strata about the rate of those before. */
export function scatterOfOne(
  family: Family,
  counts: readonly { readonly k: number; readonly n: number }[],
): readonly Scatter[] {
  const terms = new Terms();
  let k = 0;
  let n = 0;
  return counts.map((count) => {
    // A rate that knew this stratum would hide its deviation; being an estimate, it has a variance of its own.
    const rate = n > 0 ? (k + 0.5) / (n + (family === 'binomial' ? 1 : 0)) : Number.NaN;
    if (n > 0 && count.n > 0) {
      const spread = family === 'binomial' ? rate * (1 - rate) : rate;
      terms.add(count.k - count.n * rate, count.n * spread * (1 + count.n / n));
    }
    k += count.k;
    n += count.n;
    return terms.scatter();
  });
}

class Terms {
  #u = 0;
  #v = 0;
  #squares = 0;
  #effect = 0;
  #information = 0;
  #terms = 0;
  #strata = 0;
  #all = 0;

  add(u: number, v: number): void {
    this.#u += u;
    this.#v += v;
    this.#all += v;
    if (v > 0) this.#strata += 1;
    if (this.#v < LEAST) return;
    this.#squares += (this.#u * this.#u) / this.#v;
    this.#effect += this.#u;
    this.#information += this.#v;
    this.#terms += 1;
    this.#u = 0;
    this.#v = 0;
  }

  scatter(): Scatter {
    const common = this.#information > 0 ? (this.#effect * this.#effect) / this.#information : 0;
    const residual = Math.max(0, this.#squares - common);
    // Where a stratum holds less than one event's worth, chance outweighs whatever else its rate does.
    const each = this.#strata > 0 ? this.#all / this.#strata : 0;
    const prior = PRIOR * Math.max(1, LEAST / Math.max(each, 1e-9));
    const terms = Math.max(0, this.#terms - 1);
    const factor = Math.max(1, (PRIOR + residual) / (PRIOR + terms));
    return { factor, residual, terms, prior };
  }
}
