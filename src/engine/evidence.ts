import { counted } from '../contracts/counted.js';
import type { Criterion } from '../contracts/gate.js';
import type { Observation } from '../model/evidence.js';
import type { Failure } from '../model/failure.js';
import type { Judgement } from '../model/judgement.js';
import { isHollow } from '../model/limit.js';
import type { Reason } from '../model/reason.js';
import { formatDuration, formatInstant } from '../model/time.js';
import { strataOf, type Window } from '../model/window.js';

/** PromQL needs four samples in a range for a sound increase. */
const FEWEST_INTERVALS = 4;

/** Share of the arm's strata that hold data; null for evidence that has no strata. */
export function coverageOf(observation: Observation): number | null {
  const { evidence } = observation;
  if (evidence.kind === 'instant' || evidence.kind === 'raw') return null;
  const { strata } = evidence;
  if (strata.length === 0) return null;
  return strata.filter((stratum) => stratum !== null).length / strata.length;
}

/**
 * Why an arm's evidence cannot carry a verdict, in the order in which it misleads least.
 *
 * @returns undefined when the evidence may be judged
 */
export function unusable(
  criterion: Criterion,
  observation: Observation,
  arm: string,
  window: Window,
): Reason | undefined {
  const { trouble } = observation;
  const of = criterion.arms.length > 1 ? ` in arm "${arm}"` : '';
  const say = (code: Reason['code'], text: string, next?: string): Reason => ({
    code,
    text: text + of,
    ...(next !== undefined && { next }),
  });
  const broken = trouble.find((each) => each.code === 'not-a-number');
  if (broken !== undefined) return say(broken.code, broken.text, broken.next);
  if (observation.newest === null && isWithoutData(observation)) {
    const other = trouble[0];
    return other === undefined
      ? say('no-data', 'no data in the window', adviceOnNothing(criterion, arm))
      : say(other.code, other.text, other.next);
  }
  const [first] = trouble;
  if (first !== undefined) return say(first.code, first.text, first.next);
  return staleness(criterion, observation, window, say) ?? gaps(criterion, observation, say);
}

/** What to look at hangs on who was asked. */
function adviceOnNothing({ arms }: Criterion, name: string): string {
  const asked = arms.find(({ arm }) => arm.name === name) ?? arms[0];
  const own = asked?.questions.find(({ query }) => query.ifEmpty !== undefined)?.query.ifEmpty;
  return own ?? 'check that the exporter is scraped and that the query matches: gatekeeper plan shows it';
}

function isWithoutData({ evidence }: Observation): boolean {
  if (evidence.kind === 'instant') return evidence.value === null;
  if (evidence.kind === 'raw') return evidence.values.length === 0;
  return evidence.strata.every((stratum) => stratum === null);
}

type Say = (code: Reason['code'], text: string, next?: string) => Reason;

function staleness(
  criterion: Criterion,
  observation: Observation,
  window: Window,
  say: Say,
): Reason | undefined {
  if (criterion.rule.take.kind === 'age') return undefined;
  const next = 'the exporter may be gone: see that its target is up';
  if (observation.newest !== null && window.to - observation.newest > criterion.maxAgeMs) {
    const age = formatDuration(window.to - observation.newest);
    return say(
      'stale',
      `the newest data are from ${formatInstant(observation.newest)}, ${age} before the window's end`,
      next,
    );
  }
  const [gone] = observation.ended;
  if (gone !== undefined && !criterion.mayEnd) {
    const more = observation.ended.length > 1 ? ` and ${observation.ended.length - 1} more` : '';
    return say(
      'stale',
      `a series ended inside the window: ${gone}${more}`,
      'if series end by right, as when pods scale down, write "series-may-end: true" on the signal',
    );
  }
  return undefined;
}

function gaps(criterion: Criterion, observation: Observation, say: Say): Reason | undefined {
  // Gaps are what an age measures.
  if (criterion.rule.take.kind === 'age') return undefined;
  const coverage = coverageOf(observation);
  if (coverage === null || coverage >= criterion.coverage - 1e-9) return undefined;
  const { evidence } = observation;
  const strata = evidence.kind === 'instant' || evidence.kind === 'raw' ? [] : evidence.strata;
  const held = strata.filter((stratum) => stratum !== null).length;
  return say(
    'partial',
    `${held} of ${counted(strata.length, 'step')} ${held === 1 ? 'holds' : 'hold'} data, ${Math.round(criterion.coverage * 100)} % are needed`,
    'wait for data, or find out why the exporter has gaps',
  );
}

/** Trouble of the step being shorter than the data behind it can fill. */
export function stepTooShort(
  stepMs: number,
  sampleIntervalMs: number | undefined,
  isExtrapolated: boolean,
): Reason | undefined {
  if (sampleIntervalMs === undefined) return undefined;
  const needed = sampleIntervalMs * (isExtrapolated ? FEWEST_INTERVALS : 1);
  // A scrape interval is a median of jittering gaps: a tenth is no finding.
  if (stepMs >= needed * 0.9) return undefined;
  return {
    code: 'step-too-short',
    text: `data arrive every ${formatDuration(Math.round(sampleIntervalMs / 1000) * 1000)}, too seldom for steps of ${formatDuration(stepMs)}`,
    next: `use "step: ${formatDuration(Math.ceil(needed / 60_000) * 60_000)}" or longer`,
  };
}

/** Too few observations in an arm for a point estimate, or fewer than a gate asks of any evidence. */
export function tooFew(criterion: Criterion, judgement: Judgement): Reason | undefined {
  const { minSamples } = criterion.rule;
  if (criterion.evidence !== 'point' && minSamples <= 1) return undefined;
  const of = (arm: string, n: number): Reason => ({
    code: 'too-few',
    text: `${whole(n)} ${Math.floor(n) === 1 ? 'sample' : 'samples'}${arm}, ${whole(minSamples)} ${minSamples === 1 ? 'is' : 'are'} needed`,
    next: 'wait for traffic, widen the window, or set "min-samples"',
  });
  if (judgement.n < minSamples)
    return of(criterion.arms.length > 1 ? ` in arm "${criterion.arms[0]?.arm.name}"` : '', judgement.n);
  if (judgement.baseline !== null && judgement.baseline.n < minSamples) {
    return of(` in arm "${criterion.arms[1]?.arm.name}"`, judgement.baseline.n);
  }
  return undefined;
}

/** A part that nobody ever saw stands as 0 against a release, and not for it. */
export function unseen({ rule }: Criterion, { verdict }: Judgement, seen: Observation): Reason | undefined {
  if (seen.unseen === undefined || verdict === 'fail' || rule.take.kind === 'count') return undefined;
  return seen.unseen;
}

/** A share that passes by a margin which reaches beyond 0 % or 100 %, so that it could not have failed. */
export function hollow({ rule }: Criterion, { verdict, value, baseline }: Judgement): Reason | undefined {
  const limit = verdict === 'pass' ? rule.pass : verdict === 'warn' ? rule.warn : null;
  if (limit === null || rule.unit !== 'share' || value === null || baseline?.value == null) return undefined;
  if (!isHollow(limit.condition, value, baseline.value)) return undefined;
  return {
    code: 'baseline-zero',
    text: `no share could break ${limit.text}: the baseline is ${Number((100 * baseline.value).toPrecision(3))} %`,
    next: 'see that the baseline is healthy; a fixed limit beside it, under "all:", says what is too little',
  };
}

/**
 * The reason that what could not be found out may turn the verdict, so that there is none.
 *
 * @param judge judges the observation as it may be as well
 */
export function doubtful(
  { verdict }: Judgement,
  observation: Observation | undefined,
  judge: (other: Observation) => Judgement,
): Reason | undefined {
  if (observation?.otherwise === undefined) return undefined;
  const { evidence, text, next, isOfPasses } = observation.otherwise;
  if (isOfPasses === true && verdict !== 'pass' && verdict !== 'warn') return undefined;
  const isSame = evidence.every((each) => judge({ ...observation, evidence: each }).verdict === verdict);
  return isSame ? undefined : { code: 'partial', text, next };
}

function whole(n: number): string {
  return String(Math.floor(n)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Which reason a failed question gives. */
export function reasonOfFailure(failure: Failure): Reason {
  const code =
    failure.code === 'backend.query' ||
    failure.code === 'backend.answer-shape' ||
    failure.code === 'backend.driver' ||
    failure.code.startsWith('recording.')
      ? 'query'
      : failure.code === 'backend.deadline'
        ? 'deadline'
        : failure.code === 'backend.interrupted'
          ? 'interrupted'
          : 'backend';
  const detail = failure.detail === undefined ? '' : `\n${failure.detail.join('\n')}`;
  return { code, text: failure.message + detail, ...(failure.mend !== undefined && { next: failure.mend }) };
}

/** Whether the window holds a stratum yet. */
export function isEmptyWindow(window: Window): boolean {
  return strataOf(window) === 0;
}
