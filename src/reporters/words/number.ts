/** Writes numbers for people: few digits, but never so few that two sides that differ look the same. */

/** How a number of one unit is written: multiplied by 10^shift, or divided by `divisor`. */
interface Scale {
  readonly suffix: string;
  /** Suffix of a difference between two such numbers: a difference of shares is in points, not per cent. */
  readonly apart: string;
  readonly shift: number;
  readonly divisor: number;
  readonly isShare: boolean;
}

/** Writes the numbers of one comparison in one scale. */
export interface Ruler {
  text(value: number): string;
  /** A distance, without its sign. */
  distance(value: number): string;
  /** A difference, with its sign. */
  difference(value: number): string;
}

/** Past this many added digits the base unit is tried, and then the number as the machine writes it. */
const MOST_EXTRA_DIGITS = 14;
const MOST_WRITTEN_DIGITS = 8;
/** Numbers outside are written with an exponent: their digits say nothing to a reader. */
const HUGE = 1e15;
const TINY = 1e-8;
/** A fixed scale serves two numbers up to this ratio: 950 ms beside 1,200 ms, but 3 ms beside 2 min. */
const ONE_SCALE_RATIO = 100;

/**
 * A ruler for a value and its bound, with as many digits as it takes for their texts to differ, in the order in which
 * the numbers do.
 *
 * @param isWritten true when the bound stands in the gate file, so that all its digits are shown
 */
export function rulerFor(
  unit: string,
  value: number | null,
  bound: number | null,
  isWritten: boolean,
): Ruler {
  const sides = [value, bound].filter((side) => side !== null && Number.isFinite(side)) as number[];
  const [left, right] = sides;
  for (const scaleOf of scalesFor(unit, sides)) {
    const wholes = sides.every((side) => isWhole(side, scaleOf(side)));
    for (let extra = 0; extra <= MOST_EXTRA_DIGITS; extra += 1) {
      const pen = { scaleOf, extra, wholes, exact: isWritten ? bound : null };
      if (left === undefined || right === undefined || isTold(pen, left, right)) return rulerOf(pen);
    }
  }
  return plainRuler(unit);
}

/** A count with thin grouping: 18,402. */
export function countText(count: number): string {
  if (!Number.isFinite(count)) return 'unknown';
  if (Math.abs(count) >= HUGE) return exponentText(count, 2);
  return group(trimZeros(count.toFixed(count < 10 ? 1 : 0)));
}

/** A share as per cent: 97.3 %. */
export function percentText(share: number): string {
  return rulerFor('share', share, null, false).text(share);
}

interface Pen {
  readonly scaleOf: (value: number) => Scale;
  readonly extra: number;
  readonly wholes: boolean;
  /** The number whose digits are all shown. */
  readonly exact: number | null;
}

function rulerOf(pen: Pen): Ruler {
  const distance = (value: number): string => {
    const scale = pen.scaleOf(value);
    return withSuffix(nonZeroDigits(pen, Math.abs(value), scale), scale.apart);
  };
  return {
    text: (value) => {
      const scale = pen.scaleOf(value);
      return withSuffix(digits(pen, value, scale), scale.suffix);
    },
    distance,
    difference: (value) => `${value < 0 ? '-' : '+'}${distance(value)}`,
  };
}

/** The last resort for neighbours that no rounding can tell apart: every digit that the machine has. */
function plainRuler(unit: string): Ruler {
  const suffix = unit === '' ? '' : ` ${unit}`;
  return {
    text: (value) => `${value}${suffix}`,
    distance: (value) => `${Math.abs(value)}${suffix}`,
    difference: (value) => `${value < 0 ? '-' : '+'}${Math.abs(value)}${suffix}`,
  };
}

/** True when the two texts differ in the order in which the numbers do. */
function isTold(pen: Pen, left: number, right: number): boolean {
  if (left === right) return true;
  const [a, b] = [pen.scaleOf(left), pen.scaleOf(right)];
  if (a.suffix !== b.suffix) return true;
  const [first, second] = [digits(pen, left, a), digits(pen, right, b)].map((text) => Number(plain(text)));
  if (first === undefined || second === undefined) return false;
  // A share near the largest number there is has no per cent.
  if (!Number.isFinite(first) || !Number.isFinite(second)) return false;
  return Math.sign(first - second) === Math.sign(left - right);
}

function digits(pen: Pen, value: number, scale: Scale): string {
  const text = inScale(value, scale, decimalsOf(pen, value, scale));
  if (!scale.isShare) return text;
  // Nearly all is not all, and hardly any is not none.
  for (let more = 1; isFalseEnd(value, plain(text), scale) && more <= 10; more += 1) {
    const closer = inScale(value, scale, decimalsOf(pen, value, scale) + more);
    if (!isFalseEnd(value, plain(closer), scale)) return closer;
  }
  return text;
}

function nonZeroDigits(pen: Pen, value: number, scale: Scale): string {
  if (value === 0 || isExtreme(value)) return digits(pen, value, scale);
  const fewest = scale.isShare
    ? Math.max((pen.wholes && isWhole(value, scale) ? 0 : 1) + pen.extra, smallShareDecimals(value, scale))
    : significantDecimals(value, scale);
  for (let decimals = fewest; decimals <= fewest + MOST_EXTRA_DIGITS; decimals += 1) {
    const text = inScale(value, scale, decimals);
    if (Number(plain(text)) !== 0) return text;
  }
  return exponentText(value, 2);
}

function decimalsOf(pen: Pen, value: number, scale: Scale): number {
  const written = pen.exact === null ? 0 : writtenDecimals(pen.exact, scale);
  if (scale.isShare)
    return (
      Math.max(pen.wholes && isWhole(value, scale) ? 0 : 1, written, smallShareDecimals(value, scale)) +
      pen.extra
    );
  return Math.max(significantDecimals(value, scale), value === pen.exact ? written : 0) + pen.extra;
}

/** Two significant digits of a share below 1 %, where the usual one decimal says too little: 0.14 % of errors. */
function smallShareDecimals(value: number, scale: Scale): number {
  const percent = Math.abs(value * 10 ** scale.shift);
  if (percent === 0 || percent >= 1 || isExtreme(value)) return 0;
  return Math.min(1 - Math.floor(Math.log10(percent)), writtenDecimals(value, scale));
}

/** Three significant digits, and every digit before the point. */
function significantDecimals(value: number, scale: Scale): number {
  const size = Math.abs((value * 10 ** scale.shift) / scale.divisor);
  return size === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(size)));
}

/** Decimals that the number has as it was written in the gate file. */
function writtenDecimals(value: number, scale: Scale): number {
  if (isExtreme(value)) return 0;
  const text = inScale(value, scale, MOST_WRITTEN_DIGITS);
  return plain(trimZeros(text)).split('.')[1]?.length ?? 0;
}

function isWhole(value: number, scale: Scale): boolean {
  return writtenDecimals(value, scale) === 0 && !isFalseEnd(value, plain(inScale(value, scale, 0)), scale);
}

function isFalseEnd(value: number, text: string, scale: Scale): boolean {
  if (!scale.isShare) return false;
  const shown = Math.abs(Number(text));
  const percent = Math.abs(value * 10 ** scale.shift);
  return (shown === 0 && percent !== 0) || (shown === 100 && percent !== 100);
}

function inScale(value: number, scale: Scale, decimals: number): string {
  if (isExtreme(value)) return exponentText((value * 10 ** scale.shift) / scale.divisor, 2 + decimals);
  const places = Math.min(decimals, 90);
  const text =
    scale.divisor === 1
      ? movePoint(value.toFixed(places + scale.shift), scale.shift)
      : (value / scale.divisor).toFixed(places);
  return group(scale.isShare ? text : trimZeros(text));
}

function isExtreme(value: number): boolean {
  const size = Math.abs(value);
  return size !== 0 && (size >= HUGE || size < TINY);
}

function exponentText(value: number, decimals: number): string {
  return value.toExponential(Math.min(decimals, 20)).replace('e+', 'e');
}

/** Moves the decimal point to the right in the text: multiplying would round a second time. */
function movePoint(text: string, places: number): string {
  if (places === 0) return text;
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)\.?(\d*)$/.exec(text) ?? [];
  const moved = `${whole}${fraction.slice(0, places)}`.replace(/^0+(?=\d)/, '');
  const rest = fraction.slice(places);
  return `${sign}${moved}${rest === '' ? '' : `.${rest}`}`;
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function group(text: string): string {
  const [whole = '', fraction] = text.split('.');
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

function plain(text: string): string {
  return text.replaceAll(',', '');
}

function withSuffix(text: string, suffix: string): string {
  // "-0.0" is how a small negative number rounds; the sign is all that is left of it, and it misleads.
  const shown = /^-[0.,]*$/.test(text) ? text.slice(1) : text;
  return suffix === '' || suffix.startsWith('/') ? `${shown}${suffix}` : `${shown} ${suffix}`;
}

const SHARE: Scale = { suffix: '%', apart: 'pp', shift: 2, divisor: 1, isShare: true };
const PERCENT: Scale = { suffix: '%', apart: 'pp', shift: 0, divisor: 1, isShare: true };
/** Digits that a time unit's number is shifted by to be in milliseconds. */
const TO_MS: Readonly<
  Record<string, { readonly shift: number; readonly divisor: number; readonly perSecond: number }>
> = {
  ns: { shift: 0, divisor: 1e6, perSecond: 1e9 },
  us: { shift: 0, divisor: 1e3, perSecond: 1e6 },
  ms: { shift: 0, divisor: 1, perSecond: 1e3 },
  s: { shift: 3, divisor: 1, perSecond: 1 },
};
const LONG_TIMES = [
  { suffix: 'd', seconds: 86_400, from: 172_800 },
  { suffix: 'h', seconds: 3600, from: 7200 },
  { suffix: 'min', seconds: 60, from: 120 },
] as const;
const BYTES = ['GB', 'MB', 'KB'] as const;

/** Scales to try in turn: one for people, then the unit's own. */
function scalesFor(unit: string, sides: readonly number[]): readonly ((value: number) => Scale)[] {
  const own = ownScale(unit);
  if (sides.some(isExtreme)) return [() => own];
  const sizes = sides.map(Math.abs).filter((size) => size > 0);
  const smallest = Math.min(...sizes);
  const isOneScale = sizes.length > 0 && Math.max(...sizes) / smallest <= ONE_SCALE_RATIO;
  const common = scaleOf(unit, smallest);
  return [isOneScale ? () => common : (value) => scaleOf(unit, Math.abs(value)), () => own];
}

function scaleOf(unit: string, size: number): Scale {
  if (unit in TO_MS) return timeScale(unit, size);
  if (unit === 'B' || unit === 'B/s') {
    const per = unit.slice(1);
    const steps = BYTES.findIndex((_, i) => size >= 1000 ** (BYTES.length - i));
    if (steps < 0) return ownScale(unit);
    return measure(`${BYTES[steps]}${per}`, 0, 1000 ** (BYTES.length - steps));
  }
  return ownScale(unit);
}

function timeScale(unit: string, size: number): Scale {
  const { shift, divisor, perSecond } = TO_MS[unit] ?? { shift: 0, divisor: 1, perSecond: 1 };
  const seconds = size / perSecond;
  if (seconds < 1) return measure('ms', shift, divisor);
  const long = LONG_TIMES.find(({ from }) => seconds >= from);
  return long === undefined ? measure('s', 0, perSecond) : measure(long.suffix, 0, long.seconds * perSecond);
}

function ownScale(unit: string): Scale {
  if (unit === 'share') return SHARE;
  if (unit === '%') return PERCENT;
  return measure(unit, 0, 1);
}

function measure(suffix: string, shift: number, divisor: number): Scale {
  return { suffix, apart: suffix, shift, divisor, isShare: false };
}
