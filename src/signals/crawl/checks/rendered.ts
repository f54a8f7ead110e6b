import type { Page } from '../../../model/page.js';
import { normalUrl } from '../../probing/addresses.js';
import { baseOf } from '../addresses.js';
import { defineCheck, NONE, type Problem } from './check.js';

/** Below this share of what scripts bring about, crawlers that run none see another page. */
const LEAST_SHARE = 0.5;

/** What scripts change: another canonical address or robots directive is read too late, or not at all. */
export const rendered = defineCheck({
  id: 'rendered',
  about:
    'scripts change neither canonical, robots, title, heading nor structured data, and bring no main content',
  needs: ['rendered'],
  of: 'html',
  schema: NONE,
  find: (page) => {
    const { html: raw, rendered: after, renderTrouble } = page;
    if (raw === undefined || after === undefined)
      return [{ what: 'unverified', detail: renderTrouble ?? 'the page was not rendered' }];
    const [links, linksAfter] = [raw.links, after.links];
    if (links === undefined || linksAfter === undefined)
      return [{ what: 'unverified', detail: 'the links of the page were not read' }];
    const problems: Problem[] = [];
    const compare = (what: string, before: string, now: string): void => {
      if (before !== now)
        problems.push({
          what,
          detail: `scripts change it from ${before || 'nothing'} to ${now || 'nothing'}`,
        });
    };
    compare('canonical', canonicals(page, raw), canonicals(page, after));
    compare('robots', directives(raw), directives(after));
    compare('title', raw.title ?? '', after.title ?? '');
    compare('h1', raw.h1.join(' | '), after.h1.join(' | '));
    compare('json-ld', types(raw), types(after));
    if (links < linksAfter * LEAST_SHARE)
      problems.push({
        what: 'links',
        detail: `${links} links without scripts, ${linksAfter} with them`,
      });
    if (raw.textLength < after.textLength * LEAST_SHARE)
      problems.push({
        what: 'text',
        detail: `${raw.textLength} characters of text without scripts, ${after.textLength} with them`,
      });
    return problems;
  },
});

type Html = NonNullable<Page['html']>;

function canonicals(page: Page, { canonicals: found }: Html): string {
  return found
    .map(({ href }) => normalUrl(href, baseOf(page)) ?? href)
    .sort()
    .join(' ');
}

function directives({ robots }: Html): string {
  return robots
    .map(({ name, content }) => `${name}: ${content}`.toLowerCase())
    .sort()
    .join('; ');
}

function types({ items }: Html): string {
  return [...new Set(items.map(({ type }) => type))].sort().join(' ');
}
