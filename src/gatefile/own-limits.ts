import type { Arm, Criterion, OtherWindow, Question } from '../contracts/gate.js';
import type { Judge, Rule } from '../contracts/judge.js';
import { questionsOf, seenElsewhere } from './asked.js';
import { type FileContext, placeOf } from './context.js';
import type { GateParts, SegmentInput } from './parts.js';
import type { CriterionBlock } from './schema.js';
import type { OpenSignal } from './signals.js';

/** How a criterion is judged: whatever differs between limits, burn rates and anomalies. */
export interface Weighed {
  readonly rule: Rule;
  readonly evidence: string;
  readonly judge: Judge;
  readonly arms: Criterion['arms'];
  readonly earlier: Criterion['earlier'];
  readonly windows: readonly OtherWindow[];
  readonly isAdvisory: boolean;
  readonly mayEnd: boolean;
  readonly notes: readonly string[];
}

/** The keys that bring a limit of their own. */
const OWN = ['burn', 'anomaly'] as const;
export type OwnLimit = (typeof OWN)[number];

/** Kinds of signals that each can be said of. */
const KINDS: Readonly<Record<OwnLimit, readonly string[]>> = {
  burn: ['ratio'],
  anomaly: ['value', 'rate'],
};
const TAKEN: readonly (keyof CriterionBlock & string)[] = [
  'pass',
  'warn',
  'take',
  'tolerate',
  'evidence',
  'min-steps',
  'earlier-windows',
];

export function ownLimitOf(block: Pick<CriterionBlock, OwnLimit>): OwnLimit | undefined {
  return OWN.find((key) => block[key] !== undefined);
}

/** Trouble of a criterion that says `burn`, `anomaly` or `blocking`; true where there is none. */
export function checkOwnLimit(
  context: FileContext,
  block: CriterionBlock,
  open: OpenSignal,
  path: readonly string[],
): boolean {
  const before = context.trouble.failures.length;
  const own = ownLimitOf(block);
  const refuse = (key: string | readonly string[], message: string, mend: string): void => {
    context.trouble.add({
      code: 'gatefile.invalid',
      message,
      span: context.yaml.keySpanOf([...path, ...(typeof key === 'string' ? [key] : key)]),
      mend,
    });
  };
  if (block.blocking !== undefined && own !== 'anomaly') {
    refuse('blocking', '"blocking" goes with "anomaly": every other criterion blocks', 'remove it');
  }
  if (own === undefined) return context.trouble.failures.length === before;
  if (block.burn !== undefined && block.anomaly !== undefined)
    refuse('anomaly', 'a criterion says "burn" or "anomaly", not both', 'make them two criteria');
  const kinds = KINDS[own];
  if (!kinds.includes(open.kind)) {
    const mend =
      own === 'burn'
        ? 'use a ratio of good or bad events to all'
        : 'use a value or a rate; of a ratio, "burn", or "pass" with "evidence: history"';
    refuse(own, `"${own}" cannot be said of a ${open.kind}`, mend);
  }
  const silent = own === 'anomaly' ? [...TAKEN, 'min-samples' as const] : TAKEN;
  for (const key of silent) {
    if (block[key] !== undefined)
      refuse(key, `"${key}" does not go with "${own}", which brings its own limits`, `remove "${key}"`);
  }
  for (const [name, written] of Object.entries(block.segments ?? {})) {
    const said: object = typeof written === 'object' && written !== null ? written : {};
    for (const key of silent.filter((each) => Object.hasOwn(said, each)))
      refuse(
        ['segments', name, key],
        `"${key}" does not go with the limits of a criterion's own`,
        `remove "${key}"`,
      );
  }
  if (block.blocking === true && block.advisory === true)
    refuse('blocking', 'a criterion cannot be both advisory and blocking', 'keep one of the two');
  if (block.across === 'each' && block['at-most'] === undefined && block.blocking === true) {
    const mend = 'add "at-most: N", the most series there may be';
    refuse('across', 'each of any number of series could raise a false alarm', mend);
  }
  return context.trouble.failures.length === before;
}

/** The judged arm with the window that stands for it in the report, and what is asked of it. */
export function judgedIn(
  context: FileContext,
  gate: GateParts,
  input: SegmentInput,
  arm: Arm,
): Criterion['arms'] {
  const own = questionsOf(context, gate, input, arm);
  const others = { ...gate, arms: gate.arms.slice(1) };
  return [{ arm, questions: [...own, ...seenElsewhere(context, others, input, arm, own)] }];
}

/** What is asked of another window; what excuses an absence is asked of the judged arm, once. */
export function askedIn(
  context: FileContext,
  gate: GateParts,
  input: SegmentInput,
  arm: Arm,
): readonly Question[] {
  return questionsOf(context, gate, input, arm).filter(({ onlyIfAbsent }) => onlyIfAbsent === undefined);
}

/** Where a key of the block stands. */
export function spanOf(
  context: FileContext,
  input: SegmentInput,
  ...keys: readonly string[]
): ReturnType<typeof placeOf> {
  return placeOf(context, ['criteria', input.id, ...keys]);
}

/** A rule whose limits stand in a block of its own: `text` is all that there is to read of them. */
export function ruleWith(
  gate: GateParts,
  text: string,
  own: Partial<Rule> & Pick<Rule, 'unit' | 'take'>,
): Rule {
  return {
    takeText: null,
    better: undefined,
    pass: { text, condition: { kind: 'all', conditions: [] } },
    warn: null,
    tolerate: null,
    minSamples: 1,
    minSteps: 1,
    falseAlarm: gate.falseAlarm,
    falsePass: gate.falsePass,
    stepMs: gate.settings.stepMs,
    factor: 1,
    isWindowFull: gate.isWindowFull,
    isSince: gate.isSince,
    ...own,
  };
}
