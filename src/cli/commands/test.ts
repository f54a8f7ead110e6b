import { Chalk } from 'chalk';
import type { Failure } from '../../model/failure.js';
import { type TextStyle, textOf } from '../../testing/text.js';
import { EXIT } from '../exit-code.js';
import { type Ran, runFiles } from '../gatetest/files.js';
import { type Io, write } from '../io.js';
import type { TestOptions } from '../options.js';
import { planReports } from '../reports.js';
import { Session } from '../session.js';
import { styleOf } from '../terminal.js';

/** What the results of tests can be printed as. */
export const TEST_FORMATS = ['pretty', 'junit', 'tap'] as const;

/** Runs tests of gates: 0 when all passed, 1 when one failed, 2 when one cannot be run. No backend is asked. */
export async function test(paths: readonly string[], options: TestOptions, io: Io): Promise<number> {
  const session = new Session(options, io);
  const plan = planReports(options.report, TEST_FORMATS);
  const wanted = patternOf(options.run);
  if (!plan.ok) return session.refuse(plan.failures);
  if ('code' in wanted) return session.refuse([wanted]);
  const ran = await runFiles(session, paths, (name) => wanted.test(name));
  const failures = [
    ...ran.failures,
    ...ran.files.flatMap((file) => file.failures),
    ...nothingRun(ran, options),
  ];
  const style = styleOf(
    { color: options.color, ascii: options.ascii === true, quiet: options.quiet === true, verbose: false },
    io,
  );
  if (ran.files.length > 0) await write(io.stdout, textOf(ran.files, textStyle(style)));
  await session.tell(failures);
  if (failures.length > 0) return EXIT.config;
  return ran.files.some(({ tests }) => tests.some(({ state }) => state === 'failed')) ? EXIT.fail : EXIT.pass;
}

function textStyle({ ascii, quiet, color }: ReturnType<typeof styleOf>): TextStyle {
  const paint = color ? new Chalk({ level: 1 }) : undefined;
  const plain = (text: string): string => text;
  return { ascii, quiet, paint: { good: paint?.green ?? plain, bad: paint?.red ?? plain } };
}

function patternOf(run: string | undefined): RegExp | Failure {
  try {
    return new RegExp(run ?? '');
  } catch {
    return {
      code: 'usage',
      message: `--run ${run} is no regular expression`,
      mend: 'a word of the name is one; brackets and stars need a backslash before them',
    };
  }
}

/** A pattern that matches nothing must not be green. */
function nothingRun({ files, failures }: Ran, { run }: TestOptions): readonly Failure[] {
  const isTrouble = failures.length > 0 || files.some((file) => file.failures.length > 0);
  if (isTrouble || files.some(({ tests }) => tests.length > 0)) return [];
  return [
    {
      code: 'usage',
      message: `--run ${run ?? ''} matches no test`,
      mend: 'it is looked for in the names of tests',
    },
  ];
}
