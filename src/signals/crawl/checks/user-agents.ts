import * as z from 'zod';
import { strict } from '../../../contracts/schema.js';
import { defineCheck, finalHop } from './check.js';

/** Names that pages can be asked under, besides our own. */
export const AGENTS = ['googlebot', 'browser'] as const;

const schema = strict({
  as: z
    .array(z.enum(AGENTS))
    .min(1, 'name googlebot, browser, or both')
    .default([...AGENTS])
    .meta({ description: 'Whom to ask as, on hosts of your own: googlebot, browser.' }),
});

/** A crawler and a browser get the same status: neither cloaking nor a wall against bots. */
export const userAgents = defineCheck({
  id: 'user-agents',
  about: 'the status is the same for Googlebot and for a browser',
  needs: ['agents'],
  of: 'answer',
  schema,
  find: (page, { as }) => {
    const own = finalHop(page).status;
    return as.flatMap((name) => {
      const seen = page.agents?.[name];
      if (seen === own) return [];
      // A wall that drops bots looks like a failure on the way.
      if (seen == null) return [{ what: 'unverified', detail: `no answer to ${name}, ${own} to us` }];
      return [{ what: name, detail: `answers ${seen} to ${name}, ${own} to us` }];
    });
  },
});
