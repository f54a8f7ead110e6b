/** A number as a quotient of whole numbers, in lowest terms: 0.1 % is 1/1000, which no binary number is. */
export interface Fraction {
  readonly num: number;
  /** Above 0. */
  readonly den: number;
}

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i;

/**
 * A decimal as it was written: `99.9`, or as a number prints itself.
 *
 * @returns undefined where the text is no decimal, or is too long to be held
 */
export function fractionOf(text: string): Fraction | undefined {
  const [whole, sign, digits = '', decimals = '', exponent = '0'] = DECIMAL.exec(text.trim()) ?? [];
  if (whole === undefined || Math.abs(Number(exponent)) > 30) return undefined;
  const shift = Number(exponent) - decimals.length;
  const value = BigInt(digits + decimals) * (sign === '-' ? -1n : 1n);
  return shift < 0 ? reduced(value, 10n ** BigInt(-shift)) : reduced(value * 10n ** BigInt(shift), 1n);
}

/** @returns undefined where it cannot be held */
export function times(a: Fraction, b: Fraction): Fraction | undefined {
  return reduced(BigInt(a.num) * BigInt(b.num), BigInt(a.den) * BigInt(b.den));
}

/** 1 less the fraction. */
export function complement({ num, den }: Fraction): Fraction {
  return { num: den - num, den };
}

export function numberOf({ num, den }: Fraction): number {
  return num / den;
}

/**
 * Which side of the fraction `k / n` lies on, without dividing: whole counts are compared exactly.
 *
 * @returns below 0, 0 or above 0
 */
export function compareShare(k: number, n: number, { num, den }: Fraction): number {
  if (Number.isSafeInteger(k) && Number.isSafeInteger(n)) {
    const difference = BigInt(k) * BigInt(den) - BigInt(num) * BigInt(n);
    return difference > 0n ? 1 : difference < 0n ? -1 : 0;
  }
  return Math.sign(k * den - num * n);
}

function reduced(num: bigint, den: bigint): Fraction | undefined {
  let [a, b] = [num < 0n ? -num : num, den];
  while (b > 0n) [a, b] = [b, a % b];
  const fraction = { num: Number(num / a), den: Number(den / a) };
  return Number.isSafeInteger(fraction.num) && Number.isSafeInteger(fraction.den) ? fraction : undefined;
}
