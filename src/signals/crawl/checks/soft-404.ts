import * as z from 'zod';
import { strict } from '../../../contracts/schema.js';
import { defineCheck, type Problem } from './check.js';

const schema = strict({
  says: z
    .array(z.string().min(1, 'an empty text is everywhere'))
    .default(['not found', '404'])
    .meta({ description: 'Words of title or heading that give an error page away.' }),
});

/** A page that is there is not the page for what is not there; and what is not there answers 404 or 410. */
export const soft404 = defineCheck({
  id: 'soft-404',
  about: 'the page differs from that of an address which cannot exist, and that one answers 404 or 410',
  needs: ['nowhere'],
  of: 'html',
  schema,
  find: ({ nowhere, html }, { says }) => {
    const problems: Problem[] = [];
    const texts = [html?.title ?? '', ...(html?.h1 ?? [])].map((text) => text.toLowerCase());
    const word = says.find((each) => texts.some((text) => text.includes(each.toLowerCase())));
    if (word !== undefined) problems.push({ what: 'words', detail: `title or heading says "${word}"` });
    if (nowhere === undefined || nowhere.status === null)
      return [...problems, { what: 'unverified', detail: 'an address that cannot exist did not answer' }];
    if (nowhere.isAlike)
      problems.push({ what: 'alike', detail: 'is the same page as an address that cannot exist' });
    if (nowhere.status !== 404 && nowhere.status !== 410)
      problems.push({
        what: 'no-404',
        detail: `an address that cannot exist answers ${nowhere.status}, not 404`,
      });
    return problems;
  },
});
