import type { Page } from '../../../model/page.js';
import { type EpochMs, parseHttpDate, parseInstant } from '../../../model/time.js';
import { defineCheck, NONE } from './check.js';

/** Directives with a value after a colon, which otherwise ends the name of a robot. */
const VALUED = /^(?:unavailable_after|max-snippet|max-image-preview|max-video-preview)$/;
const HEEDED: ReadonlySet<string> = new Set(['robots', 'googlebot']);

/** Nothing keeps a search engine from showing the page; the strictest of all directives counts. */
export const indexable = defineCheck({
  id: 'indexable',
  about: 'no noindex in meta robots or X-Robots-Tag, unless the list says "index: no"',
  needs: ['robots-txt'],
  columns: ['index'],
  of: 'page',
  schema: NONE,
  find: (page, _parameters, site) => {
    const against = directivesOf(page).filter(({ directive }) => isNoindex(directive, site.now));
    const isWanted = page.expected['index'] !== 'no';
    const [first] = against;
    if (isWanted)
      return first === undefined
        ? []
        : [{ what: 'noindex', detail: `${first.where} says "${first.directive}"` }];
    if (first === undefined) return [{ what: 'index', detail: 'may be indexed, "noindex" is expected' }];
    return page.robotsTxt?.state === 'disallowed'
      ? [{ what: 'never-seen', detail: 'robots.txt keeps crawlers from seeing its "noindex"' }]
      : [];
  },
});

interface Directive {
  readonly where: string;
  readonly directive: string;
}

/** What Googlebot heeds. */
function directivesOf({ html, robotsHeaders }: Page): readonly Directive[] {
  const metas = (html?.robots ?? [])
    .filter(({ name }) => HEEDED.has(name.toLowerCase()))
    .flatMap(({ name, content }) =>
      partsOf(content).map((directive) => ({ where: `meta ${name}`, directive })),
    );
  const headers = robotsHeaders
    .flatMap(spokenIn)
    .filter(({ robot }) => HEEDED.has(robot))
    .map(({ directive }) => ({ where: 'X-Robots-Tag', directive }));
  return [...metas, ...headers];
}

/** Proxies join lines by commas: who is named within one is spoken to there, and what follows may be a line to all. */
function spokenIn(line: string): readonly { readonly robot: string; readonly directive: string }[] {
  const { robot: first, rest } = robotOf(line);
  let robot = first;
  return partsOf(rest).map((part) => {
    const named = robotOf(part);
    if (named.rest === part) return { robot, directive: part };
    robot = 'robots';
    return { robot: named.robot, directive: named.rest.trim() };
  });
}

/** `googlebot: noindex` speaks to one robot, `unavailable_after: DATE` to all. */
function robotOf(line: string): { robot: string; rest: string } {
  const match = /^\s*([\w-]+)\s*:(.*)$/.exec(line);
  const name = match?.[1]?.toLowerCase() ?? '';
  return match === null || VALUED.test(name)
    ? { robot: 'robots', rest: line }
    : { robot: name, rest: match[2] ?? '' };
}

/** Directives in lower case; a date holds commas of its own. */
function partsOf(content: string): readonly string[] {
  const date = /unavailable_after\s*:\s*(.*)$/i.exec(content);
  const plain = date === null ? content : content.slice(0, date.index);
  return [
    ...plain.split(',').map((part) => part.trim().toLowerCase()),
    ...(date === null ? [] : [`unavailable_after: ${(date[1] ?? '').trim()}`]),
  ].filter((part) => part !== '');
}

function isNoindex(directive: string, now: EpochMs): boolean {
  if (directive === 'noindex' || directive === 'none') return true;
  if (!directive.startsWith('unavailable_after:')) return false;
  const written = directive.slice('unavailable_after:'.length).trim();
  const at = parseHttpDate(written) ?? parseInstant(written) ?? parseInstant(`${written}T00:00:00Z`);
  // A date that cannot be read is not taken for one that has not come.
  return at === undefined || at <= now;
}
