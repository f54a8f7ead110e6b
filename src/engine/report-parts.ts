import type { Criterion, EarlierWindows, Gate } from '../contracts/gate.js';
import type { Judgement } from '../model/judgement.js';
import type { KayentaFinding } from '../model/kayenta.js';
import type { CriterionResult, ReportEvidence, ReportWindow } from '../model/report.js';
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

function finiteRange(range: readonly [number, number]): readonly [number, number] | null {
  return range.every(Number.isFinite) ? range : null;
}

function kayentaPart({ isCritical, ...others }: KayentaFinding): ReportEvidence['kayenta'] {
  return { ...others, critical: isCritical };
}

/** What was weighed, with instants and durations in words. */
export function evidenceOf(
  { evidence, history, ranks }: Judgement,
  criterion: Criterion,
  gate: Gate,
): ReportEvidence | null {
  const settingsHash = gate.settings;
  if (history !== undefined) {
    const { asked, expected, interval, ...others } = history;
    return {
      ...others,
      estimate: finite(history.estimate),
      logE: null,
      interval: finiteRange(interval),
      firstCrossing: null,
      needed: null,
      history: { asked, expected: finiteRange(expected) },
      ranks: null,
      kayenta: null,
      settingsHash,
    };
  }
  if (ranks !== undefined) {
    const { kayenta, larger, p, interval, estimate, ...others } = ranks;
    return {
      ...others,
      estimate: finite(estimate),
      interval: finiteRange(interval),
      logE: null,
      dispersion: null,
      firstCrossing: null,
      needed: null,
      history: null,
      ranks: { larger, p },
      kayenta: kayenta && kayentaPart(kayenta),
      settingsHash,
    };
  }
  if (evidence === null) return null;
  const { firstCrossing, needed, ...others } = evidence;
  const { stepMs } = criterion.rule;
  const from = criterion.arms[0]?.arm.window.from ?? 0;
  return {
    ...others,
    estimate: finite(evidence.estimate),
    firstCrossing:
      firstCrossing === null
        ? null
        : { side: firstCrossing.side, at: formatInstant(from + (firstCrossing.stratum + 1) * stepMs) },
    needed: needed === null ? null : { n: needed.n, time: formatDuration(needed.strata * stepMs) },
    history: null,
    ranks: null,
    kayenta: null,
    settingsHash,
  };
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
