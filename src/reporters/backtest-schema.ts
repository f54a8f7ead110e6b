import * as z from 'zod';
import type { BacktestReport } from '../model/backtest.js';
import { VERDICTS } from '../model/verdict.js';
import { duration, gateHead, incidentList, instant, reportHead } from './result/past.js';

/** The document of a backtest as a schema: what `gatekeeper schema backtest` publishes. It mirrors `model/backtest.ts`. */
const verdict = z.enum(VERDICTS);

const track = {
  counts: z.record(verdict, z.number()).describe('Looks per verdict'),
  undecided: z.number().describe('Looks that were inconclusive, in error or skipped, of all; 0..1'),
  reasons: z
    .array(
      z.object({
        code: z.string().describe('Code of the reason, or the verdict where it has none'),
        looks: z.number().describe('Looks that were undecided for it'),
      }),
    )
    .describe('Why looks were undecided, the commonest first'),
  alarms: z
    .object({
      false: z.number().describe('Runs of failing looks, none of whose windows touches an incident'),
      perWeek: z.number().describe('The same a week'),
      longest: z
        .array(
          z.object({
            from: instant.describe('The first look that failed'),
            to: instant.describe('The last look that failed'),
            looks: z.number().describe('Looks in it'),
          }),
        )
        .describe('The longest of them, twenty at most'),
    })
    .describe('Alarms that no incident explains'),
  incidents: z
    .array(
      z.object({
        id: z.string().describe('Name of the incident'),
        outcome: z
          .enum(['caught', 'missed', 'blind', 'unseen'])
          .describe('blind: no look could decide; unseen: no look touched it'),
        delaySeconds: z
          .number()
          .nullable()
          .describe('From its begin to the first failing look; null unless caught'),
      }),
    )
    .describe('What became of each incident that is meant to be seen'),
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
  key: z.string().describe('`gate.criterion[path=edge]`, unique in the report'),
  limit: z.string().describe('As it is written'),
  unit: z.string().describe('Unit of values and bounds; `share` is 0..1'),
  evidence: z.string().describe('The word of `evidence:` that judged it'),
  advisory: z.boolean().describe('Whether it is shown and never blocks'),
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
  ...gateHead,
  criteria: z.array(criterion).describe('Its criteria, each segment and series of its own'),
});

export const backtestSchema = z
  .object({
    ...reportHead,
    from: instant.describe('The first look'),
    to: instant.describe('No look is after this'),
    every: duration.describe('Time between two looks'),
    looks: z.number().describe('How many looks there are'),
    incidents: incidentList,
    gates: z.array(gate).describe('What became of each gate over all looks'),
    notes: z.array(z.string()).describe('What a reader must know of how the past was judged'),
  })
  .meta({ title: 'gatekeeper backtest', description: 'What gates would have said over a time' });

/** JSON Schema 2020-12 of the document; unknown keys are allowed, since later versions add some. */
export function backtestJsonSchema(): object {
  return z.toJSONSchema(backtestSchema, { target: 'draft-2020-12', io: 'input' });
}

backtestSchema satisfies z.ZodType<BacktestReport>;
