import { defineCheck, NONE } from './check.js';

/** Googlebot may fetch the page, by RFC 9309 as Google reads it. */
export const robotsTxt = defineCheck({
  id: 'robots-txt',
  about: 'robots.txt lets Googlebot fetch the page',
  needs: ['robots-txt'],
  columns: ['crawl'],
  of: 'answer',
  schema: NONE,
  find: ({ robotsTxt: seen, expected }) => {
    if (seen === undefined || seen.state === 'unreachable')
      return [{ what: 'unreachable', detail: seen?.detail ?? 'robots.txt was not asked for' }];
    const wanted = expected['crawl'] === 'no' ? 'disallowed' : 'allowed';
    return seen.state === wanted ? [] : [{ what: seen.state, detail: seen.detail }];
  },
});
