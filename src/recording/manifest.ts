import * as z from 'zod';

export const MANIFEST_FILE = 'manifest.yaml';
export const MANIFEST_VERSION = 1;

/** What a set of recorded answers says of itself. */
export const manifestSchema = z.strictObject({
  schemaVersion: z.literal(MANIFEST_VERSION),
  /** When it was recorded; a hand-written set has none. */
  recordedAt: z.string().optional(),
  /** The instant that every offset in the set is relative to; a replay's clock stands here. */
  evalTime: z.string(),
  tool: z.string().optional(),
  /** `--since`, `--window` and `--var` of the recording run, for a replay that says nothing else. */
  since: z.string().optional(),
  window: z.string().optional(),
  vars: z.record(z.string(), z.string()).optional(),
  /** Environment variables that the files refer to, secrets left out. */
  env: z.record(z.string(), z.string()).optional(),
  /** How often a secret was cut out. */
  redactions: z.number().optional(),
  /** SHA-256 of each file. */
  files: z.record(z.string(), z.string()).optional(),
});

export type Manifest = z.output<typeof manifestSchema>;
