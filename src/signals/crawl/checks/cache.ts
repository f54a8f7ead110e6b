import * as z from 'zod';
import { optional, strict } from '../../../contracts/schema.js';
import { defineCheck, type Problem, quoted } from './check.js';

const schema = strict({
  hit: z.boolean().default(false).meta({ description: 'True: Cache-Status must tell of a hit.' }),
  vary: optional(() => z.array(z.string().min(1, 'the name of a header is expected')), {
    description: 'All that Vary may name.',
    examples: [['accept-encoding']],
  }),
});

/** What caches on the way say of themselves, and what they tell answers apart by. */
export const cache = defineCheck({
  id: 'cache',
  about: 'Cache-Status can be read, and Vary names nothing that makes caching useless',
  of: 'page',
  schema,
  find: ({ caches, vary }, { hit, vary: allowed }) => {
    const problems: Problem[] = [];
    if (caches === null) problems.push({ what: 'unread', detail: 'Cache-Status is no list by RFC 9211' });
    if (hit && caches !== null && !(caches ?? []).some(({ isHit }) => isHit))
      problems.push({ what: 'miss', detail: caches === undefined ? 'no Cache-Status' : 'no cache had it' });
    const names = (vary ?? '').split(',').map((name) => name.trim().toLowerCase());
    const known = allowed?.map((name) => name.toLowerCase());
    const strange = names.filter((name) => name === '*' || (name !== '' && known?.includes(name) === false));
    if (strange.length > 0) problems.push({ what: 'vary', detail: `Vary names ${quoted(strange)}` });
    return problems;
  },
});
