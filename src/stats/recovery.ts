/** When something was back, as a number of steps from the start. */
export interface Recovery {
  /** No earlier than this, were every step without data one that held. */
  readonly least: number;
  /** At this, were every step without data one that did not; null: not within these steps. */
  readonly most: number | null;
}

/**
 * Finds the first run of steps that all hold.
 *
 * The recovery is the start of that run; `least` and `most` are the same unless a step without data could have begun or
 * ended one. A run that is still going at the last step is no recovery yet, and none can begin before it.
 *
 * @param steps   whether each step held; null where there is no data
 * @param needed  length of the run, at least 1
 */
export function recoveryOf(steps: readonly (boolean | null)[], needed: number): Recovery {
  const most = firstRun(steps, needed, (step) => step === true);
  const { start } = firstRun(steps, needed, (step) => step !== false);
  return { least: start, most: most.isComplete ? most.start : null };
}

/** The first run that is long enough, or the one that is still going at the end, be it of no step. */
function firstRun(
  steps: readonly (boolean | null)[],
  needed: number,
  isIn: (step: boolean | null) => boolean,
): { readonly start: number; readonly isComplete: boolean } {
  let start = 0;
  for (const [i, step] of steps.entries()) {
    if (!isIn(step)) start = i + 1;
    else if (i + 1 - start >= needed) return { start, isComplete: true };
  }
  return { start, isComplete: false };
}
