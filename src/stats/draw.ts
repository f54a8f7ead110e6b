/** A source of numbers, even over 0 (included) to 1 (not included). */
export type Random = () => number;

/** Mulberry32: the same numbers for the same seed. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Standard normal. */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Exact: by skips between events where they are rare, trial by trial otherwise. */
export function binomial(random: Random, n: number, p: number): number {
  if (p <= 0) return 0;
  if (p > 0.5) return n - binomial(random, n, 1 - p);
  const lnMiss = Math.log1p(-p);
  let at = -1;
  for (let k = 0; ; k += 1) {
    at += 1 + Math.floor(Math.log(1 - random()) / lnMiss);
    if (at >= n) return k;
  }
}

/** Variance of a count from which a rounded normal draw stands in for an exact one. */
const SMOOTH = 100;

/** Events of n trials at p; exact where they are few, a rounded normal draw where nobody could tell. */
export function binomialNear(random: Random, n: number, p: number): number {
  const variance = n * p * (1 - p);
  if (variance < SMOOTH) return binomial(random, n, p);
  return Math.min(n, Math.max(0, Math.round(n * p + normal(random) * Math.sqrt(variance))));
}

/** Events where `mean` are expected; exact where they are few. */
export function poissonNear(random: Random, mean: number): number {
  if (mean >= SMOOTH) return Math.max(0, Math.round(mean + normal(random) * Math.sqrt(mean)));
  let left = mean;
  for (let k = 0; ; k += 1) {
    left += Math.log(1 - random());
    if (left < 0) return k;
  }
}
