import type { Gate, Question } from '../../contracts/gate.js';

/** Gates that ask as they do, but for what an earlier recording holds: that is what is to be recorded. */
export function withoutRecorded(gate: Gate): Gate {
  const alone = <T extends { readonly questions: readonly Question[] }>(asked: T): T => ({
    ...asked,
    questions: asked.questions.filter(({ query }) => query.isOfRecorded !== true),
  });
  return {
    ...gate,
    criteria: gate.criteria.map((criterion) => ({
      ...criterion,
      arms: criterion.arms.map(alone),
      earlier: criterion.earlier === null ? null : alone(criterion.earlier),
      windows: criterion.windows.map(alone),
    })),
  };
}
