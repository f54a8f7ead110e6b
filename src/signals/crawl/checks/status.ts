import * as z from 'zod';
import { strict } from '../../../contracts/schema.js';
import { defineCheck, finalHop } from './check.js';

const STATUS = z
  .number()
  .int('a whole number')
  .min(200, 'a status is 200 to 599')
  .max(599, 'a status is 200 to 599');
const schema = strict({
  is: STATUS.default(200).meta({ description: 'The status of every page whose list says no other; 200.' }),
});

/** The status a page is to have. */
function expectedStatus(expected: Readonly<Record<string, string>>, otherwise = 200): number {
  return expected['status'] === undefined ? otherwise : Number(expected['status']);
}

/** A redirect is expected of the first answer, any other status of the last. */
export const status = defineCheck({
  id: 'status',
  about: 'the status is 200, or what the list says',
  columns: ['status'],
  of: 'answer',
  schema,
  find: (page, { is }) => {
    const wanted = expectedStatus(page.expected, is);
    const isRedirect = wanted >= 300 && wanted < 400;
    const seen = isRedirect ? (page.hops[0]?.status ?? 0) : finalHop(page).status;
    return seen === wanted ? [] : [{ what: classOf(seen), detail: `answers ${seen}, ${wanted} is expected` }];
  },
});

/** Server errors and refusals to serve are other trouble than a page that is gone. */
function classOf(seen: number): string {
  if (seen === 429 || seen === 503) return 'overloaded';
  if (seen === 401 || seen === 403) return 'denied';
  return seen >= 500 ? 'server-error' : seen >= 400 ? 'client-error' : 'other';
}

/** A page is expected wherever the list does not say otherwise: a redirect or an error page has nothing to be judged. */
export function isPageExpected(expected: Readonly<Record<string, string>>): boolean {
  const wanted = expectedStatus(expected);
  return wanted >= 200 && wanted < 300;
}
