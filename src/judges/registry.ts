import type { Judge } from '../contracts/judge.js';
import { lookupOf } from '../contracts/lookup.js';

/** Every judge, by the word that `evidence:` takes; one line each. */
export const judges = lookupOf<Judge>({
  point: async () => (await import('./point.js')).point,
  sequential: async () => (await import('./sequential.js')).sequential,
  burn: async () => (await import('./burn.js')).burn,
  anomaly: async () => (await import('./anomaly.js')).anomaly,
  history: async () => (await import('./history.js')).history,
});
