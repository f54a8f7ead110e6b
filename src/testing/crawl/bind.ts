import type { BackendContext } from '../../contracts/backend.js';
import type { Fetcher } from '../../contracts/fetcher.js';
import { suggest } from '../../contracts/suggest.js';
import { BackendError, type Failure } from '../../model/failure.js';
import type { Measurement } from '../../model/measurement.js';
import type { EpochMs } from '../../model/time.js';
import { fits, rankOf } from '../fit.js';
import type { Path, Places } from '../places.js';
import { RECORD_IT, strayOf } from '../stray.js';
import type { Target } from '../targets.js';
import { pageFetcher } from './fetcher.js';
import { type CrawlEntry, type Given, givenAt } from './pages.js';

/** What the crawls of a look answer, and what of the test file was asked for. */
export interface Crawled {
  readonly answers: ReadonlyMap<string, Measurement>;
  readonly failures: readonly Failure[];
  readonly asked: readonly Asked[];
}

/** An address that was asked for, and the place of its answer. */
interface Asked {
  readonly url: string;
  readonly place: string;
}

/** What a crawl needs of the world; no network is among it. */
export interface CrawlWorld {
  readonly door: () => Promise<Pick<Fetcher, 'userAgent' | 'refusal'>>;
  readonly asOf: EpochMs;
  readonly places: Places;
  /** Where the test itself stands. */
  readonly test: Path;
  /** Whether a recorded set, or a backend that is down, answers a question that no page is given for. */
  readonly isAnswered: (query: Target['query']) => boolean;
}

/** Crawls the pages of a test: the real crawl and the real checks, behind another door. */
export async function crawlPages(
  targets: readonly Target[],
  entries: readonly CrawlEntry[],
  world: CrawlWorld,
): Promise<Crawled> {
  const crawls = crawlsAmong(targets);
  const answers = new Map<string, Measurement>();
  const failures = new Map<string, Failure>();
  const asked: Asked[] = [];
  const real = crawls.length === 0 ? undefined : await world.door();
  for (const target of crawls) {
    if (answers.has(target.query.key)) continue;
    const own = entries.filter(({ block }) => fits(block, target)).sort((a, b) => rankOf(b) - rankOf(a));
    const query = crawlOf(target, crawls);
    if (query === undefined || real === undefined) continue;
    if (own.length === 0 && (target.part === 'baseline' || world.isAnswered(query))) continue;
    for (const failure of doubles(own, world.places)) failures.set(JSON.stringify(failure.span), failure);
    const at = (url: string): Given | undefined => givenAt(own, url);
    const door = pageFetcher(
      (url) => {
        const given = at(url);
        if (given !== undefined) asked.push({ url, place: placeOf(given.path) });
        return given?.answer;
      },
      real,
      {
        missing: (url, what) => {
          const failure =
            what === 'page' ? noPage(url, target, own, world) : noScripts(url, at(url), world.places);
          failures.set(`${what} ${target.arm} ${url}`, failure);
        },
      },
    );
    answers.set(target.query.key, await measured(query, contextOf(door, world.asOf)));
  }
  return {
    answers,
    asked,
    failures: [...strayCrawls(entries, targets, crawls, world.places), ...failures.values()],
  };
}

/** Pages of an arm are pages, also where another is compared with it; a recorded baseline is another question. */
function crawlsAmong(targets: readonly Target[]): readonly Target[] {
  return targets.flatMap((target) => {
    if (target.query.isCrawl === true) return [{ ...target, part: 'pages' }];
    return target.part === 'baseline' ? [target] : [];
  });
}

/** A recorded baseline is what the same crawl once saw. */
function crawlOf(
  { query, part, signal, segment }: Target,
  crawls: readonly Target[],
): Target['query'] | undefined {
  if (part !== 'baseline') return query;
  return crawls.find((each) => each.part === 'pages' && each.signal === signal && each.segment === segment)
    ?.query;
}

async function measured(query: Target['query'], context: BackendContext): Promise<Measurement> {
  try {
    return { state: 'taken', answer: await query.fetch(context), durationMs: 0 };
  } catch (error) {
    if (error instanceof BackendError) return { state: 'failed', failure: error.failure, durationMs: 0 };
    throw error;
  }
}

const MOST_BYTES = 64 * 1024 * 1024;

/** Time stands still, and nothing but the pages can be reached. */
function contextOf(door: Fetcher, asOf: EpochMs): BackendContext {
  return {
    http: () => Promise.reject(new Error('a crawl asks for pages alone')),
    resolver: () => Promise.reject(new Error('a crawl asks for pages alone')),
    fetcher: () => Promise.resolve(door),
    clock: { now: () => asOf, monotonic: () => 0, random: () => 0, sleep: () => Promise.resolve() },
    signal: new AbortController().signal,
    timeoutMs: 10_000,
    maxBytes: MOST_BYTES,
    env: {},
  };
}

function noPage(
  url: string,
  { signal, arm }: Target,
  [first]: readonly CrawlEntry[],
  { places, test }: CrawlWorld,
): Failure {
  const { pathname, search } = new URL(url);
  const page = `"${pathname}${search}": { html: ... }`;
  return {
    code: 'gatetest.page',
    message: `signal "${signal}" asks for ${url} (${arm}), and the test says nothing of it`,
    span: first === undefined ? places.spanOf([...test, 'name']) : places.keySpanOf([...first.path, 'pages']),
    mend: `add ${first === undefined ? `crawls: [{ signal: ${signal}, pages: { ${page} } }]` : page}, or a status such as 404; "${pathname}*" stands for whatever begins so`,
  };
}

function noScripts(url: string, given: Given | undefined, places: Places): Failure {
  return {
    code: 'gatetest.page',
    message: `${url} is checked after its scripts ran, and the test does not say what they make of it`,
    span: places.keySpanOf(given?.path ?? []),
    mend: 'give the whole document as "rendered", beside "html"',
  };
}

/** One address answered twice, by two entries of which neither is the more particular. */
function doubles(entries: readonly CrawlEntry[], places: Places): readonly Failure[] {
  const seen = new Map<string, Path>();
  return entries.flatMap((entry) =>
    Object.keys(entry.block.pages).flatMap((page): Failure[] => {
      const key = `${rankOf(entry)} ${page}`;
      const at = [...entry.path, 'pages', page];
      const before = seen.get(key);
      seen.set(key, before ?? at);
      if (before === undefined) return [];
      return [
        {
          code: 'gatetest.page',
          message: `${page} of signal "${entry.block.signal}" is answered in line ${places.keySpanOf(before).line}, too`,
          span: places.keySpanOf(at),
          mend: 'leave one out, or say of which arm each is',
        },
      ];
    }),
  );
}

/** Entries of no crawl of the gate, each with the first of its words that names nothing. */
function strayCrawls(
  entries: readonly CrawlEntry[],
  targets: readonly Target[],
  crawls: readonly Target[],
  places: Places,
): readonly Failure[] {
  return entries
    .filter(({ block }) => !crawls.some((target) => fits(block, target)))
    .map(({ block, path }): Failure => {
      const isOther = ({ signal }: Target): boolean => signal === block.signal;
      if (!targets.some(isOther) || crawls.some(isOther)) return strayOf({ block, path }, crawls, places);
      return {
        code: 'gatetest.unknown-name',
        message: `signal "${block.signal}" is no crawl`,
        span: places.spanOfText([...path, 'signal'], block.signal),
        mend: targets.some((target) => isOther(target) && target.query.isRecordedOnly === true)
          ? RECORD_IT
          : 'answer it under "series"',
      };
    });
}

/** Pages of a test that nobody asked for at any look: a misspelt address would test nothing. */
export function strayPages(
  entries: readonly CrawlEntry[],
  asked: readonly Asked[],
  places: Places,
): readonly Failure[] {
  const used = new Set(asked.map(({ place }) => place));
  const known = [...new Set(asked.map(({ url }) => new URL(url).pathname))];
  return entries
    .filter(({ level }) => level === 'test')
    .flatMap(({ block, path }) =>
      Object.keys(block.pages).map((page) => ({ page, at: [...path, 'pages', page] })),
    )
    .filter(({ at }) => !used.has(placeOf(at)))
    .map(({ page, at }): Failure => {
      const near = suggest(page, known);
      return {
        code: 'gatetest.page',
        message: `no crawl asks for ${page}`,
        span: places.keySpanOf(at),
        mend:
          near === undefined || near === page
            ? 'leave it out; list the page in the gate, or turn on the check that asks for it'
            : `did you mean "${near}"?`,
      };
    });
}

function placeOf(path: Path): string {
  return JSON.stringify(path);
}
