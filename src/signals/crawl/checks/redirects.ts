import * as z from 'zod';
import { strict } from '../../../contracts/schema.js';
import { normalUrl } from '../../probing/addresses.js';
import { defineCheck, finalHop, type Problem } from './check.js';

const PERMANENT: ReadonlySet<number> = new Set([301, 308]);
const schema = strict({
  'at-most': z
    .number()
    .int('a whole number of redirects')
    .min(0, 'at least 0 redirects')
    .max(10, 'at most 10 redirects')
    .default(1)
    .meta({ description: 'Redirects on the way to the page; 1.' }),
  temporary: z.boolean().default(false).meta({ description: 'True: 302, 303 and 307 are fine, too.' }),
});

/** Few and permanent redirects, to the address that the list says: without a column `final`, none at all. */
export const redirects = defineCheck({
  id: 'redirects',
  about: 'the address is the final one; on the way to another, few and permanent redirects',
  columns: ['final'],
  of: 'answer',
  schema,
  find: (page, { 'at-most': most, temporary }) => {
    const ways = page.hops.slice(0, -1);
    const problems: Problem[] = [];
    if (ways.length > most)
      problems.push({ what: 'too-many', detail: `${ways.length} redirects, at most ${most} are expected` });
    const passing = ways.filter(({ status }) => !PERMANENT.has(status)).map(({ status }) => status);
    if (!temporary && passing.length > 0)
      problems.push({
        what: 'temporary',
        detail: `redirects with ${passing.join(', ')}, not with 301 or 308`,
      });
    const down = page.hops.some(({ url }, i) => isSecure(page.hops[i - 1]?.url) && !isSecure(url));
    if (down) problems.push({ what: 'insecure', detail: 'redirects from https to plain http' });
    const final = finalHop(page).url;
    const wanted = normalUrl(page.expected['final'] ?? page.url, page.url);
    if (normalUrl(final) !== wanted)
      problems.push({ what: 'final', detail: `leads to ${final}, ${wanted} is expected` });
    return problems;
  },
});

function isSecure(url: string | undefined): boolean {
  return url?.startsWith('https:') === true;
}
