import { suggest } from '../contracts/suggest.js';
import type { Failure } from '../model/failure.js';
import type { Measurement } from '../model/measurement.js';
import { labelsText } from '../model/series.js';
import { strataOf } from '../model/window.js';
import { answerTo } from './answer.js';
import { fits, rankOf } from './fit.js';
import type { Path, Places } from './places.js';
import { codeOfError } from './schema.js';
import type { Entry } from './series.js';
import { strayEntries, unwritableEntries } from './stray.js';
import type { Target } from './targets.js';

/** Answers by the key of their query, and the entries that no question wanted. */
export interface Bound {
  readonly answers: ReadonlyMap<string, Measurement>;
  readonly failures: readonly Failure[];
}

interface Standing {
  readonly target: Target;
  readonly entries: readonly Entry[];
  readonly rank: number;
}

/**
 * Answers the questions of the gates with hand-written series.
 *
 * Of several entries for a question the most particular stand: those of the test over those of the file, then those that
 * name the arm, then those that name the segment. Entries of the same rank are series of one answer.
 */
export function bindSeries(
  targets: readonly Target[],
  entries: readonly Entry[],
  backends: Readonly<Record<string, { readonly error: string }>>,
  { places, test }: { readonly places: Places; readonly test: Path },
): Bound {
  const standing = new Map<string, Standing>();
  const failures: Failure[] = [];
  for (const target of targets) {
    const { rank, chosen } = chosenFor(target, entries);
    if (chosen.length === 0) continue;
    const before = standing.get(target.query.key);
    const own: Standing = { target, entries: chosen, rank };
    failures.push(...doubles(chosen, places), ...shortEntries(target, chosen, places));
    const isNews = before === undefined || levelOf(own) > levelOf(before);
    if (isNews) standing.set(target.query.key, own);
    else if (isClash(before, own)) failures.push(clash(before, own, places));
  }
  const answers = new Map([...standing].map(([key, one]) => [key, measurementOf(one)]));
  for (const { query } of targets) {
    const down = Object.hasOwn(backends, query.backend) ? backends[query.backend] : undefined;
    if (down !== undefined) answers.set(query.key, failedWith(down.error, query.backend));
  }
  failures.push(
    ...strayEntries(entries, targets, places),
    ...unwritableEntries(entries, targets, places),
    ...strayBackends(Object.keys(backends), targets, test, places),
  );
  return { answers, failures };
}

function chosenFor(
  target: Target,
  entries: readonly Entry[],
): { readonly rank: number; readonly chosen: readonly Entry[] } {
  const found = entries.filter(({ block }) => fits(block, target));
  const rank = Math.max(0, ...found.map(rankOf));
  return { rank, chosen: found.filter((entry) => rankOf(entry) === rank) };
}

function levelOf({ rank }: Standing): number {
  return rank >= 4 ? 1 : 0;
}

function measurementOf({ target, entries }: Standing): Measurement {
  const error = entries.find(({ block }) => block.error !== undefined)?.block.error;
  if (error !== undefined) return failedWith(error, target.query.backend);
  return { state: 'taken', answer: answerTo(target, entries), durationMs: 0 };
}

function failedWith(error: string, backend: string): Measurement {
  const failure: Failure = {
    code: codeOfError(error),
    message: `backend "${backend}": ${error}, as the test has it`,
  };
  return { state: 'failed', failure, durationMs: 0 };
}

/** Two series of one answer with the same labels. */
function doubles(entries: readonly Entry[], places: Places): readonly Failure[] {
  const seen = new Map<string, Entry>();
  return entries.flatMap((entry) =>
    (entry.rows.length === 0 ? [{ labels: {} }] : entry.rows).flatMap(({ labels }): Failure[] => {
      const key = labelsText(labels);
      const before = seen.get(key);
      seen.set(key, before ?? entry);
      if (before === undefined) return [];
      return [
        {
          code: 'gatetest.series',
          message: `"${entry.block.part}" of signal "${entry.block.signal}" is answered in line ${places.spanOf(before.path).line}, too`,
          span: places.spanOf(entry.path),
          mend: 'leave one out; where an answer has several series, give each its "labels"',
        },
      ];
    }),
  );
}

/** What ends before the window does must say so: a test of missing data is written on purpose. */
function shortEntries(target: Target, entries: readonly Entry[], places: Places): readonly Failure[] {
  const { window, use } = target.query;
  if (window.from !== target.origin || use === 'seen') return [];
  return entries.flatMap((entry) =>
    entry.rows.flatMap(({ cells, path }): Failure[] => {
      const last = target.origin + entry.fromMs + cells.length * target.stepMs;
      if (last >= window.to || (use === 'instant' && cells.length === 1)) return [];
      const wanted = strataOf({ ...window, from: window.from + entry.fromMs });
      const lacks = wanted - cells.length;
      return [
        {
          code: 'gatetest.series',
          message: `${cells.length} ${cells.length === 1 ? 'value' : 'values'} for ${wanted} steps of gate "${target.gate}"`,
          span: places.spanOf(path),
          mend: `give ${lacks} more, one a step; where nothing comes, end with _x${lacks}`,
        },
      ];
    }),
  );
}

/** Two signals may ask the backend the very same: it cannot answer them differently. */
function isClash(before: Standing, own: Standing): boolean {
  if (levelOf(before) !== levelOf(own)) return false;
  const isSame =
    before.entries.length === own.entries.length &&
    before.entries.every((each, i) => each === own.entries[i]);
  return !isSame && JSON.stringify(measurementOf(before)) !== JSON.stringify(measurementOf(own));
}

function clash(before: Standing, own: Standing, places: Places): Failure {
  const say = ({ target: { part, signal, arm } }: Standing): string =>
    `"${part}" of signal "${signal}" (${arm})`;
  return {
    code: 'gatetest.series',
    message: `${say(own)} is the same question to backend "${own.target.query.backend}" as ${say(before)}, and is answered differently`,
    span: places.spanOf(own.entries[0]?.path ?? []),
    mend: `leave it out, or answer as in line ${places.spanOf(before.entries[0]?.path ?? []).line}`,
  };
}

function strayBackends(
  names: readonly string[],
  targets: readonly Target[],
  test: Path,
  places: Places,
): readonly Failure[] {
  const known = [...new Set(targets.map(({ query }) => query.backend))];
  return names
    .filter((name) => !known.includes(name))
    .map((name): Failure => {
      const near = suggest(name, known);
      return {
        code: 'gatetest.unknown-name',
        message: `no question goes to a backend "${name}"`,
        span: places.keySpanOf([...test, 'backends', name]),
        mend: near === undefined ? `backends here are ${known.join(', ')}` : `did you mean "${near}"?`,
      };
    });
}
