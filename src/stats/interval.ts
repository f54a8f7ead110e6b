import { betaQuantile } from './beta.js';

/** Φ⁻¹(0.975). */
const Z95 = 1.959963984540054;

/**
 * Wilson's 95 % score interval of a share.
 *
 * @param k successes, 0..n; may be fractional when counts were extrapolated
 * @param n trials, above 0
 * @see Wilson 1927
 */
export function wilson(k: number, n: number, z: number = Z95): readonly [number, number] {
  const p = k / n;
  const z2 = z * z;
  const centre = p + z2 / (2 * n);
  const half = z * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  const scale = 1 + z2 / n;
  // At the ends the bounds are exactly 0 and 1; rounding must not leave 1e-17 behind.
  return [
    k <= 0 ? 0 : Math.max(0, (centre - half) / scale),
    k >= n ? 1 : Math.min(1, (centre + half) / scale),
  ];
}

/**
 * 95 % score interval of a Poisson rate: `k` events in exposure `n`.
 *
 * @returns events per unit of exposure
 */
export function poissonScore(k: number, n: number, z: number = Z95): readonly [number, number] {
  const centre = k + (z * z) / 2;
  const half = z * Math.sqrt(k + (z * z) / 4);
  return [k <= 0 ? 0 : Math.max(0, centre - half) / n, (centre + half) / n];
}

/**
 * Exact interval of a share by Clopper and Pearson: never narrower than it promises.
 *
 * @param k successes, 0..n
 * @param n trials, above 0
 * @param alpha chance to miss the share, half of it on either side
 * @see Clopper and Pearson 1934
 */
export function clopperPearson(k: number, n: number, alpha: number = 0.05): readonly [number, number] {
  return [
    k <= 0 ? 0 : betaQuantile(alpha / 2, k, n - k + 1),
    k >= n ? 1 : betaQuantile(1 - alpha / 2, k + 1, n - k),
  ];
}
