import * as z from 'zod';
import type { BacktestReport } from '../model/backtest.js';
import { VERDICTS } from '../model/verdict.js';

/** The document of a backtest as a schema: what `gatekeeper schema backtest` publishes. It mirrors `model/backtest.ts`. */
const instant = z.string().meta({ description: 'RFC 3339 in UTC', examples: ['2026-11-20T14:05:00Z'] });
const verdict = z.enum(VERDICTS);

const track = {
  counts: z.record(verdict, z.number()).describe('Looks per verdict'),
  undecided: z.number().describe('Looks that were inconclusive, in error or skipped, of all; 0..1'),
  reasons: z
    .array(z.object({ code: z.string(), looks: z.number() }))
    .describe('Why looks were undecided, the commonest first'),
  alarms: z.object({
    false: z.number().describe('Runs of failing looks, none of whose windows touches an incident'),
    perWeek: z.number().describe('The same a week'),
    longest: z
      .array(z.object({ from: instant, to: instant, looks: z.number() }))
      .describe('The longest of them, twenty at most'),
  }),
  incidents: z.array(
    z.object({
      id: z.string(),
      outcome: z
        .enum(['caught', 'missed', 'blind', 'unseen'])
        .describe('blind: no look could decide; unseen: no look touched it'),
      delaySeconds: z
        .number()
        .nullable()
        .describe('From its begin to the first failing look; null unless caught'),
    }),
  ),
};

const move = z.object({
  aim: z.enum(['half', 'none']).describe('Half of the false alarms, or none'),
  bound: z.number().describe('Where the limit must go, in the unit: a bound, or an offset to the baseline'),
  by: z.number().describe('How far that is from where it stands'),
  falseAlarms: z.number().describe('False alarms that are left'),
  perWeek: z.number().describe('The same a week'),
  missed: z.array(z.string()).describe('Incidents that would be caught no more'),
});

const criterion = z.object({
  ...track,
  key: z.string(),
  limit: z.string().describe('As it is written'),
  unit: z.string(),
  evidence: z.string(),
  advisory: z.boolean(),
  isRelative: z.boolean().describe('Whether `bound` of a move is an offset to the baseline'),
  moves: z.array(move).describe('Limits that would have been quieter'),
  unmoved: z.string().nullable().describe('Why there is none though there are false alarms'),
  values: z.array(z.number().nullable()).describe('The value at each look'),
  verdicts: z
    .array(verdict.nullable())
    .describe('The verdict at each look; null where the series was not there'),
});

const gate = z.object({
  ...track,
  id: z.string(),
  settings: z.string().describe('Hash of limits, steps and budgets'),
  window: z.object({ for: z.string(), step: z.string() }),
  criteria: z.array(criterion),
});

export const backtestSchema = z
  .object({
    schemaVersion: z.literal('1.0').describe('Additive within a major version'),
    tool: z.object({ name: z.literal('gatekeeper'), version: z.string() }),
    mode: z.enum(['live', 'replay']),
    recordedAt: instant.nullable().describe('When a replayed set was recorded'),
    from: instant.describe('The first look'),
    to: instant.describe('No look is after this'),
    every: z.string().meta({ description: 'Time between two looks', examples: ['5m'] }),
    looks: z.number(),
    incidents: z.array(
      z.object({ id: z.string(), about: z.string().nullable(), from: instant, to: instant }),
    ),
    gates: z.array(gate),
    notes: z.array(z.string()).describe('What a reader must know of how the past was judged'),
  })
  .meta({ title: 'gatekeeper backtest', description: 'What gates would have said over a time' });

/** JSON Schema 2020-12 of the document; unknown keys are allowed, since later versions add some. */
export function backtestJsonSchema(): object {
  return z.toJSONSchema(backtestSchema, { target: 'draft-2020-12', io: 'input' });
}

backtestSchema satisfies z.ZodType<BacktestReport>;
