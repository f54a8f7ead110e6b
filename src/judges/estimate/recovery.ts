import type { Reason } from '../../model/reason.js';
import type { Take } from '../../model/take.js';
import { formatDuration } from '../../model/time.js';
import { recoveryOf } from '../../stats/recovery.js';
import { type Estimate, NOTHING } from './found.js';

/** Seconds from the start of the window until its steps hold the level in a row. */
export function estimateRecovery(
  { operator, level, steps }: Extract<Take, { kind: 'recovery' }>,
  values: readonly (number | null)[],
  stepMs: number,
): Estimate {
  if (values.every((value) => value === null)) return NOTHING;
  const held = values.map((value) =>
    value === null ? null : operator === '>=' ? value >= level : value <= level,
  );
  const { least, most } = recoveryOf(held, steps);
  const seconds = (count: number): number => (count * stepMs) / 1000;
  const gaps = held.filter((step) => step === null).length;
  const noted = gaps === 0 ? [] : [`steps without data, not counted as recovered: ${gaps}`];
  if (most === null)
    return {
      ...NOTHING,
      value: seconds(least),
      isAtLeast: true,
      ...(gaps > 0 && { least: seconds(least) }),
      notes: [...noted, 'not recovered by the end of the window: at least this'],
    };
  if (least === most) return { ...NOTHING, value: seconds(most), notes: noted };
  return {
    ...NOTHING,
    value: seconds(most),
    least: seconds(least),
    notes: [...noted, `with them it could be ${shown(seconds(least))}`],
  };
}

/** Why the limit was left open: there is time left, or steps without data decide. */
export function openRecovery({ value, least, isAtLeast }: Estimate): Reason {
  if (least === undefined)
    return {
      code: 'window-not-full',
      text: 'not recovered yet, and there is time left',
      next: 'look again later',
    };
  const latest = isAtLeast ? 'at the earliest' : `or ${shown(value ?? 0)}`;
  return {
    code: 'partial',
    text: `steps without data hide when it recovered: ${shown(least)} ${latest}`,
    next: 'wait for data, or find out why the exporter has gaps',
  };
}

function shown(seconds: number): string {
  return formatDuration(Math.round(seconds) * 1000);
}
