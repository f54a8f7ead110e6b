import type { Arm, Criterion, OnPolicies, Question } from '../contracts/gate.js';
import type { Rule } from '../contracts/judge.js';
import { suggest } from '../contracts/suggest.js';
import { KAYENTA_FEWEST } from '../model/kayenta.js';
import { seriesOf, weighAnomaly } from './anomaly.js';
import { baselinePages, checkArmsDiffer, patternsBefore, questionsOf, seenElsewhere } from './asked.js';
import { weighBurn } from './burn.js';
import { type FileContext, placeOf } from './context.js';
import { earlierFor } from './earlier.js';
import { isCompared, judgeOf } from './evidence.js';
import { kayentaOf } from './kayenta.js';
import { checkOwnLimit, type Weighed } from './own-limits.js';
import type { GateParts, SegmentInput } from './parts.js';
import { checkPolicies } from './policies.js';
import { checkRecovery } from './recovery.js';
import { ruleOf, takeOf } from './rules.js';
import { type CriterionBlock, KIND_KEYS, type SignalBlock } from './schema.js';
import { segmentKey, segmentRules, segmentsOf } from './segments.js';
import { type OpenSignal, openSignal } from './signals.js';
import { expandText } from './variables.js';

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
  if (!checkOwnLimit(context, block, open, path)) return [];
  const take =
    block.anomaly !== undefined && open.kind === 'value'
      ? seriesOf(open)
      : takeOf(context, open.signal, block.take, open.kind, path);
  if (take === undefined) return [];
  const overrides = segmentRules(context, block, open, path);
  const made: Criterion[] = [];
  for (const segment of segmentsOf(open)) {
    const own = overrides.get(segmentKey(segment)) ?? {};
    const whole = { ...block, ...own };
    const criterion = await openSegment(context, gate, { id, block: whole, open, take, segment, own });
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
  const known = [...gate.signals.keys(), ...context.dropped];
  const near = suggest(name, known);
  context.trouble.add({
    code: 'gatefile.unknown-name',
    message:
      block.signal === undefined
        ? `criterion "${id}" has no signal, and none is called "${id}"`
        : `"${name}" names no signal`,
    span: block.signal === undefined ? context.yaml.keySpanOf(path) : placeOf(context, [...path, 'signal']),
    mend:
      near !== undefined
        ? `did you mean "${near}"?`
        : known.length === 0
          ? `define it under "signals:", or write the signal in place of "signal: ${name}"`
          : `signals here are ${listed(known)}`,
  });
  return undefined;
}

const MOST_LISTED = 30;

/** Each unknown name would repeat the whole list. */
function listed(names: readonly string[]): string {
  const rest = names.length - MOST_LISTED;
  return `${names.slice(0, MOST_LISTED).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

async function openSegment(
  context: FileContext,
  gate: GateParts,
  input: SegmentInput,
): Promise<Criterion | undefined> {
  const { id, block, open, segment } = input;
  const path = ['criteria', id];
  const [judged] = gate.arms;
  if (judged === undefined) return undefined;
  const weighed = await weigh(context, gate, input);
  if (weighed === undefined) return undefined;
  const { rule, arms: asked, earlier, windows } = weighed;
  if (block.across === 'worst' && rule.better === undefined) {
    context.trouble.add({
      code: 'gatefile.missing-key',
      message: `"across: worst" needs to know which side is better`,
      span: placeOf(context, [...path, 'across']),
      mend: 'add "better: lower" or "better: higher" to the signal',
    });
  }
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
    isAdvisory: weighed.isAdvisory,
    isCritical: block.critical ?? false,
    weight: block.weight ?? 1,
    fallback: block.dependency === 'optional' ? (block.fallback ?? null) : null,
    on: (block.on ?? {}) as OnPolicies,
    waiver: null,
    across: block.across,
    atMost: block['at-most'] ?? null,
    evidence: weighed.evidence,
    coverage: gate.settings.coverage,
    maxAgeMs: gate.settings.maxAgeMs ?? 2 * gate.settings.stepMs,
    mayEnd: weighed.mayEnd,
    observe: open.signal.observe,
    arms: asked,
    earlier,
    windows,
    judge: weighed.judge,
    rule,
    ...(block['from-incident'] !== undefined && { fromIncidents: [block['from-incident']].flat() }),
    notes: [
      ...weighed.notes,
      ...notesOf(
        rule,
        weighed.evidence,
        [...asked, ...(earlier === null ? [] : [earlier]), ...windows].flatMap(({ questions }) => questions),
      ),
    ],
  };
}

/** What decides: limits as a rule, or a budget, or the past of the series itself. */
async function weigh(
  context: FileContext,
  gate: GateParts,
  input: SegmentInput,
): Promise<Weighed | undefined> {
  const { burn, anomaly } = input.block;
  if (burn !== undefined) return weighBurn(context, gate, input, burn);
  if (anomaly !== undefined) return weighAnomaly(context, gate, input, anomaly);
  return weighLimits(context, gate, input);
}

async function weighLimits(
  context: FileContext,
  gate: GateParts,
  input: SegmentInput,
): Promise<Weighed | undefined> {
  const { id, block, open, segment } = input;
  const path = ['criteria', id];
  const isOwn = input.own.pass !== undefined || input.own.warn !== undefined;
  const name = Object.entries(segment ?? {}).map(([, value]) => value)[0];
  const rulePath = isOwn && name !== undefined ? [...path, 'segments', name] : path;
  const prepared = ruleOf(context, {
    block,
    take: input.take,
    kind: open.kind,
    better: open.better,
    strata: gate.settings.forMs / gate.settings.stepMs,
    stepMs: gate.settings.stepMs,
    isWindowFull: gate.isWindowFull,
    isSince: gate.isSince,
    falseAlarm: gate.falseAlarm,
    falsePass: gate.falsePass,
    path: rulePath,
  });
  if (prepared === undefined) return undefined;
  if (!checkRecovery(context, block, prepared, gate.settings, rulePath)) return undefined;
  // A segment may compare with the baseline where the others do not, which takes other evidence.
  const chosen = await judgeOf(context, block, prepared, open, rulePath, gate.arms);
  if (chosen === undefined) return undefined;
  // Sequential evidence says itself when it has seen enough.
  const isSelfLimiting = chosen.evidence !== 'point' && block['min-samples'] === undefined;
  const rule: Rule = {
    ...prepared,
    ...(isSelfLimiting && { minSamples: chosen.evidence === 'kayenta' ? KAYENTA_FEWEST : 1 }),
    ...(chosen.evidence === 'kayenta' && { kayenta: kayentaOf(block.kayenta) }),
  };
  const strata = gate.settings.forMs / gate.settings.stepMs;
  if (chosen.evidence === 'sequential' && strata < rule.minSteps) {
    context.trouble.add({
      code: 'gatefile.window',
      message: `the window holds ${strata} steps, and evidence over time needs at least ${rule.minSteps}`,
      span: placeOf(context, rulePath),
      mend: 'lengthen the window, shorten the step, or write "min-steps"',
    });
  }
  const isSplit = chosen.evidence === 'sequential' || chosen.evidence === 'mann-whitney';
  if (isSplit && block.across === 'each' && block['at-most'] === undefined) {
    context.trouble.add({
      code: 'gatefile.missing-key',
      message:
        '"across: each" makes as many verdicts as series, and the false-alarm budget is split over them',
      span: placeOf(context, [...path, 'across']),
      mend: 'add "at-most: N", the most series there may be',
    });
  }
  const isHistory = chosen.evidence === 'history';
  const arms = isHistory ? gate.arms.slice(0, 1) : armsFor(context, gate, rule, id);
  if (arms === undefined) return undefined;
  const asked = arms.map((arm) => {
    const own = questionsOf(context, gate, input, arm);
    const others = [
      ...seenElsewhere(context, gate, input, arm, own),
      ...baselinePages(context, gate, input, own),
      ...patternsBefore(context, gate, input, own),
    ];
    return { arm, questions: [...own, ...others] };
  });
  checkArmsDiffer(context, asked, id, open);
  const earlier = isHistory ? earlierFor(context, gate, input) : null;
  return {
    rule,
    evidence: chosen.evidence,
    judge: chosen.judge,
    arms: asked,
    earlier,
    windows: [],
    isAdvisory: block.advisory ?? false,
    mayEnd: open.mayEnd,
    notes: [],
  };
}

function notesOf(rule: Rule, evidence: string, questions: readonly Question[]): readonly string[] {
  const notes = new Set(questions.flatMap((question) => question.query.notes));
  if (rule.isSince && evidence === 'point') notes.add('point evidence: not controlled for repeated looks');
  return [...notes];
}

function armsFor(context: FileContext, gate: GateParts, rule: Rule, id: string): readonly Arm[] | undefined {
  const [judged, baseline] = gate.arms;
  if (judged === undefined) return undefined;
  if (!isCompared(rule)) return [judged];
  if (baseline === undefined) {
    context.trouble.add({
      code: 'gatefile.missing-key',
      message: `criterion "${id}" speaks of a baseline, and the gate has no second arm`,
      span: placeOf(context, ['criteria', id, 'pass']),
      mend: 'add "arms: { canary: {…}, baseline: {…} }", or "evidence: history" to compare with its own past',
    });
    return undefined;
  }
  return [judged, baseline];
}
