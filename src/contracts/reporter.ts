import type { GateReport } from '../model/report.js';

/** How a reporter may draw; decided by the command line, never by the reporter. */
export interface Style {
  readonly color: boolean;
  /** ASCII glyphs only. */
  readonly ascii: boolean;
  /** Columns. */
  readonly width: number;
  /** Every criterion with its queries. */
  readonly verbose: boolean;
  /** Only what is not a pass. */
  readonly quiet: boolean;
  /** Flags, each followed by its value, by which a command that is copied from here reads the same files. */
  readonly flags?: readonly string[];
}

/** Prints the one document; pure: no clock, no environment, no exit code, ends with a newline. */
export interface Reporter {
  readonly id: string;
  readonly about: string;
  /** Usual file ending, without a dot. */
  readonly extension: string;
  readonly render: (report: GateReport, style: Style) => string;
}

export function defineReporter(reporter: Reporter): Reporter {
  return reporter;
}
