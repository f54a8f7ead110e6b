import type { PreparedQuery, Variables } from '../contracts/backend.js';
import type { Arm, Question, UnlistedCheck } from '../contracts/gate.js';
import type { Failure, Result } from '../model/failure.js';
import { isProbe } from '../model/page.js';
import type { Labels } from '../model/series.js';
import type { Window } from '../model/window.js';
import { type FileContext, placeOf } from './context.js';
import type { GateParts, SegmentInput } from './parts.js';
import { type OpenSignal, withParameters } from './signals.js';
import { addVariables } from './variables.js';

/** Binds the signal's parts to one arm and segment. */
export function questionsOf(
  context: FileContext,
  gate: GateParts,
  input: SegmentInput,
  arm: Arm,
): readonly Question[] {
  const { open, segment } = input;
  const variables = variablesFor(context, gate, open, arm, segment);
  return open.signal.parts(input.take.take).flatMap((part): Question[] => {
    const over = (window: Window): Result<PreparedQuery> =>
      open.backend.prepare({
        source: part.source,
        use: part.use,
        window,
        variables,
        ...(part.lookbackMs !== undefined && { lookbackMs: part.lookbackMs }),
      });
    const prepared = over(arm.window);
    if (prepared.ok) {
      const { isReplay, isRecording = false } = context.request;
      const refusals = isReplay || isRecording ? [] : (prepared.value.refusals?.() ?? []);
      if (refusals.length > 0) open.refusePart(part.path, refusals);
      const condition = part.onlyIfAbsent === undefined ? {} : { onlyIfAbsent: part.onlyIfAbsent };
      return [{ part: part.name, arm: arm.name, query: prepared.value, over, ...condition }];
    }
    // A part that is only asked to excuse an absence may be beyond a backend: then nothing excuses it.
    if (part.onlyIfAbsent === undefined) open.refusePart(part.path, prepared.failures);
    return [];
  });
}

/** What excuses an absence may have been seen in the other arm alone, though a fixed limit asks that one nothing else. */
export function seenElsewhere(
  context: FileContext,
  gate: GateParts,
  input: SegmentInput,
  arm: Arm,
  own: readonly Question[],
): readonly Question[] {
  if (own.every((question) => question.onlyIfAbsent === undefined)) return [];
  return gate.arms
    .filter((other) => other !== arm)
    .flatMap((other) => questionsOf(context, gate, input, other))
    .filter((question) => question.onlyIfAbsent !== undefined)
    .filter((question) => own.every(({ query }) => query.key !== question.query.key));
}

/** Name of the part that holds the pages which regressions are counted against. */
const BASELINE_PART = 'baseline';

/** Pages of the other arm, for regressions, unless the signal itself names a recorded baseline. */
export function baselinePages(
  context: FileContext,
  gate: GateParts,
  input: SegmentInput,
  own: readonly Question[],
): readonly Question[] {
  if (input.take.take.kind !== 'regressions' || own.length === 0) return [];
  if (own.some(({ part }) => part === BASELINE_PART)) return [];
  const at = ['criteria', input.id];
  const [, baseline] = gate.arms;
  if (baseline === undefined) {
    context.trouble.add({
      code: 'gatefile.missing-key',
      message: `criterion "${input.id}" counts regressions, and nothing says since what`,
      span: context.yaml.keySpanOf(at),
      mend: 'add "arms: { canary: {...}, baseline: {...} }", or "baseline: { recorded: PATH }" to the crawl',
    });
    return [];
  }
  if (baseline.shiftMs > 0) {
    context.trouble.add(noSuchPast(baseline, placeOf(context, [...at, 'take'])));
    return [];
  }
  const questions = questionsOf(context, gate, input, baseline).map((question) => ({
    ...question,
    part: BASELINE_PART,
  }));
  if (questions.some(({ query }) => own.some((each) => each.query.key === query.key))) {
    context.trouble.add({
      code: 'gatefile.query',
      message: `criterion "${input.id}" compares "${input.open.id}" with itself: its pages are the same in both arms`,
      span: placeOf(context, [...at, 'take']),
      mend: 'use a variable of the arms in the crawl, in "headers", "cookies" or "base"',
    });
  }
  return questions;
}

function noSuchPast(arm: Arm, span: Failure['span']): Failure {
  return {
    code: 'gatefile.query',
    message: `pages cannot be asked for as they were: arm "${arm.name}" is shifted`,
    ...(span && { span }),
    mend: 'record the pages before the release, and count regressions since "baseline: { recorded: PATH }"',
  };
}

/** Names of the parts that hold what was there before the window, by those of the window itself. */
const BEFORE: ReadonlyMap<string, string> = new Map([
  ['hits', 'before'],
  ['unsure', 'before-unsure'],
]);

/** What the arm of the past says of new patterns, unless the signal itself looks back. */
export function patternsBefore(
  context: FileContext,
  gate: GateParts,
  input: SegmentInput,
  own: readonly Question[],
): readonly Question[] {
  if (input.take.take.kind !== 'new-patterns' || own.length === 0) return [];
  if (own.some(({ part }) => part === 'before')) return [];
  const past = gate.arms[1];
  if (past === undefined || past.shiftMs <= 0) {
    context.trouble.add({
      code: 'gatefile.missing-key',
      message: `criterion "${input.id}" counts patterns that were not there before, and no arm is of the past`,
      span: context.yaml.keySpanOf(['criteria', input.id]),
      mend: 'add "arms: { current: {}, before: { shift: 7d } }", or write how far to look back: before: 28d',
    });
    return [];
  }
  if (past.window.to > (gate.arms[0]?.window.from ?? 0)) {
    context.trouble.add({
      code: 'gatefile.invalid',
      message: `criterion "${input.id}" counts patterns that were not there before, and arm "${past.name}" is not before: its window overlaps`,
      span: context.yaml.keySpanOf(['arms', past.name]),
      mend: 'shift it by the length of the window or more; or write how far to look back: before: 28d',
    });
    return [];
  }
  return questionsOf(context, gate, input, past).flatMap((question) => {
    const part = BEFORE.get(question.part);
    return part === undefined ? [] : [{ ...question, part }];
  });
}

function variablesFor(
  context: FileContext,
  gate: GateParts,
  open: OpenSignal,
  arm: Arm,
  segment: Labels | null,
): Variables {
  const variables = new Map(gate.vars);
  addVariables(context, variables, arm.variables, `arm "${arm.name}"`, ['arms', arm.name]);
  if (segment !== null)
    addVariables(context, variables, segment, `a segment of "${open.id}"`, [...open.path, 'segments']);
  return withParameters(variables, open);
}

/** Two arms that ask the same question at the same time compare a number with itself. */
export function checkArmsDiffer(
  context: FileContext,
  asked: readonly { readonly arm: Arm; readonly questions: readonly Question[] }[],
  id: string,
  open: OpenSignal,
): void {
  const [judged, baseline] = asked;
  if (judged === undefined || baseline === undefined || judged.questions.length === 0) return;
  if (isProbe(open.kind) && baseline.arm.shiftMs > 0) {
    context.trouble.add(noSuchPast(baseline.arm, placeOf(context, ['criteria', id, 'pass'])));
    return;
  }
  const keys = (questions: readonly Question[]): string =>
    questions.map((question) => question.query.key).join('\n');
  if (keys(judged.questions) !== keys(baseline.questions)) return;
  context.trouble.add({
    code: 'gatefile.query',
    message: `criterion "${id}" compares "${open.id}" with itself: its queries are the same in both arms`,
    span: placeOf(context, ['criteria', id, 'pass']),
    mend: `use a variable of the arms in the query, such as {{${Object.keys(judged.arm.variables)[0] ?? 'track'}}}, or judge a fixed limit`,
  });
}

/** Questions that find traffic in segment values which the file does not list. */
export function unlistedChecks(context: FileContext, gate: GateParts): readonly UnlistedCheck[] {
  const [judged] = gate.arms;
  if (judged === undefined) return [];
  return [...gate.signals.values()].flatMap((open): UnlistedCheck[] => {
    const [dimension, ...others] = Object.entries(open.segments);
    const part = open.signal
      .parts({ kind: 'total' })
      .find((each) => each.name === 'total' || each.name === 'exposure');
    if (dimension === undefined || others.length > 0 || part === undefined) return [];
    const [variable, listed] = dimension;
    const prepared = open.backend.prepare({
      source: part.source,
      use: 'unlisted',
      window: judged.window,
      variables: variablesFor(context, gate, open, judged, { [variable]: listed[0] ?? '' }),
      segment: { variable, listed },
    });
    return prepared.ok ? [{ signal: open.id, variable, query: prepared.value }] : [];
  });
}
