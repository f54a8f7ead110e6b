import type { Path } from '../places.js';
import type { CrawlBlock, PageBlock } from './schema.js';

/** One item of `crawls:`. */
export interface CrawlEntry {
  readonly block: CrawlBlock;
  readonly path: Path;
  /** What a test says stands over what its file says. */
  readonly level: 'file' | 'test';
}

/** What stands at an address, and where the test file says so. */
export interface Given {
  readonly answer: PageBlock;
  readonly path: Path;
}

export function readCrawls(
  blocks: readonly CrawlBlock[],
  at: Path,
  level: CrawlEntry['level'],
): readonly CrawlEntry[] {
  return blocks.map((block, i) => ({ block, path: [...at, i], level }));
}

/**
 * What stands at an address: of several entries the most particular that says anything of it.
 *
 * Within one entry a whole address stands over a path, and both over the longest beginning that fits.
 *
 * @param entries those that fit the question, the most particular first
 */
export function givenAt(entries: readonly CrawlEntry[], url: string): Given | undefined {
  const { href, pathname, search } = new URL(url);
  const names = [href, `${pathname}${search}`];
  for (const { block, path } of entries) {
    const keys = Object.keys(block.pages);
    const key = names.flatMap((name) => keys.find((each) => nameOf(each) === name) ?? [])[0];
    const found = key ?? longest(keys.filter((each) => begins(each, names)));
    const answer = found === undefined ? undefined : block.pages[found];
    if (found !== undefined && answer !== undefined)
      return {
        answer: typeof answer === 'number' ? { status: answer } : answer,
        path: [...path, 'pages', found],
      };
  }
  return undefined;
}

/** As a browser would write it, so that `/schöne schuhe` is the page that is asked for. */
function nameOf(key: string): string {
  if (!key.startsWith('/')) return URL.canParse(key) ? new URL(key).href : key;
  const { pathname, search } = new URL(`http://any${key.startsWith('//') ? `/.${key}` : key}`);
  return `${pathname}${search}`;
}

function begins(key: string, names: readonly string[]): boolean {
  return key.endsWith('*') && names.some((name) => name.startsWith(key.slice(0, -1)));
}

function longest(keys: readonly string[]): string | undefined {
  return [...keys].sort((a, b) => b.length - a.length)[0];
}
