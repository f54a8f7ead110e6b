import type { TakeMeasurement } from '../contracts/take.js';
import type { Failure } from '../model/failure.js';
import type { Measurement } from '../model/measurement.js';
import { fromForm } from './form.js';
import { type Match, matchKey, matchOf } from './match.js';
import type { RecordedSet } from './set.js';

/** A take that answers out of a set and opens no socket. */
export interface Replay {
  readonly take: TakeMeasurement;
  /** Questions that the set does not answer; any makes the run a configuration error. */
  readonly misses: readonly Failure[];
}

/** @param mask the run's: a question that holds a secret is recorded with the secret's name in its place */
export function createReplay(set: RecordedSet, mask = (text: string): string => text): Replay {
  const misses: Failure[] = [];
  const take: TakeMeasurement = (query, context) => {
    const plain = matchOf(query, set.asOf);
    const match = { ...plain, query: mask(plain.query) };
    const recorded = set.answers.get(matchKey(match));
    if (recorded !== undefined) {
      try {
        return Promise.resolve(fromForm(recorded, query.window, set.asOf));
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        const failure: Failure = {
          code: 'recording.invalid',
          message: `${set.folder}/${set.find(matchKey(match))}: ${error.message}`,
          mend: 'record the set again',
        };
        misses.push(failure);
        return Promise.resolve<Measurement>({ state: 'failed', failure, durationMs: 0 });
      }
    }
    const failure = missing(
      set,
      match,
      `${context.gate}: "${context.part}" of signal "${context.signal}", arm "${context.arm}"`,
    );
    // A remark that cannot be made is none; every other question must have its answer.
    if (query.use !== 'unlisted') misses.push(failure);
    return Promise.resolve<Measurement>({ state: 'failed', failure, durationMs: 0 });
  };
  return { take, misses };
}

function missing(set: RecordedSet, wanted: Match, what: string): Failure {
  const near = nearest(set.matches, wanted);
  const detail = near === undefined ? [] : differences(wanted, near);
  return {
    code: 'recording.missing',
    message: `${set.folder} holds no answer for ${what}`,
    detail:
      near === undefined
        ? [`wanted ${wanted.use} of ${wanted.query}`]
        : [`nearest is ${set.folder}/${set.find(matchKey(near))}:`, ...detail],
    mend: 'record it with "gatekeeper check --record DIR", or pass the --since, --window and --var that the set was recorded with, in its environment',
  };
}

const FIELDS = ['backend', 'use', 'query', 'from', 'to', 'step'] as const;

function nearest(matches: readonly Match[], wanted: Match): Match | undefined {
  const score = (match: Match): number =>
    FIELDS.reduce(
      (sum, field) => sum + (match[field] === wanted[field] ? (field === 'query' ? 4 : 1) : 0),
      0,
    ) + sharedEnds(match.query, wanted.query);
  return [...matches].sort((a, b) => score(b) - score(a))[0];
}

/**
 * Share of the query that two have in common at its beginning and its end, 0..2: what was changed lies between, and the
 * labels at the end tell arms and segments apart.
 */
function sharedEnds(a: string, b: string): number {
  const longest = Math.max(a.length, b.length, 1);
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  return (start + end) / longest;
}

function differences(wanted: Match, near: Match): readonly string[] {
  return FIELDS.filter((field) => wanted[field] !== near[field]).flatMap((field) => [
    `  ${field} wanted    ${wanted[field]}`,
    `  ${field} recorded  ${near[field]}`,
  ]);
}
