import type { Criterion, EarlierWindows, Gate } from '../contracts/gate.js';
import type { Judgement } from '../model/judgement.js';
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

/** What a test of a limit would have, and burn rates and anomalies have not. */
const UNTESTED = {
  estimate: null,
  interval: null,
  logE: null,
  alpha: null,
  falsePass: null,
  dispersion: null,
  firstCrossing: null,
  needed: null,
  history: null,
} as const;

/** What was weighed, with instants and durations in words. */
export function evidenceOf(
  { evidence, history, burn, anomaly, n }: Judgement,
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
      burn: null,
      anomaly: null,
      settingsHash,
    };
  }
  const untested = {
    ...UNTESTED,
    n: { canary: n, baseline: null },
    burn: null,
    anomaly: null,
    settingsHash,
  };
  if (burn !== undefined) return { ...untested, test: 'burn-rate', strata: criterion.windows.length, burn };
  if (anomaly !== undefined) {
    const { alarm, ...told } = anomaly;
    const from = criterion.arms[0]?.arm.window.from ?? 0;
    const at = alarm === null ? null : formatInstant(from + (alarm + 1) * criterion.rule.stepMs);
    return {
      ...untested,
      test: told.detector,
      strata: told.history.n,
      dispersion: told.dispersion,
      firstCrossing: at === null ? null : { side: 'fail', at },
      anomaly: told,
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
    burn: null,
    anomaly: null,
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
