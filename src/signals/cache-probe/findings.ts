import type { Finding } from '../../model/finding.js';
import type { CacheVisit, Page } from '../../model/page.js';
import { freshnessOf } from './freshness.js';
import { type Asked, askedIn, type HitHeaders, isFromCache } from './reading.js';

type Problem = Pick<Finding, 'name' | 'detail'>;

const OBSTACLES = {
  'no-store': 'Cache-Control forbids to store it',
  private: 'Cache-Control keeps it to one user',
  'no-cache': 'Cache-Control has it asked for anew each time',
  'no-time': 'Cache-Control gives it no time to live',
} as const;
const VARIES: Readonly<Record<string, readonly [string, string]>> = {
  '*': ['vary.star', 'Vary is *, so that no answer serves another request'],
  cookie: ['vary.cookie', 'Vary names Cookie, so that each visitor has an answer of their own'],
  'user-agent': ['vary.user-agent', 'Vary names User-Agent, of which there are thousands'],
};

/** Why a hit does not count. */
export const HELD_ERROR = 'and an error out of a cache is no hit';

/** What is wrong with each page, in the order of the list; each name once a page. */
export function findingsIn(pages: readonly Page[], hitHeaders: HitHeaders): readonly Finding[] {
  return pages.flatMap((page) => {
    const byName = new Map(problemsOf(page.visits ?? [], hitHeaders).map((each) => [each.name, each]));
    return [...byName.values()].map(({ name, detail }) => ({ name, url: page.listed, detail }));
  });
}

function problemsOf(visits: readonly CacheVisit[], hitHeaders: HitHeaders): readonly Problem[] {
  return [
    ...visits.flatMap((visit) => ofVisit(visit, hitHeaders)),
    ...visits.slice(1).flatMap((visit, i) => changeSince(visits[i], visit, hitHeaders)),
    ...stillMissed(visits, hitHeaders),
  ];
}

function ofVisit(visit: CacheVisit, hitHeaders: HitHeaders): readonly Problem[] {
  const { status, failure, caches, age, cacheControl, vary = '', setsCookie } = visit;
  if (failure !== undefined) return [{ name: `fetch.${failure.kind}`, detail: failure.text }];
  if (status === null || status >= 400) {
    const isHeld = askedIn(visit, hitHeaders)?.some(({ isHit }) => isHit) === true;
    return [{ name: 'status.error', detail: `answers ${status}${isHeld ? `, ${HELD_ERROR}` : ''}` }];
  }
  const { obstacles, most } = freshnessOf(cacheControl);
  const problems: Problem[] = obstacles.map((name) => ({
    name: `cacheable.${name}`,
    detail: OBSTACLES[name],
  }));
  if (caches === null)
    problems.push({ name: 'cache-status.unread', detail: 'Cache-Status is no list by RFC 9211' });
  else if (askedIn(visit, hitHeaders) === undefined)
    problems.push({ name: 'cache-status.missing', detail: 'nothing tells what caches did with it' });
  if (setsCookie === true)
    problems.push({ name: 'cacheable.set-cookie', detail: 'it sets a cookie, which caches will not share' });
  for (const word of vary.split(',')) {
    const [name, detail] = VARIES[word.trim().toLowerCase()] ?? [];
    if (name !== undefined && detail !== undefined) problems.push({ name, detail });
  }
  if (visit.hasMarker === false)
    problems.push({ name: 'marker.missing', detail: `another release: ${sourceText(visit, hitHeaders)}` });
  if (age === null) problems.push({ name: 'age.unread', detail: 'Age is no number of seconds' });
  else if (age !== undefined && most !== undefined && age > most)
    problems.push({ name: 'age.beyond', detail: `${age} s old, at most ${most} s are allowed` });
  return problems;
}

/** Where an answer came from, and how old it is. */
export function sourceText(visit: CacheVisit, hitHeaders: HitHeaders): string {
  const asked = askedIn(visit, hitHeaders);
  const age = typeof visit.age === 'number' ? `, ${visit.age} s old` : '';
  if (asked === undefined) return `nothing tells of a cache${age}`;
  const holder = asked.find(({ isHit }) => isHit);
  return `${holder === undefined ? 'not from a cache' : `from the cache ${holder.name}`}${age}`;
}

/** Two answers under one key of which the later came out of a cache are one answer, or the key leaves something out. */
function changeSince(
  before: CacheVisit | undefined,
  visit: CacheVisit,
  hitHeaders: HitHeaders,
): readonly Problem[] {
  const asked = askedIn(visit, hitHeaders) ?? [];
  if (before?.body === undefined || (before.status ?? 400) >= 400 || !isFromCache(visit, asked)) return [];
  const isOtherKey = keyOf(before) !== keyOf(visit);
  return before.body === visit.body || isOtherKey
    ? []
    : [{ name: 'key.differs', detail: 'a cache answered otherwise than just before, under the same key' }];
}

function keyOf({ caches }: CacheVisit): string {
  return (caches ?? []).map(({ name, key = '' }) => `${name} ${key}`).join('\n');
}

function stillMissed(visits: readonly CacheVisit[], hitHeaders: HitHeaders): readonly Problem[] {
  const last = visits.at(-1);
  const asked = last && askedIn(last, hitHeaders);
  if (last === undefined || asked === undefined || isFromCache(last, asked) || (last.status ?? 400) >= 400)
    return [];
  return [
    {
      name: 'hit.none',
      detail: `asked for ${visits.length} times, and no cache had it: ${missesText(asked)}`,
    },
  ];
}

/** `edge (uri-miss), shield`. */
export function missesText(asked: readonly Asked[]): string {
  return asked.map(({ name, forward }) => (forward === undefined ? name : `${name} (${forward})`)).join(', ');
}
