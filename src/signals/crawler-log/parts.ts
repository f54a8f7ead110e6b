import type { Part } from '../../contracts/signal.js';
import type { CrawlerLogBlock } from './block.js';
import { CRAWL_VALUES, countsOf, patternsOf, type Scope, type Wanted } from './statement.js';
import type { PagesQuestion } from './through.js';

const GOOGLEBOT = 'googlebot';

export function crawlerOf({ crawler = GOOGLEBOT }: Pick<CrawlerLogBlock, 'crawler'>): string {
  return crawler;
}

/** What is asked of the log; all parts of one block are columns of one statement, or of one for each window. */
export function partsOf(block: CrawlerLogBlock): readonly Part[] {
  if (block.urls !== undefined) return pageParts(block, block.urls);
  return block.before === undefined ? countParts(block) : patternParts(block, block.before);
}

function countParts({ good, bad, ...block }: CrawlerLogBlock): readonly Part[] {
  const wanted: Wanted = typeof bad === 'string' ? bad : (good ?? bad ?? []);
  const scope = scopeOf(block, wanted === 'impostors');
  const top = good === undefined ? 'bad' : 'good';
  const unsureFound: Part = {
    name: `unsure-${top}`,
    source: countsOf(scope, wanted, 'unsure_found'),
    use: 'counts',
    path: [],
  };
  return [
    { name: top, source: countsOf(scope, wanted, 'found'), use: 'counts', path: [] },
    { name: 'total', source: countsOf(scope, wanted, 'hits'), use: 'counts', path: [] },
    { name: 'unsure', source: countsOf(scope, wanted, 'unsure'), use: 'counts', path: [] },
    ...(scope.isOfClaims ? [] : [unsureFound]),
  ];
}

function patternParts(block: CrawlerLogBlock, before: 'arm' | number): readonly Part[] {
  const scope = scopeOf(block, false);
  const past = before === 'arm' ? undefined : before;
  const part = (name: string, value: 'hits' | 'unsure' | 'age', backMs = 0): Part => ({
    name,
    source: patternsOf(scope, value, backMs),
    use: 'instant',
    path: [],
  });
  return [
    part('hits', 'hits'),
    part('unsure', 'unsure'),
    part('age', 'age'),
    ...(past === undefined ? [] : [part('before', 'hits', past), part('before-unsure', 'unsure', past)]),
  ];
}

function pageParts(
  { log, 'look-back': backMs, ...block }: CrawlerLogBlock,
  urls: PagesQuestion['urls'],
): readonly Part[] {
  return CRAWL_VALUES.map((value): Part => {
    const source: PagesQuestion = { log, crawler: crawlerOf(block), urls, backMs, value };
    return { name: value, source, use: 'instant', path: [] };
  });
}

function scopeOf(block: CrawlerLogBlock, isOfClaims: boolean): Scope {
  return { log: block.log, crawler: crawlerOf(block), section: block.section, isOfClaims };
}
