import type { Failure } from '../model/failure.js';
import { type EpochMs, formatDuration, parseDuration, parseInstant } from '../model/time.js';
import type { RecordedSet } from './set.js';

/** Two machines' clocks may differ by this much. */
const SKEW_MS = 5 * 60_000;
const SECOND_MS = 1000;

/** How old a set is; null for one that was written by hand, which has no age. */
export function ageOf({ manifest }: RecordedSet, now: EpochMs): number | null {
  const recordedAt = manifest.recordedAt === undefined ? undefined : parseInstant(manifest.recordedAt);
  return recordedAt === undefined ? null : now - recordedAt;
}

/** What a set of the future, or past its age, is. */
export interface Freshness {
  /** Whether it may still be replayed: `expired` warns, or is refused, as its policy has it. */
  readonly state: 'fresh' | 'expired' | 'impossible';
  readonly failures: readonly Failure[];
}

/**
 * Whether a set is as young as it must be.
 *
 * @param maxAgeMs the run's own limit; without it, that of the manifest
 */
export function freshnessOf(set: RecordedSet, now: EpochMs, maxAgeMs: number | undefined): Freshness {
  const { manifest, folder } = set;
  const age = ageOf(set, now);
  if (age === null) return { state: 'fresh', failures: [] };
  const mend = 'check the clock of this machine, and of the one that recorded';
  if (age < -SKEW_MS) {
    const message = `${folder} was recorded at ${manifest.recordedAt}, which is yet to come`;
    return { state: 'impossible', failures: [{ code: 'recording.invalid', message, mend }] };
  }
  if (set.asOf > now - age + SKEW_MS) {
    const message = `${folder} stands at ${manifest.evalTime}, later than it was recorded (${manifest.recordedAt})`;
    return { state: 'impossible', failures: [{ code: 'recording.invalid', message, mend }] };
  }
  const own = manifest.maxAge === undefined ? undefined : parseDuration(manifest.maxAge);
  const most = maxAgeMs ?? own;
  if (most === undefined || age <= most) return { state: 'fresh', failures: [] };
  return {
    state: 'expired',
    failures: [
      {
        code: 'recording.stale',
        message: `${folder} is ${ageText(age)} old, and at most ${formatDuration(most)} is wanted`,
        mend: 'record it again, or judge by an older set with --max-age',
      },
    ],
  };
}

/** An age in whole seconds, and in no more than people read. */
export function ageText(ms: number): string {
  const unit = [86_400_000, 3_600_000, 60_000].find((size) => ms >= 2 * size) ?? SECOND_MS;
  return formatDuration(Math.floor(Math.max(0, ms) / unit) * unit);
}
