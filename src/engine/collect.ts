import { askedOf, type Gate, type Question } from '../contracts/gate.js';
import type { TakeContext, TakeMeasurement } from '../contracts/take.js';
import type { Measurement } from '../model/measurement.js';
import { strataOf } from '../model/window.js';
import { pooled } from './pool.js';

/** Measurements by the key of their query. */
export type Measurements = ReadonlyMap<string, Measurement>;

interface Asked {
  readonly question: Pick<Question, 'query'>;
  readonly context: TakeContext;
}

/** What is told while questions are under way. */
export type CollectProgress = (done: number, all: number, backend: string) => void;

/**
 * Asks every question of the gates: each distinct query once, so that two criteria never see two answers.
 *
 * A second round asks what the first left open, such as whether an absent counter was ever seen.
 */
export async function collect(
  gates: readonly Gate[],
  take: TakeMeasurement,
  concurrency: number,
  progress: CollectProgress = () => undefined,
): Promise<Measurements> {
  const measurements = new Map<string, Measurement>();
  let all = 0;
  let done = 0;
  const ask = async (asked: readonly Asked[]): Promise<void> => {
    const distinct = new Map(
      asked
        .filter(({ question }) => !measurements.has(question.query.key))
        .map((each) => [each.question.query.key, each]),
    );
    all += distinct.size;
    const list = [...distinct.values()];
    const answers = await pooled(concurrency, list, async ({ question, context }) => {
      const measurement = await take(question.query, context);
      done += 1;
      progress(done, all, question.query.backend);
      return measurement;
    });
    list.forEach(({ question }, i) => {
      const answer = answers[i];
      if (answer !== undefined) measurements.set(question.query.key, answer);
    });
  };
  const open = gates.filter((gate) => strataOf(gate.window) > 0);
  await ask([...questionsOf(open, (question) => question.onlyIfAbsent === undefined), ...unlistedOf(open)]);
  await ask(
    questionsOf(open, (question, siblings) => {
      if (question.onlyIfAbsent === undefined) return false;
      const absent = siblings.find((sibling) => sibling.part === question.onlyIfAbsent);
      return absent !== undefined && isEmpty(measurements.get(absent.query.key));
    }),
  );
  return measurements;
}

/** True when an answer came and held no sample; a failure is no absence. */
export function isEmpty(measurement: Measurement | undefined): boolean {
  return (
    measurement?.state === 'taken' && measurement.answer.series.every((series) => series.times.length === 0)
  );
}

function questionsOf(
  gates: readonly Gate[],
  isWanted: (question: Question, siblings: readonly Question[]) => boolean,
): readonly Asked[] {
  return gates.flatMap((gate) =>
    gate.criteria.flatMap((criterion) =>
      askedOf(criterion).flatMap(({ questions }) =>
        questions
          .filter((question) => isWanted(question, questions))
          .map((question) => ({
            question,
            context: {
              gate: gate.id,
              signal: criterion.signal,
              part: question.part,
              arm: question.arm,
              segment: criterion.segment === null ? null : Object.values(criterion.segment).join('.'),
            },
          })),
      ),
    ),
  );
}

function unlistedOf(gates: readonly Gate[]): readonly Asked[] {
  return gates.flatMap((gate) =>
    gate.unlisted.map((check) => ({
      question: check,
      context: {
        gate: gate.id,
        signal: check.signal,
        part: 'unlisted',
        arm: gate.arms[0]?.name ?? 'current',
        segment: null,
      },
    })),
  );
}
