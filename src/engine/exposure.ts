import type { ExposureCheck, Gate } from '../contracts/gate.js';
import type { Count, Evidence, Observation } from '../model/evidence.js';
import type { Judgement } from '../model/judgement.js';
import type { Reason } from '../model/reason.js';
import type { ExposureResult } from '../model/report.js';
import type { Judged } from './judge.js';
import { finite } from './report-parts.js';

/**
 * Tests how traffic was split, before anything that was judged against the baseline is believed.
 *
 * @returns null where the gate declares no split
 */
export function exposureOf(gate: Gate, judged: readonly Judged[]): ExposureResult | null {
  const { exposure } = gate;
  if (exposure === null) return null;
  const strata = trafficOf(exposure, judged);
  const observation: Observation = {
    labels: {},
    evidence: { kind: 'counts', strata },
    newest: null,
    ended: [],
    trouble: [],
    notes: [],
  };
  const judgement = exposure.judge.judge(exposure.rule, observation, undefined);
  return resultOf(exposure, judgement);
}

/** Of each step, what the judged arm got (k) of what both got (n), over all segments and series of the signal. */
function trafficOf(exposure: ExposureCheck, judged: readonly Judged[]): readonly (Count | null)[] {
  const seen = new Set<string>();
  const pairs = judged.flatMap(({ criterion, series, ...arms }) => {
    const part = JSON.stringify([criterion.segment, series]);
    if (criterion.signal !== exposure.signal || arms.baseline === undefined || arms.judged === undefined) {
      return [];
    }
    // Two criteria of one signal saw the same requests.
    if (seen.has(part)) return [];
    seen.add(part);
    return [{ own: totalsOf(arms.judged.evidence), other: totalsOf(arms.baseline.evidence) }];
  });
  const steps = Math.max(0, ...pairs.map(({ own }) => own.length));
  return Array.from({ length: steps }, (_, i) => {
    const counts = pairs.flatMap(({ own, other }) => {
      const [k, rest] = [own[i] ?? null, other[i] ?? null];
      return k === null || rest === null ? [] : [{ k, n: k + rest }];
    });
    const n = counts.reduce((sum, count) => sum + count.n, 0);
    return n > 0 ? { k: counts.reduce((sum, count) => sum + count.k, 0), n } : null;
  });
}

function totalsOf(evidence: Evidence): readonly (number | null)[] {
  if (evidence.kind === 'counts') return evidence.strata.map((stratum) => stratum?.n ?? null);
  if (evidence.kind === 'buckets') return evidence.strata.map((stratum) => stratum?.at(-1) ?? null);
  return [];
}

function resultOf({ traffic, within, signal, rule }: ExposureCheck, judgement: Judgement): ExposureResult {
  const { verdict, value, evidence, n } = judgement;
  const interval = evidence?.interval ?? null;
  return {
    traffic,
    within,
    signal,
    limit: rule.pass.text,
    verdict: verdict === 'fail' || verdict === 'pass' ? verdict : 'inconclusive',
    share: finite(value),
    interval: interval?.every(Number.isFinite) === true ? interval : null,
    n,
  };
}

/** A comparison of arms that do not get what they are meant to get compares more than the release. */
export function holdComparisons(
  judged: readonly Judged[],
  exposure: ExposureResult | null,
): readonly Judged[] {
  if (exposure?.verdict !== 'fail') return judged;
  const reason: Reason = {
    code: 'exposure',
    text: `the arms are not what they are said to be: ${exposureSentence(exposure)}`,
    next: 'mend the split of traffic, then begin the rollout anew',
  };
  return judged.map((each) => {
    const isComparison = each.criterion.arms.length > 1;
    if (!isComparison || each.judgement.verdict === 'error') return each;
    return { ...each, judgement: { ...each.judgement, verdict: 'inconclusive', reason } };
  });
}

/** What was declared and what was seen, for a note. */
export function exposureNote(gate: Gate, exposure: ExposureResult | null): readonly string[] {
  if (exposure === null) return [];
  const arm = gate.arms[0]?.name ?? 'the judged arm';
  const verdict = {
    pass: 'as declared',
    fail: 'not as declared',
    inconclusive: 'too little traffic to tell yet',
  }[exposure.verdict];
  return [`exposure of ${arm}: ${exposureSentence(exposure)}: ${verdict}`];
}

function exposureSentence({ share, interval, n, limit, signal }: ExposureResult): string {
  if (share === null) return `no traffic was counted by ${signal}, ${limit} is declared`;
  const range = interval === null ? '' : ` (${percent(interval[0])} to ${percent(interval[1])})`;
  return `${percent(share)}${range} of ${Math.round(n)} counted by ${signal}, ${limit} is declared`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
