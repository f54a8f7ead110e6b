import { lookupOf } from '../contracts/lookup.js';
import type { SignalKind } from '../contracts/signal.js';

/** Every signal kind; one line each. */
export const signals = lookupOf<SignalKind>({
  ratio: async () => (await import('./ratio.js')).ratio,
  rate: async () => (await import('./rate.js')).rate,
  histogram: async () => (await import('./histogram.js')).histogram,
  value: async () => (await import('./value.js')).value,
  'crawler-log': async () => (await import('./crawler-log.js')).crawlerLog,
  samples: async () => (await import('./samples.js')).samples,
  'cache-probe': async () => (await import('./cache-probe.js')).cacheProbe,
  crawl: async () => (await import('./crawl.js')).crawl,
});
