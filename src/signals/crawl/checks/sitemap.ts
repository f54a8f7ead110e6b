import * as z from 'zod';
import { optional, strict } from '../../../contracts/schema.js';
import { defineCheck } from './check.js';
import { isPageExpected } from './status.js';

const schema = strict({
  url: optional(() => z.string().min(1, 'an address is expected'), {
    description: 'The sitemap, or an index of them; without it, what robots.txt names, or /sitemap.xml.',
  }),
});

/** The sitemap lists the page by the very address of the list. */
export const sitemap = defineCheck({
  id: 'sitemap',
  about: 'the sitemap lists the page by this address',
  needs: ['sitemap'],
  columns: ['sitemap', 'status', 'index'],
  of: 'answer',
  schema,
  find: ({ sitemap: seen, expected }) => {
    if (seen === undefined || seen.state === 'unread')
      return [{ what: 'unread', detail: seen?.detail ?? 'the sitemap was not asked for' }];
    // What is no page, or is not to be found, has no place in it.
    const isPage = isPageExpected(expected) && expected['index'] !== 'no';
    const isWanted = expected['sitemap'] === undefined ? isPage : expected['sitemap'] === 'yes';
    const wanted = isWanted ? 'listed' : 'absent';
    return seen.state === wanted ? [] : [{ what: seen.state, detail: seen.detail }];
  },
});
