import { suggest } from '../../contracts/suggest.js';
import type { Failure } from '../../model/failure.js';
import type { GateReport } from '../../model/report.js';
import { shellWord } from '../../reporters/words/clean.js';
import { EXIT } from '../exit-code.js';
import { CODES, codePage, exitPage } from '../explain/codes.js';
import { criterionPage } from '../explain/criterion.js';
import { findCriteria, namesIn } from '../explain/find.js';
import { findResults, namesOfResult, readResult, resultPage } from '../explain/result.js';
import { loadToTell } from '../inventory/read.js';
import { sourcesOrNone } from '../inventory/sources.js';
import { type Io, write } from '../io.js';
import type { GateOptions } from '../options.js';
import { withoutUserinfo } from '../page/page.js';
import { Session } from '../session.js';
import { styleOf } from '../terminal.js';

export interface ExplainOptions extends GateOptions {
  /** A result that `check --report json:FILE` wrote. */
  readonly result?: string;
}

/** Says what a code means, or what a criterion asks, how it is judged, and what became of it. */
export async function explain(
  subject: string,
  paths: readonly string[],
  options: ExplainOptions,
  io: Io,
): Promise<number> {
  const session = new Session(options, io);
  const { width } = styleOf(
    { color: 'never', ascii: options.ascii === true, quiet: false, verbose: false },
    io,
  );
  const number = exitNumber(subject, paths);
  const code = number === undefined ? pageOf(subject, paths, options, width) : exitPage(number, width);
  if (number !== undefined && code === undefined) return session.refuse([neverExits(number)]);
  if (code !== undefined) {
    await write(io.stdout, `${code.join('\n')}\n`);
    return EXIT.pass;
  }
  return explainCriterion(session, subject, paths, options);
}

/** `3`, or `exit 3`. */
function exitNumber(subject: string, paths: readonly string[]): string | undefined {
  const [first] = paths;
  if (subject === 'exit' && paths.length === 1) return first;
  return /^\d+$/.test(subject) && paths.length === 0 ? subject : undefined;
}

function neverExits(number: string): Failure {
  const codes = Object.values(EXIT).join(', ');
  return {
    code: 'usage',
    message: `gatekeeper never exits with "${number}"`,
    mend: `exit codes are ${codes}`,
  };
}

/** Where files are given, the subject is something in them. */
function pageOf(
  subject: string,
  paths: readonly string[],
  options: ExplainOptions,
  width: number,
): readonly string[] | undefined {
  if (paths.length > 0 || options.result !== undefined) return undefined;
  return codePage(subject, width);
}

async function explainCriterion(
  session: Session,
  subject: string,
  paths: readonly string[],
  options: ExplainOptions,
): Promise<number> {
  const report = options.result === undefined ? undefined : await readResult(options.result, session.cwd);
  if (report?.ok === false) return session.refuse(report.failures);
  const sources = await sourcesOrNone(session, paths);
  if (!sources.ok) return session.refuse(sources.failures);
  const loaded = await loadToTell(session, sources.value, options);
  const found = findCriteria(subject, loaded.gates);
  const results = report === undefined ? [] : findResults(subject, report.value);
  // A gate that cannot be read may hold the name, so its trouble is told first.
  if (found.length + results.length === 0 && loaded.failures.length > 0)
    return session.refuse(loaded.failures);
  const names = [...namesIn(loaded.gates), ...(report === undefined ? [] : namesOf(report.value))];
  if (found.length + results.length === 0) return session.refuse([unknown(subject, names)]);
  if (report !== undefined && results.length === 0)
    return session.refuse([absent(subject, options.result ?? '', report.value)]);
  const pages = [
    ...(report === undefined
      ? []
      : results.map((located) => resultPage(options.result ?? '', report.value, located))),
    ...found.map((each) => criterionPage(each, loaded.backends)),
  ];
  await session.tell(loaded.failures);
  const text = `${pages.map((page) => page.join('\n')).join('\n\n')}\n`;
  await write(session.io.stdout, session.secrets.mask(withoutUserinfo(text)));
  return loaded.failures.length === 0 ? EXIT.pass : EXIT.config;
}

function namesOf(report: GateReport): readonly string[] {
  return report.gates.flatMap((gate) =>
    gate.criteria.flatMap((criterion) => namesOfResult({ gate, criterion })),
  );
}

function unknown(subject: string, names: readonly string[]): Failure {
  const near = suggest(subject, [...new Set([...names, ...CODES])]);
  const where = names.length === 0 ? 'and there is no gate here' : 'and no criterion has that name';
  const mend =
    near !== undefined
      ? `did you mean "${near}"?`
      : names.length === 0
        ? `name its gate file: gatekeeper explain ${shellWord(subject)} FILE`
        : '"gatekeeper list" names the criteria; codes stand in messages and reports';
  return { code: 'usage', message: `"${subject}" is no code, ${where}`, mend };
}

function absent(subject: string, file: string, report: GateReport): Failure {
  const near = suggest(subject, namesOf(report));
  const mend = near === undefined ? 'it was written by a run over other gates' : `did you mean "${near}"?`;
  return { code: 'usage', message: `${file} holds no result of "${subject}"`, mend };
}
