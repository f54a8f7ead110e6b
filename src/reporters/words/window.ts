import type { GateReport, GateResult, ReportWindow } from '../../model/report.js';
import type { Labels } from '../../model/series.js';
import {
  type EpochMs,
  formatClock,
  formatDuration,
  formatInstant,
  parseDuration,
  parseInstant,
} from '../../model/time.js';

/** `2026-11-20 14:05Z-14:35Z`; the second date only where it is another one. */
export function spanText(window: ReportWindow): string {
  const [from, to] = [parseInstant(window.from), parseInstant(window.to)];
  if (from === undefined || to === undefined) return `${window.from} to ${window.to}`;
  const [first, last] = [dateOf(from), dateOf(to)];
  return `${first} ${formatClock(from)}-${first === last ? '' : `${last} `}${formatClock(to)}`;
}

/** `2026-11-20 14:05Z-14:35Z (30m, step 1m)`. */
export function windowText(window: ReportWindow): string {
  return `${spanText(window)} (${lengthText(window)}, step ${window.step})`;
}

export function lengthText(window: ReportWindow): string {
  const [from, to] = [parseInstant(window.from), parseInstant(window.to)];
  return from === undefined || to === undefined ? 'unknown length' : formatDuration(to - from);
}

/** When the release began to be watched, which every report says. */
export function sinceText(gate: GateResult): string | null {
  const { since } = gate.window;
  if (since !== null) return `since ${momentText(since)}`;
  return gate.notes.some((note) => /deploy time/i.test(note)) ? null : 'deploy time not given';
}

/** `canary=track:canary`, the judged arm first; nothing for a gate without arms. */
export function armTexts(gate: GateResult): readonly string[] {
  return gate.arms.flatMap(({ name, variables, shift }) => {
    const isLone = gate.arms.length === 1 && Object.keys(variables).length === 0;
    if (isLone && shift === null) return [];
    return [`${name}${labelsOf(variables)}${shift === null ? '' : ` shifted ${shift}`}`];
  });
}

export function sourceText(report: GateReport): string {
  if (report.mode === 'live') return 'source=live';
  return `source=replay recorded ${report.recordedAt === null ? 'at an unknown time' : momentText(report.recordedAt)}`;
}

/** The judged arm's name, or null for a gate without arms. */
export function judgedArm(gate: GateResult): string | null {
  const name = gate.arms[0]?.name;
  return name === undefined || name === 'current' ? null : name;
}

/** `2026-11-20 14:36Z`. */
export function momentText(instant: string): string {
  const at = parseInstant(instant);
  return at === undefined ? instant : `${dateOf(at)} ${formatClock(at)}`;
}

/** How long before the run's instant something was: `41m`. */
export function ageText(report: GateReport, instant: string): string | null {
  const [now, then] = [parseInstant(report.asOf), parseInstant(instant)];
  if (now === undefined || then === undefined) return null;
  const ms = Math.max(0, now - then);
  return formatDuration(ms >= 60_000 ? Math.floor(ms / 60_000) * 60_000 : Math.floor(ms / 1000) * 1000);
}

/** True when a criterion looks at other instants than its gate. */
export function isOtherWindow(window: ReportWindow, gate: GateResult): boolean {
  return window.from !== gate.window.from || window.to !== gate.window.to || window.step !== gate.window.step;
}

/** The start of stratum `index`. */
export function stratumStart(window: ReportWindow, index: number): EpochMs | null {
  const [from, step] = [parseInstant(window.from), parseDuration(window.step)];
  return from === undefined || step === undefined ? null : from + index * step;
}

function dateOf(at: EpochMs): string {
  return formatInstant(at).slice(0, 10);
}

function labelsOf(labels: Labels): string {
  const entries = Object.entries(labels);
  return entries.length === 0 ? '' : `=${entries.map(([name, value]) => `${name}:${value}`).join(',')}`;
}
