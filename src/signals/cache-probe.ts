import { defineSignal } from '../contracts/signal.js';
import { blockSchema } from './cache-probe/block.js';
import { observeVisits } from './cache-probe/observe.js';
import { hitHeadersOf } from './cache-probe/reading.js';

/**
 * Addresses of a list, each asked for several times, by what caches say of it: `Cache-Status` (RFC 9211) and `Age`.
 *
 * The first time may fill a cache; what is counted are the times after it. Caches that say nothing are no evidence, and
 * above all no misses.
 */
export const cacheProbe = defineSignal({
  id: 'cache-probe',
  about: 'addresses of a list, asked for several times, by what caches say of each answer',
  schema: blockSchema,
  queryFields: [],
  source: async (site) => (await import('./cache-probe/source.js')).cacheProbeSource(site),
  prepare: (block) => {
    const hitHeaders = hitHeadersOf(block['hit-headers']);
    return {
      parts: () => [{ name: 'visits', source: block, use: 'raw', path: [] }],
      better: undefined,
      takes: [
        'share-hit',
        'age-quantile',
        'findings',
        ...(block.marker === undefined ? [] : (['share-current'] as const)),
      ],
      lacking: { 'share-current': 'marker' },
      defaultTake: { kind: 'share-hit', cache: null },
      unit: 'share',
      onlyEvidence: 'point',
      observe: (input) => observeVisits(input, hitHeaders),
    };
  },
});
