import * as z from 'zod';

/** What the documents of backtests have in common. */
export const instant = z
  .string()
  .meta({ description: 'RFC 3339 in UTC', examples: ['2026-11-20T14:05:00Z'] });

export const duration = z.string().meta({ description: 'A duration', examples: ['5m'] });

export const reportHead = {
  schemaVersion: z.literal('1.0').describe('Additive within a major version'),
  tool: z
    .object({
      name: z.literal('gatekeeper').describe('Always gatekeeper'),
      version: z.string().describe('Its version'),
    })
    .describe('Who wrote this'),
  mode: z.enum(['live', 'replay']).describe('Whether backends were asked, or a recorded set'),
  recordedAt: instant.nullable().describe('When a replayed set was recorded'),
};

export const incidentList = z
  .array(
    z.object({
      id: z.string().describe('Name of the incident'),
      about: z.string().nullable().describe('What happened'),
      from: instant.describe('When it began'),
      to: instant.describe('When it was over'),
    }),
  )
  .describe('The incidents that were given');

export const gateHead = {
  id: z.string().describe('Id of the gate'),
  settings: z.string().describe('Hash of limits, steps and budgets'),
  window: z
    .object({ for: duration.describe('Length of the full window'), step: duration.describe('Its step') })
    .describe('The window of the gate'),
};
