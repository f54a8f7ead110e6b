import type { Rule } from '../contracts/judge.js';
import type { PreparedSignal } from '../contracts/signal.js';
import type { Failure } from '../model/failure.js';
import { type Condition, type Limit, needsBaseline } from '../model/limit.js';
import { isProbe } from '../model/page.js';
import type { Take } from '../model/take.js';
import { factorBetween } from '../model/unit.js';
import { prepareCondition } from './condition.js';
import { addAt, type FileContext, placeOf } from './context.js';
import { fixedBounds, tighterWarn, uselessLimit, uselessTolerance } from './lint.js';
import type { CriterionBlock, SegmentRule } from './schema.js';
import type { WrittenLimit } from './schema-words.js';
import { prepareTake, type WrittenTake } from './take.js';
import type { Path } from './yaml-file.js';

const FEWEST_SAMPLES = 30;
const FEWEST_STEPS = 5;

/** A take with the unit that its value comes in. */
export interface PreparedTake {
  readonly take: Take;
  readonly text: string | null;
  /** Natural unit of the value: `share`, the signal's, or a slope's per second. */
  readonly unit: string;
}

/** Checks that a take suits the signal and converts its bound. */
export function takeOf(
  context: FileContext,
  signal: PreparedSignal,
  written: { readonly text: string; readonly take: WrittenTake } | undefined,
  kind: string,
  path: Path,
): PreparedTake | undefined {
  if (written === undefined) {
    if (signal.defaultTake !== undefined) return { take: signal.defaultTake, text: null, unit: signal.unit };
    if (context.isMisspelt(path)) return undefined;
    context.trouble.add({
      code: 'gatefile.take',
      message: `a ${kind} does not say how it becomes one number`,
      span: context.yaml.keySpanOf(path),
      mend: 'add a take: p95, or "share <= 500ms"',
    });
    return undefined;
  }
  const take = prepareTake(written.take, signal.unit);
  if (!take.ok) {
    addAt(context, [...path, 'take'], take.failures);
    return undefined;
  }
  if (!signal.takes.includes(take.value.kind)) {
    const known = signal.takes.filter((each) => each !== 'instant' && each !== 'total').map(wordOf);
    const key = signal.lacking?.[take.value.kind];
    context.trouble.add({
      code: 'gatefile.take',
      message: `"${written.text}" cannot be taken of a ${kind}${key === undefined ? '' : ` without "${key}"`}`,
      span: placeOf(context, [...path, 'take']),
      mend: `${key === undefined ? '' : `add "${key}:" to the signal; without it, `}it takes ${known.join(', ')}`,
    });
    return undefined;
  }
  return { take: take.value, text: written.text, unit: unitOf(take.value, signal.unit) };
}

function wordOf(kind: Take['kind']): string {
  const words: Partial<Record<Take['kind'], string>> = {
    quantile: 'pNN',
    'share-at-most': 'share <= X',
    'share-above': 'share > X',
    'share-ok': 'share ok',
    'share-current': 'share current',
    'page-quantile': 'pNN ttfb, pNN size',
    'share-hit': 'share hit, share hit of CACHE',
    'age-quantile': 'pNN age',
    recovery: 'recovery >= X for N steps',
    'since-crawl': 'max since-crawl, pNN since-crawl',
    apdex: 'apdex(T)',
  };
  return words[kind] ?? kind;
}

function unitOf(take: Take, unit: string): string {
  switch (take.kind) {
    case 'share-at-most':
    case 'share-above':
    case 'share-ok':
    case 'share-current':
    case 'share-hit':
      return 'share';
    case 'page-quantile':
      return take.of === 'ttfb' ? 's' : 'B';
    case 'apdex':
    case 'count':
    case 'findings':
    case 'regressions':
    case 'new-patterns':
      return '';
    case 'age':
    case 'age-quantile':
    case 'recovery':
    case 'since-crawl':
      return 's';
    case 'slope':
      return `${unit}/s`;
    default:
      return unit;
  }
}

/** The part of a rule that one segment may say for itself. */
export type RuleBlock = Pick<
  CriterionBlock,
  'pass' | 'warn' | 'tolerate' | 'min-samples' | 'min-steps' | 'earlier-windows'
> &
  SegmentRule;

export interface RuleInput {
  readonly block: RuleBlock;
  readonly take: PreparedTake;
  readonly kind: string;
  readonly better: Rule['better'];
  readonly strata: number;
  readonly stepMs: number;
  readonly isWindowFull: boolean;
  readonly isSince: boolean;
  readonly falseAlarm: number;
  readonly falsePass: number;
  readonly path: Path;
}

/** Prepares the limits of a criterion: units, sense, samples needed. */
export function ruleOf(context: FileContext, input: RuleInput): Rule | undefined {
  const { block, take, path } = input;
  if (block.pass === undefined) {
    if (context.isMisspelt(path)) return undefined;
    context.trouble.add({
      code: 'gatefile.missing-key',
      message: '"pass" is missing: nothing says what a healthy release looks like',
      span: context.yaml.keySpanOf(path),
      mend: 'add a limit, such as pass: ">= 97%"',
    });
    return undefined;
  }
  const unit = judgedUnit(take, block.pass.limit);
  const pass = prepare(context, block.pass, unit, [...path, 'pass']);
  const warn = block.warn === undefined ? null : prepare(context, block.warn, unit, [...path, 'warn']);
  if (pass === undefined || warn === undefined) return undefined;
  const say = (words: Pick<Failure, 'code' | 'message' | 'mend'> | undefined, key: string): void => {
    if (words !== undefined) context.trouble.add({ ...words, span: placeOf(context, [...path, key]) });
  };
  say(uselessLimit(pass, unit, block.pass.text), 'pass');
  if (warn !== null && block.warn !== undefined) {
    say(uselessLimit(warn, unit, block.warn.text) ?? tighterWarn(pass, warn), 'warn');
  }
  if (block.tolerate !== undefined) say(uselessTolerance(block.tolerate, input.strata), 'tolerate');
  return {
    take: take.take,
    takeText: take.text,
    unit,
    better: input.better ?? directionOf(pass),
    pass: { text: block.pass.text, condition: pass },
    warn: warn === null || block.warn === undefined ? null : { text: block.warn.text, condition: warn },
    tolerate: block.tolerate ?? null,
    minSamples: block['min-samples'] ?? defaultSamples(input, pass),
    minSteps: block['min-steps'] ?? FEWEST_STEPS,
    // The whole budget; the gate splits it once all of its criteria are known.
    falseAlarm: input.falseAlarm,
    falsePass: input.falsePass,
    stepMs: input.stepMs,
    factor: factorBetween(take.unit, unit) ?? 1,
    isWindowFull: input.isWindowFull,
    isSince: input.isSince,
  };
}

function prepare(
  context: FileContext,
  written: WrittenLimit,
  unit: string,
  path: Path,
): Condition | undefined {
  const condition = prepareCondition(written.limit, { unit });
  if (condition.ok) return condition.value;
  addAt(context, path, condition.failures);
  return undefined;
}

/** Rates and slopes are judged in the unit the limit is written in: `5 messages/min`, not 0.0833 a second. */
function judgedUnit(take: PreparedTake, limit: Limit): string {
  if (!take.unit.endsWith('/s')) return take.unit;
  const written = unitsOf(limit).find((unit) => factorBetween(take.unit, unit) !== undefined);
  return written ?? take.unit;
}

function unitsOf(limit: Limit): readonly string[] {
  const sides =
    limit.kind === 'compare' ? [limit.side] : limit.kind === 'between' ? [limit.low, limit.high] : [];
  const own = sides.flatMap((side) =>
    side.kind === 'absolute' || side.kind === 'baseline-offset' ? [side.quantity.unit] : [],
  );
  return limit.kind === 'all' || limit.kind === 'any'
    ? limit.limits.flatMap(unitsOf)
    : own.filter((unit) => unit !== '');
}

/** The side that is better, told from the limit where the signal does not say. */
function directionOf(condition: Condition): Rule['better'] {
  if (condition.kind !== 'compare') return undefined;
  if (condition.operator === '<' || condition.operator === '<=') return 'lower';
  return condition.operator === '>' || condition.operator === '>=' ? 'higher' : undefined;
}

/**
 * Samples that a point estimate needs: ten expected events on the rarer side of the limit, and never fewer than 30.
 * For 97 % that is 334, for 99.9 % it is 10,000.
 */
function defaultSamples(input: RuleInput, pass: Condition): number {
  const { take } = input.take;
  // The pages of a list are all there are, not a sample of them.
  if (input.kind === 'value' || isProbe(input.kind)) return 1;
  // Exposure in time is no count of samples: the coverage of the window speaks for it.
  if (take.kind === 'count' || take.kind === 'since-crawl') return 1;
  if (input.kind === 'rate') return input.take.unit.endsWith('/s') ? 1 : FEWEST_SAMPLES;
  if (take.kind === 'quantile') return atLeast(Math.min(take.quantile, 1 - take.quantile));
  const isShare = take.kind === 'total' || take.kind === 'share-at-most' || take.kind === 'share-above';
  if (!isShare || needsBaseline(pass)) return FEWEST_SAMPLES;
  const rarest = fixedBounds(pass).map((bound) => Math.min(bound, 1 - bound));
  return Math.max(FEWEST_SAMPLES, ...rarest.map(atLeast));
}

function atLeast(rarer: number): number {
  // The quotient of decimals may lie a hair above a whole number: 10 / (1 - 0.999) is 10000.000000000009.
  return rarer <= 0 ? FEWEST_SAMPLES : Math.max(FEWEST_SAMPLES, Math.ceil((10 / rarer) * (1 - 1e-9)));
}
