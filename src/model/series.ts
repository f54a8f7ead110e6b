import type { Page } from './page.js';
import type { EpochMs } from './time.js';

/** Label names and values of one series. */
export type Labels = Readonly<Record<string, string>>;

/** One series as a backend answered it: parallel arrays, times rising. */
export interface Series {
  readonly labels: Labels;
  readonly times: readonly EpochMs[];
  readonly values: readonly number[];
  /** When the newest underlying sample was taken, where the backend knows better than `times`. */
  readonly newest?: EpochMs;
  /** What a counter held at its first sample, where nothing tells whether it had counted that before: not in `values`. */
  readonly uncounted?: number;
}

/** The decoded answer of one query; this, and nothing else of the response, is what a recording stores. */
export interface Answer {
  readonly series: readonly Series[];
  /** Pages that were probed, in the order of their list. */
  readonly pages?: readonly Page[];
  /** What the backend itself says is missing or partial; any makes the evidence `inconclusive: partial`. */
  readonly warnings?: readonly string[];
  /** What the report must say of the answer, though it is whole: malformed lines of a log. */
  readonly notes?: readonly string[];
  /** Median time between two samples of one series, where the backend could tell. */
  readonly sampleIntervalMs?: number;
  /** True when counts were extrapolated by the backend (PromQL `increase`), so they may be fractional. */
  readonly isExtrapolated?: boolean;
  /** True when the series may be added up without being asked: counters of the same thing. */
  readonly isAdditive?: boolean;
}

/** Labels as `{a="1",b="2"}`, names sorted: the identity of a series within one answer. */
export function labelsText(labels: Labels): string {
  const names = Object.keys(labels).sort();
  return `{${names.map((name) => `${name}=${JSON.stringify(labels[name])}`).join(',')}}`;
}
