import path from 'node:path';
import { suggest } from '../contracts/suggest.js';
import { type Failure, failed, ok, type Result } from '../model/failure.js';
import type { Sources } from './session.js';
import { formats } from './wire.js';

/** One report to write: a format, and where; null is standard output. */
export interface PlannedReport {
  readonly format: string;
  readonly path: string | null;
}

export interface ReportPlan {
  /** The format that owns standard output. */
  readonly stdout: string;
  readonly files: readonly PlannedReport[];
}

/** Reads `--report FORMAT[:PATH]`; at most one goes to standard output, which is pretty when none does. */
export function planReports(
  written: readonly string[],
  known: readonly string[] = formats.ids,
): Result<ReportPlan> {
  const failures: Failure[] = [];
  const reports = written.map((each): PlannedReport => {
    const colon = each.indexOf(':');
    const format = colon < 0 ? each : each.slice(0, colon);
    const file = colon < 0 ? null : each.slice(colon + 1);
    if (!known.includes(format)) {
      const near = suggest(format, known);
      failures.push({
        code: 'usage',
        message: `"${format}" is no report format`,
        mend: near === undefined ? `formats are ${known.join(', ')}` : `did you mean "${near}"?`,
      });
    }
    if (file === '')
      failures.push({
        code: 'usage',
        message: `--report ${each} names no path`,
        mend: `write --report ${format}:FILE, or --report ${format} for standard output`,
      });
    return { format, path: file === '-' ? null : file };
  });
  const paths = reports.flatMap((report) => (report.path ? [path.normalize(report.path)] : []));
  for (const twice of new Set(paths.filter((each, i) => paths.indexOf(each) !== i))) {
    failures.push({
      code: 'usage',
      message: `two reports go to ${twice}`,
      mend: 'give each a path of its own; the second would replace the first',
    });
  }
  const onStdout = reports.filter((report) => report.path === null);
  if (onStdout.length > 1) {
    failures.push({
      code: 'usage',
      message: `${onStdout.map((report) => report.format).join(' and ')} both want standard output`,
      mend: 'give all but one a path: --report junit:report.xml',
    });
  }
  if (failures.length > 0) return failed(...failures);
  return ok({
    stdout: onStdout[0]?.format ?? 'pretty',
    files: reports.filter((report) => report.path !== null),
  });
}

/** Reports that would replace a gate or the configuration that they are made of. */
export function overSources(
  { files }: ReportPlan,
  { cwd, gates, config }: Pick<Sources, 'cwd' | 'gates' | 'config'>,
): readonly Failure[] {
  const read = new Set(
    [...gates, ...(config === null ? [] : [config])].map(({ file }) => path.resolve(cwd, file)),
  );
  return files.flatMap(({ format, path: to }): readonly Failure[] =>
    to === null || !read.has(path.resolve(cwd, to))
      ? []
      : [
          {
            code: 'usage',
            message: `--report ${format}:${to} would replace a file that this run reads`,
            mend: `give the report a path of its own, such as --report ${format}:reports/${format}`,
          },
        ],
  );
}
