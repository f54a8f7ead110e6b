import type { Observed, ObserveInput } from '../../contracts/signal.js';
import type { Count, Evidence, Observation, Trouble } from '../../model/evidence.js';
import type { CacheVisit, Page } from '../../model/page.js';
import { findingsIn, HELD_ERROR, missesText, sourceText } from './findings.js';
import { type Asked, askedIn, type HitHeaders, isFromCache } from './reading.js';

/** A visit that counts, with the caches that it went to; undefined where nothing tells of them. */
interface Seen {
  readonly listed: string;
  readonly visit: CacheVisit;
  readonly asked: readonly Asked[] | undefined;
}

/** What is read off the visits for one take. */
type Read = Pick<Observation, 'evidence' | 'trouble' | 'notes' | 'findings'>;

const SHOWN = 3;

/** What the visits say for the take at hand. */
export function observeVisits(input: ObserveInput, hitHeaders: HitHeaders): Observed {
  const pages = input.answers.get('visits')?.pages ?? [];
  const all = pages.flatMap((page) => seenIn(page, hitHeaders));
  const read = readAs(input, pages, all, hitHeaders);
  const observation: Observation = {
    labels: {},
    // Pages are asked for during the run, after the end of the window.
    newest: all.length === 0 ? null : input.window.to,
    ended: [],
    ...read,
    trouble: [...(input.take.kind === 'share-current' ? allErrors(all) : silence(all)), ...read.trouble],
  };
  return { state: 'observed', observations: [observation] };
}

function seenIn({ listed, visits = [] }: Page, hitHeaders: HitHeaders): readonly Seen[] {
  return visits.map((visit) => ({ listed, visit, asked: askedIn(visit, hitHeaders) }));
}

function readAs(
  { take }: ObserveInput,
  pages: readonly Page[],
  all: readonly Seen[],
  hitHeaders: HitHeaders,
): Read {
  switch (take.kind) {
    case 'share-hit':
      return hitsOf(
        pages.flatMap((page) => seenIn(page, hitHeaders).slice(1)),
        take.cache,
        all,
      );
    case 'age-quantile':
      return agesOf(all);
    case 'share-current':
      return currentOf(all, hitHeaders);
    default: {
      const findings = findingsIn(pages, hitHeaders);
      const count: Count = { k: findings.length, n: pages.length };
      return { evidence: countsOf(pages.length === 0 ? null : count), trouble: [], notes: [], findings };
    }
  }
}

/** Not one word of a cache is no evidence of anything, and what caches say of errors is none of what is asked. */
function silence(all: readonly Seen[]): readonly Trouble[] {
  const errorsAlone = allErrors(all);
  if (errorsAlone.length > 0) return errorsAlone;
  if (all.some(({ asked }) => asked !== undefined)) return [];
  const errors = all.filter(isError).length;
  return [
    {
      code: 'no-data',
      text: 'no answer tells what caches did with it: none has a Cache-Status that can be read',
      next: `${errors === 0 ? '' : `${errors} of ${all.length} answers are errors (${statusesIn(all)}): see to them first; `}have the caches send it (RFC 9211), or name a header and its hits under "hit-headers"`,
    },
  ];
}

function allErrors(all: readonly Seen[]): readonly Trouble[] {
  return all.length > 0 && all.every(isError) ? [errorTrouble(all)] : [];
}

function isError({ visit: { status } }: Seen): boolean {
  return status === null || status >= 400;
}

/** `500, 503, no answer`. */
function statusesIn(all: readonly Seen[]): string {
  const told = all.filter(isError).map(({ visit: { status } }) => status ?? 'no answer');
  return [...new Set(told)].join(', ');
}

function errorTrouble(all: readonly Seen[]): Trouble {
  const isHeld = all.some(({ asked }) => asked?.some(({ isHit }) => isHit));
  return {
    code: 'no-data',
    text: `all of ${all.length} answers that count are errors: ${statusesIn(all)}${isHeld ? `, ${HELD_ERROR}` : ''}`,
    next: 'see why the addresses answer so: what caches do with errors tells nothing of pages',
  };
}

/** Hits among the visits after the first, of any cache or of one. */
function hitsOf(later: readonly Seen[], cache: string | null, all: readonly Seen[]): Read {
  const told = later.flatMap(({ listed, visit, asked }) =>
    asked === undefined ? [] : [{ listed, visit, asked }],
  );
  const silent = later.length - told.length;
  const counted =
    cache === null ? told : told.filter(({ asked }) => asked.some(({ name }) => name === cache));
  const missed = counted.filter(
    ({ visit, asked }) =>
      !isFromCache(visit, cache === null ? asked : asked.filter(({ name }) => name === cache)),
  );
  const count: Count = { k: counted.length - missed.length, n: counted.length };
  const shown = missed.slice(0, SHOWN).map((each) => `${each.listed}: ${missText(each)}`);
  const more = missed.length > SHOWN ? ` and ${missed.length - SHOWN} more` : '';
  return {
    evidence: countsOf(counted.length === 0 ? null : count),
    trouble: [
      // The first visits may be well where none that counts is.
      ...(later.length > 0 && later.every(isError) && !all.every(isError) ? [errorTrouble(later)] : []),
      ...silentTrouble(silent, later.length),
      ...(cache === null ? [] : unnamedTrouble(told, counted.length, cache, nearerThan(cache, all))),
    ],
    notes: shown.length === 0 ? [] : [`not from the cache: ${shown.join('; ')}${more}`],
  };
}

function missText({ visit: { status }, asked }: { visit: CacheVisit; asked: readonly Asked[] }): string {
  if (status === null || status < 400) return missesText(asked);
  return `answers ${status}${asked.some(({ isHit }) => isHit) ? `, ${HELD_ERROR}` : ''}`;
}

function silentTrouble(silent: number, of: number): readonly Trouble[] {
  if (silent === 0) return [];
  return [
    {
      code: 'partial',
      text: `${silent} of ${of} visits tell nothing of caches`,
      next: 'see what answers them: "take: findings" names the pages',
    },
  ];
}

/** Caches that stand between us and this one, as far as any answer names both. */
function nearerThan(cache: string, all: readonly Seen[]): ReadonlySet<string> {
  return new Set(
    all.flatMap(({ visit }) => {
      const names = (visit.caches ?? []).map(({ name }) => name);
      return names.includes(cache) ? names.slice(names.indexOf(cache) + 1) : [];
    }),
  );
}

/** A cache that speaks up only when it has something would always look perfect: it must be named, or not be asked. */
function unnamedTrouble(
  told: readonly { readonly asked: readonly Asked[] }[],
  named: number,
  cache: string,
  nearer: ReadonlySet<string>,
): readonly Trouble[] {
  const unnamed = told.filter(
    ({ asked }) => !asked.some(({ name, isHit }) => name === cache || (isHit && nearer.has(name))),
  ).length;
  if (unnamed === 0 && named > 0) return [];
  const names = [...new Set(told.flatMap(({ asked }) => asked.map(({ name }) => name)))];
  if (unnamed === 0)
    return [
      {
        code: 'no-data',
        text: `"${cache}" was not asked: caches nearer to us had every answer (${names.join(', ')})`,
        next: 'send a header or a cookie that passes them by, in a signal of its own',
      },
    ];
  return [
    {
      code: named === 0 ? 'no-data' : 'partial',
      text: `${unnamed} of ${told.length} visits ${unnamed === 1 ? 'does' : 'do'} not name the cache "${cache}"; named are ${names.join(', ')}`,
      next: 'check its name, as Cache-Status has it',
    },
  ];
}

/** Visits that hold the marker of the release, of all: the first of them may be the one that shows an old copy. */
function currentOf(all: readonly Seen[], hitHeaders: HitHeaders): Read {
  const others = all.filter((seen) => isError(seen) || seen.visit.hasMarker !== true);
  const shown = others.slice(0, SHOWN).map(({ listed, visit }) => {
    const isAnswer = visit.status !== null && visit.status < 400;
    return `${listed}: ${isAnswer ? sourceText(visit, hitHeaders) : (visit.failure?.text ?? `answers ${visit.status}`)}`;
  });
  const more = others.length > SHOWN ? ` and ${others.length - SHOWN} more` : '';
  return {
    evidence: countsOf(all.length === 0 ? null : { k: all.length - others.length, n: all.length }),
    trouble: [],
    notes: shown.length === 0 ? [] : [`without the marker: ${shown.join('; ')}${more}`],
  };
}

/** Ages of what came out of caches; one that does not say how old it is may be the oldest. */
function agesOf(all: readonly Seen[]): Read {
  const hits = all.filter(({ visit, asked }) => asked !== undefined && isFromCache(visit, asked));
  const ages = hits.flatMap(({ visit }) => visit.age ?? []);
  const silent = all.filter(({ asked }) => asked === undefined).length;
  const errors = all.filter((seen) => seen.asked !== undefined && isError(seen));
  const trouble: Trouble[] = [...silentTrouble(silent, all.length), ...unagedTrouble(errors, all.length)];
  if (hits.length === 0)
    trouble.push({ code: 'no-data', text: 'no answer came out of a cache, so that none has an age' });
  const ageless = hits.length - ages.length;
  if (ageless > 0)
    trouble.push({
      code: 'partial',
      text: `${ageless} of ${hits.length} answers from caches ${ageless === 1 ? 'does not say its' : 'do not say their'} age`,
      next: 'a cache must send Age (RFC 9111): see which one does not',
    });
  return { evidence: { kind: 'raw', values: ages }, trouble, notes: [] };
}

/** What is missing may be the oldest. */
function unagedTrouble(errors: readonly Seen[], of: number): readonly Trouble[] {
  if (errors.length === 0) return [];
  const listed = [...new Set(errors.map((each) => each.listed))];
  const more = listed.length > SHOWN ? ` and ${listed.length - SHOWN} more` : '';
  return [
    {
      code: 'partial',
      text: `${errors.length} of ${of} answers are errors (${statusesIn(errors)}), whose age tells nothing of pages: ${listed.slice(0, SHOWN).join(', ')}${more}`,
      next: 'see why they answer so, or take them off the list',
    },
  ];
}

function countsOf(count: Count | null): Evidence {
  return { kind: 'counts', strata: [count] };
}
