import * as z from 'zod';
import { optional } from '../contracts/schema.js';
import { VERDICTS } from '../model/verdict.js';

export const MANIFEST_FILE = 'manifest.yaml';
export const MANIFEST_VERSION = 1;

export const EXPIRED = ['warn', 'refuse'] as const;
const INSTANTS = ['2026-11-20T14:05:00Z'];

/** What a set of recorded answers says of itself. */
export const manifestSchema = z.strictObject({
  schemaVersion: z.literal(MANIFEST_VERSION).meta({ description: 'Version of the form of the set.' }),
  recordedAt: optional(() => z.string(), {
    description: 'When it was recorded; a hand-written set has none.',
    examples: INSTANTS,
  }),
  evalTime: z.string().meta({
    description: "The instant that every offset in the set is relative to; a replay's clock stands here.",
    examples: INSTANTS,
  }),
  count: optional(() => z.number().int(), {
    description:
      'How many files are listed below. It stands above them, so that a manifest cut short is known.',
  }),
  tool: optional(() => z.string(), { description: 'Who recorded it.', examples: ['gatekeeper 0.1.0'] }),
  since: optional(() => z.string(), {
    description: '--since of the recording run, for a replay without one.',
    examples: INSTANTS,
  }),
  window: optional(() => z.string(), {
    description: '--window of the recording run, for a replay without one.',
    examples: ['30m'],
  }),
  vars: optional(() => z.record(z.string(), z.string()), {
    description: '--var of the recording run, for a replay that says nothing else.',
    examples: [{ route: '/checkout' }],
  }),
  env: optional(() => z.record(z.string(), z.string()), {
    description: 'Environment variables that the files refer to, secrets left out.',
  }),
  historyFrom: optional(() => z.string(), {
    description:
      'First instant that a backtest may look at, where the set holds history and no single window.',
    examples: INSTANTS,
  }),
  historyEvery: optional(() => z.string(), {
    description: 'Time between two looks of the backtest that recorded it, for a replay without --every.',
    examples: ['5m'],
  }),
  maxAge: optional(() => z.string(), {
    description: 'Age from which a replay warns, or is refused.',
    examples: ['30d'],
  }),
  onExpired: optional(() => z.enum(EXPIRED), {
    description: 'What a replay of a set past its age does; by default it warns, and is refused under CI.',
  }),
  expect: optional(() => z.enum(VERDICTS), {
    description: 'What the gates must say of it, where it was recorded for that.',
  }),
  gates: optional(
    () =>
      z.record(
        z.string(),
        z.strictObject({
          settings: z.string().meta({ description: 'Hash of the settings of the gate.' }),
          criteria: z.array(z.string()).meta({ description: 'Each criterion in a line.' }),
        }),
      ),
    { description: 'The gates it was recorded for, as they were then.' },
  ),
  redactions: optional(() => z.number(), { description: 'How often a secret was cut out.' }),
  files: optional(() => z.record(z.string(), z.string()), { description: 'SHA-256 of each file.' }),
});

/** JSON Schema 2020-12 of a manifest. */
export function manifestJsonSchema(): object {
  const { $schema, ...rest } = z.toJSONSchema(manifestSchema, { target: 'draft-2020-12', io: 'input' });
  return { $schema, $id: 'manifest.schema.json', title: 'gatekeeper recorded set', ...rest };
}

export type Manifest = z.output<typeof manifestSchema>;
/** A gate as it was when a set was recorded: the hash of its settings, and each criterion in a line. */
export type GateVersion = NonNullable<Manifest['gates']>[string];
