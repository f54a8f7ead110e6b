import path from 'node:path';
import type { Failure } from '../model/failure.js';
import type { GateReport } from '../model/report.js';
import { EXIT } from './exit-code.js';
import { write } from './io.js';
import type { CheckOptions } from './options.js';
import type { ReportPlan } from './reports.js';
import type { Session } from './session.js';
import { plainStyle, styleOf } from './terminal.js';
import { formats } from './wire.js';

/** Formats that a program reads: nothing else may be written into them. */
const FOR_PEOPLE = new Set(['pretty', 'markdown']);

/** What became of the reports. */
export interface Published {
  readonly failures: readonly Failure[];
  readonly exitCode: number;
}

/**
 * Writes every report, the CI's summary and annotations; gives back what could not be written.
 *
 * A pass whose report is missing cannot be shown to anyone: it is exit 2, and what is printed then says so.
 */
export async function publish(
  session: Session,
  report: GateReport,
  plan: ReportPlan,
  options: CheckOptions,
): Promise<Published> {
  const { io } = session;
  const style = styleOf(
    {
      color: options.color,
      ascii: options.ascii === true,
      quiet: options.quiet === true,
      verbose: options.verbose === true,
      ...(options.cwd !== undefined && { cwd: options.cwd }),
      ...(options.config !== undefined && { config: options.config }),
    },
    io,
  );
  const failures: Failure[] = [];
  for (const { format, path: name } of plan.files) {
    if (name === null) continue;
    const text = await render(session, report, format, plainStyle({ ...style, quiet: false }));
    const { writeWhole } = await import('./files.js');
    const failure = await writeWhole(path.resolve(session.cwd, name), text, name);
    if (failure !== undefined) failures.push(failure);
  }
  const summary = await writeSummary(session, report, options);
  if (summary !== undefined) failures.push(summary);
  const isShown = failures.length === 0 || (report.exitCode !== EXIT.pass && report.exitCode !== EXIT.warn);
  const printed = isShown ? report : { ...report, exitCode: EXIT.config };
  await write(
    io.stdout,
    await render(session, printed, plan.stdout, FOR_PEOPLE.has(plan.stdout) ? style : plainStyle(style)),
  );
  await annotate(session, report, plan, options);
  return { failures, exitCode: printed.exitCode };
}

async function render(
  session: Session,
  report: GateReport,
  format: string,
  style: ReturnType<typeof styleOf>,
): Promise<string> {
  const reporter = await formats.load(format);
  if (reporter === undefined) throw new Error(`no reporter "${format}"`);
  const { mask } = session.secrets;
  if (session.secrets.isEmpty) return reporter.render(report, style);
  return mask(reporter.render(maskedReport(report, mask), style));
}

/** Before a reporter escapes, wraps or cuts: a secret that it changed is one that no mask knows. */
function maskedReport<T>(value: T, mask: (text: string) => string): T {
  if (typeof value === 'string') return mask(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => maskedReport(item, mask)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskedReport(item, mask)])) as T;
}

async function writeSummary(
  session: Session,
  report: GateReport,
  options: CheckOptions,
): Promise<Failure | undefined> {
  const { env } = session.io;
  const target =
    options.summary === 'auto'
      ? env['GITHUB_STEP_SUMMARY']
      : options.summary === 'off'
        ? undefined
        : options.summary;
  if (target === undefined || target === '') return undefined;
  const { summary } = await import('../reporters/github.js');
  const { append } = await import('./files.js');
  return append(
    path.resolve(session.cwd, target),
    session.secrets.mask(summary(maskedReport(report, session.secrets.mask))),
    target,
  );
}

/** Annotations go to standard error for GitHub, which reads both streams, and to standard output for Azure, which does not. */
async function annotate(
  session: Session,
  report: GateReport,
  plan: ReportPlan,
  options: CheckOptions,
): Promise<void> {
  const { io } = session;
  const isOn = (name: string): boolean => (io.env[name] ?? '').toLowerCase() === 'true';
  const auto = isOn('GITHUB_ACTIONS') ? 'github' : isOn('TF_BUILD') ? 'azure' : 'off';
  const kind = options.annotations === 'auto' ? auto : options.annotations;
  if (kind === 'off' || plan.stdout === kind) return;
  const text = await render(
    session,
    report,
    kind,
    plainStyle(styleOf({ color: 'never', ascii: false, quiet: true, verbose: false }, io)),
  );
  if (kind === 'github') await write(io.stderr, text);
  else if (FOR_PEOPLE.has(plan.stdout)) await write(io.stdout, text);
  else
    await write(
      io.stderr,
      `annotations for Azure are left out: it reads them from standard output, which holds the ${plan.stdout} report\n`,
    );
}
