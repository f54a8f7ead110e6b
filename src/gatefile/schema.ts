import * as z from 'zod';
import { duration, strict } from '../contracts/schema.js';
import { ACROSS } from '../contracts/signal.js';
import type { Result } from '../model/failure.js';
import type { Limit } from '../model/limit.js';
import { anomalySchema } from './anomaly-schema.js';
import { burnSchema } from './burn-schema.js';
import { kayentaSchema } from './kayenta.js';
import { parseLimit } from './limit.js';
import { parseTake } from './take.js';

/** Keys that later versions bring; refused by name until then. */
const LATER_GATE = ['stages', 'calendar', 'calendars', 'journal', 'schedule', 'from-incident', 'incidents'];
const LATER_SIGNAL = ['alarms', 'drift', 'incidents', 'reconcile', 'vendor-status', 'cache-probe'];
const LATER_CRITERION = [...LATER_SIGNAL, 'margin'];

const ID = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

const id = z
  .string()
  .regex(ID, 'a name is lower case letters, digits and dashes')
  .meta({ description: 'A name: lower case letters, digits and dashes.' });
/** Names of variables, arms and segments; they stand in {{…}}. */
const name = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_-]*$/, 'a name is letters, digits, dashes and underscores');
const text = z.string().min(1, 'an empty text says nothing');
const scalar = z
  .union([z.string(), z.number(), z.boolean()], { error: 'a single value is expected' })
  .transform(String);

/** Parses a string by one of the grammar's readers, keeping its message and mend. */
function parsed<T>(
  read: (text: string) => Result<T>,
  meta: { description?: string; examples: string[] },
): z.ZodPipe<z.ZodString, z.ZodTransform<T, string>> {
  return z
    .string()
    .transform((written, context): T => {
      const result = read(written);
      if (result.ok) return result.value;
      for (const failure of result.failures) {
        const message = failure.mend === undefined ? failure.message : `${failure.message}\n${failure.mend}`;
        context.addIssue({ code: 'custom', message, params: { code: failure.code } });
      }
      return z.NEVER;
    })
    .meta(meta);
}

export interface WrittenLimit {
  readonly text: string;
  readonly limit: Limit;
}

const oneLimit = parsed<WrittenLimit>(
  (written) => {
    const result = parseLimit(written);
    return result.ok ? { ok: true, value: { text: written.trim(), limit: result.value } } : result;
  },
  {
    // No description: editors would show it in the place of that of "pass" and "warn".
    examples: ['>= 97%', '<= 450ms', '>= baseline - 1pp', '<= baseline * 1.1', 'between 1 and 5'],
  },
);

const limits = (description: string) =>
  z.array(oneLimit).min(1, 'list at least one limit').meta({ description });

/** A limit, or `all:`/`any:` of limits. */
export const limit = z.union(
  [
    oneLimit,
    strict({ all: limits('All of them must hold.') }).transform((node) => group('all', node.all)),
    strict({ any: limits('One of them must hold.') }).transform((node) => group('any', node.any)),
  ],
  {
    error:
      'a limit is expected\nwrite it like ">= 97%", or several as { all: [LIMIT, LIMIT] } or { any: [LIMIT, LIMIT] }',
  },
);

function group(kind: 'all' | 'any', parts: readonly WrittenLimit[]): WrittenLimit {
  return {
    text: `${kind} of ${parts.map((part) => part.text).join(', ')}`,
    limit: { kind, limits: parts.map((part) => part.limit) },
  };
}

const take = parsed(
  (written) => {
    const result = parseTake(written);
    return result.ok ? { ok: true, value: { text: written.trim(), take: result.value } } : result;
  },
  {
    description: 'How time becomes one number.',
    examples: ['p95', 'share <= 500ms', 'mean', 'slope', 'apdex(300ms)', 'share ok', 'p95 ttfb'],
  },
);

const tolerate = z
  .string('a tolerance such as "2 of 5 steps" is expected')
  .transform((written, context) => {
    const match = /^(\d+)\s+of\s+(\d+)\s+steps$/.exec(written.trim());
    if (match === null) {
      context.addIssue({
        code: 'custom',
        message: `"${written}" is no tolerance\nwrite it like "2 of 5 steps"`,
      });
      return z.NEVER;
    }
    return { breaches: Number(match[1]), steps: Number(match[2]) };
  })
  .meta({ description: 'Steps in a row that may break the limit.', examples: ['2 of 5 steps'] });

/** A percentage such as `5%`, as a share of 1. */
const percent = z
  .string('a percentage such as 5% is expected')
  .transform((written, context) => {
    const match = /^(\d+(?:\.\d+)?)\s*%$/.exec(written.trim());
    const share = Number(match?.[1]) / 100;
    if (match === null || share > 1) {
      context.addIssue({ code: 'custom', message: `"${written}" is no percentage\nwrite it like "5%"` });
      return z.NEVER;
    }
    return share;
  })
  .meta({ description: 'A percentage.', examples: ['5%'] });

/** Percentage points such as `1pp`, as a share of 1. */
const points = z
  .string('percentage points such as 1pp are expected')
  .transform((written, context) => {
    const match = /^(\d+(?:\.\d+)?)\s*pp$/.exec(written.trim());
    const share = Number(match?.[1]) / 100;
    if (match === null || share <= 0 || share >= 1) {
      context.addIssue({
        code: 'custom',
        message: `"${written}" are no percentage points\nwrite them like "1pp"`,
      });
      return z.NEVER;
    }
    return share;
  })
  .meta({ description: 'Percentage points.', examples: ['1pp'] });

const evidence = z.enum(['point', 'sequential', 'history', 'mann-whitney', 'kayenta']).meta({
  description:
    "How a number is found to be enough: by its point estimate, by evidence that stays valid at every look, against earlier windows, by the ranks of two arms' values, or as Kayenta's judge has it.",
});

const missing = z.enum(['fail', 'error', 'inconclusive', 'warn', 'pass']);
const on = strict({
  'no-data': missing.optional().meta({ description: 'Data are absent, stale, too few, partial or NaN.' }),
  undecided: missing.optional().meta({ description: 'There are data, and they do not decide.' }),
  error: missing.optional().meta({ description: 'A question was not answered.' }),
  because: text.optional().meta({ description: 'Why missing evidence may warn or pass.' }),
}).meta({ description: 'What stands instead when evidence is missing. warn and pass need "because".' });

/** What a criterion says; a segment may say it again for itself. */
const ruleShape = {
  pass: limit.optional().meta({ description: 'Holds on a healthy release.' }),
  warn: limit.optional().meta({ description: 'Pass does not hold, but this does: warn; else fail.' }),
  tolerate: tolerate.optional(),
  'min-samples': z
    .number()
    .min(1, 'at least 1 sample')
    .optional()
    .meta({
      description:
        'Samples a point estimate needs; on counts max(30, 10 / min(limit, 1 - limit)) by default.',
      examples: [100],
    }),
  'min-steps': z.number().int('a whole number of steps').min(2, 'at least 2 steps').optional().meta({
    description: 'Steps with data in every arm before sequential evidence may decide; 5 by default.',
  }),
  'earlier-windows': z
    .number()
    .int('a whole number of windows')
    .min(10, 'at least 10 windows: fewer tell too little of how much they differ')
    .max(200, 'at most 200 windows')
    .optional()
    .meta({
      description: 'Earlier windows that evidence of history looks back on; 20 by default.',
      examples: [20],
    }),
  advisory: z.boolean().optional().meta({ description: 'Shown, never blocks.' }),
  critical: z
    .boolean()
    .optional()
    .meta({ description: 'Cannot be outvoted by a score, nor waived, nor loosened.' }),
  component: text
    .optional()
    .meta({ description: 'What it speaks of, where that is not the component of the gate.' }),
  owner: text.optional().meta({ description: 'Who to call first.' }),
  runbook: text
    .optional()
    .meta({ description: 'What to do when it does not pass: a path relative to this file, or a link.' }),
  on: on.optional(),
};

export const signalShape = {
  about: text.optional().meta({ description: 'What it is, in a few words.' }),
  backend: name.optional().meta({ description: 'Who to ask; a lone backend need not be named.' }),
  unit: z
    .string()
    .min(1, 'write the unit, or leave the key out')
    .optional()
    .meta({ description: "The signal's unit: s, ms, share, %, B, or a word of your own." }),
  better: z
    .enum(['higher', 'lower'])
    .optional()
    .meta({ description: 'Which side is better, where the kind of signal does not say.' }),
  segments: z
    .record(name, z.array(scalar).min(1, 'list at least one value'))
    .optional()
    .meta({
      description: 'Values of a variable, each with a verdict of its own.',
      examples: [{ path: ['critical', 'edge'] }],
    }),
  'series-may-end': z
    .boolean()
    .optional()
    .meta({ description: 'True where series end by right, as when pods scale down.' }),
  ratio: z.unknown().optional(),
  rate: z.unknown().optional(),
  histogram: z.unknown().optional(),
  value: z.unknown().optional(),
  samples: z.unknown().optional(),
  'crawler-log': z.unknown().optional(),
  crawl: z.unknown().optional(),
  use: z
    .string()
    .optional()
    .meta({ description: 'A signal of the catalogue: catalog/nginx/cache-hit-ratio.' }),
  with: z.record(name, scalar).optional().meta({ description: 'Parameters of the catalogue signal.' }),
};
export const KIND_KEYS = ['ratio', 'rate', 'histogram', 'value', 'samples', 'crawl', 'crawler-log'] as const;

export const signalSchema = strict(signalShape, LATER_SIGNAL);

export const criterionSchema = strict(
  {
    ...ruleShape,
    ...signalShape,
    signal: z.string().optional().meta({ description: 'The signal; without it, the one of the same name.' }),
    take: take.optional(),
    across: z
      .enum(ACROSS)
      .optional()
      .meta({ description: 'How several series become one, step by step; "each" judges every one of them.' }),
    'at-most': z
      .number()
      .int()
      .min(1)
      .optional()
      .meta({ description: 'Most series that "across: each" may answer.' }),
    evidence: evidence.optional(),
    kayenta: kayentaSchema.optional(),
    burn: burnSchema.optional(),
    anomaly: anomalySchema.optional(),
    blocking: z
      .boolean()
      .optional()
      .meta({ description: 'True: an anomaly counts in the verdict; it is shown alone by default.' }),
    dependency: z
      .enum(['required', 'optional'])
      .optional()
      .meta({ description: '"optional": merely degraded while its fallback passes.' }),
    fallback: z.string().optional().meta({ description: 'The criterion that must pass instead.' }),
    'from-incident': z
      .union([text, z.array(text).min(1, 'list at least one incident')], {
        error: 'the id of an incident is expected, or a list of ids',
      })
      .optional()
      .meta({ description: 'The incident that taught it, or several.', examples: ['INC-42'] }),
    weight: z
      .number()
      .positive('a weight is above 0')
      .optional()
      .meta({ description: 'Weight in the score; 1 by default.' }),
    segments: z.record(z.string(), z.unknown()).optional().meta({
      description:
        'What a segment says for itself, by its value; or the values, where the signal is written here.',
    }),
  },
  LATER_CRITERION,
);
export const segmentRuleSchema = strict(ruleShape);

export const ownersSchema = strict({
  decide: z.array(text).optional().meta({ description: 'May widen exposure, may waive a criterion.' }),
  stop: z.array(text).optional().meta({ description: 'May stop exposure.' }),
  escalate: z
    .array(
      strict({
        to: text.meta({ description: 'A person, a role or a channel.' }),
        after: duration.optional().meta({ description: 'How long to wait first.' }),
      }),
    )
    .optional()
    .meta({ description: 'Who to turn to, in order.' }),
  components: z.record(z.string(), text).optional().meta({ description: 'Owner of each component.' }),
  'waive-critical': z
    .boolean()
    .optional()
    .meta({ description: 'True: those who decide may waive critical criteria too.' }),
}).meta({ description: 'Who decides, who stops, who is told.' });

export const windowSchema = strict({
  for: duration
    .optional()
    .meta({ description: 'Length of the window, a multiple of the step; 10m by default.' }),
  step: duration.optional().meta({ description: 'Length of one step; 1m by default.' }),
  settle: duration.optional().meta({
    description: 'How long data take to arrive: the window ends that long before now; 1m by default.',
  }),
  warmup: duration
    .optional()
    .meta({ description: 'Time after the deploy that is not looked at; 0 by default.' }),
  since: z
    .enum(['required', 'optional'])
    .optional()
    .meta({ description: '"required": a run without --since is an error.' }),
  coverage: percent.optional().meta({ description: 'Share of steps that must hold data; 90% by default.' }),
  'max-age': duration
    .optional()
    .meta({ description: 'Age at the end of the window past which data are stale; 2 steps by default.' }),
}).meta({ description: 'The window (from, to] and how it is cut.' });

const variable = z.union([
  scalar.transform((value) => ({
    default: value,
    required: false,
    'allow-empty': false,
    raw: false,
    about: undefined,
  })),
  strict({
    default: scalar.optional().meta({ description: 'Its value without --var.' }),
    required: z.boolean().default(false).meta({ description: 'True: --var must give it.' }),
    'allow-empty': z.boolean().default(false).meta({
      description: 'True: it may be empty, which in a selector matches every series without the label.',
    }),
    raw: z
      .boolean()
      .default(false)
      .meta({ description: 'True: it may stand anywhere in a query, and is not escaped.' }),
    about: text.optional().meta({ description: 'What it is, in a few words.' }),
  }),
]);

const backendBlock = z.looseObject({ type: z.string() });

const armSchema = z
  .record(z.string(), scalar)
  .meta({ description: 'Variables of the arm; "shift" moves it into the past.' });

export const gateSchema = strict(
  {
    gate: id.meta({ description: 'Name of the gate.' }),
    about: text.optional().meta({ description: 'What it watches over, in a sentence.' }),
    component: text.optional().meta({ description: 'What is released.' }),
    owners: ownersSchema.optional(),
    runbook: text
      .optional()
      .meta({ description: 'Printed on anything but a pass: a path relative to this file, or a link.' }),
    vars: z
      .record(name, variable)
      .optional()
      .meta({ description: 'Variables, {{name}} in strings below; --var name=value gives another value.' }),
    backends: z
      .record(name, backendBlock)
      .optional()
      .meta({ description: 'Who is asked; those of gatekeeper.config.yaml are there, too.' }),
    arms: z
      .record(name, armSchema)
      .optional()
      .meta({
        description: 'What is judged, and the baseline after it; both define the same variables.',
        examples: [{ canary: { track: 'canary' }, baseline: { track: 'stable' } }],
      }),
    window: windowSchema.optional(),
    exposure: strict({
      traffic: percent.meta({ description: 'Share that the first arm gets of what both arms get.' }),
      within: points.meta({ description: 'How far the actual share may be off.' }),
      signal: id.optional().meta({
        description: 'Signal whose totals count the traffic; the first that is compared with the baseline.',
      }),
    })
      .optional()
      .meta({ description: 'How traffic is meant to be split; a mismatch leaves every comparison open.' }),
    signals: z.record(id, signalSchema).optional().meta({ description: 'What is asked of the backends.' }),
    criteria: z.record(id, criterionSchema).meta({ description: 'What a healthy release looks like.' }),
    verdict: strict({
      'false-alarm': percent
        .optional()
        .meta({ description: 'Chance that a healthy release fails; 5% by default.' }),
      'false-pass': percent
        .optional()
        .meta({ description: 'Chance that a bad release passes; 5% by default.' }),
      'on-inconclusive': z
        .enum(['inconclusive', 'fail'])
        .optional()
        .meta({ description: 'What an open question is once the window is full.' }),
    })
      .optional()
      .meta({ description: 'Policy of the whole gate.' }),
    score: strict({
      pass: z.number().min(0).max(100).meta({ description: 'Points from which the gate passes.' }),
      warn: z.number().min(0).max(100).meta({ description: 'Points from which it warns; below, it fails.' }),
    })
      .optional()
      .meta({
        description: 'Trades criteria that are not critical against each other; 100 points is all passed.',
      }),
  },
  LATER_GATE,
).meta({ title: 'gatekeeper gate', description: 'A release gate: signals, criteria, owners and policy.' });

export const configSchema = strict({
  backends: z.record(name, backendBlock).optional().meta({ description: 'Who is asked.' }),
  owners: ownersSchema.optional(),
  window: windowSchema.optional(),
  fixtures: text.optional().meta({ description: 'Folder of recorded sets.' }),
}).meta({ title: 'gatekeeper.config.yaml', description: 'What the gates of a repository share.' });

export type GateFile = z.output<typeof gateSchema>;
export type ConfigFile = z.output<typeof configSchema>;
export type SignalBlock = z.output<typeof signalSchema>;
export type CriterionBlock = z.output<typeof criterionSchema>;
export type SegmentRule = z.output<typeof segmentRuleSchema>;
export type OwnersBlock = z.output<typeof ownersSchema>;
export type VariableBlock = z.output<typeof variable>;
