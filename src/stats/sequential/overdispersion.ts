import type { Pair } from '../pair.js';
import { scoreOf } from '../score-of.js';
import { believed, lnHeld, type Pearson } from './beliefs.js';
import type { Family } from './block.js';
import { STAKE } from './effects.js';

/** Strata of belief in independence, for the factor that is read. */
const PRIOR = 3;
/** Information that one term needs: a smaller one has the scatter of rare events, which is no normal one's. */
const LEAST = 2;
/** Information of a stratum from which on scatter beyond chance would show. */
const PLENTY = 6;
/** Weight that each stratum keeps in the common rate of the next: drift is followed, noise is not. */
const MEMORY = 0.7;

/** What the strata say of their own scatter, after each of them. */
export interface Scatter {
  /** How much more strata vary than independent requests would, at least 1: for reading. */
  readonly factor: number;
  /** Pearson's statistic of the strata about their own common effect. */
  readonly residual: number;
  /** Terms in it. */
  readonly terms: number;
  /** The same of both arms together; null for one arm alone. */
  readonly together: Pearson | null;
  /** At least 1, and more the fewer events a stratum has: chance then outweighs whatever else its rate does. */
  readonly rarity: number;
}

/**
 * Evidence under strata that may vary more than independent requests would.
 *
 * Normal evidence with a known variance is q less the stake of the mixture. Where the strata themselves must tell the
 * variance, both hypotheses are averaged over what is believed of it. The smaller of both is taken, so that what is
 * valid under independence stays so.
 *
 * @param lnE evidence under independence
 */
export function tempered(lnE: number, { residual, terms, together, rarity }: Scatter): number {
  if (lnE <= 0) return lnE;
  const beliefs = believed(together, rarity);
  const effect = 2 * (lnE + STAKE);
  const averaged = lnHeld(beliefs, residual, terms) - lnHeld(beliefs, residual + effect, terms) - STAKE;
  return Math.min(lnE, averaged);
}

/**
 * Scatter of the differences between the arms, from the stratified score terms about their common effect; and of both
 * arms together about their past, which shows an arm's own scatter just as much, and shocks that both share besides.
 *
 * @returns one after each stratum
 */
export function scatterOf(family: Family, pairs: readonly Pair[]): readonly Scatter[] {
  const apart = new Terms();
  const together = new Drifting(family, MEMORY);
  return pairs.map((pair) => {
    const { u, v } = scoreOf(family, pair);
    apart.add(u, v);
    // A stratum without events tells of scatter, too: bursts leave many of them.
    if (pair.judged.n > 0 && pair.baseline.n > 0)
      together.add({ k: pair.judged.k + pair.baseline.k, n: pair.judged.n + pair.baseline.n });
    return scatter(apart, together.terms);
  });
}

/** The same for one arm: its strata about the rate of those before. */
export function scatterOfOne(
  family: Family,
  counts: readonly { readonly k: number; readonly n: number }[],
): readonly Scatter[] {
  const own = new Drifting(family, 1);
  return counts.map((count) => {
    own.add(count);
    return scatter(own.terms);
  });
}

function scatter(apart: Terms, together?: Terms): Scatter {
  const { residual } = apart;
  const terms = apart.free;
  return {
    factor: Math.max(1, (PRIOR + residual) / (PRIOR + terms)),
    residual,
    terms,
    together: together === undefined ? null : { residual: together.squares, terms: together.number },
    // Half way, in the exponent, between counting on bursts of events and never: without events nothing tells of them.
    rarity: Math.sqrt(Math.max(1, PLENTY / Math.max(apart.each, 1e-9))),
  };
}

/** Scores with their information, in terms that hold enough of it. */
class Terms {
  #u = 0;
  #v = 0;
  #effect = 0;
  #information = 0;
  #strata = 0;
  #all = 0;
  /** Sum of u^2 / v, about no effect. */
  squares = 0;
  number = 0;

  add(u: number, v: number): void {
    this.#u += u;
    this.#v += v;
    this.#all += v;
    if (v > 0) this.#strata += 1;
    if (this.#v < LEAST) return;
    this.squares += (this.#u * this.#u) / this.#v;
    this.#effect += this.#u;
    this.#information += this.#v;
    this.number += 1;
    this.#u = 0;
    this.#v = 0;
  }

  /** The squares about the common effect of all terms. */
  get residual(): number {
    const common = this.#information > 0 ? (this.#effect * this.#effect) / this.#information : 0;
    return Math.max(0, this.squares - common);
  }

  /** Information of one stratum. */
  get each(): number {
    return this.#strata > 0 ? this.#all / this.#strata : 0;
  }

  /** Terms that are free once the common effect is taken. */
  get free(): number {
    return Math.max(0, this.number - 1);
  }
}

/** Strata of counts about the rate of those before. */
class Drifting {
  readonly terms = new Terms();
  readonly #family: Family;
  readonly #memory: number;
  #k = 0;
  #n = 0;
  #weights = 0;

  constructor(family: Family, memory: number) {
    this.#family = family;
    this.#memory = memory;
  }

  add({ k, n }: { readonly k: number; readonly n: number }): void {
    const size = this.#n;
    if (size > 0 && n > 0) {
      const trials = this.#family === 'binomial' ? 1 : 0;
      const rate = (this.#k + 0.5) / (size + trials);
      const pooled = (this.#k + k + 0.5) / (size + n + trials);
      const spread = trials === 1 ? pooled * (1 - pooled) : pooled;
      // The rate of the past is an estimate, and has a variance of its own.
      this.terms.add(k - n * rate, n * Math.max(0, spread) * (1 + (n * this.#weights) / (size * size)));
    }
    this.#k = this.#k * this.#memory + k;
    this.#n = this.#n * this.#memory + n;
    this.#weights = this.#weights * this.#memory * this.#memory + n;
  }
}
