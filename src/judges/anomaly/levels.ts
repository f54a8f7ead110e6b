import type { Evidence } from '../../model/evidence.js';
import { anscombe } from '../../stats/hampel.js';

/** One step of a series: the events in it and their exposure, or a plain number (`n` is 1). */
export interface Step {
  readonly k: number;
  readonly n: number;
}

/** A series now and in the past, made comparable. */
export interface Levels {
  readonly judged: readonly (Step | null)[];
  /** Oldest first. */
  readonly past: readonly (readonly (Step | null)[])[];
  /** Numbers that count something, so that they vary at least as Poisson counts do. */
  readonly isCounted: boolean;
  /** The level of a step: its number, or its events in a step of the usual exposure. */
  readonly level: (step: Step) => number;
  /** The level on a scale on which its spread does not depend on itself. */
  readonly scaled: (step: Step) => number;
}

export function levelsOf(judged: Evidence, past: readonly Evidence[]): Levels {
  const now = stepsOf(judged);
  const before = past.map(stepsOf);
  if (judged.kind === 'counts') {
    const held = before.flat().filter((step) => step !== null);
    const usual = held.reduce((sum, { n }) => sum + n, 0) / Math.max(1, held.length);
    const level = ({ k, n }: Step): number => (k * usual) / n;
    return { judged: now, past: before, isCounted: true, level, scaled: (step) => anscombe(level(step)) };
  }
  const level = ({ k }: Step): number => k;
  const isCounted = [...now, ...before.flat()].every(
    (step) => step === null || (Number.isInteger(step.k) && step.k >= 0),
  );
  return { judged: now, past: before, isCounted, level, scaled: level };
}

/** A step without exposure says nothing. */
function stepsOf(evidence: Evidence): readonly (Step | null)[] {
  if (evidence.kind === 'counts')
    return evidence.strata.map((count) => (count && count.n > 0 ? count : null));
  if (evidence.kind !== 'numbers') return [];
  return evidence.strata.map((value) => (value === null ? null : { k: value, n: 1 }));
}
