import { defineSignal, type Part } from '../contracts/signal.js';
import { blockSchema } from './crawl/block.js';
import { chosenIn } from './crawl/expect.js';
import { observePages } from './crawl/observe.js';

/**
 * Pages of a list, asked for as a crawler does, each checked for what makes search engines find it.
 *
 * Every finding has a name, a page and a few words. A page that cannot be fetched is a finding, too, and no missing
 * evidence: a crawler would not see it either. Only where nothing at all answers is there nothing to judge.
 */
export const crawl = defineSignal({
  id: 'crawl',
  about: 'pages of a list, asked for as a crawler does, with what is wrong with each',
  schema: blockSchema,
  queryFields: [],
  source: async (site) => (await import('./crawl/source.js')).crawlSource(site),
  prepare: (block) => {
    const chosen = chosenIn(block.expect);
    const pages: Part = { name: 'pages', source: block, use: 'raw', path: [] };
    const { baseline } = block;
    const before: readonly Part[] =
      baseline === undefined ? [] : [{ name: 'baseline', source: baseline, use: 'raw', path: ['baseline'] }];
    return {
      parts: (take) => (take.kind === 'regressions' ? [pages, ...before] : [pages]),
      better: undefined,
      takes: ['findings', 'regressions', 'share-ok', 'page-quantile'],
      defaultTake: { kind: 'findings' },
      unit: '',
      onlyEvidence: 'point',
      observe: (input) => observePages(input, chosen),
    };
  },
});
