import type { Span } from '../model/span.js';
import type { Mismatch } from './expect.js';
import type { Path } from './places.js';
import type { TestResult } from './run.js';

/** A test file with what came in the place of what was expected. */
export interface Updated {
  readonly text: string;
  /** Expectations that were changed. */
  readonly count: number;
}

interface Edit {
  readonly span: Span;
  readonly to: string;
}

/**
 * Writes what came in the place of what was expected, and leaves every other character as it is.
 *
 * What cannot be written in one place stays: an expectation of several segments that came out differently, one that
 * nothing came of, and a criterion that is not listed.
 */
export function updated(text: string, tests: readonly TestResult[], spanOf: (path: Path) => Span): Updated {
  const wanted = new Map<string, Mismatch[]>();
  for (const mismatch of tests.flatMap(({ looks }) => looks.flatMap(({ mismatches }) => mismatches))) {
    const key = JSON.stringify(mismatch.path);
    wanted.set(key, [...(wanted.get(key) ?? []), mismatch]);
  }
  const edits = [...wanted.values()].flatMap((mismatches): Edit[] => {
    const [first] = mismatches;
    if (first === undefined || first.path === null || first.got === null) return [];
    return mismatches.every(({ got }) => got === first.got)
      ? [{ span: spanOf(first.path), to: first.got }]
      : [];
  });
  return { text: edited(text, edits), count: edits.length };
}

function edited(text: string, edits: readonly Edit[]): string {
  const lines = text.split('\n');
  // From the end of a line to its beginning, so that no edit moves another.
  for (const { span, to } of [...edits].sort((a, b) => b.span.col - a.span.col)) {
    const line = lines[span.line - 1] ?? '';
    lines[span.line - 1] = line.slice(0, span.col - 1) + to + line.slice(span.endCol - 1);
  }
  return lines.join('\n');
}
