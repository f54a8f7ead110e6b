import type { Page } from '../../../model/page.js';
import { isAbsolute, normalUrl } from '../../probing/addresses.js';
import { baseOf, canonicalOf, canonicalsOf } from '../addresses.js';
import { defineCheck, finalHop, NONE, type Problem, quoted, type Site } from './check.js';

/** One canonical address, absolute, in the head or a header; the page's own, or what the list says. */
export const canonical = defineCheck({
  id: 'canonical',
  about: 'exactly one absolute canonical address, in head or header, of a page that names itself',
  needs: ['canonicals'],
  columns: ['canonical'],
  of: 'html',
  schema: NONE,
  find: (page, _parameters, site) => {
    const written = canonicalsOf(page);
    const wanted = normalUrl(page.expected['canonical'] ?? finalHop(page).url, page.url);
    if (written.length === 0) {
      const isElsewhere = (page.html?.canonicals.length ?? 0) > 0;
      return isElsewhere
        ? [
            {
              what: 'outside-head',
              detail: 'the canonical link stands outside the head, where crawlers ignore it',
            },
          ]
        : [{ what: 'missing', detail: `no canonical address, ${wanted} is expected` }];
    }
    const problems: Problem[] = [];
    const relative = written.filter((href) => !isAbsolute(href));
    if (relative.length > 0)
      problems.push({ what: 'relative', detail: `${quoted(relative)} is not absolute` });
    const found = new Set(written.map((href) => normalUrl(href, baseOf(page)) ?? ''));
    if (found.has('')) return [...problems, { what: 'invalid', detail: `${quoted(written)} is no address` }];
    if (found.size > 1) return [...problems, { what: 'many', detail: `names ${quoted([...found])}` }];
    const [own = ''] = found;
    if (own !== wanted) problems.push({ what: 'other', detail: `names ${own}, ${wanted} is expected` });
    return [...problems, ...targetTrouble(page, own, site)];
  },
});

/** A canonical address must answer 200 itself, and name itself. */
function targetTrouble(page: Page, own: string, site: Site): readonly Problem[] {
  if (own === normalUrl(finalHop(page).url)) return [];
  const target = site.page(own);
  if (target === undefined || target.failure !== undefined)
    return [
      {
        what: 'unverified',
        detail: `${own} could not be asked: ${target?.failure?.text ?? 'its host is not listed'}`,
      },
    ];
  const [first] = target.hops;
  if (first?.status !== 200) return [{ what: 'target', detail: `${own} answers ${first?.status}` }];
  const theirs = canonicalOf(target);
  return theirs === own
    ? []
    : [{ what: 'target', detail: `${own} names ${theirs ?? 'no address'} as canonical` }];
}
