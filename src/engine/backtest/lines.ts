import type { PreparedQuery } from '../../contracts/backend.js';
import { askedOf, type Gate, type Question } from '../../contracts/gate.js';
import type { TakeContext } from '../../contracts/take.js';
import { type Failure, failed, ok, type Result } from '../../model/failure.js';
import { type EpochMs, formatDuration } from '../../model/time.js';
import { shiftWindow, type Window } from '../../model/window.js';

/** Looks at `from`, one step of `everyMs` later, and so on up to `to`. */
export interface Looks {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly everyMs: number;
}

/** One question of the gates, and how its answers to every look are come by. */
export interface Line {
  /** Key of the question as the gates ask it at the first look. */
  readonly key: string;
  readonly question: Question;
  readonly context: TakeContext;
  /**
   * `cut`: asked over long stretches, each look's window is cut out; `each`: asked at each look; `days`: whether a
   * series was ever seen, asked at each midnight.
   */
  readonly way: 'cut' | 'each' | 'days';
  /** The part whose absence makes it be asked, for `days`: the key of its line. */
  readonly excuses: string | null;
  readonly over: (window: Window) => Result<PreparedQuery>;
  /** How far the windows of two looks can lie apart, in steps of the gate. */
  readonly gateStepMs: number;
}

const DAY_MS = 86_400_000;
/** As many steps as the longest window may have. */
const MOST_STEPS = 11_000;

export function lookCount({ from, to, everyMs }: Looks): number {
  return Math.max(0, Math.floor((to - from) / everyMs) + 1);
}

/** Every distinct question of the gates as a line; trouble where one cannot be asked about the past. */
export function linesOf(gates: readonly Gate[]): Result<readonly Line[]> {
  const lines = new Map<string, Line>();
  const failures: Failure[] = [];
  for (const gate of gates) {
    for (const criterion of gate.criteria) {
      for (const { questions } of askedOf(criterion)) {
        for (const question of questions) {
          if (lines.has(question.query.key)) continue;
          const { over } = question;
          if (over === undefined) {
            failures.push(boundToNow(criterion.key, question.part, criterion.source));
            continue;
          }
          const excused = questions.find(({ part }) => part === question.onlyIfAbsent);
          lines.set(question.query.key, {
            key: question.query.key,
            question,
            context: {
              gate: gate.id,
              signal: criterion.signal,
              part: question.part,
              arm: question.arm,
              segment: criterion.segment === null ? null : Object.values(criterion.segment).join('.'),
            },
            way: question.onlyIfAbsent === undefined ? wayOf(question.query, over) : 'days',
            excuses: excused?.query.key ?? null,
            over,
            gateStepMs: gate.window.stepMs,
          });
        }
      }
    }
  }
  return failures.length > 0 ? failed(...failures) : ok([...lines.values()]);
}

function boundToNow(key: string, part: string, span: Failure['span']): Failure {
  return {
    code: 'usage',
    message: `${key}: "${part}" can be asked about its own window alone`,
    ...(span !== undefined && { span }),
    mend: 'leave the gate out of the backtest: --gate',
  };
}

/** A question whose text speaks of its own window means something else over a longer one. */
export function wayOf(query: PreparedQuery, over: Line['over']): Line['way'] {
  const isCuttable =
    query.use === 'counts' || query.use === 'buckets' || query.use === 'steps' || query.use === 'raw';
  if (!isCuttable || /\{\{\s*(?:from|to)\s*\}\}/.test(query.text)) return 'each';
  const { from, to, stepMs } = query.window;
  const longer = over({ from: from - stepMs, to: Math.max(to, from + stepMs), stepMs });
  return longer.ok && longer.value.text === query.text ? 'cut' : 'each';
}

/**
 * Stretches over which a line is asked: about a day each, on bounds that the looks do not move, so that a recording
 * serves other cadences and window lengths, too.
 *
 * @param phaseMs how far the looks' windows are shifted against the steps of the first one's
 */
export function stretchesOf(line: Line, looks: Looks, phaseMs: number): readonly Window[] {
  const { from, to, stepMs } = line.question.query.window;
  const origin = modulo(from + phaseMs, stepMs);
  const days = isPhased(line, looks) ? 7 : 1;
  const chunkMs = stepMs * Math.min(MOST_STEPS, Math.max(1, Math.floor((days * DAY_MS) / stepMs)));
  const spanMs = Math.floor((looks.to - looks.from) / line.gateStepMs) * line.gateStepMs;
  const end = Math.ceil((to + spanMs - origin) / stepMs) * stepMs + origin;
  const stretches: Window[] = [];
  for (let at = Math.floor((from - origin) / chunkMs) * chunkMs + origin; at < end; at += chunkMs)
    stretches.push({ from: at, to: Math.min(at + chunkMs, end), stepMs });
  return stretches;
}

/** Distinct shifts of the looks' windows against their own steps: more than one where steps are longer than the cadence. */
export function phasesOf(line: Line, looks: Looks): readonly number[] {
  const { stepMs } = line.question.query.window;
  const phases = new Set<number>();
  for (let i = 0; i < lookCount(looks); i += 1) {
    const phase = (i * looks.everyMs) % stepMs;
    if (phases.has(phase)) break;
    phases.add(phase);
  }
  return [...phases];
}

function isPhased(line: Line, { everyMs }: Looks): boolean {
  return everyMs % line.question.query.window.stepMs !== 0;
}

/** The window that the question of a line has at the look with this shift. */
export function windowAt(line: Line, shiftMs: number): Window {
  return shiftWindow(line.question.query.window, -shiftMs);
}

/** Midnights, in UTC, before each of the looks. */
export function midnightsOf(line: Line, looks: Looks): readonly EpochMs[] {
  const { to } = line.question.query.window;
  const first = midnightBefore(to);
  const last = to + (looks.to - looks.from);
  return Array.from({ length: Math.floor((last - first) / DAY_MS) + 1 }, (_, i) => first + i * DAY_MS);
}

export function midnightBefore(instant: EpochMs): EpochMs {
  return Math.floor(instant / DAY_MS) * DAY_MS;
}

/** A cadence that does not keep to the steps of a gate would look at windows that no check has. */
export function cadenceTrouble(gates: readonly Gate[], { from, to, everyMs }: Looks): readonly Failure[] {
  if (to < from)
    return [{ code: 'usage', message: 'the backtest ends before it begins', mend: 'swap --from and --to' }];
  return gates
    .filter(({ window }) => everyMs % window.stepMs !== 0)
    .map(
      (gate): Failure => ({
        code: 'usage',
        message: `--every ${formatDuration(everyMs)} is no multiple of the step of gate "${gate.id}", ${formatDuration(gate.window.stepMs)}`,
        mend: `use --every ${formatDuration(Math.ceil(everyMs / gate.window.stepMs) * gate.window.stepMs)}`,
      }),
    );
}

function modulo(a: number, b: number): number {
  return ((a % b) + b) % b;
}
