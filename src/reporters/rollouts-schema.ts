import * as z from 'zod';
import type { RolloutsReport } from '../model/rollouts.js';
import { VERDICTS } from '../model/verdict.js';
import { duration, gateHead, incidentList, instant, reportHead } from './result/past.js';

/** The document of a backtest of rollouts: what `gatekeeper schema rollouts` publishes. It mirrors `model/rollouts.ts`. */
const reason = z.string().nullable().describe('Code of the reason; null where there is none');

const look = z.object({
  at: instant.describe('When it was looked'),
  verdict: z.enum(VERDICTS).describe('What the gate said'),
  reason,
  criteria: z
    .array(
      z.object({
        key: z.string().describe('`gate.criterion[path=edge]`, unique in the look'),
        verdict: z.enum(VERDICTS).describe('What the criterion said'),
        reason,
        value: z.number().nullable().describe('The value that was judged'),
      }),
    )
    .describe('What each criterion said'),
});

const rollout = z.object({
  id: z.string().nullable().describe('What the list calls it; null where it has no name'),
  since: instant.describe('When it began to take traffic'),
  outcome: z
    .enum(['passed', 'stopped', 'undecided'])
    .describe('stopped: a look failed; passed: a look was a pass or a warn; undecided: none of both'),
  reason: reason.describe('Code of the reason of the last look'),
  afterSeconds: z
    .number()
    .nullable()
    .describe('From its begin to the look that decided; null where none did'),
  incidents: z.array(z.string()).describe('Incidents that the window of the last look touches'),
  looks: z.array(look).describe('Each look, the last of which decided or had a full window'),
});

const times = z.object({
  medianSeconds: z.number().describe('From the begin to the decision, of the rollout in the middle'),
  longestSeconds: z.number().describe('The same, of the slowest'),
});

const gate = z.object({
  ...gateHead,
  passed: z.number().describe('Rollouts that passed'),
  stopped: z.number().describe('Rollouts that were stopped'),
  undecided: z.number().describe('Rollouts that no look decided'),
  calm: z.number().describe('Rollouts whose last window touches no incident'),
  falseStops: z.number().describe('How many of those were stopped'),
  missed: z.number().describe('Rollouts that passed though their window touched an incident'),
  timeToPass: times.nullable().describe('How long passing took; null where none passed'),
  timeToStop: times.nullable().describe('How long stopping took; null where none was stopped'),
  rollouts: z.array(rollout).describe('Each rollout, oldest first'),
});

export const rolloutsSchema = z
  .object({
    ...reportHead,
    from: instant.describe('No rollout begins before this'),
    to: instant.describe('No look is after this'),
    every: duration.describe('Time between two looks'),
    incidents: incidentList,
    gates: z.array(gate).describe('What became of each gate over all rollouts'),
    notes: z.array(z.string()).describe('What a reader must know of how the past was judged'),
  })
  .meta({
    title: 'gatekeeper backtest of rollouts',
    description: 'What gates would have said of rollouts, look by look as their windows grew',
  });

/** JSON Schema 2020-12 of the document; unknown keys are allowed, since later versions add some. */
export function rolloutsJsonSchema(): object {
  return z.toJSONSchema(rolloutsSchema, { target: 'draft-2020-12', io: 'input' });
}

rolloutsSchema satisfies z.ZodType<RolloutsReport>;
