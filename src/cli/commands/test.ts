import path from 'node:path';
import { Chalk } from 'chalk';
import { counted } from '../../contracts/counted.js';
import type { Failure } from '../../model/failure.js';
import { coverageOf, isFull } from '../../testing/coverage.js';
import { junitOf } from '../../testing/junit.js';
import { tapOf } from '../../testing/tap.js';
import { coverageText, type TextStyle, textOf } from '../../testing/text.js';
import { updated } from '../../testing/update.js';
import { EXIT } from '../exit-code.js';
import { writeWhole } from '../files.js';
import { type Ran, runFiles } from '../gatetest/files.js';
import { type Io, write } from '../io.js';
import { TEST_FORMATS, type TestOptions } from '../options.js';
import { planReports, type ReportPlan } from '../reports.js';
import { Session } from '../session.js';
import { styleOf } from '../terminal.js';

/** Runs tests of gates: 0 when all passed, 1 when one failed, 2 when one cannot be run. No backend is asked. */
export async function test(paths: readonly string[], options: TestOptions, io: Io): Promise<number> {
  const first = new Session(options, io);
  const plan = planReports(options.report, TEST_FORMATS);
  const wanted = patternOf(options.run);
  if (!plan.ok) return first.refuse(plan.failures);
  if ('code' in wanted) return first.refuse([wanted]);
  const isWanted = (name: string): boolean => wanted.test(name);
  if (options.update === true && isCi(io)) return first.refuse([NO_UPDATE]);
  const runOnce = async (): Promise<{ session: Session; ran: Ran; code: number }> => {
    const session = new Session(options, io);
    const before = await runFiles(session, paths, isWanted);
    const isUpdated = options.update === true && (await update(session, before));
    const ran = isUpdated ? await runFiles(session, paths, isWanted) : before;
    return { session, ran, code: await report(session, ran, plan.value, options) };
  };
  if (options.watch !== true) return (await runOnce()).code;
  const { watch } = await import('../gatetest/watch.js');
  return watch(paths, runOnce, (count) =>
    write(io.stderr, `watching ${counted(count, 'file')}; stop with Ctrl-C\n`),
  );
}

/** A test that writes its own expectations says nothing: in a CI it would be green for ever. */
const NO_UPDATE: Failure = {
  code: 'usage',
  message: '--update cannot go with a CI',
  mend: 'update where the change can be read before it is committed',
};

function isCi({ env }: Io): boolean {
  return (env['CI'] ?? '') !== '' && env['CI'] !== 'false';
}

/** Writes what came into the files; true where any was changed. */
async function update(session: Session, { files }: Ran): Promise<boolean> {
  let isAny = false;
  for (const { source, yaml, tests } of files) {
    if (yaml === undefined) continue;
    const { text, count } = updated(source.text, tests, yaml.spanOf);
    if (count === 0) continue;
    const failure = await writeWhole(path.resolve(session.cwd, source.file), text, source.file);
    if (failure !== undefined) await session.tell([failure]);
    else await write(session.io.stderr, `updated ${counted(count, 'expectation')} in ${source.file}\n`);
    isAny = true;
  }
  return isAny;
}

async function report(session: Session, ran: Ran, plan: ReportPlan, options: TestOptions): Promise<number> {
  const failures = [
    ...ran.failures,
    ...ran.files.flatMap((file) => file.failures),
    ...nothingRun(ran, options),
  ];
  for (const { format, path: name } of plan.files) {
    if (name === null) continue;
    const failure = await writeWhole(path.resolve(session.cwd, name), render(ran, format, PLAIN), name);
    if (failure !== undefined) failures.push(failure);
  }
  const style = textStyle(session, options);
  const coverage = options.coverage === true ? coverageOf(ran.files.flatMap(({ tests }) => tests)) : [];
  const told = coverageText(coverage, style);
  if (ran.files.length > 0) await write(session.io.stdout, render(ran, plan.stdout, style, told));
  if (plan.stdout !== 'pretty') await write(session.io.stderr, told);
  await session.tell(failures);
  if (failures.length > 0) return EXIT.config;
  const isFailed = ran.files.some(({ tests }) => tests.some(({ state }) => state === 'failed'));
  return isFailed || !coverage.every(isFull) ? EXIT.fail : EXIT.pass;
}

const same = (text: string): string => text;
const PLAIN: TextStyle = { ascii: false, quiet: false, paint: { good: same, bad: same } };

function render(ran: Ran, format: string, style: TextStyle, covered = ''): string {
  if (format === 'junit') return junitOf(ran.files);
  if (format === 'tap') return tapOf(ran.files);
  return textOf(ran.files, style, covered);
}

function textStyle({ io }: Session, options: TestOptions): TextStyle {
  const { ascii, quiet, color } = styleOf(
    { color: options.color, ascii: options.ascii === true, quiet: options.quiet === true, verbose: false },
    io,
  );
  const chalk = new Chalk({ level: color ? 1 : 0 });
  return { ascii, quiet, paint: { good: (text) => chalk.green(text), bad: (text) => chalk.red(text) } };
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
