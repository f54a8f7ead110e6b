import * as z from 'zod';
import { duration, strict } from '../contracts/schema.js';
import { ACROSS } from '../contracts/signal.js';
import { anomalySchema } from './anomaly-schema.js';
import { burnSchema } from './burn-schema.js';
import { kayentaSchema } from './kayenta.js';
import { ownersSchema } from './owners-schema.js';
import { id, limit, name, percent, points, scalar, take, text, tolerate } from './schema-words.js';

/** Keys that later versions bring; refused by name until then. */
const LATER_GATE = ['stages', 'calendar', 'calendars', 'journal', 'schedule', 'from-incident', 'incidents'];
const LATER_SIGNAL = ['alarms', 'drift', 'incidents', 'reconcile', 'vendor-status'];
const LATER_CRITERION = [...LATER_SIGNAL, 'margin'];

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
  'cache-probe': z.unknown().optional(),
  use: z
    .string()
    .optional()
    .meta({ description: 'A signal of the catalogue: catalog/nginx/cache-hit-ratio.' }),
  with: z.record(name, scalar).optional().meta({ description: 'Parameters of the catalogue signal.' }),
};
export const KIND_KEYS = [
  'ratio',
  'rate',
  'histogram',
  'value',
  'samples',
  'crawl',
  'crawler-log',
  'cache-probe',
] as const;

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
