import type { EarlierWindows } from '../contracts/gate.js';
import type { Judgement } from '../model/judgement.js';
import type { CriterionResult, ReportWindow } from '../model/report.js';
import { formatDuration, formatInstant } from '../model/time.js';
import type { Window } from '../model/window.js';

export function windowOf(window: Window): ReportWindow {
  return {
    from: formatInstant(window.from),
    to: formatInstant(window.to),
    step: formatDuration(window.stepMs),
  };
}

export function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

export function finiteRange(range: readonly [number, number]): readonly [number, number] | null {
  return range.every(Number.isFinite) ? range : null;
}

/** Earlier windows stand where another arm would: as one, from the oldest to the newest. */
export function pastOf({ arm, windows }: EarlierWindows, judgement: Judgement): CriterionResult['baseline'] {
  const [oldest] = windows;
  const newest = windows.at(-1);
  return {
    arm,
    value: finite(judgement.baseline?.value ?? null),
    n: judgement.baseline?.n ?? 0,
    window: windowOf({ from: oldest?.from ?? 0, to: newest?.to ?? 0, stepMs: oldest?.stepMs ?? 0 }),
  };
}
