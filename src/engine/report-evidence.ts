import type { Criterion, Gate } from '../contracts/gate.js';
import type { AnomalyEvidence } from '../model/anomaly.js';
import type { HistoryEvidence } from '../model/history.js';
import type { Judgement } from '../model/judgement.js';
import type { KayentaFinding } from '../model/kayenta.js';
import type { RankEvidence } from '../model/ranks.js';
import type { ReportEvidence } from '../model/report.js';
import type { SequentialEvidence } from '../model/sequential.js';
import { formatDuration, formatInstant } from '../model/time.js';
import { finite, finiteRange } from './report-parts.js';

/** What not every kind of evidence has. */
const NOTHING = {
  estimate: null,
  interval: null,
  logE: null,
  alpha: null,
  falsePass: null,
  dispersion: null,
  firstCrossing: null,
  needed: null,
  history: null,
  ranks: null,
  kayenta: null,
  burn: null,
  anomaly: null,
} as const;

type Part = Omit<ReportEvidence, 'settingsHash'>;

/** What was weighed, with instants and durations in words; null where the point estimate decided. */
export function evidenceOf(judgement: Judgement, criterion: Criterion, gate: Gate): ReportEvidence | null {
  const part = partOf(judgement, criterion);
  return part && { ...part, settingsHash: gate.settings };
}

function partOf(
  { evidence, history, ranks, burn, anomaly, n }: Judgement,
  criterion: Criterion,
): Part | null {
  if (history !== undefined) return historyPart(history);
  if (ranks !== undefined) return ranksPart(ranks);
  const alone = { ...NOTHING, n: { canary: n, baseline: null } };
  if (burn !== undefined) return { ...alone, test: 'burn-rate', strata: criterion.windows.length, burn };
  if (anomaly !== undefined) return { ...alone, ...anomalyPart(anomaly, criterion) };
  return evidence && sequentialPart(evidence, criterion);
}

function historyPart({ asked, expected, interval, ...others }: HistoryEvidence): Part {
  return {
    ...NOTHING,
    ...others,
    estimate: finite(others.estimate),
    interval: finiteRange(interval),
    history: { asked, expected: finiteRange(expected) },
  };
}

function ranksPart({ kayenta, larger, p, interval, ...others }: RankEvidence): Part {
  return {
    ...NOTHING,
    ...others,
    estimate: finite(others.estimate),
    interval: finiteRange(interval),
    ranks: { larger, p },
    kayenta: kayenta && kayentaPart(kayenta),
  };
}

function kayentaPart({ isCritical, ...others }: KayentaFinding): ReportEvidence['kayenta'] {
  return { ...others, critical: isCritical };
}

function anomalyPart(
  { alarm, ...told }: AnomalyEvidence,
  criterion: Criterion,
): Pick<Part, 'test' | 'strata' | 'dispersion' | 'firstCrossing' | 'anomaly'> {
  return {
    test: told.detector,
    strata: told.history.n,
    dispersion: told.dispersion,
    firstCrossing: alarm === null ? null : { side: 'fail', at: endOf(criterion, alarm) },
    anomaly: told,
  };
}

function sequentialPart(
  { firstCrossing, needed, ...others }: SequentialEvidence,
  criterion: Criterion,
): Part {
  return {
    ...NOTHING,
    ...others,
    estimate: finite(others.estimate),
    firstCrossing:
      firstCrossing === null
        ? null
        : { side: firstCrossing.side, at: endOf(criterion, firstCrossing.stratum) },
    needed:
      needed === null ? null : { n: needed.n, time: formatDuration(needed.strata * criterion.rule.stepMs) },
  };
}

/** When a stratum of the window ended. */
function endOf({ arms, rule }: Criterion, stratum: number): string {
  return formatInstant((arms[0]?.arm.window.from ?? 0) + (stratum + 1) * rule.stepMs);
}
