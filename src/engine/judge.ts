import { askedOf, type Criterion, type Gate } from '../contracts/gate.js';
import type { Earlier, SeenWindow } from '../contracts/judge.js';
import type { Observation } from '../model/evidence.js';
import type { Failure } from '../model/failure.js';
import type { Judgement } from '../model/judgement.js';
import type { Measurement } from '../model/measurement.js';
import type { Reason } from '../model/reason.js';
import { type Answer, type Labels, labelsText } from '../model/series.js';
import { formatInstant } from '../model/time.js';
import { parted } from './alone.js';
import { beyondEdges, onCommonEdges } from './buckets.js';
import type { Measurements } from './collect.js';
import { earlierAnswers, observeEarlier } from './earlier.js';
import {
  doubtful,
  hollow,
  isEmptyWindow,
  reasonOfFailure,
  stepTooShort,
  tooFew,
  unseen,
  unusable,
} from './evidence.js';
import { observeWindows, windowAnswers } from './windows.js';

/** What the evidence says of one criterion, segment and series, before waivers and policies. */
export interface Judged {
  readonly criterion: Criterion;
  /** Labels of the series under `across: each`. */
  readonly series: Labels | null;
  readonly judgement: Judgement;
  readonly judged: Observation | undefined;
  readonly baseline: Observation | undefined;
}

const UNMEASURED = {
  value: null,
  interval: null,
  n: 0,
  baseline: null,
  bound: null,
  evidence: null,
  notes: [],
} as const;

/** Judges one criterion; pure. Gives one entry for each series under `across: each`, and never none. */
export function judgeCriterion(
  criterion: Criterion,
  gate: Gate,
  measurements: Measurements,
): readonly Judged[] {
  const undecided = (verdict: 'error' | 'inconclusive', reason: Reason): readonly Judged[] => [
    {
      criterion,
      series: null,
      judgement: { ...UNMEASURED, verdict, reason },
      judged: undefined,
      baseline: undefined,
    },
  ];
  if (isEmptyWindow(gate.window)) {
    return undecided('inconclusive', {
      code: 'window-not-full',
      text: `the first step after the deploy is not complete; look again at ${formatInstant(gate.firstStepAt)}`,
    });
  }
  const failure = firstFailure(criterion, measurements);
  if (failure !== undefined) return undecided('error', reasonOfFailure(failure));
  const sides = observeArms(criterion, measurements);
  if (sides.state === 'unusable') return undecided('error', reasonOfFailure(sides.failure));
  const crowd = tooManySeries(criterion, sides.judged);
  if (crowd !== undefined) return undecided('error', reasonOfFailure(crowd));
  const blanket = partialAnswer(criterion, measurements) ?? shortStep(criterion, measurements);
  const others = observeWindows(criterion, measurements, sides.isSeen);
  if (others.state === 'unusable') return undecided('error', reasonOfFailure(others.failure));
  const earlier = observeEarlier(criterion, earlierAnswers(criterion, measurements), sides.isSeen);
  return pair(criterion, sides.judged, sides.baseline).map(({ labels, judged, baseline }): Judged => {
    const series = criterion.across === 'each' && Object.keys(labels).length > 0 ? labels : null;
    const past = earlier?.(labels);
    const judgement = judgeOne(criterion, gate, blanket, judged, baseline, past, others.of(labels));
    return { criterion, series, judgement, judged, baseline };
  });
}

function judgeOne(
  criterion: Criterion,
  gate: Gate,
  blanket: Reason | undefined,
  judged: Observation | undefined,
  baseline: Observation | undefined,
  earlier: Earlier | undefined,
  windows: readonly SeenWindow[],
): Judgement {
  const [, baselineArm] = criterion.arms;
  if (judged === undefined) {
    return {
      ...UNMEASURED,
      verdict: 'inconclusive',
      reason: { code: 'no-data', text: `the series is in arm "${baselineArm?.arm.name}" alone` },
    };
  }
  const aged = withAge(criterion, judged);
  const judgeAgain = (one: Observation, other: Observation | undefined): Judgement =>
    criterion.judge.judge(aged.rule, one, other, earlier, windows);
  const onEdges = onCommonEdges(judged, baseline, judgeAgain);
  const judgement = onEdges?.judgement ?? judgeAgain(aged.observation, baseline);
  const reason =
    blanket ??
    // A burning row fails a release whatever another window lacks: that judge weighs each window by itself.
    (criterion.rule.burn === undefined ? unusableNow(criterion, gate, judged, baseline) : undefined) ??
    onEdges?.reason ??
    tooFew(criterion, judgement) ??
    doubtful(judgement, judged, (other) => judgeAgain(other, baseline)) ??
    doubtful(judgement, baseline, (other) => judgeAgain(judged, other)) ??
    unseen(criterion, judgement, judged) ??
    hollow(criterion, judgement) ??
    parted(criterion, judgement, judged, baseline) ??
    beyondEdges(criterion, judgement, baseline) ??
    notFull(criterion, gate, judgement);
  return reason === undefined ? judgement : { ...judgement, verdict: 'inconclusive', reason };
}

function unusableNow(
  criterion: Criterion,
  gate: Gate,
  judged: Observation,
  baseline: Observation | undefined,
): Reason | undefined {
  const [judgedArm, baselineArm] = criterion.arms;
  return (
    unusable(criterion, judged, judgedArm?.arm.name ?? '', judgedArm?.arm.window ?? gate.window) ??
    (baselineArm === undefined
      ? undefined
      : baseline === undefined
        ? ({ code: 'no-baseline', text: `arm "${baselineArm.arm.name}" has no such series` } as const)
        : unusable(criterion, baseline, baselineArm.arm.name, baselineArm.arm.window))
  );
}

/** `take: age` is judged on how old the newest sample is: the engine knows it, the evidence does not. */
function withAge(
  criterion: Criterion,
  observation: Observation,
): { rule: Criterion['rule']; observation: Observation } {
  const { rule } = criterion;
  if (rule.take.kind !== 'age') return { rule, observation };
  const end = criterion.arms[0]?.arm.window.to ?? 0;
  const seconds = observation.newest === null ? null : (end - observation.newest) / 1000;
  return {
    rule: { ...rule, take: { kind: 'instant' } },
    observation: { ...observation, evidence: { kind: 'instant', value: seconds } },
  };
}

/** Evidence of one look may fail early, but pass only once the window is full. */
function notFull(criterion: Criterion, gate: Gate, judgement: Judgement): Reason | undefined {
  if (gate.isWindowFull || criterion.evidence === 'sequential') return undefined;
  if (judgement.verdict !== 'pass' && judgement.verdict !== 'warn') return undefined;
  return {
    code: 'window-not-full',
    text: `${judgement.verdict === 'pass' ? 'passes' : 'would warn'} so far; the window is full at ${formatInstant(gate.fullAt)}`,
    next: 'look again then',
  };
}

function measurementsOf(criterion: Criterion, measurements: Measurements): readonly Measurement[] {
  return askedOf(criterion).flatMap(({ questions }) =>
    questions.flatMap(({ query }) => {
      const measurement = measurements.get(query.key);
      return measurement === undefined ? [] : [measurement];
    }),
  );
}

function firstFailure(criterion: Criterion, measurements: Measurements): Failure | undefined {
  for (const { questions } of askedOf(criterion)) {
    for (const { query, onlyIfAbsent, part } of questions) {
      const measurement = measurements.get(query.key);
      if (measurement?.state === 'failed') return measurement.failure;
      // A question that was never asked is no evidence either.
      if (measurement === undefined && onlyIfAbsent === undefined) {
        return { code: 'backend.interrupted', message: `"${part}" was not asked` };
      }
    }
  }
  return undefined;
}

/** What came of the questions of a criterion, failures left out. */
export function answersOf(criterion: Criterion, measurements: Measurements): readonly Answer[] {
  return measurementsOf(criterion, measurements).flatMap((each) =>
    each.state === 'taken' ? [each.answer] : [],
  );
}

function partialAnswer(criterion: Criterion, measurements: Measurements): Reason | undefined {
  const warnings = answersOf(criterion, measurements).flatMap((answer) => answer.warnings ?? []);
  const [warning] = warnings;
  if (warning === undefined) return undefined;
  return {
    code: 'partial',
    text: `the backend says its answer is not whole: ${warning}`,
    next: 'mend the backend; a partial answer decides nothing',
  };
}

function shortStep(criterion: Criterion, measurements: Measurements): Reason | undefined {
  for (const answer of answersOf(criterion, measurements)) {
    const reason = stepTooShort(
      criterion.rule.stepMs,
      answer.sampleIntervalMs,
      answer.isExtrapolated ?? false,
    );
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** `at-most` holds the number of verdicts down that `each` may make. */
function tooManySeries(criterion: Criterion, judged: readonly Observation[]): Failure | undefined {
  if (criterion.atMost === null || judged.length <= criterion.atMost) return undefined;
  return {
    code: 'backend.answer-shape',
    message: `${judged.length} series answered, and "at-most" allows ${criterion.atMost}`,
    mend: 'narrow the query, or raise "at-most"',
  };
}

type Sides =
  | {
      readonly state: 'observed';
      readonly judged: readonly Observation[];
      readonly baseline: readonly Observation[] | undefined;
      /** True when any answer, of either arm or of the past, holds a sample of the part. */
      readonly isSeen: (part: string) => boolean;
    }
  | { readonly state: 'unusable'; readonly failure: Failure };

function observeArms(criterion: Criterion, measurements: Measurements): Sides {
  const answers = criterion.arms.map(({ questions }) => {
    const byPart = new Map<string, Answer>();
    for (const { part, query } of questions) {
      const measurement = measurements.get(query.key);
      // One part may be asked of two arms, where either answer will do.
      if (measurement?.state === 'taken' && !hasSample(byPart.get(part)))
        byPart.set(part, measurement.answer);
    }
    return byPart;
  });
  const all = [...answers, earlierAnswers(criterion, measurements), windowAnswers(criterion, measurements)];
  const isSeen = (part: string): boolean => all.some((byPart) => hasSample(byPart.get(part)));
  const observed = criterion.arms.map(({ arm }, i) =>
    criterion.observe({
      answers: answers[i] ?? new Map<string, Answer>(),
      window: arm.window,
      take: criterion.rule.take,
      isInstant: criterion.rule.take.kind === 'instant',
      across: criterion.across,
      better: criterion.rule.better,
      maxAgeMs: criterion.maxAgeMs,
      isSeenElsewhere: isSeen,
      isBaseline: i > 0,
    }),
  );
  for (const side of observed) if (side.state === 'unusable') return side;
  const [judged, baseline] = observed.map((side) => (side.state === 'observed' ? side.observations : []));
  return { state: 'observed', judged: judged ?? [], baseline, isSeen };
}

function hasSample(answer: Answer | undefined): boolean {
  return answer?.series.some((series) => series.times.length > 0) ?? false;
}

/** Matches series of both arms by their labels; a series in one arm alone is an entry too. */
function pair(
  criterion: Criterion,
  judged: readonly Observation[],
  baseline: readonly Observation[] | undefined,
): readonly { labels: Labels; judged: Observation | undefined; baseline: Observation | undefined }[] {
  if (criterion.across !== 'each') return [{ labels: {}, judged: judged[0], baseline: baseline?.[0] }];
  const [own, other] = [byLabels(judged), byLabels(baseline ?? [])];
  const pairs = [...new Set([...own.keys(), ...other.keys()])].sort().map((key) => {
    const [first, second] = [own.get(key), other.get(key)];
    return { labels: (second ?? first)?.labels ?? {}, judged: first, baseline: second };
  });
  const named = pairs.filter((each) => Object.keys(each.labels).length > 0);
  return named.length > 0
    ? named
    : pairs.length > 0
      ? pairs
      : [{ labels: {}, judged: undefined, baseline: undefined }];
}

function byLabels(side: readonly Observation[]): ReadonlyMap<string, Observation> {
  return new Map(side.toReversed().map((each) => [labelsText(each.labels), each]));
}
