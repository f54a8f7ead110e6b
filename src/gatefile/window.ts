import type { Failure } from '../model/failure.js';
import { type EpochMs, formatDuration, formatInstant } from '../model/time.js';
import type { Window } from '../model/window.js';

/** The `window:` block, merged over the config's and the defaults. */
export interface WindowSettings {
  readonly forMs: number;
  readonly stepMs: number;
  readonly settleMs: number;
  readonly warmupMs: number;
  readonly coverage: number;
  readonly maxAgeMs: number | undefined;
  readonly isSinceRequired: boolean;
}

export const WINDOW_DEFAULTS: WindowSettings = {
  forMs: 600_000,
  stepMs: 60_000,
  settleMs: 60_000,
  warmupMs: 0,
  coverage: 0.9,
  maxAgeMs: undefined,
  isSinceRequired: false,
};

/** A window, or what is wrong with it and with which of its settings. */
export type WindowResult =
  | { readonly ok: true; readonly value: ResolvedWindow }
  | { readonly ok: false; readonly about: 'since' | 'for' | 'step'; readonly failure: Failure };

export interface ResolvedWindow {
  readonly window: Window;
  readonly isFull: boolean;
  readonly firstStepAt: EpochMs;
  readonly fullAt: EpochMs;
}

/**
 * Fixes the window of a run.
 *
 * Without `since` it ends at the last whole step before `asOf - settle`. With it, it starts at the first whole step
 * after the deploy and its warm-up, and grows by whole steps until it is full.
 */
export function resolveWindow(
  settings: WindowSettings,
  asOf: EpochMs,
  since: EpochMs | undefined,
): WindowResult {
  const { forMs, stepMs, settleMs, warmupMs } = settings;
  const trouble = settingsTrouble(settings);
  if (trouble !== undefined) return trouble;
  const settled = Math.floor((asOf - settleMs) / stepMs) * stepMs;
  if (since === undefined) {
    const window = { from: settled - forMs, to: settled, stepMs };
    return { ok: true, value: { window, isFull: true, firstStepAt: asOf, fullAt: asOf } };
  }
  if (since > asOf) {
    return wrong('since', {
      message: `--since ${formatInstant(since)} lies after now, ${formatInstant(asOf)}`,
      mend: 'give the instant at which the release began to take traffic',
    });
  }
  const from = Math.ceil((since + warmupMs) / stepMs) * stepMs;
  const to = Math.min(Math.max(settled, from), from + forMs);
  return {
    ok: true,
    value: {
      window: { from, to, stepMs },
      isFull: to === from + forMs,
      firstStepAt: from + stepMs + settleMs,
      fullAt: from + forMs + settleMs,
    },
  };
}

function wrong(about: 'since' | 'for' | 'step', words: Pick<Failure, 'message' | 'mend'>): WindowResult {
  return { ok: false, about, failure: { code: 'gatefile.window', ...words } };
}

function settingsTrouble({ forMs, stepMs }: WindowSettings): WindowResult | undefined {
  if (stepMs < 1000 || stepMs % 1000 !== 0) {
    return wrong('step', {
      message: `step ${formatDuration(stepMs)} is not whole seconds`,
      mend: 'use at least 1s',
    });
  }
  if (forMs < stepMs || forMs % stepMs !== 0) {
    const near = Math.max(1, Math.round(forMs / stepMs)) * stepMs;
    return wrong('for', {
      message: `the window ${formatDuration(forMs)} is no multiple of the step ${formatDuration(stepMs)}`,
      mend: `use ${formatDuration(near)}, or another step`,
    });
  }
  if (forMs / stepMs > 11_000) {
    return wrong('for', {
      message: `a window of ${formatDuration(forMs)} in steps of ${formatDuration(stepMs)} has more than 11,000`,
      mend: 'use a longer step',
    });
  }
  return undefined;
}
