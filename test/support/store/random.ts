/** Chance that can be repeated: named streams of numbers from one seed, and draws from the laws that traffic follows. */

/** The next number of a stream, in [0, 1). */
export type Random = () => number;

/**
 * A stream of its own for each name, so that a fault on one series leaves the bytes of every other series as they were.
 *
 * sfc32 (Chris Doty-Humphrey's PractRand), seeded by FNV-1a over `seed/name`; Math.random cannot be seeded.
 */
export function streamOf(seed: number, name: string): Random {
  let hash = 0x811c9dc5;
  for (const character of `${seed}/${name}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  let a = hash;
  let b = seed | 0;
  let c = 0x9e3779b9 | 0;
  let counter = 1;
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  // The first dozen still shows the seed.
  for (let i = 0; i < 12; i++) next();
  return next;
}

/** Events in a span that holds `mean` of them on average. Knuth's product, in pieces that exp() can hold. */
export function poisson(random: Random, mean: number): number {
  let count = 0;
  for (let rest = mean; rest > 0; rest -= 500) {
    const limit = Math.exp(-Math.min(rest, 500));
    for (let product = random(); product > limit; product *= random()) count++;
  }
  return count;
}

/** Successes in n tries: walks from success to success by geometric gaps, so rare ones cost little. */
export function binomial(random: Random, n: number, share: number): number {
  if (share <= 0) return 0;
  if (share >= 1) return n;
  if (share > 0.5) return n - binomial(random, n, 1 - share);
  const perTry = Math.log1p(-share);
  let count = -1;
  for (let tries = 0; tries <= n; count++) {
    tries += Math.floor(Math.log1p(-random()) / perTry) + 1;
  }
  return count;
}

/** Splits n over the keys by their weights, which need not add up to 1. */
export function multinomial<Key extends string>(
  random: Random,
  n: number,
  weights: Readonly<Record<Key, number>>,
): Record<Key, number> {
  const counts: Record<Key, number> = { ...weights };
  let left = n;
  let weightLeft = 0;
  for (const key in weights) weightLeft += weights[key];
  for (const key in weights) {
    const count = weightLeft > 0 ? binomial(random, left, weights[key] / weightLeft) : 0;
    counts[key] = count;
    left -= count;
    weightLeft -= weights[key];
  }
  return counts;
}

/** The same weights, with some of one key's given to another. */
export function moved<Key extends string>(
  weights: Readonly<Record<Key, number>>,
  from: NoInfer<Key>,
  to: NoInfer<Key>,
  share: number,
): Readonly<Record<Key, number>> {
  return { ...weights, [from]: weights[from] - share, [to]: weights[to] + share };
}

/** Standard normal, by Box and Muller; the second of the pair is thrown away. */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log1p(-random())) * Math.cos(2 * Math.PI * random());
}

/** @param spread  standard deviation of the logarithm */
export function lognormal(random: Random, median: number, spread: number): number {
  return median * Math.exp(spread * normal(random));
}
