import type { Failure } from './failure.js';
import type { Answer } from './series.js';

/** What came of asking one query: the answer or the failure, and how long it took. */
export type Measurement =
  | { readonly state: 'taken'; readonly answer: Answer; readonly durationMs: number }
  | { readonly state: 'failed'; readonly failure: Failure; readonly durationMs: number };
