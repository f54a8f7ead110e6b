import type { Backend, Variable, Variables } from '../contracts/backend.js';
import type { Arm, Criterion, OnPolicies, Question, UnlistedCheck } from '../contracts/gate.js';
import type { Judge, Rule } from '../contracts/judge.js';
import { suggest } from '../contracts/suggest.js';
import { needsBaseline } from '../model/limit.js';
import type { Labels } from '../model/series.js';
import { type FileContext, placeOf } from './context.js';
import { failuresOf } from './issues.js';
import { type PreparedTake, type RuleBlock, ruleOf, takeOf } from './rules.js';
import {
  type CriterionBlock,
  KIND_KEYS,
  type OwnersBlock,
  type SegmentRule,
  type SignalBlock,
  segmentRuleSchema,
} from './schema.js';
import { type OpenSignal, openSignal, withParameters } from './signals.js';
import { addVariables, expandText } from './variables.js';
import type { WindowSettings } from './window.js';

/** What the criteria of one gate have in common. */
export interface GateParts {
  readonly id: string;
  readonly component: string | null;
  readonly owners: OwnersBlock;
  readonly runbook: string | null;
  readonly vars: ReadonlyMap<string, Variable>;
  readonly arms: readonly Arm[];
  readonly settings: WindowSettings;
  readonly isWindowFull: boolean;
  readonly isSince: boolean;
  readonly signals: ReadonlyMap<string, OpenSignal>;
  readonly backends: ReadonlyMap<string, Backend>;
}

const SIGNAL_KEYS = ['backend', 'unit', 'better', 'series-may-end', 'use', 'with'] as const;

/** One criterion of the file: a `Criterion` for each of its segments. */
export async function openCriterion(
  context: FileContext,
  gate: GateParts,
  id: string,
  block: CriterionBlock,
): Promise<readonly Criterion[]> {
  const path = ['criteria', id];
  const open = await signalOf(context, gate, id, block);
  if (open === undefined) return [];
  checkPolicies(context, block, path);
  const take = takeOf(context, open.signal, block.take, open.kind, path);
  if (take === undefined) return [];
  const overrides = segmentRules(context, block, open, path);
  const made: Criterion[] = [];
  for (const segment of segmentsOf(open)) {
    const own = overrides.get(segmentKey(segment)) ?? {};
    const whole = { ...block, ...own };
    // A segment may compare with the baseline where the others do not, which takes other evidence.
    const judge = await judgeOf(context, whole, take, open, path);
    if (judge === undefined) continue;
    const criterion = openSegment(context, gate, { id, block: whole, open, take, judge, segment, own });
    if (criterion !== undefined) made.push(criterion);
  }
  return made;
}

async function signalOf(
  context: FileContext,
  gate: GateParts,
  id: string,
  block: CriterionBlock,
): Promise<OpenSignal | undefined> {
  const path = ['criteria', id];
  const isInline = block.use !== undefined || KIND_KEYS.some((key) => block[key] !== undefined);
  if (isInline) {
    if (block.signal !== undefined) {
      context.trouble.add({
        code: 'gatefile.invalid',
        message: `criterion "${id}" names a signal and defines one`,
        span: placeOf(context, [...path, 'signal']),
        mend: 'keep one of the two',
      });
      return undefined;
    }
    const segments = Object.values(block.segments ?? {}).every(Array.isArray) ? block.segments : undefined;
    return openSignal(context, id, { ...block, segments } as SignalBlock, path, gate);
  }
  for (const key of SIGNAL_KEYS) {
    if (block[key] === undefined) continue;
    const span = context.yaml.keySpanOf([...path, key]);
    context.trouble.add({
      code: 'gatefile.invalid',
      message: `"${key}" belongs to the signal, not to criterion "${id}"`,
      span,
      mend: 'move it under "signals:"',
    });
  }
  const name = block.signal ?? id;
  const found = gate.signals.get(name);
  if (found !== undefined || context.dropped.has(name)) return found;
  if (block.signal === undefined && context.isMisspelt(path)) return undefined;
  const known = new Set([...gate.signals.keys(), ...context.dropped]);
  const near = suggest(name, known);
  context.trouble.add({
    code: 'gatefile.unknown-name',
    message:
      block.signal === undefined
        ? `criterion "${id}" has no signal, and none is called "${id}"`
        : `"${name}" names no signal`,
    span: block.signal === undefined ? context.yaml.keySpanOf(path) : placeOf(context, [...path, 'signal']),
    mend:
      near === undefined ? `signals here are ${[...known].join(', ') || 'none'}` : `did you mean "${near}"?`,
  });
  return undefined;
}

function checkPolicies(
  context: FileContext,
  block: Pick<CriterionBlock, 'advisory' | 'critical' | 'on' | 'at-most' | 'across'>,
  path: readonly string[],
): void {
  if (block.advisory && block.critical) {
    const span = context.yaml.keySpanOf([...path, 'critical']);
    context.trouble.add({
      code: 'gatefile.invalid',
      message: 'a criterion cannot be both advisory and critical',
      span,
      mend: 'keep one of the two',
    });
  }
  const on: OnPolicies = (block.on ?? {}) as OnPolicies;
  for (const [key, verdict] of Object.entries(on)) {
    if (verdict !== 'warn' && verdict !== 'pass') continue;
    const span = placeOf(context, [...path, 'on', key]);
    if (block.critical) {
      context.trouble.add({
        code: 'gatefile.loosened',
        message: `a critical criterion cannot let missing evidence ${verdict}`,
        span,
        mend: 'remove the policy, or "critical: true"',
      });
    } else if (on.because === undefined && !context.isMisspelt([...path, 'on'])) {
      context.trouble.add({
        code: 'gatefile.loosened',
        message: `"${key}: ${verdict}" lets missing evidence ${verdict}`,
        span,
        mend: 'say why with "because: TEXT", or use fail or inconclusive',
      });
    }
  }
  if (block['at-most'] !== undefined && block.across !== 'each') {
    context.trouble.add({
      code: 'gatefile.invalid',
      message: '"at-most" goes with "across: each"',
      span: placeOf(context, [...path, 'at-most']),
      mend: 'remove it',
    });
  }
}

async function judgeOf(
  context: FileContext,
  block: Pick<CriterionBlock, 'pass' | 'warn' | 'evidence' | 'tolerate'>,
  take: PreparedTake,
  open: OpenSignal,
  path: readonly string[],
): Promise<{ judge: Judge; evidence: string } | undefined> {
  const limits = [block.pass, block.warn].filter((limit) => limit !== undefined);
  const isCompared = limits.some((written) => JSON.stringify(written.limit).includes('"baseline'));
  const evidence = block.evidence ?? (isCompared ? 'sequential' : 'point');
  if (block.tolerate !== undefined && evidence !== 'point') {
    context.trouble.add({
      code: 'gatefile.invalid',
      message: '"tolerate" counts steps by their point estimates',
      span: placeOf(context, [...path, 'tolerate']),
      mend: 'add "evidence: point", or remove it',
    });
  }
  if (block.tolerate !== undefined && (take.take.kind === 'instant' || open.kind === 'samples')) {
    context.trouble.add({
      code: 'gatefile.invalid',
      message: '"tolerate" needs a value for each step',
      span: placeOf(context, [...path, 'tolerate']),
      mend: 'add a take such as "mean", or remove it',
    });
  }
  const judge = await context.request.plugins.judges.load(evidence);
  return judge === undefined ? undefined : { judge, evidence };
}

/** Segments of a signal: every combination of its dimensions; a signal without has one, null. */
function segmentsOf(open: OpenSignal): readonly (Labels | null)[] {
  let combined: readonly Labels[] = [{}];
  for (const [dimension, values] of Object.entries(open.segments)) {
    combined = combined.flatMap((labels) => values.map((value) => ({ ...labels, [dimension]: value })));
  }
  return Object.keys(open.segments).length === 0 ? [null] : combined;
}

/** `path=edge` or `path=edge,region=eu`; '' without segments. */
export function segmentKey(segment: Labels | null): string {
  return Object.entries(segment ?? {})
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}

/** Overrides by segment key. A lone value names its segment when just one segment holds it. */
function segmentRules(
  context: FileContext,
  block: CriterionBlock,
  open: OpenSignal,
  path: readonly string[],
): Map<string, SegmentRule> {
  const rules = new Map<string, SegmentRule>();
  const segments = segmentsOf(open).filter((segment) => segment !== null);
  for (const [name, written] of Object.entries(block.segments ?? {})) {
    if (Array.isArray(written)) {
      if (Object.hasOwn(open.segments, name) && KIND_KEYS.some((key) => block[key] !== undefined)) continue;
      const span = context.yaml.keySpanOf([...path, 'segments', name]);
      context.trouble.add({
        code: 'gatefile.invalid',
        message: `the values of segment "${name}" belong to the signal`,
        span,
        mend: 'list them under "signals:"; a criterion says "segments: { VALUE: { pass: … } }"',
      });
      continue;
    }
    const matches = segments.filter(
      (segment) => segmentKey(segment) === name || Object.values(segment).includes(name),
    );
    const [match] = matches;
    if (match === undefined || matches.length > 1) {
      const near = suggest(
        name,
        segments.flatMap((segment) => Object.values(segment)),
      );
      context.trouble.add({
        code: 'gatefile.unknown-name',
        message:
          match === undefined
            ? `"${name}" is no segment of signal "${open.id}"`
            : `"${name}" names more than one segment`,
        span: context.yaml.keySpanOf([...path, 'segments', name]),
        mend:
          near === undefined || matches.length > 1
            ? `segments are ${segments.map(segmentKey).join('; ') || 'none'}`
            : `did you mean "${near}"?`,
      });
      continue;
    }
    const parsed = segmentRuleSchema.safeParse(written);
    if (parsed.success) {
      const { data } = parsed;
      rules.set(segmentKey(match), data);
      if (data.on !== undefined || data.critical !== undefined || data.advisory !== undefined)
        checkPolicies(context, { ...block, ...data }, [...path, 'segments', name]);
    } else
      context.trouble.add(
        ...failuresOf(parsed.error.issues, context.yaml, [...path, 'segments', name], written),
      );
  }
  return rules;
}

interface SegmentInput {
  readonly id: string;
  readonly block: RuleBlock &
    Pick<CriterionBlock, 'about' | 'across' | 'at-most' | 'weight' | 'fallback' | 'dependency'>;
  readonly open: OpenSignal;
  readonly take: PreparedTake;
  readonly judge: { readonly judge: Judge; readonly evidence: string };
  readonly segment: Labels | null;
  readonly own: SegmentRule;
}

function openSegment(context: FileContext, gate: GateParts, input: SegmentInput): Criterion | undefined {
  const { id, block, open, segment } = input;
  const path = ['criteria', id];
  const [judged] = gate.arms;
  if (judged === undefined) return undefined;
  const isOwn = input.own.pass !== undefined || input.own.warn !== undefined;
  const name = Object.entries(segment ?? {}).map(([, value]) => value)[0];
  const rulePath = isOwn && name !== undefined ? [...path, 'segments', name] : path;
  const rule = ruleOf(context, {
    block,
    take: input.take,
    kind: open.kind,
    better: open.better,
    strata: gate.settings.forMs / gate.settings.stepMs,
    stepMs: gate.settings.stepMs,
    isWindowFull: gate.isWindowFull,
    isSince: gate.isSince,
    path: rulePath,
  });
  if (rule === undefined) return undefined;
  const arms = armsFor(context, gate, rule, id);
  if (arms === undefined) return undefined;
  if (block.across === 'worst' && rule.better === undefined) {
    context.trouble.add({
      code: 'gatefile.missing-key',
      message: `"across: worst" needs to know which side is better`,
      span: placeOf(context, [...path, 'across']),
      mend: 'add "better: lower" or "better: higher" to the signal',
    });
  }
  const asked = arms.map((arm) => {
    const own = questionsOf(context, gate, input, arm);
    return { arm, questions: [...own, ...seenElsewhere(context, gate, input, arm, own)] };
  });
  checkArmsDiffer(context, asked, id, open);
  const key = segmentKey(segment);
  const component = block.component ?? gate.component;
  const text = (value: string | undefined, at: string): string | null =>
    value === undefined ? null : expandText(context, value, gate.vars, [...path, at]);
  return {
    key: key === '' ? `${gate.id}.${id}` : `${gate.id}.${id}[${key}]`,
    id,
    about: text(block.about, 'about') ?? open.about,
    signal: open.id,
    kind: open.kind,
    segment,
    component,
    owner:
      block.owner ??
      (component === null ? undefined : gate.owners.components?.[component]) ??
      gate.owners.stop?.[0] ??
      gate.owners.decide?.[0] ??
      null,
    runbook: text(block.runbook, 'runbook') ?? gate.runbook,
    source: context.yaml.keySpanOf(path),
    isAdvisory: block.advisory ?? false,
    isCritical: block.critical ?? false,
    weight: block.weight ?? 1,
    fallback: block.dependency === 'optional' ? (block.fallback ?? null) : null,
    on: (block.on ?? {}) as OnPolicies,
    waiver: null,
    across: block.across,
    atMost: block['at-most'] ?? null,
    evidence: input.judge.evidence,
    coverage: gate.settings.coverage,
    maxAgeMs: gate.settings.maxAgeMs ?? 2 * gate.settings.stepMs,
    mayEnd: open.mayEnd,
    observe: open.signal.observe,
    arms: asked,
    judge: input.judge.judge,
    rule,
    notes: notesOf(
      rule,
      input.judge.evidence,
      asked.flatMap(({ questions }) => questions),
    ),
  };
}

function notesOf(rule: Rule, evidence: string, questions: readonly Question[]): readonly string[] {
  const notes = new Set(questions.flatMap((question) => question.query.notes));
  if (rule.isSince && evidence === 'point') notes.add('point evidence: not controlled for repeated looks');
  return [...notes];
}

function armsFor(context: FileContext, gate: GateParts, rule: Rule, id: string): readonly Arm[] | undefined {
  const isCompared =
    needsBaseline(rule.pass.condition) || (rule.warn !== null && needsBaseline(rule.warn.condition));
  const [judged, baseline] = gate.arms;
  if (judged === undefined) return undefined;
  if (!isCompared) return [judged];
  if (baseline === undefined) {
    context.trouble.add({
      code: 'gatefile.missing-key',
      message: `criterion "${id}" speaks of a baseline, and the gate has no second arm`,
      span: placeOf(context, ['criteria', id, 'pass']),
      mend: 'add "arms: { canary: {…}, baseline: {…} }", or a past moment: "baseline: { shift: 7d }"',
    });
    return undefined;
  }
  return [judged, baseline];
}

/** Binds the signal's parts to one arm and segment. */
function questionsOf(
  context: FileContext,
  gate: GateParts,
  input: SegmentInput,
  arm: Arm,
): readonly Question[] {
  const { open, segment } = input;
  const variables = variablesFor(context, gate, open, arm, segment);
  return open.signal.parts(input.take.take).flatMap((part): Question[] => {
    const prepared = open.backend.prepare({
      source: part.source,
      use: part.use,
      window: arm.window,
      variables,
      ...(part.lookbackMs !== undefined && { lookbackMs: part.lookbackMs }),
    });
    if (prepared.ok) {
      const condition = part.onlyIfAbsent === undefined ? {} : { onlyIfAbsent: part.onlyIfAbsent };
      return [{ part: part.name, arm: arm.name, query: prepared.value, ...condition }];
    }
    // A part that is only asked to excuse an absence may be beyond a backend: then nothing excuses it.
    if (part.onlyIfAbsent === undefined) open.refusePart(part.path, prepared.failures);
    return [];
  });
}

/** What excuses an absence may have been seen in the other arm alone, though a fixed limit asks that one nothing else. */
function seenElsewhere(
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
function checkArmsDiffer(
  context: FileContext,
  asked: readonly { readonly arm: Arm; readonly questions: readonly Question[] }[],
  id: string,
  open: OpenSignal,
): void {
  const [judged, baseline] = asked;
  if (judged === undefined || baseline === undefined || judged.questions.length === 0) return;
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
