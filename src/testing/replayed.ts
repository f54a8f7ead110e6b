import type { GateReport } from '../model/report.js';
import type { TestFile } from './schema.js';

/** Where a test of a recorded set stands, and what it is called. */
export interface ReplayPlace {
  /** Gate files, relative to the test. */
  readonly gates: readonly string[];
  /** The set, as `replay:` names it. */
  readonly replay: string;
  readonly name: string;
}

/**
 * A test file that replays a set and expects what the gates said of it: the verdict of the run, and by name each
 * criterion that was no pass.
 */
export function replayTest(report: Pick<GateReport, 'gates' | 'verdict'>, place: ReplayPlace): TestFile {
  const [only, ...others] = report.gates;
  const nameOf = (key: string): string =>
    only !== undefined && others.length === 0 ? key.slice(only.id.length + 1) : key;
  const unsound = report.gates
    .flatMap(({ criteria }) => criteria)
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ key, verdict }) => [nameOf(key), verdict] as const);
  return {
    gates: [...place.gates],
    tests: [
      {
        name: place.name,
        replay: place.replay,
        expect: {
          verdict: report.verdict,
          ...(unsound.length > 0 && { criteria: Object.fromEntries(unsound) }),
        },
      },
    ],
  };
}
