import { defineSignal, type PreparedSignal } from '../contracts/signal.js';
import { blockSchema } from './crawler-log/block.js';
import { unknownCrawler } from './crawler-log/crawler.js';
import { observeCrawls, observePatterns, observeShares, type Shares } from './crawler-log/observe.js';
import { crawlerOf, partsOf } from './crawler-log/parts.js';

/**
 * What a crawler's verified hits in an access log say: a share of them, or of its claims; how long ago listed pages were
 * crawled; which patterns of URLs are new.
 *
 * Counts are columns of one table, so that what was not found is 0 while there are hits at all; no hit is no data.
 */
export const crawlerLog = defineSignal({
  id: 'crawler-log',
  about: "a crawler's verified hits in an access log: shares of them, last crawls, new patterns of URLs",
  schema: blockSchema,
  queryFields: [],
  backendType: 'duckdb',
  through: async (backend, site) => (await import('./crawler-log/through.js')).throughLists(backend, site),
  prepare: (block): PreparedSignal => {
    const crawler = crawlerOf(block);
    const parts = partsOf(block);
    const misfit: PreparedSignal['misfit'] = (backend) => unknownCrawler(crawler, backend);
    if (block.urls !== undefined) {
      return {
        parts: () => parts,
        misfit,
        better: 'lower',
        takes: ['since-crawl'],
        lacking: { 'new-patterns': 'before' },
        defaultTake: { kind: 'since-crawl', quantile: 1 },
        unit: 's',
        onlyEvidence: 'point',
        observe: (input) => observeCrawls(input, crawler),
      };
    }
    if (block.before !== undefined) {
      return {
        parts: () => parts,
        misfit,
        better: 'lower',
        takes: ['new-patterns'],
        lacking: { 'since-crawl': 'urls' },
        defaultTake: { kind: 'new-patterns' },
        unit: '',
        onlyEvidence: 'point',
        observe: (input) => observePatterns(input, crawler),
      };
    }
    const top = block.good === undefined ? 'bad' : 'good';
    const shares: Shares = { top, crawler, isOfClaims: block.bad === 'impostors' };
    return {
      parts: () => parts,
      misfit,
      better: top === 'good' ? 'higher' : 'lower',
      takes: ['total', 'first', 'last', 'mean', 'min', 'max', 'slope', 'count'],
      lacking: { 'since-crawl': 'urls', 'new-patterns': 'before' },
      defaultTake: { kind: 'total' },
      unit: 'share',
      observe: (input) => observeShares(input, shares),
    };
  },
});
