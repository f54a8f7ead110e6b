/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w))+$/;
const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/**
 * Reads a duration in Prometheus' notation: `30m`, `1h30m`, `500ms`.
 *
 * @returns milliseconds, or undefined when the text is no duration
 */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  if (!DURATION.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g)) {
    total += Number(amount) * (UNIT_MS[unit ?? ''] ?? Number.NaN);
  }
  // 4.35 * 60000 is 260999.99999999997, which would be no whole step.
  return Math.round(total * 1000) / 1000;
}

/** Writes milliseconds as the shortest exact duration: 5400000 is `1h30m`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  let rest = Math.abs(ms);
  let text = ms < 0 ? '-' : '';
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const size = UNIT_MS[unit] ?? 1;
    const amount = Math.floor(rest / size);
    if (amount > 0) text += `${amount}${unit}`;
    rest -= amount * size;
  }
  if (rest > 0) text += `${Number(rest.toFixed(3))}ms`;
  return text;
}

/**
 * Reads an instant: RFC 3339 with a zone, or unix seconds (fractions allowed).
 *
 * @returns epoch milliseconds, or undefined when the text is neither
 */
export function parseInstant(text: string): EpochMs | undefined {
  if (/^\d{9,11}(?:\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
  const [, year, month, day] = RFC3339.exec(text) ?? [];
  // Date.parse takes February 30 for March 2: a deploy two days later than was meant.
  if (Number(day) !== new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate())
    return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

/** Writes an instant as RFC 3339 in UTC, without a fraction when it is a whole second. */
export function formatInstant(ms: EpochMs): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}

/** Writes the time of day in UTC, `14:05Z`, with seconds only where they are not zero. */
export function formatClock(ms: EpochMs): string {
  const iso = new Date(ms).toISOString();
  return ms % 60_000 === 0 ? `${iso.slice(11, 16)}Z` : `${iso.slice(11, 19)}Z`;
}

const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * Reads an HTTP date such as `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that servers may send.
 *
 * @returns epoch milliseconds, or undefined when the text is none
 * @see RFC 9110 5.6.7
 */
export function parseHttpDate(text: string): EpochMs | undefined {
  const ms = HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}
