import * as z from 'zod';
import { VERDICTS } from '../model/verdict.js';

export const MANIFEST_FILE = 'manifest.yaml';
export const MANIFEST_VERSION = 1;

export const EXPIRED = ['warn', 'refuse'] as const;

/** What a set of recorded answers says of itself. */
export const manifestSchema = z.strictObject({
  schemaVersion: z.literal(MANIFEST_VERSION),
  /** When it was recorded; a hand-written set has none. */
  recordedAt: z.string().optional(),
  /** The instant that every offset in the set is relative to; a replay's clock stands here. */
  evalTime: z.string(),
  /** How many files are listed below. It stands above them, so that a manifest cut short is known. */
  count: z.number().int().optional(),
  tool: z.string().optional(),
  /** `--since`, `--window` and `--var` of the recording run, for a replay that says nothing else. */
  since: z.string().optional(),
  window: z.string().optional(),
  vars: z.record(z.string(), z.string()).optional(),
  /** Environment variables that the files refer to, secrets left out. */
  env: z.record(z.string(), z.string()).optional(),
  /** First instant that a backtest may look at, where the set holds history and no single window. */
  historyFrom: z.string().optional(),
  /** Age from which a replay warns, or is refused. */
  maxAge: z.string().optional(),
  /** What a replay of a set past its age does; by default it warns, and is refused under CI. */
  onExpired: z.enum(EXPIRED).optional(),
  /** What the gates must say of it, where it was recorded for that. */
  expect: z.enum(VERDICTS).optional(),
  /** The gates it was recorded for, as they were then. */
  gates: z
    .record(z.string(), z.strictObject({ settings: z.string(), criteria: z.array(z.string()) }))
    .optional(),
  /** How often a secret was cut out. */
  redactions: z.number().optional(),
  /** SHA-256 of each file. */
  files: z.record(z.string(), z.string()).optional(),
});

export type Manifest = z.output<typeof manifestSchema>;
/** A gate as it was when a set was recorded: the hash of its settings, and each criterion in a line. */
export type GateVersion = NonNullable<Manifest['gates']>[string];
