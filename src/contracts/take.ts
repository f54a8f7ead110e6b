import type { Measurement } from '../model/measurement.js';
import type { PreparedQuery } from './backend.js';

/** What a query is asked for, which names it in a recording. */
export interface TakeContext {
  readonly gate: string;
  readonly signal: string;
  readonly part: string;
  readonly arm: string;
  readonly segment: string | null;
}

/** Asks one query: live, replayed or recorded. Never throws for trouble with a backend. */
export type TakeMeasurement = (query: PreparedQuery, context: TakeContext) => Promise<Measurement>;
