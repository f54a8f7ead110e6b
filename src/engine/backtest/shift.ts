import type { Criterion, Gate } from '../../contracts/gate.js';
import { shiftWindow } from '../../model/window.js';

/**
 * The gate as it would have been read `ms` later: every window moves, and nothing else changes.
 *
 * Questions keep their keys, by which measurements are found.
 *
 * @param ms a multiple of the gate's step
 */
export function shiftGate(gate: Gate, ms: number): Gate {
  return {
    ...gate,
    window: shiftWindow(gate.window, -ms),
    firstStepAt: gate.firstStepAt + ms,
    fullAt: gate.fullAt + ms,
    arms: gate.arms.map((arm) => ({ ...arm, window: shiftWindow(arm.window, -ms) })),
    criteria: gate.criteria.map((criterion) => shiftCriterion(criterion, ms)),
    // What traffic a file does not list is a remark on the one run.
    unlisted: [],
  };
}

function shiftCriterion(criterion: Criterion, ms: number): Criterion {
  return {
    ...criterion,
    arms: criterion.arms.map(({ arm, questions }) => ({
      arm: { ...arm, window: shiftWindow(arm.window, -ms) },
      questions,
    })),
    earlier: criterion.earlier && {
      ...criterion.earlier,
      windows: criterion.earlier.windows.map((window) => shiftWindow(window, -ms)),
    },
    windows: criterion.windows.map((other) => ({ ...other, window: shiftWindow(other.window, -ms) })),
  };
}
