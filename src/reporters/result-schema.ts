import * as z from 'zod';
import { REASONS, type Reason, type ReasonCode } from '../model/reason.js';
import type { CriterionResult, GateReport, GateResult, ReportQuery, ReportWindow } from '../model/report.js';
import { VERDICTS } from '../model/verdict.js';
import { evidence, instant, pair } from './result/evidence.js';

/**
 * The result document as a schema: what `gatekeeper schema result` publishes and a stored result is read by.
 *
 * It mirrors `model/report.ts` by hand, since a type carries no descriptions; the compiler holds the two together at
 * the end of this file.
 */
const verdict = z.enum(VERDICTS).describe('What a criterion can say');
const foldedVerdict = verdict
  .exclude(['skipped'])
  .describe('Fold of the criteria, worst first: fail, error, inconclusive, warn, pass');
const labels = z.record(z.string(), z.string());

const reason = z
  .object({
    code: z
      .enum(Object.keys(REASONS) as [ReasonCode, ...ReasonCode[]])
      .describe('Why it is not a plain pass, as a fixed word'),
    text: z.string().describe('The same for people, in one sentence'),
    next: z.string().exactOptional().describe('What to do next, where that is known'),
  })
  .describe('Why a verdict is not a plain pass');

const window = z.object({
  from: instant.describe('Start of the window, exclusive'),
  to: instant.describe('End of the window, inclusive'),
  step: z.string().meta({ description: 'Length of one stratum', examples: ['1m'] }),
});

const query = z.object({
  arm: z.string().describe('Arm that the query asks for; `current` in a gate without arms'),
  part: z.string().describe('What the answer is used as: good, total, value …'),
  backend: z.string().describe('Id of the backend that was asked'),
  text: z.string().describe('The query as it was asked, variables expanded, secrets masked'),
  state: z.enum(['taken', 'failed']).describe('Whether there is an answer'),
  durationMs: z.number().describe('How long the answer took, in milliseconds'),
  series: z.number().describe('Number of series in the answer'),
  failure: z
    .object({
      code: z.string().describe('Code that `gatekeeper explain` knows'),
      message: z.string().describe('The same for people'),
    })
    .nullable()
    .describe('Why there is no answer'),
});

const criterion = z.object({
  key: z
    .string()
    .meta({ description: 'Unique in the report', examples: ['storefront-canary.checkout-slo[path=edge]'] }),
  id: z.string().describe('Name in the gate file'),
  signal: z.string().describe('Name of the signal that is judged'),
  kind: z.string().describe('Kind of the signal: ratio, rate, histogram, value …'),
  about: z.string().nullable().describe('What the signal is'),
  take: z.string().nullable().describe('How time was reduced, as written; null where counts are totalled'),
  segment: labels.nullable().describe('Segment that this verdict is about'),
  series: labels.nullable().describe('Labels of the series under `across: each`'),
  component: z.string().nullable().describe('What it speaks of'),
  owner: z.string().nullable().describe('The first to call'),
  runbook: z.string().nullable().describe('What to do when it does not pass'),
  advisory: z.boolean().describe('Shown, never blocks'),
  critical: z.boolean().describe('Cannot be outvoted by a score'),
  verdict: verdict.describe('The verdict after waivers and policies'),
  reason: reason.nullable().describe('Why it is not a plain pass; null for one'),
  judged: z
    .object({ verdict, reason: reason.nullable().describe('Why it is not a plain pass; null for one') })
    .nullable()
    .describe('What the judge said, where a waiver, a policy or a fallback changed it'),
  waiver: z
    .object({
      by: z.string().describe('Who waives'),
      because: z.string().describe('Why'),
      until: instant.nullable().describe('Until when it holds; null where no end was given'),
    })
    .nullable()
    .describe('Who lets a failed criterion through, and why'),
  value: z
    .number()
    .nullable()
    .describe('The number judged, in `unit`; null when there is none, never 0 in its stead'),
  unit: z.string().describe('Unit of value, bound, interval, baseline and strata; `share` is 0..1'),
  limit: z
    .string()
    .meta({ description: 'The pass limit as written', examples: ['>= 97%', '>= baseline - 1pp'] }),
  bound: z.number().nullable().describe('The pass limit as a number in `unit`, where there is just one'),
  warn: z.string().nullable().describe('The warn limit as written'),
  n: z.number().describe('Observations behind the value: requests, events, points'),
  minSamples: z.number().describe('Observations needed before the value may decide'),
  interval: pair.nullable().describe('95 % interval of the value'),
  judge: z.string().describe('How evidence was weighed: point, sequential …'),
  evidence,
  window: window.describe('The window that was judged'),
  coverage: z.number().nullable().describe('Share of strata that hold data, 0..1'),
  newest: instant.nullable().describe('Newest sample'),
  baseline: z
    .object({
      arm: z.string().describe('Name of the arm'),
      value: z.number().nullable().describe('Its number, in `unit`'),
      n: z.number().describe('Observations behind it'),
      window: window.describe('Its window; shifted where the baseline is in the past'),
    })
    .nullable()
    .describe('What the value was compared with'),
  strata: z
    .object({
      judged: z.array(z.number().nullable()).describe('Of the judged arm'),
      baseline: z.array(z.number().nullable()).nullable().describe('Of the baseline; null without one'),
    })
    .nullable()
    .describe('The judged number per stratum of each arm; null where a stratum holds no data'),
  queries: z.array(query).describe('What was asked, and how it was answered'),
  source: z
    .object({
      file: z.string().describe('The gate file'),
      line: z.number().describe('Counted from 1'),
      column: z.number().describe('Counted from 1'),
    })
    .describe('Where the criterion stands in the gate file, counted from 1'),
  findings: z
    .array(
      z.object({
        name: z
          .string()
          .meta({ description: 'The check, and what it found', examples: ['canonical.missing'] }),
        url: z.string().describe('The page as it is listed'),
        detail: z.string().describe('What is wrong with it'),
      }),
    )
    .exactOptional()
    .describe('What is wrong, page by page; absent where no pages were probed'),
  notes: z.array(z.string()).describe('Remarks'),
});

const gate = z.object({
  id: z.string().describe('Name of the gate'),
  file: z.string().describe('Its file, as it was named'),
  about: z.string().nullable().describe('What it watches over'),
  component: z.string().nullable().describe('What is released'),
  owners: z
    .object({
      decide: z.array(z.string()).describe('May widen exposure and waive a criterion'),
      stop: z.array(z.string()).describe('May stop exposure'),
      escalate: z
        .array(
          z.object({
            to: z.string().describe('A person, a role or a channel'),
            after: z.string().nullable().describe('How long to wait first'),
          }),
        )
        .describe('Who to turn to, in order'),
    })
    .describe('Who decides, who stops, who is told'),
  runbook: z.string().nullable().describe('What to do on anything but a pass'),
  verdict: foldedVerdict,
  reason: reason.nullable().describe('Why it is not a plain pass; null for one'),
  settings: z.string().describe('Hash of the limits, steps and budgets of this gate'),
  window: window
    .extend({
      full: z.boolean().describe('False while the window is still growing'),
      since: instant.nullable().describe('The deploy time that was given'),
    })
    .describe('The window of the gate'),
  arms: z
    .array(
      z.object({
        name: z.string().describe('Name of the arm'),
        variables: labels.describe('Variables that make it this arm'),
        shift: z.string().nullable().describe('How far in the past'),
      }),
    )
    .describe('The judged arm first; a gate without arms has one, called `current`'),
  exposure: z
    .object({
      traffic: z.number().describe('Declared share of the judged arm, of what both arms get, 0..1'),
      within: z.number().describe('How far off the share may be, 0..1'),
      limit: z.string().describe('The split that was declared, as a limit'),
      signal: z.string().describe('Signal whose totals counted the traffic'),
      verdict: z
        .enum(['pass', 'fail', 'inconclusive'])
        .describe('fail: certainly another share, and every comparison is inconclusive'),
      share: z.number().nullable().describe('Share that was seen'),
      interval: pair.nullable().describe('95 % range of the share, valid at every look'),
      n: z.number().describe('Requests of both arms'),
    })
    .nullable()
    .describe('How traffic was split; null where the gate does not declare it'),
  score: z
    .object({
      points: z.number().nullable().describe('0..100'),
      pass: z.number().describe('Points to pass'),
      warn: z.number().describe('Points to warn'),
    })
    .nullable()
    .describe('The score; null where the gate has none'),
  policy: z
    .object({
      falseAlarm: z.number().describe('Chance that a healthy release fails'),
      falsePass: z.number().describe('Chance that a bad release passes'),
      onInconclusive: z.enum(['inconclusive', 'fail']).describe('What an inconclusive gate is'),
    })
    .describe('The gate-wide policy, with its defaults'),
  criteria: z.array(criterion).describe('All of them, passes included, in the order of the file'),
  notes: z.array(z.string()).describe('Remarks on the gate'),
});

export const resultSchema = z
  .object({
    schemaVersion: z.string().describe('Additive within a major version'),
    tool: z
      .object({ name: z.literal('gatekeeper'), version: z.string().describe('Its version') })
      .describe('What wrote it'),
    mode: z.enum(['live', 'replay']).describe('Whether backends were asked or a recorded set was replayed'),
    recordedAt: instant.nullable().describe('When a replayed set was recorded'),
    asOf: instant.describe('The instant that the run was evaluated at'),
    verdict: foldedVerdict,
    exitCode: z.number().int().describe('What `gatekeeper check` exits with: see the README'),
    reasons: z
      .array(
        z.object({
          key: z.string().describe('Gate or criterion'),
          verdict,
          code: z.string().describe('Code that `gatekeeper explain` knows'),
          text: z.string().describe('The same for people'),
        }),
      )
      .describe('Why the exit code is what it is, worst first'),
    counts: z.record(verdict, z.number()).describe('Criteria per verdict'),
    settings: z
      .string()
      .describe('Hash of limits, steps and budgets: `check --settings` holds a rollout to it'),
    gates: z.array(gate).describe('All of them, in the order they were read'),
    notes: z.array(z.string()).describe('Remarks on the whole run'),
  })
  .meta({ title: 'gatekeeper result', description: 'What one run of gatekeeper found' });

/** JSON Schema 2020-12 of the result; unknown keys are allowed, since later versions add some. */
export function resultJsonSchema(): object {
  return z.toJSONSchema(resultSchema, { target: 'draft-2020-12', io: 'input' });
}

/** The same type without `readonly`, which a schema cannot say. */
type Writable<T> = T extends object ? { -readonly [K in keyof T]: Writable<T[K]> } : T;
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Mirrors<S extends z.ZodType, T> = Same<Writable<z.output<S>>, Writable<T>>;

// Do not compile when schema and type part. Part by part: of deeply nested types the compiler takes equality on trust.
true satisfies Mirrors<typeof reason, Reason>;
true satisfies Mirrors<typeof window, ReportWindow>;
true satisfies Mirrors<typeof query, ReportQuery>;
true satisfies Mirrors<typeof criterion, CriterionResult>;
true satisfies Mirrors<typeof gate, GateResult>;
true satisfies Mirrors<typeof resultSchema, GateReport>;
resultSchema satisfies z.ZodType<GateReport>;
