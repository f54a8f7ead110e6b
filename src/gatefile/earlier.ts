import type { Arm, EarlierWindows } from '../contracts/gate.js';
import { formatDuration } from '../model/time.js';
import { shiftWindow, type Window } from '../model/window.js';
import { questionsOf } from './asked.js';
import { type FileContext, placeOf } from './context.js';
import type { GateParts, SegmentInput } from './parts.js';

const DEFAULT_WINDOWS = 20;
/** As many steps as the longest window may have. */
const MOST_STEPS = 11_000;

/**
 * The earlier windows of a criterion: the past of an arm that is shifted into it, or else the judged arm's own.
 *
 * They end where the release begins, not where the judged window does: what lies between belongs to neither.
 */
export function earlierFor(
  context: FileContext,
  gate: GateParts,
  input: SegmentInput,
): EarlierWindows | null {
  const [judged, other] = gate.arms;
  if (judged === undefined) return null;
  const isShifted = other !== undefined && other.shiftMs > 0;
  const arm = isShifted ? other : judged;
  const start = startOf(context, judged.window);
  const end = isShifted ? Math.min(other.window.to, start) : start;
  const { stepMs } = judged.window;
  const lengthMs = Math.max(stepMs, judged.window.to - judged.window.from);
  const many = input.block['earlier-windows'] ?? DEFAULT_WINDOWS;
  if ((many * lengthMs) / stepMs > MOST_STEPS) {
    context.trouble.add({
      code: 'gatefile.window',
      message: `${many} earlier windows of ${formatDuration(lengthMs)} in steps of ${formatDuration(stepMs)} have more than 11,000 steps`,
      span: placeOf(context, ['criteria', input.id]),
      mend: 'use a longer step, a shorter window, or fewer "earlier-windows"',
    });
    return null;
  }
  const newest: Window = { from: end - lengthMs, to: end, stepMs };
  const windows = Array.from({ length: many }, (_, i) => shiftWindow(newest, (many - 1 - i) * lengthMs));
  const whole: Window = { from: end - many * lengthMs, to: end, stepMs };
  const past: Arm = { ...arm, name: `${arm.name}-earlier`, window: whole };
  return {
    of: isShifted ? `the past of arm "${arm.name}" (${formatDuration(arm.shiftMs)} ago)` : 'its own past',
    arm: past.name,
    windows,
    questions: questionsOf(context, gate, input, past).filter(
      ({ onlyIfAbsent }) => onlyIfAbsent === undefined,
    ),
  };
}

/** The last whole step before the release, or the start of the judged window where that is not known. */
export function startOf({ request }: FileContext, window: Window): number {
  if (request.since === undefined) return window.from;
  return Math.min(window.from, Math.floor(request.since / window.stepMs) * window.stepMs);
}
