import path from 'node:path';
import type { Outcome } from '../../engine/report.js';
import { isFolder, readSource } from '../../gatefile/discover.js';
import type { Loaded } from '../../gatefile/load.js';
import { TEST_ENDING } from '../../gatefile/names.js';
import type { Failure } from '../../model/failure.js';
import { print } from '../../recording/write.js';
import { replayTest } from '../../testing/replayed.js';
import type { Session, Sources } from '../session.js';
import { writeNew } from '../write-new.js';

/** What became of the test of a recorded set. */
export interface TestWritten {
  /** Lines for people; none where there is nothing to say. */
  readonly told: readonly string[];
  readonly failures: readonly Failure[];
}

/** How the file begins, and what its set is of, for the name of the test. */
export interface Heading {
  readonly subject: string;
  readonly head: string;
}

/**
 * Writes the test that replays a set, in a file of its own beside the first gate, named like the set. A file that is
 * there is never touched: what it should say is told instead.
 *
 * @param folder of the set, absolute
 */
export async function writeReplayTest(
  { cwd }: Session,
  { fixtures }: Pick<Sources, 'fixtures'>,
  { gates }: Loaded,
  report: Outcome,
  folder: string,
  { subject, head }: Heading,
): Promise<TestWritten> {
  const files = [...new Set(gates.map(({ file }) => file))];
  const [first = ''] = files;
  if (files.includes('<stdin>')) return { told: [NO_FILE], failures: [] };
  const beside = path.dirname(path.resolve(cwd, first));
  const to = (target: string): string => path.relative(beside, target).split(path.sep).join('/');
  const name = path.basename(folder);
  const isNamed = fixtures === path.dirname(folder) && !isFolder(path.join(beside, name));
  const test = replayTest(report, {
    gates: files.map((file) => to(path.resolve(cwd, file))),
    replay: isNamed ? name : to(folder),
    name: `${subject}: the gates say ${report.verdict} at ${report.asOf}`,
  });
  const text = `# ${head}\n${print(test)}`;
  const file = `${name}${TEST_ENDING}`;
  const shown = path.relative(cwd, path.join(beside, file));
  const [written] = await writeNew(beside, [{ name: file, text }]);
  if (written?.failure !== undefined) return { told: [], failures: [written.failure] };
  if (written?.isNew === true)
    return { told: [`${shown}: replays it, and expects ${report.verdict}`], failures: [] };
  const before = readSource(shown, cwd);
  if (before.ok && before.value.text === text)
    return { told: [`${shown}: replays it already`], failures: [] };
  return { told: [`${shown}: left as it is; it should hold this test`, '', text.trimEnd()], failures: [] };
}

const NO_FILE = 'no test was written: the gate came from standard input, and a test is of a file';
