/** Seeded draws: the same rollouts in every run of the bench. */
export type Random = () => number;

/** Mulberry32. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

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
