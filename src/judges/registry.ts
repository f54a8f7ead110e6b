import type { Judge } from '../contracts/judge.js';
import { lookupOf } from '../contracts/lookup.js';

/** Every judge, by the word that `evidence:` takes or, for limits of their own, the key of the criterion; one line each. */
export const judges = lookupOf<Judge>({
  point: async () => (await import('./point.js')).point,
  sequential: async () => (await import('./sequential.js')).sequential,
  'mann-whitney': async () => (await import('./mann-whitney.js')).mannWhitney,
  kayenta: async () => (await import('./kayenta.js')).kayenta,
  history: async () => (await import('./history.js')).history,
  burn: async () => (await import('./burn.js')).burn,
  anomaly: async () => (await import('./anomaly.js')).anomaly,
});
