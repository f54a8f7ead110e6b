import * as z from 'zod';
import { duration, strict } from '../contracts/schema.js';
import { FAILURE_CODES, type FailureCode } from '../model/failure.js';
import { REASONS, type ReasonCode } from '../model/reason.js';
import { parseInstant } from '../model/time.js';
import { VERDICTS } from '../model/verdict.js';
import { crawlSchema } from './crawl/schema.js';

/** Failures that a backend can be made to have, without the room they come from: `timeout`, `auth`. */
export const ERRORS = FAILURE_CODES.filter((code) => code.startsWith('backend.')).map((code) =>
  code.slice('backend.'.length),
);

/** The failure code of an injected error. */
export function codeOfError(error: string): FailureCode {
  return FAILURE_CODES.find((code) => code === `backend.${error}`) ?? 'backend.unreachable';
}

const REASON_CODES = Object.keys(REASONS).filter((code): code is ReasonCode => Object.hasOwn(REASONS, code));

const instant = z
  .string('an instant such as 2026-11-20T14:35:00Z is expected')
  .transform((text, context) => {
    const ms = parseInstant(text);
    if (ms !== undefined) return ms;
    context.addIssue({
      code: 'custom',
      message: `"${text}" is no instant\nwrite RFC 3339 with a zone, such as 2026-11-20T14:35:00Z`,
    });
    return z.NEVER;
  })
  .meta({ description: 'An instant: RFC 3339 with a zone.', examples: ['2026-11-20T14:35:00Z'] });

const offset = z
  .string('a duration such as -7d is expected')
  .regex(/^-?(?:0|(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w))+)$/, {
    error: 'a duration such as -7d is expected\nwrite it like -30m, -7d or 5m',
  })
  .meta({ examples: ['-7d', '5m'] });

const plain = z.union([z.string(), z.number(), z.boolean()], { error: 'one text is expected' });
const name = z.string('a name is expected').min(1, 'a name is expected');
const error = z
  .enum(ERRORS)
  .meta({ description: 'How the question fails: timeout, unreachable, auth, rate-limited, query …' });
const notation = z.union([z.string(), z.number()], {
  error: 'values are one text\nwrite them like "1x4 _x3 stale"',
});

const values = z
  .union([notation, z.record(z.string(), notation)], {
    error: 'values are one text, or one for each bucket\nwrite "1x29", or { "0.5": "1x29", "+Inf": "1x29" }',
  })
  .meta({
    description:
      'One value a step, in promtool’s notation: 1 0.5 1x4 1+2x4 _ _x3 stale. Counts are those of the step, not running totals. Of a histogram, one text for each bucket bound.',
    examples: ['50x29', '0.97x14 0.90x14', { '0.5': '96x29', '+Inf': '100x29' }],
  });

export const seriesSchema = strict({
  signal: name.meta({ description: 'Signal of the gate.' }),
  part: name.meta({ description: 'Part of it: good, bad, total, count, exposure, value, bucket, samples.' }),
  arm: name.optional().meta({ description: 'Arm; without it, every arm.' }),
  segment: z
    .union([plain, z.record(z.string(), plain)])
    .optional()
    .meta({ description: 'Segment: its value, or VARIABLE: VALUE of each; without it, every segment.' }),
  labels: z.record(z.string(), plain).optional().meta({
    description: 'Labels of the series, where one question is answered with several.',
  }),
  from: offset.optional().meta({
    description: 'Where the first step begins, from the start of the window: -7d gives its past, too.',
  }),
  values: values.optional(),
  error: error.optional(),
})
  .refine((entry) => (entry.values === undefined) !== (entry.error === undefined), {
    error: 'a series has either "values" or "error"\nwrite one of the two',
  })
  .meta({ description: 'What is answered to one question, or to several.' });

const criterionExpectation = strict({
  outcome: z.enum(VERDICTS).optional().meta({ description: 'Its verdict.' }),
  reason: z.enum(REASON_CODES).optional().meta({ description: 'Code of its reason; none on a pass.' }),
  value: z.number().optional().meta({ description: 'The number judged, a share as a fraction.' }),
  tolerance: z
    .number()
    .nonnegative('a tolerance is 0 or more')
    .optional()
    .meta({ description: 'How far off the value may be (a billionth of it).' }),
})
  .refine((each) => each.tolerance === undefined || each.value !== undefined, {
    error: '"tolerance" goes with "value"\ngive the value, or leave the tolerance out',
  })
  .refine((each) => Object.keys(each).length > 0, {
    error: 'nothing is expected of it\nexpect an outcome, a reason or a value, or leave the criterion out',
  })
  .meta({ description: 'What is expected of one criterion.' });

const RUN_VERDICTS = VERDICTS.filter((verdict) => verdict !== 'skipped');

const look = strict({
  verdict: z.enum(RUN_VERDICTS).optional().meta({ description: 'Verdict of the run.' }),
  exit: z.number().int().optional().meta({ description: 'Exit code that check would leave with.' }),
  reason: z
    .enum(REASON_CODES)
    .optional()
    .meta({ description: 'Reason of the gate itself: on-inconclusive, all-by-policy.' }),
  criteria: z
    .record(z.string(), z.union([z.enum(VERDICTS), criterionExpectation]))
    .refine((each) => Object.keys(each).length > 0, {
      error: 'no criterion is listed\nname one and its verdict, or leave "criteria" out',
    })
    .optional()
    .meta({
      description:
        'By criterion: ID for all its segments, ID[path=edge] for one; a verdict, or more than that.',
    }),
  exhaustive: z
    .boolean()
    .optional()
    .meta({ description: 'True: a criterion that is not listed is a failure of the test.' }),
})
  .refine((each) => Object.keys(each).some((key) => key !== 'exhaustive'), {
    error: 'nothing is expected\nexpect a verdict, an exit code or a criterion',
  })
  .meta({ description: 'What is expected of one look.' });

const expectation = z.union([z.enum(RUN_VERDICTS), look]);

export const testSchema = strict({
  name: name.meta({ description: 'What is shown, in a sentence.' }),
  now: instant.optional(),
  since: instant.optional(),
  at: z
    .union([duration, z.array(duration).min(1, 'at least one look is needed')])
    .optional()
    .meta({ description: 'Looks, by the time since the release began to take traffic: [5m, 10m, 30m].' }),
  window: duration.optional().meta({ description: 'Overrides the length of the window, as --window does.' }),
  vars: z.record(z.string(), plain).optional().meta({ description: 'Variables of the gate, as --var.' }),
  series: z.array(seriesSchema).optional().meta({ description: 'What is answered, by signal and part.' }),
  crawls: z
    .array(crawlSchema)
    .optional()
    .meta({ description: 'What web servers answer, by signal and page.' }),
  backends: z
    .record(z.string(), strict({ error }))
    .optional()
    .meta({ description: 'Backends that fail, by name.' }),
  replay: name.optional().meta({
    description: 'A recorded set that answers what no series of this test does; now is its instant.',
  }),
  expect: z
    .union([expectation, z.array(expectation).min(1, 'at least one expectation is needed')])
    .meta({ description: 'A verdict, or more than that; a list has one for each look.' }),
})
  .refine((test) => test.at === undefined || test.now === undefined, {
    error: '"at" and "now" both say when\n"at" counts from "since": leave "now" out',
  })
  .refine((test) => test.since === undefined || (test.at ?? test.now) !== undefined, {
    error:
      '"since" says when the release began, and nothing says when it is looked at\ngive "at" or "now", too',
  })
  .refine((test) => test.replay === undefined || (test.at ?? test.now ?? test.since) === undefined, {
    error: 'a replay stands at the instant of its recording\nleave "now", "since" and "at" out',
  })
  .meta({ description: 'One test: what is answered, and what is expected.' });

export const testFileSchema = strict({
  gates: z
    .array(name)
    .min(1, 'at least one gate is needed')
    .optional()
    .meta({ description: 'Gate files, relative to this file (the one of the same name beside it).' }),
  now: instant.optional(),
  vars: z.record(z.string(), plain).optional().meta({ description: 'Variables of all tests.' }),
  env: z
    .record(z.string(), plain)
    .optional()
    .meta({ description: 'Environment of the gates; the real one is never read.' }),
  series: z
    .array(seriesSchema)
    .optional()
    .meta({ description: 'Answers of all tests; what a test says of the same question stands over them.' }),
  crawls: z
    .array(crawlSchema)
    .optional()
    .meta({ description: 'Pages of all tests; what a test says of the same page stands over them.' }),
  tests: z
    .array(testSchema)
    .min(1, 'a file without tests tests nothing')
    .meta({ description: 'Tests, each of one gate and its looks.' }),
}).meta({ title: 'Tests of release gates', description: 'Tests of gates: answers, and what they make.' });

export type TestFile = z.output<typeof testFileSchema>;
export type TestBlock = z.output<typeof testSchema>;
export type SeriesBlock = z.output<typeof seriesSchema>;
export type LookExpectation = z.output<typeof look>;
export type CriterionExpectation = z.output<typeof criterionExpectation>;
