import * as z from 'zod';
import { duration, once, optional, strict } from '../contracts/schema.js';
import { BURN_SEVERITIES } from '../model/burn.js';
import { complement, type Fraction, fractionOf, times } from '../stats/fraction.js';
import { parseLimit } from './limit.js';

/** A percentage of at most 100 %, without rounding. */
const share = once(() =>
  z
    .string('a percentage such as 99.9% is expected')
    .transform((written, context): Fraction => {
      const percent = fractionOf(/^(\S+?)\s*%$/.exec(written.trim())?.[1] ?? '');
      const found = percent && times(percent, { num: 1, den: 100 });
      if (found !== undefined && found.num >= 0 && found.num <= found.den) return found;
      context.addIssue({ code: 'custom', message: `"${written}" is no percentage\nwrite it like "99.9%"` });
      return z.NEVER;
    })
    .meta({ description: 'A percentage.', examples: ['99.9%'] }),
);

const objective = once(() =>
  share()
    .refine(({ num }) => num > 0, 'an objective of 0% allows everything\nwrite it like "99.9%"')
    .refine(
      (found) => complement(found).num > 0,
      'an objective of 100% leaves no budget to burn\nwrite what is promised, such as "99.9%", or judge "pass: == 100%"',
    )
    .meta({ description: 'Share of good events that is promised.', examples: ['99.9%'] }),
);

const factor = once(() =>
  z
    .number('a factor is a number such as 14.4')
    .positive('a factor is above 0')
    .meta({ description: 'How many times as fast as the budget lasts for its period.', examples: [14.4] }),
);

const row = once(() =>
  strict({
    long: duration.meta({ description: 'Long window: it says that the burn matters.', examples: ['1h'] }),
    short: optional(() => duration, {
      description: 'Short window: it says that it still burns; a twelfth of the long one by default.',
    }),
    factor: optional(factor),
    budget: optional(share, {
      description: 'In place of a factor: share of the budget that is gone in the long window.',
    }),
    severity: z.enum(BURN_SEVERITIES).meta({ description: '"page" fails the release, "ticket" warns.' }),
  }),
);

const remaining = once(() =>
  z
    .string('a limit such as "> 0%" is expected')
    .transform((written, context) => {
      const parsed = parseLimit(written);
      if (!parsed.ok) {
        for (const { message, mend } of parsed.failures)
          context.addIssue({ code: 'custom', message: mend === undefined ? message : `${message}\n${mend}` });
        return z.NEVER;
      }
      const limit = parsed.value;
      const isLeast = limit.kind === 'compare' && (limit.operator === '>' || limit.operator === '>=');
      const side = isLeast && limit.side.kind === 'absolute' ? limit.side.quantity : undefined;
      const least = side?.unit === '%' ? fractionOf(String(side.value)) : undefined;
      const found = least && times(least, { num: 1, den: 100 });
      if (!isLeast || found === undefined) {
        const mend = 'write it like "> 0%": what must be left of the budget at least';
        context.addIssue({ code: 'custom', message: `"${written}" does not say what must be left\n${mend}` });
        return z.NEVER;
      }
      if (found.num >= found.den) {
        const mend = 'write less, such as "> 0%" or "> 20%"';
        context.addIssue({ code: 'custom', message: `"${written}" allows not one bad event\n${mend}` });
        return z.NEVER;
      }
      const operator = limit.operator === '>' ? ('>' as const) : ('>=' as const);
      return { text: written.trim(), operator, least: found };
    })
    .meta({ description: 'What must be left of the budget of the period.', examples: ['> 0%', '>= 20%'] }),
);

export const burnSchema = once(() =>
  strict({
    objective: objective(),
    period: duration.meta({ description: 'Time that the budget is for.', examples: ['30d'] }),
    windows: optional(
      () =>
        z.record(
          z
            .string()
            .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, 'a name is lower case letters, digits and dashes'),
          row(),
        ),
      { description: 'Rows in place of the built-in table; {} asks for "remaining" alone.' },
    ),
    remaining: optional(remaining),
    'before-deploy': optional(() => z.enum(['leave-out', 'count']), {
      description:
        'With --since: what came before the deploy is left out of windows that reach back further, or counts.',
    }),
  }).meta({ description: 'Judges how fast an error budget burns; on a ratio.' }),
);

export type BurnBlock = z.output<ReturnType<typeof burnSchema>>;
export type BurnRowBlock = z.output<ReturnType<typeof row>>;
