const HALF_LN_2PI = 0.918_938_533_204_672_7;
const EULER = 0.577_215_664_901_532_9;

/** (-1)^k (ζ(k) - 1) / k for k = 2, 3, ...: Taylor coefficients of lnΓ(2 + w). */
const ZETA_TERMS: readonly number[] = [
  0.3224670334241132, -0.0673523010531981, 0.020580808427784546, -0.007385551028673986, 0.0028905103307415234,
  -0.001192753911703261, 0.0005096695247430425, -0.00022315475845357939, 9.945751278180853e-5,
  -4.492623673813314e-5, 2.050721277567069e-5, -9.439488275268397e-6, 4.374866789907488e-6,
  -2.039215753801366e-6, 9.55141213040742e-7, -4.492469198764566e-7, 2.1207184805554665e-7,
  -1.0043224823968099e-7, 4.7698101693639804e-8, -2.2711094608943164e-8, 1.0838659214896955e-8,
  -5.183475041970047e-9, 2.4836745438024785e-9, -1.1921401405860912e-9, 5.731367241678862e-10,
];

/** B_2k / (2k (2k - 1)) for k = 1, 2, ... */
const STIRLING_TERMS: readonly number[] = [
  1 / 12,
  -1 / 360,
  1 / 1260,
  -1 / 1680,
  1 / 1188,
  -691 / 360_360,
  1 / 156,
  -3617 / 122_400,
];

/** From here on Stirling's series with its eight terms is good to the last bit. */
const STIRLING_FROM = 8;

/**
 * Logarithm of the gamma function, to 1e-15 of its value, near its zeros at 1 and 2 as well.
 *
 * @param x from 0, where it is infinite; NaN below
 */
export function lnGamma(x: number): number {
  if (!(x >= 0)) return Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  if (x < 0.5) return aroundTwo(x) - Math.log1p(x) - Math.log(x);
  if (x < 1.5) return aroundTwo(x - 1) - Math.log1p(x - 1);
  if (x < STIRLING_FROM) {
    let product = 1;
    let rest = x;
    while (rest >= 2.5) {
      rest -= 1;
      product *= rest;
    }
    return aroundTwo(rest - 2) + Math.log(product);
  }
  return HALF_LN_2PI + (x - 0.5) * Math.log(x) - x + stirlingRemainder(x);
}

/** lnΓ(2 + w) for |w| ≤ 1/2. */
function aroundTwo(w: number): number {
  let sum = 0;
  for (let k = ZETA_TERMS.length - 1; k >= 0; k -= 1) sum = sum * w + (ZETA_TERMS[k] ?? 0);
  return w * (1 - EULER + w * sum);
}

/** What Stirling's formula ½ln2π + (x-½)ln x - x leaves of lnΓ(x), to 1e-16; x above 0. */
export function stirlingRemainder(x: number): number {
  if (x < STIRLING_FROM) return lnGamma(x) - HALF_LN_2PI - (x - 0.5) * Math.log(x) + x;
  const square = 1 / (x * x);
  let sum = 0;
  for (let k = STIRLING_TERMS.length - 1; k >= 0; k -= 1) sum = sum * square + (STIRLING_TERMS[k] ?? 0);
  return sum / x;
}

/** ln n!, for real n from 0. */
export function lnFactorial(n: number): number {
  return lnGamma(n + 1);
}

/**
 * Logarithm of the beta function, without the loss of digits of lnΓ(a) + lnΓ(b) - lnΓ(a + b) where one is large.
 *
 * @param a above 0
 * @param b above 0
 */
export function lnBeta(a: number, b: number): number {
  const small = Math.min(a, b);
  const large = Math.max(a, b);
  if (large < STIRLING_FROM) return lnGamma(small) + (lnGamma(large) - lnGamma(small + large));
  const sum = small + large;
  const remainder = stirlingRemainder(large) - stirlingRemainder(sum);
  const common = (large - 0.5) * Math.log1p(-small / sum);
  if (small < STIRLING_FROM) return lnGamma(small) + remainder + common + small - small * Math.log(sum);
  return (
    HALF_LN_2PI +
    stirlingRemainder(small) +
    remainder +
    common +
    small * Math.log(small / sum) -
    0.5 * Math.log(small)
  );
}

/** Logarithm of the number of ways to choose k of n; -Infinity where there is none. */
export function lnChoose(n: number, k: number): number {
  if (k < 0 || k > n) return Number.NEGATIVE_INFINITY;
  if (k === 0 || k === n) return 0;
  return -Math.log1p(n) - lnBeta(k + 1, n - k + 1);
}
