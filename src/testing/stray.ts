import { suggest } from '../contracts/suggest.js';
import type { Failure } from '../model/failure.js';
import { fits, type Named } from './fit.js';
import type { Path, Places } from './places.js';
import type { Entry } from './series.js';
import { segmentText, type Target } from './targets.js';

export const RECORD_IT =
  'what caches say of a page is no number: record a set with "gatekeeper record DIR", and test it with "replay: DIR"';

/** Numbers for what is no number, whatever they are. */
export function unwritableEntries(
  entries: readonly Entry[],
  targets: readonly Target[],
  places: Places,
): readonly Failure[] {
  const probes = targets.filter(({ query }) => query.isRecordedOnly === true);
  return entries
    .filter(({ block }) => block.error === undefined && probes.some((target) => fits(block, target)))
    .map(({ block, path }) => ({
      code: 'gatetest.series',
      message: `"${block.part}" of signal "${block.signal}" cannot be answered by hand`,
      span: places.spanOf(path),
      mend: RECORD_IT,
    }));
}

/** Series that answer no question, each with the first of its words that names nothing. */
export function strayEntries(
  entries: readonly Entry[],
  targets: readonly Target[],
  places: Places,
): readonly Failure[] {
  return entries
    .filter((entry) => !targets.some((target) => fits(entry.block, target)))
    .map((entry) => strayOf(entry, targets, places));
}

/** The first word of an answer that names nothing. */
export function strayOf(
  { block, path }: { readonly block: Named; readonly path: Path },
  targets: readonly Target[],
  places: Places,
): Failure {
  const { signal, part, arm, segment } = block;
  const refuse = (key: string, message: string, known: readonly string[], word: string): Failure => {
    const near = suggest(word, known);
    return {
      code: 'gatetest.unknown-name',
      message,
      span: places.spanOfText([...path, key], word),
      mend:
        near === undefined || near === word
          ? known.length === 0
            ? 'leave it out'
            : `${known.length === 1 ? 'there is' : 'there are'} ${known.join(', ')}`
          : `did you mean "${near}"?`,
    };
  };
  const named = (list: readonly string[]): readonly string[] => [...new Set(list)];
  const ofSignal = targets.filter((target) => target.signal === signal);
  if (ofSignal.length === 0)
    return refuse(
      'signal',
      `no criterion asks for a signal "${signal}"`,
      named(targets.map((target) => target.signal)),
      signal,
    );
  const ofPart = ofSignal.filter((target) => target.part === part);
  if (ofPart.length === 0)
    return refuse(
      'part',
      `signal "${signal}" has no part "${part}"`,
      named(ofSignal.map((target) => target.part)).filter((each) => !each.endsWith('-seen')),
      part,
    );
  if (arm !== undefined && !ofPart.some((target) => target.arm === arm)) {
    const known = named(ofPart.map((target) => target.arm));
    return refuse(
      'arm',
      `no criterion asks for "${part}" of signal "${signal}" in an arm "${arm}"`,
      known,
      arm,
    );
  }
  const segments = named(
    ofPart.flatMap((target) => (target.segment === null ? [] : [segmentText(target.segment)])),
  );
  const word = typeof segment === 'object' ? Object.values(segment).map(String).join('.') : String(segment);
  const message =
    segments.length === 0
      ? `signal "${signal}" has no segments`
      : `no criterion asks for "${part}" of signal "${signal}" in a segment "${word}"`;
  return refuse('segment', message, segments, word);
}
