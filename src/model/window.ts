import type { EpochMs } from './time.js';

/** The half-open window (from, to], cut in whole steps; the stratum of instant `t` is (t - step, t]. */
export interface Window {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly stepMs: number;
}

/** Number of strata in the window; 0 before its first step is complete. */
export function strataOf(window: Window): number {
  return Math.max(0, Math.round((window.to - window.from) / window.stepMs));
}

/** Index of the stratum that holds instant `t`, or -1 outside the window. */
export function stratumAt(window: Window, t: EpochMs): number {
  // Said this way round, an instant that is no number lies outside.
  if (!(t > window.from && t <= window.to)) return -1;
  return Math.ceil((t - window.from) / window.stepMs) - 1;
}

/** The same window, `ms` earlier. */
export function shiftWindow(window: Window, ms: number): Window {
  return { from: window.from - ms, to: window.to - ms, stepMs: window.stepMs };
}
