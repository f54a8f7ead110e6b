import * as z from 'zod';
import { duration, once, optional, strict } from '../contracts/schema.js';
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

const evidence = once(() =>
  z.enum(['point', 'sequential', 'history', 'mann-whitney', 'kayenta']).meta({
    description:
      "How a number is found to be enough: by its point estimate, by evidence that stays valid at every look, against earlier windows, by the ranks of two arms' values, or as Kayenta's judge has it.",
  }),
);

const missing = once(() => z.enum(['fail', 'error', 'inconclusive', 'warn', 'pass']));
const on = once(() =>
  strict({
    'no-data': optional(missing, { description: 'Data are absent, stale, too few, partial or NaN.' }),
    undecided: optional(missing, { description: 'There are data, and they do not decide.' }),
    error: optional(missing, { description: 'A question was not answered.' }),
    because: optional(() => text, { description: 'Why missing evidence may warn or pass.' }),
  }).meta({ description: 'What stands instead when evidence is missing. warn and pass need "because".' }),
);

/** At 0 points every criterion has failed: a bound there could never be missed. */
const score = z.number().positive('a score of 0 holds when everything failed; write one above 0').max(100);

/** What a criterion says; a segment may say it again for itself. */
const ruleShape = {
  pass: optional(() => limit, { description: 'Holds on a healthy release.' }),
  warn: optional(() => limit, { description: 'Pass does not hold, but this does: warn; else fail.' }),
  tolerate: optional(() => tolerate),
  'min-samples': optional(() => z.number().min(1, 'at least 1 sample'), {
    description: 'Samples a point estimate needs; on counts max(30, 10 / min(limit, 1 - limit)) by default.',
    examples: [100],
  }),
  'min-steps': optional(() => z.number().int('a whole number of steps').min(2, 'at least 2 steps'), {
    description: 'Steps with data in every arm before sequential evidence may decide; 5 by default.',
  }),
  'earlier-windows': optional(
    () =>
      z
        .number()
        .int('a whole number of windows')
        .min(10, 'at least 10 windows: fewer tell too little of how much they differ')
        .max(200, 'at most 200 windows'),
    {
      description: 'Earlier windows that evidence of history looks back on; 20 by default.',
      examples: [20],
    },
  ),
  advisory: optional(() => z.boolean(), { description: 'Shown, never blocks.' }),
  critical: optional(() => z.boolean(), {
    description: 'Cannot be outvoted by a score, nor waived, nor loosened.',
  }),
  component: optional(() => text, {
    description: 'What it speaks of, where that is not the component of the gate.',
  }),
  owner: optional(() => text, { description: 'Who to call first.' }),
  runbook: optional(() => text, {
    description: 'What to do when it does not pass: a path relative to this file, or a link.',
  }),
  on: optional(on),
};

export const signalShape = {
  about: optional(() => text, { description: 'What it is, in a few words.' }),
  backend: optional(() => name, { description: 'Who to ask; a lone backend need not be named.' }),
  unit: optional(() => z.string().min(1, 'write the unit, or leave the key out'), {
    description: "The signal's unit: s, ms, share, %, B, or a word of your own.",
  }),
  better: optional(() => z.enum(['higher', 'lower']), {
    description: 'Which side is better, where the kind of signal does not say.',
  }),
  segments: optional(() => z.record(name, z.array(scalar).min(1, 'list at least one value')), {
    description: 'Values of a variable, each with a verdict of its own.',
    examples: [{ path: ['critical', 'edge'] }],
  }),
  'series-may-end': optional(() => z.boolean(), {
    description: 'True where series end by right, as when pods scale down.',
  }),
  ratio: optional(() => z.unknown()),
  rate: optional(() => z.unknown()),
  histogram: optional(() => z.unknown()),
  value: optional(() => z.unknown()),
  samples: optional(() => z.unknown()),
  'crawler-log': optional(() => z.unknown()),
  crawl: optional(() => z.unknown()),
  'cache-probe': optional(() => z.unknown()),
  use: optional(() => z.string(), {
    description: 'A signal of the catalogue: catalog/nginx/cache-hit-ratio.',
  }),
  with: optional(() => z.record(name, scalar), { description: 'Parameters of the catalogue signal.' }),
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
    signal: optional(() => z.string(), { description: 'The signal; without it, the one of the same name.' }),
    take: optional(() => take),
    across: optional(() => z.enum(ACROSS), {
      description: 'How several series become one, step by step; "each" judges every one of them.',
    }),
    'at-most': optional(() => z.number().int().min(1), {
      description: 'Most series that "across: each" may answer.',
    }),
    evidence: optional(evidence),
    kayenta: optional(kayentaSchema),
    burn: optional(burnSchema),
    anomaly: optional(anomalySchema),
    blocking: optional(() => z.boolean(), {
      description: 'True: an anomaly counts in the verdict; it is shown alone by default.',
    }),
    dependency: optional(() => z.enum(['required', 'optional']), {
      description: '"optional": merely degraded while its fallback passes.',
    }),
    fallback: optional(() => z.string(), { description: 'The criterion that must pass instead.' }),
    'from-incident': optional(
      () =>
        z.union([text, z.array(text).min(1, 'list at least one incident')], {
          error: 'the id of an incident is expected, or a list of ids',
        }),
      { description: 'The incident that taught it, or several.', examples: ['INC-42'] },
    ),
    weight: optional(() => z.number().positive('a weight is above 0'), {
      description: 'Weight in the score; 1 by default.',
    }),
    segments: optional(() => z.record(z.string(), z.unknown()), {
      description:
        'What a segment says for itself, by its value; or the values, where the signal is written here.',
    }),
  },
  LATER_CRITERION,
);
export const segmentRuleSchema = once(() => strict(ruleShape));

export const windowSchema = once(() =>
  strict({
    for: optional(() => duration, {
      description: 'Length of the window, a multiple of the step; 10m by default.',
    }),
    step: optional(() => duration, { description: 'Length of one step; 1m by default.' }),
    settle: optional(() => duration, {
      description: 'How long data take to arrive: the window ends that long before now; 1m by default.',
    }),
    warmup: optional(() => duration, {
      description: 'Time after the deploy that is not looked at; 0 by default.',
    }),
    since: optional(() => z.enum(['required', 'optional']), {
      description: '"required": a run without --since is an error.',
    }),
    coverage: optional(() => percent, { description: 'Share of steps that must hold data; 90% by default.' }),
    'max-age': optional(() => duration, {
      description: 'Age at the end of the window past which data are stale; 2 steps by default.',
    }),
  }).meta({ description: 'The window (from, to] and how it is cut.' }),
);

const variable = once(() =>
  z.union([
    scalar.transform((value) => ({
      default: value,
      required: false,
      'allow-empty': false,
      raw: false,
      about: undefined,
    })),
    strict({
      default: optional(() => scalar, { description: 'Its value without --var.' }),
      required: z.boolean().default(false).meta({ description: 'True: --var must give it.' }),
      'allow-empty': z.boolean().default(false).meta({
        description: 'True: it may be empty, which in a selector matches every series without the label.',
      }),
      raw: z
        .boolean()
        .default(false)
        .meta({ description: 'True: it may stand anywhere in a query, and is not escaped.' }),
      about: optional(() => text, { description: 'What it is, in a few words.' }),
    }),
  ]),
);

const backendBlock = once(() => z.looseObject({ type: z.string() }));

const armSchema = once(() =>
  z.record(z.string(), scalar).meta({ description: 'Variables of the arm; "shift" moves it into the past.' }),
);

export const gateSchema = strict(
  {
    gate: id.meta({ description: 'Name of the gate.' }),
    about: optional(() => text, { description: 'What it watches over, in a sentence.' }),
    component: optional(() => text, { description: 'What is released.' }),
    owners: optional(ownersSchema),
    runbook: optional(() => text, {
      description: 'Printed on anything but a pass: a path relative to this file, or a link.',
    }),
    vars: optional(() => z.record(name, variable()), {
      description: 'Variables, {{name}} in strings below; --var name=value gives another value.',
    }),
    backends: optional(() => z.record(name, backendBlock()), {
      description: 'Who is asked; those of gatekeeper.config.yaml are there, too.',
    }),
    arms: optional(() => z.record(name, armSchema()), {
      description: 'What is judged, and the baseline after it; both define the same variables.',
      examples: [{ canary: { track: 'canary' }, baseline: { track: 'stable' } }],
    }),
    window: optional(windowSchema),
    exposure: optional(
      () =>
        strict({
          traffic: percent.meta({ description: 'Share that the first arm gets of what both arms get.' }),
          within: points.meta({ description: 'How far the actual share may be off.' }),
          signal: optional(() => id, {
            description:
              'Signal whose totals count the traffic; the first that is compared with the baseline.',
          }),
        }),
      { description: 'How traffic is meant to be split; a mismatch leaves every comparison open.' },
    ),
    signals: optional(() => z.record(id, signalSchema), { description: 'What is asked of the backends.' }),
    criteria: z.record(id, criterionSchema).meta({ description: 'What a healthy release looks like.' }),
    verdict: optional(
      () =>
        strict({
          'false-alarm': optional(() => percent, {
            description: 'Chance that a healthy release fails; 5% by default.',
          }),
          'false-pass': optional(() => percent, {
            description: 'Chance that a bad release passes; 5% by default.',
          }),
          'on-inconclusive': optional(() => z.enum(['inconclusive', 'fail']), {
            description: 'What an open question is once the window is full.',
          }),
        }),
      { description: 'Policy of the whole gate.' },
    ),
    score: optional(
      () =>
        strict({
          pass: score.meta({ description: 'Points from which the gate passes.' }),
          warn: score.meta({ description: 'Points from which it warns; below, it fails.' }),
        }),
      {
        description: 'Trades criteria that are not critical against each other; 100 points is all passed.',
      },
    ),
  },
  LATER_GATE,
).meta({ title: 'gatekeeper gate', description: 'A release gate: signals, criteria, owners and policy.' });

export const configSchema = once(() =>
  strict({
    backends: optional(() => z.record(name, backendBlock()), { description: 'Who is asked.' }),
    owners: optional(ownersSchema),
    window: optional(windowSchema),
    fixtures: optional(() => text, { description: 'Folder of recorded sets.' }),
  }).meta({ title: 'gatekeeper.config.yaml', description: 'What the gates of a repository share.' }),
);

export type GateFile = z.output<typeof gateSchema>;
export type ConfigFile = z.output<ReturnType<typeof configSchema>>;
export type SignalBlock = z.output<typeof signalSchema>;
export type CriterionBlock = z.output<typeof criterionSchema>;
export type SegmentRule = z.output<ReturnType<typeof segmentRuleSchema>>;
export type OwnersBlock = z.output<ReturnType<typeof ownersSchema>>;
export type VariableBlock = z.output<ReturnType<typeof variable>>;
