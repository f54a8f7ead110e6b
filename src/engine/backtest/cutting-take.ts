import type { PreparedQuery } from '../../contracts/backend.js';
import { askedOf, type Gate, type Question } from '../../contracts/gate.js';
import type { TakeMeasurement } from '../../contracts/take.js';
import type { Measurement } from '../../model/measurement.js';
import { wayOf } from './lines.js';
import { Timeline } from './timeline.js';

/** Looks that ask for themselves in vain, before a backend is taken to be gone for the rollout. */
const MOST_FAILED_LOOKS = 3;

/** Questions of the gates that answers about shorter windows can be cut out of. */
export function cuttableOf(gates: readonly Gate[]): readonly PreparedQuery[] {
  const found = questionsOf(gates).flatMap(({ query, over }) =>
    over !== undefined && wayOf(query, over) === 'cut' ? [[query.key, query] as const] : [],
  );
  return [...new Map(found).values()];
}

/** How many questions a rollout asks at most: once about its whole window, or at each of its looks. */
export function questionsIn(gates: readonly Gate[], looks: number): number {
  const all = new Set(questionsOf(gates).map(({ query }) => query.key)).size;
  const once = cuttableOf(gates).length;
  return once + (all - once) * looks;
}

function questionsOf(gates: readonly Gate[]): readonly Question[] {
  return gates.flatMap(({ criteria }) =>
    criteria.flatMap((criterion) => askedOf(criterion).flatMap(({ questions }) => questions)),
  );
}

/**
 * A take that asks once about a whole window, and cuts the windows that grew up to it out of the answer. What none of
 * the whole windows holds is asked as it is.
 *
 * A look whose question failed is a look that failed; those after it ask for themselves, as a loop over checks would, until
 * that has failed too often. They do not ask about the whole again: a recording has one answer to a question.
 *
 * @param wholes of one rollout, when its windows are full
 */
export function cuttingTake(inner: TakeMeasurement, wholes: readonly PreparedQuery[]): TakeMeasurement {
  const answers = new Map<string, Promise<Measurement>>();
  const failedLooks = new Map<string, number>();
  return async (query, context) => {
    const whole = wholes.find((each) => holds(each, query));
    if (whole === undefined) return inner(query, context);
    const known = answers.get(whole.key);
    const asked = known ?? inner(whole, context);
    answers.set(whole.key, asked);
    const measurement = await asked;
    if (measurement.state === 'taken')
      return new Timeline([{ window: whole.window, measurement }]).cut(query.window);
    // The shorter window may be what the backend still answers.
    if (measurement.failure.code === 'backend.too-large') return inner(query, context);
    const failedBefore = failedLooks.get(whole.key) ?? 0;
    if (known === undefined || failedBefore >= MOST_FAILED_LOOKS) return measurement;
    const own = await inner(query, context);
    if (own.state === 'failed') failedLooks.set(whole.key, failedBefore + 1);
    return own;
  };
}

/** Whether one question asks the same as another about a window that lies in its own, on the same steps. */
function holds(whole: PreparedQuery, { backend, use, text, window }: PreparedQuery): boolean {
  const { from, to, stepMs } = whole.window;
  return (
    whole.backend === backend &&
    whole.use === use &&
    whole.text === text &&
    stepMs === window.stepMs &&
    from <= window.from &&
    to >= window.to &&
    (window.from - from) % stepMs === 0
  );
}
