import type { Finding } from '../../model/finding.js';
import type { Page, PageHtml } from '../../model/page.js';
import { finalHop, quoted } from './checks/check.js';
import type { Chosen } from './expect.js';

/** What a page need not have, and whose loss is a regression; by the check that must be chosen. */
const TOLD: Readonly<Record<string, (html: PageHtml) => readonly string[]>> = {
  hreflang: ({ hreflang }) => hreflang.map(({ lang }) => lang.toLowerCase()),
  'json-ld': ({ items }) => items.map(({ type }) => type),
};

/**
 * Languages and types of JSON-LD that the page of the baseline has and that of now has not.
 *
 * @param found what is wrong with the pages now: what is missing there by the list is not told again
 */
export function lostSince(
  pages: readonly Page[],
  before: readonly Page[],
  chosen: readonly Chosen[],
  found: readonly Finding[],
): readonly Finding[] {
  const known = new Map(before.filter(({ isTarget }) => !isTarget).map((page) => [page.listed, page]));
  const told = new Set(found.map(({ name, url }) => `${name} ${url}`));
  return pages.flatMap((page) => {
    const [now, then] = [htmlOf(page), htmlOf(known.get(page.listed))];
    if (now === undefined || then === undefined) return [];
    return chosen.flatMap(({ check: { id } }): readonly Finding[] => {
      const has = new Set(TOLD[id]?.(now));
      const lost = (TOLD[id]?.(then) ?? []).filter((name) => !has.has(name));
      return lost.length === 0 || told.has(`${id}.missing ${page.listed}`)
        ? []
        : [{ name: `${id}.lost`, url: page.listed, detail: `${quoted(lost)} of the baseline is gone` }];
    });
  });
}

/** Of a page that is there; what an error page has or lacks is nobody's. */
function htmlOf(page: Page | undefined): PageHtml | undefined {
  return page === undefined || page.failure !== undefined || finalHop(page).status >= 300
    ? undefined
    : page.html;
}
