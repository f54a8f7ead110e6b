/** A robots.txt, read as Google reads it. */
export interface Robots {
  /** @param agent name of a robot, such as Googlebot */
  isAllowed(url: string, agent: string): boolean;
  /** Addresses of sitemaps, as written. */
  readonly sitemaps: readonly string[];
}

/** Google reads no more than this. */
export const MOST_ROBOTS_BYTES = 500 * 1024;

interface Rule {
  readonly isAllow: boolean;
  /** Percent signs in upper case; `*` and a final `$` have a meaning. */
  readonly pattern: string;
}

interface Group {
  readonly agents: readonly string[];
  readonly rules: readonly Rule[];
}

/** Reads a robots.txt by RFC 9309; where that leaves room, as google/robotstxt (22b355f) does. */
export function readRobots(text: string): Robots {
  const { groups, sitemaps } = groupsIn(text);
  return {
    sitemaps,
    isAllowed: (url, agent) => {
      const { pathname, search } = new URL(url);
      const path = normalPath(pathname + search);
      const found = rulesFor(groups, agent).filter(({ pattern }) => matches(pattern, path));
      const longest = Math.max(0, ...found.map(({ pattern }) => pattern.length));
      const strongest = found.filter(({ pattern }) => pattern.length === longest);
      // Of two of one length, the one that allows.
      return strongest.length === 0 || strongest.some(({ isAllow }) => isAllow);
    },
  };
}

/** Without regular expressions, which a hostile pattern would keep busy for ever. */
function matches(pattern: string, path: string): boolean {
  const isAnchored = pattern.endsWith('$');
  const [first = '', ...rest] = (isAnchored ? pattern.slice(0, -1) : pattern).split('*');
  if (!path.startsWith(first)) return false;
  let at = first.length;
  for (const [i, part] of rest.entries()) {
    if (isAnchored && i === rest.length - 1) return path.length - part.length >= at && path.endsWith(part);
    const found = path.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return !isAnchored || at === path.length;
}

/** Characters beyond ASCII percent-encoded, as in addresses; the rest as it is. */
function normalPath(text: string): string {
  return text
    .replaceAll(/[^\0-\x7f]+/g, (wide) => encodeURIComponent(wide))
    .replaceAll(/%[0-9a-f]{2}/gi, (code) => code.toUpperCase());
}

/** The rules of all groups that name the robot; of those for all robots, where none does. */
function rulesFor(groups: readonly Group[], agent: string): readonly Rule[] {
  const name = agent.toLowerCase();
  const own = groups.filter(({ agents }) => name !== '' && agents.includes(name));
  const heeded = own.length > 0 ? own : groups.filter(({ agents }) => agents.includes('*'));
  return heeded.flatMap(({ rules }) => rules);
}

function groupsIn(text: string): { groups: readonly Group[]; sitemaps: readonly string[] } {
  const groups: { agents: string[]; rules: Rule[] }[] = [];
  const sitemaps: string[] = [];
  let isNaming = false;
  for (const { key, value } of linesOf(text)) {
    if (key === 'sitemap') sitemaps.push(value);
    if (key === 'user-agent') {
      if (!isNaming) groups.push({ agents: [], rules: [] });
      groups.at(-1)?.agents.push(nameOf(value));
      isNaming = true;
    } else if (key === 'allow' || key === 'disallow') {
      groups.at(-1)?.rules.push(...rulesOf(value, key === 'allow'));
      isNaming = false;
    }
    // Any other line neither begins nor ends a group.
  }
  return { groups, sitemaps };
}

/** An empty rule is none. A page called index is its folder, too, in Google's reading. */
function rulesOf(value: string, isAllow: boolean): readonly Rule[] {
  if (value === '') return [];
  const pattern = normalPath(value);
  const folder = isAllow ? /^(.*\/)index\.html?$/.exec(pattern)?.[1] : undefined;
  return [{ isAllow, pattern }, ...(folder === undefined ? [] : [{ isAllow, pattern: `${folder}$` }])];
}

/** Misspellings that Google's parser takes for what was meant. */
const MEANT: Readonly<Record<string, string>> = {
  useragent: 'user-agent',
  'user agent': 'user-agent',
  dissallow: 'disallow',
  dissalow: 'disallow',
  disalow: 'disallow',
  diasllow: 'disallow',
  disallaw: 'disallow',
};

/** Keys in lower case; the colon may be missing where there are just two words. */
function linesOf(text: string): readonly { key: string; value: string }[] {
  return text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\r|\n/)
    .flatMap((line) => {
      const plain = (line.split('#')[0] ?? '').trim();
      const [, written, value = ''] = /^([^:]+):(.*)$/.exec(plain) ?? /^(\S+)\s+(\S+)$/.exec(plain) ?? [];
      if (written === undefined) return [];
      const key = written.trim().toLowerCase();
      return [{ key: MEANT[key] ?? key, value: value.trim() }];
    });
}

/** A name ends at its first character that names do not have; `*` may have words after it. */
function nameOf(value: string): string {
  return /^\*(?:\s|$)/.test(value) ? '*' : (/^[A-Za-z_-]*/.exec(value)?.[0] ?? '').toLowerCase();
}
