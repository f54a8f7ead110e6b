import { askedOf, type Criterion, type Gate, type Question } from '../contracts/gate.js';
import type { Measurement } from '../model/measurement.js';
import type { CriterionResult, ReportQuery } from '../model/report.js';
import { formatInstant } from '../model/time.js';
import type { Measurements } from './collect.js';
import { coverageOf } from './evidence.js';
import type { Ruled } from './policy.js';
import { evidenceOf } from './report-evidence.js';
import { findingsOf } from './report-findings.js';
import { finite, pastOf, windowOf } from './report-parts.js';

/** One criterion, segment or series as the document shows it. */
export function criterionResult(ruled: Ruled, gate: Gate, measurements: Measurements): CriterionResult {
  const { criterion, judgement, series } = ruled;
  const { rule: its } = criterion;
  const [judgedArm, baselineArm] = criterion.arms;
  const isChanged = ruled.verdict !== judgement.verdict;
  const judgedStrata = ruled.judged === undefined ? [] : criterion.judge.strata(its, ruled.judged);
  return {
    key: series === null ? criterion.key : keyWith(criterion, series),
    id: criterion.id,
    signal: criterion.signal,
    kind: criterion.kind,
    about: criterion.about,
    take: its.takeText,
    segment: criterion.segment,
    series,
    component: criterion.component,
    owner: criterion.owner,
    runbook: criterion.runbook,
    advisory: criterion.isAdvisory,
    critical: criterion.isCritical,
    verdict: ruled.verdict,
    reason: ruled.reason,
    judged: isChanged ? { verdict: judgement.verdict, reason: judgement.reason } : null,
    waiver:
      criterion.waiver === null || !ruled.isWaived
        ? null
        : {
            by: criterion.waiver.by,
            because: criterion.waiver.because,
            until: criterion.waiver.until === null ? null : formatInstant(criterion.waiver.until),
          },
    value: finite(judgement.value),
    unit: judgement.told?.unit ?? its.unit,
    limit: judgement.told?.limit ?? its.pass.text,
    bound: finite(judgement.bound),
    warn: its.warn?.text ?? null,
    n: judgement.n,
    minSamples: its.minSamples,
    interval: judgement.interval,
    judge: criterion.evidence,
    evidence: evidenceOf(judgement, criterion, gate),
    window: windowOf(judgedArm?.arm.window ?? { from: 0, to: 0, stepMs: 0 }),
    coverage: ruled.judged === undefined ? null : coverageOf(ruled.judged),
    newest: ruled.judged?.newest == null ? null : formatInstant(ruled.judged.newest),
    baseline:
      criterion.earlier !== null
        ? pastOf(criterion.earlier, judgement)
        : baselineArm === undefined
          ? null
          : {
              arm: baselineArm.arm.name,
              value: finite(judgement.baseline?.value ?? null),
              n: judgement.baseline?.n ?? 0,
              window: windowOf(baselineArm.arm.window),
            },
    strata:
      judgedStrata.length === 0
        ? null
        : {
            judged: judgedStrata.map(finite),
            baseline:
              ruled.baseline === undefined ? null : criterion.judge.strata(its, ruled.baseline).map(finite),
          },
    queries: distinctQuestions(criterion).flatMap((question) => queryOf(question, measurements)),
    source: { file: criterion.source.file, line: criterion.source.line, column: criterion.source.col },
    ...findingsOf(ruled),
    notes: [
      ...new Set([
        ...criterion.notes,
        ...judgement.notes,
        ...(ruled.judged?.notes ?? []),
        ...(ruled.baseline?.notes ?? []),
      ]),
    ],
  };
}

/** Two windows may be cut out of one answer. */
function distinctQuestions(criterion: Criterion): readonly Question[] {
  const questions = askedOf(criterion).flatMap((asked) => asked.questions);
  return [...new Map(questions.map((each) => [`${each.arm} ${each.part} ${each.query.key}`, each])).values()];
}

function keyWith(criterion: Criterion, series: NonNullable<Ruled['series']>): string {
  const own = Object.keys(series)
    .sort()
    .map((name) => `${plain(name)}=${plain(series[name] ?? '')}`)
    .join(',');
  return criterion.key.endsWith(']') ? `${criterion.key.slice(0, -1)},${own}]` : `${criterion.key}[${own}]`;
}

/** Quoted where it could be taken for the end of itself: two series must not share a key. */
function plain(text: string): string {
  return /[\s",=[\]\\]/.test(text) ? JSON.stringify(text) : text;
}

function queryOf(question: Question, measurements: Measurements): readonly ReportQuery[] {
  const measurement: Measurement | undefined = measurements.get(question.query.key);
  if (measurement === undefined) return [];
  const failure = measurement.state === 'failed' ? measurement.failure : null;
  return [
    {
      arm: question.arm,
      part: question.part,
      backend: question.query.backend,
      text: question.query.text,
      state: measurement.state,
      durationMs: measurement.durationMs,
      series:
        measurement.state === 'taken'
          ? (measurement.answer.pages?.length ?? measurement.answer.series.length)
          : 0,
      failure: failure === null ? null : { code: failure.code, message: failure.message },
    },
  ];
}
