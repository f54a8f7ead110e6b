/** What people write behind flags; commander shows the message of an error beside the flag. */
import { InvalidArgumentError } from 'commander';
import { type EpochMs, parseDuration, parseInstant } from '../model/time.js';

/** Of a flag that may be given more than once. */
export const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

export function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms <= 0)
    throw new InvalidArgumentError('Write a duration such as 30s, 10m or 1h30m.');
  return ms;
}

/** The system's timers hold no more than 2^31 - 1 ms: one that is longer fires at once. */
const LONGEST_LIMIT_MS = 24 * 86_400_000;

export function timeLimit(text: string): number {
  const ms = duration(text);
  if (ms > LONGEST_LIMIT_MS) throw new InvalidArgumentError('No run waits longer than 24d.');
  return ms;
}

export function instant(text: string): EpochMs {
  const ms = parseInstant(text);
  if (ms !== undefined) return ms;
  throw new InvalidArgumentError(
    parseDuration(text) === undefined
      ? 'Write RFC 3339 with a zone (2026-11-21T14:05:00Z) or unix seconds.'
      : 'A duration moves with every look; give the instant, RFC 3339 or unix seconds.',
  );
}

export function count(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('Write a whole number from 0 to 999,999.');
  return Number(text);
}

export function settings(text: string): string {
  if (/^[0-9a-f]{12}$/.test(text)) return text;
  throw new InvalidArgumentError('Write the twelve digits that the first look printed as its settings.');
}

export function traffic(text: string): { readonly own: number; readonly other: number } {
  const match = /^(\d+(?:\.\d+)?)(?::(\d+(?:\.\d+)?))?$/.exec(text);
  const [own, other] = [Number(match?.[1]), Number(match?.[2] ?? 0)];
  if (match === null || !(own > 0) || own > 1e9 || other > 1e9)
    throw new InvalidArgumentError('Write requests a minute: 200, or 200:3800 with the baseline.');
  return { own, other };
}

export function share(text: string): number {
  const match = /^(\d+(?:\.\d+)?)%$/.exec(text);
  const value = Number(match?.[1]) / 100;
  if (match === null || value <= 0 || value >= 1)
    throw new InvalidArgumentError('Write a percentage between 0% and 100%, such as 97%.');
  return value;
}

export function positive(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('Write a whole number from 1 to 999,999.');
  return Number(text);
}
