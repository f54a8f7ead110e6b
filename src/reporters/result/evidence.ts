/** How sure a criterion is, as the schema of the result has it; `model/report.ts` is mirrored by result-schema.ts. */
import * as z from 'zod';
import { ANOMALY_PASTS, DIRECTIONS } from '../../model/anomaly.js';
import { BURN_SEVERITIES } from '../../model/burn.js';

export const instant = z
  .string()
  .meta({ description: 'RFC 3339 in UTC', examples: ['2026-11-20T14:05:00Z'] });

export const pair = z.tuple([z.number(), z.number()]).meta({ minItems: 2, maxItems: 2 });

const span = z.object({
  window: z.string().meta({ description: 'Length of the window', examples: ['1h'] }),
  burn: z.number().nullable().describe('How many times as fast as the budget lasts for its period'),
  bad: z.number().describe('Events that were not good'),
  n: z.number().describe('All events'),
});

const burn = z.object({
  objective: z.number().describe('Share of good events that is promised'),
  period: z.string().meta({ description: 'Time that the budget is for', examples: ['30d'] }),
  rows: z
    .array(
      z.object({
        name: z.string().describe('Name of the row'),
        severity: z.enum(BURN_SEVERITIES).describe('page fails a release, ticket warns'),
        factor: z.number().describe('Burns when both windows are above it'),
        needed: z.number().describe('Events that each window needs'),
        long: span.describe('The longer window'),
        short: span.describe('The shorter window: whether it still goes on'),
        state: z.enum(['burns', 'quiet', 'open']).describe('open: too few events to tell'),
      }),
    )
    .describe('Pairs of windows, in the order of the gate file'),
  remaining: z
    .object({
      share: z.number().nullable().describe('Share of the budget that is left; below 0 when it is overspent'),
      bad: z.number().describe('Events that were not good'),
      n: z.number().describe('All events'),
      needed: z.number().describe('Events that are needed'),
      state: z.enum(['enough', 'spent', 'open']).describe('open: too few events to tell'),
    })
    .nullable()
    .describe('Null where nothing is asked of what is left'),
});

const anomaly = z.object({
  against: z.enum(ANOMALY_PASTS).describe('What is usual is learnt from this'),
  detector: z
    .enum(['hampel', 'page-hinkley', 'e-detector', 'shiryaev-roberts'])
    .describe('How a change is seen'),
  direction: z.enum(DIRECTIONS).describe('Which way counts as a change'),
  threshold: z.number().describe('Spreads, or steps in which there is one false alarm'),
  score: z.number().nullable().describe('Largest in the window, in the unit of the threshold'),
  usual: z.number().nullable().describe('Usual level of a step'),
  seen: z.number().nullable().describe('Level of the steps behind the score'),
  history: z
    .object({ n: z.number().describe('With data'), asked: z.number().describe('Asked for') })
    .describe('Earlier steps with data, and asked for'),
  dispersion: z.number().nullable().describe('How much more earlier steps vary than independent events'),
});

export const evidence = z
  .object({
    test: z.string().describe('The test, as named in docs/gatefile.md'),
    estimate: z
      .number()
      .nullable()
      .describe(
        "The judged value over the baseline's mix of steps, in `unit`; where there is `ranks`, how far the values lie above the baseline's",
      ),
    interval: pair
      .nullable()
      .describe('Range of the estimate, 95 % but for Kayenta; valid at every look where there is `logE`'),
    logE: z
      .object({
        fail: z.number().nullable().describe('Worse than allowed'),
        pass: z.number().nullable().describe('Certainly within'),
      })
      .nullable()
      .describe('Largest ln E so far: worse than allowed, certainly within; decided at ln(1 / budget)'),
    alpha: z
      .number()
      .nullable()
      .describe('Chance that this criterion fails a healthy release, over all looks'),
    falsePass: z
      .number()
      .nullable()
      .describe(
        'Chance that it passes a release at the limit, over all looks; null where nothing holds it down',
      ),
    strata: z.number().describe('Steps with data in every arm, or earlier windows that were used'),
    n: z
      .object({
        canary: z.number().describe('Of the judged arm'),
        baseline: z.number().nullable().describe('Of the baseline'),
      })
      .describe('Observations that were weighed'),
    dispersion: z.number().nullable().describe('How much more steps vary than independent requests would'),
    firstCrossing: z
      .object({ side: z.enum(['fail', 'pass']).describe('Which side was certain'), at: instant })
      .nullable()
      .describe('The end of the step after which it first decided; null while it is open'),
    needed: z
      .object({
        n: z.number().describe('Observations of the judged arm'),
        time: z.string().describe('Steps, as a time'),
      })
      .nullable()
      .describe('About how much more is needed, if the numbers stay as they are'),
    history: z
      .object({
        asked: z.number().describe('Earlier windows that were asked for'),
        expected: pair.nullable().describe('Where 95 % of windows would lie if nothing had changed'),
      })
      .nullable()
      .describe('Null where nothing was learnt from earlier windows'),
    ranks: z
      .object({
        larger: z.number().describe('Share of pairs in which the judged value is the larger, ties half'),
        p: z
          .object({
            above: z.number().describe('Of the test that the values lie above the limit'),
            below: z.number().describe('Of the test that they lie below it'),
          })
          .nullable()
          .describe('One-sided chances at the pass limit'),
      })
      .nullable()
      .describe('Null where the values were not compared by their ranks'),
    kayenta: z
      .object({
        classification: z
          .enum(['High', 'Low', 'Pass'])
          .describe('Whether the canary lies above, below or with the baseline'),
        effectSize: z.enum(['mean-ratio', 'cles']).describe('How the size of a difference is measured'),
        effect: z.number().nullable().describe('Size of the difference'),
        meanRatio: z.number().nullable().describe('Mean of the canary over that of the baseline'),
        critical: z.boolean().describe('The effect lies beyond the critical threshold'),
      })
      .nullable()
      .describe("What Kayenta's judge says; null where another one judged"),
    burn: burn.nullable().describe('An error budget; null for any other evidence'),
    anomaly: anomaly.nullable().describe('A series against its own past; null for any other evidence'),
    settingsHash: z.string().describe('The `settings` of its gate'),
  })
  .nullable()
  .describe('How sure it is; null where the point estimate decided');
