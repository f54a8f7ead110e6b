import * as z from 'zod';
import { duration, once, optional, strict } from '../contracts/schema.js';
import { ANOMALY_PASTS, DIRECTIONS } from '../model/anomaly.js';

const falseAlarm = once(() =>
  z
    .string('a rate of false alarms such as "1 per 1000 steps" is expected')
    .transform((written, context) => {
      const steps = Number(/^1\s+per\s+(\d+)\s+(?:steps|intervals)$/.exec(written.trim())?.[1]);
      if (steps >= 10) return steps;
      const mend = 'write it like "1 per 1000 steps", from 10 steps on';
      context.addIssue({ code: 'custom', message: `"${written}" is no rate of false alarms\n${mend}` });
      return z.NEVER;
    })
    .meta({
      description: 'Steps in which nothing is wrong, per false alarm.',
      examples: ['1 per 1000 steps'],
    }),
);

const whole = once(() => z.number().int('a whole number is expected'));

export const anomalySchema = once(() =>
  strict({
    against: z.enum(ANOMALY_PASTS).meta({
      description:
        'What is usual: the steps before the window, the same hours of earlier weeks or seasons, or an even flow of events.',
    }),
    detector: optional(() => z.enum(['hampel', 'page-hinkley', 'e-detector', 'shiryaev-roberts']), {
      description:
        'trailing: hampel (steps far off; the default) or page-hinkley (a level that moved). poisson: e-detector (the default) or shiryaev-roberts.',
    }),
    direction: optional(() => z.enum(DIRECTIONS), {
      description: 'Side on which it is an anomaly: the worse one by default, both where none is worse.',
    }),
    history: optional(() => duration, {
      description: 'trailing, poisson: how far back is learnt from; ten windows by default.',
      examples: ['6h'],
    }),
    weeks: optional(() => whole().min(1, 'at least 1 week').max(26, 'at most 26 weeks'), {
      description: 'same-hour-last-week: how many weeks back; 4 by default.',
    }),
    season: optional(() => duration, {
      description: 'seasonal: after which time it repeats itself; 1d by default.',
      examples: ['1d'],
    }),
    seasons: optional(
      () =>
        whole()
          .min(3, 'at least 3 seasons: what fewer have in common may be chance')
          .max(60, 'at most 60 seasons'),
      { description: 'seasonal: how many seasons back; 7 by default.' },
    ),
    threshold: optional(() => z.number().positive('a threshold is above 0'), {
      description:
        'Spreads (1.4826 median absolute deviations) from the usual: hampel 3, page-hinkley 10 by default.',
    }),
    'in-a-row': optional(() => whole().min(1, 'at least 1 step'), {
      description: 'hampel: steps in a row that must be that far off; 3 by default.',
    }),
    drift: optional(() => z.number().min(0, 'a drift is not below 0'), {
      description: 'page-hinkley: spreads by which the level may move unnoticed; 0.5 by default.',
    }),
    detect: optional(() => z.number().gt(1, 'look for more than 1 times as many events'), {
      description: 'poisson: how many times as many events are looked for; 2 by default.',
    }),
    'false-alarm': optional(falseAlarm),
  }).meta({ description: 'Judges a series against its own history; on a value or a rate.' }),
);

export type AnomalyBlock = z.output<ReturnType<typeof anomalySchema>>;
