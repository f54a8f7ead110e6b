import type { SeriesBlock } from './schema.js';
import { segmentText, type Target } from './targets.js';

/** The words by which a test names what it answers. */
export type Named = Pick<SeriesBlock, 'signal' | 'part' | 'arm' | 'segment'>;

/** Whether what is named so answers a question, by all the words that it says. */
export function fits(named: Named, { signal, part, arm, segment }: Target): boolean {
  return (
    named.signal === signal &&
    // Whether "bad" was ever seen follows from the series of "bad" itself.
    (named.part === part || `${named.part}-seen` === part) &&
    (named.arm === undefined || named.arm === arm) &&
    (named.segment === undefined || (segment !== null && isSegment(named.segment, segment)))
  );
}

/** How particular an answer is: of a test before of its file, of an arm before of all, of a segment before of all. */
export function rankOf({ level, block }: { readonly level: 'file' | 'test'; readonly block: Named }): number {
  return (
    (level === 'test' ? 4 : 0) + (block.arm === undefined ? 0 : 2) + (block.segment === undefined ? 0 : 1)
  );
}

function isSegment(written: NonNullable<Named['segment']>, segment: NonNullable<Target['segment']>): boolean {
  return typeof written === 'object'
    ? Object.entries(written).every(([name, value]) => segment[name] === String(value))
    : segmentText(segment) === String(written);
}
