import type { Page } from '../../model/page.js';
import { normalUrl } from '../probing/addresses.js';

/** What relative addresses of a page start from. */
export function baseOf({ url, hops, html }: Page): string {
  const final = hops.at(-1)?.url ?? url;
  return (html?.base == null ? undefined : normalUrl(html.base, final)) ?? final;
}

/** Canonical addresses as written: those of the head, and those of `Link` headers. */
export function canonicalsOf({ html, linkHeaders }: Page): readonly string[] {
  const inHead = (html?.canonicals ?? []).filter((each) => each.isInHead).map(({ href }) => href);
  return [...inHead, ...linkHeaders.flatMap(canonicalsIn)];
}

/** No target holds a bracket, so that a header of brackets is not read anew from each. `<https://a/>; rel="canonical", <…>; rel=next`: the targets whose relation is canonical. */
function canonicalsIn(header: string): readonly string[] {
  // Most headers are just this, which needs no taking apart.
  const only = /^<([^<>]*)>; ?rel="?canonical"?$/.exec(header)?.[1];
  if (only !== undefined) return [only];
  return [...header.matchAll(/<([^<>]*)>((?:\s*;\s*[^\s;,=]+(?:\s*=\s*(?:"[^"]*"|[^\s;,]*))?)*)/g)].flatMap(
    ([, target = '', parameters = '']) => {
      const rel = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,]+))/i.exec(parameters);
      const words = (rel?.[1] ?? rel?.[2] ?? '').toLowerCase().split(/\s+/);
      return words.includes('canonical') ? [target] : [];
    },
  );
}

/** The one address that a page names as its own; undefined when it names none or several. */
export function canonicalOf(page: Page): string | undefined {
  // Most name themselves: that need not be read.
  const found = new Set(
    canonicalsOf(page).map((href) => (href === page.url ? href : normalUrl(href, baseOf(page)))),
  );
  const [one] = found;
  return found.size === 1 ? one : undefined;
}
