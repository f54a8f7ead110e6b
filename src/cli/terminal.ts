import type { Style } from '../contracts/reporter.js';
import type { Io } from './io.js';

export const COLOR_MODES = ['auto', 'always', 'never'] as const;
export type ColorMode = (typeof COLOR_MODES)[number];

const ANSI_CI = ['GITHUB_ACTIONS', 'GITLAB_CI', 'BUILDKITE', 'CIRCLECI'];
const DEFAULT_WIDTH = 100;

export interface StyleFlags {
  readonly cwd?: string;
  readonly config?: string;
  readonly color: ColorMode;
  readonly ascii: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** Colour of one stream: `--color`, then FORCE_COLOR, NO_COLOR, TERM=dumb, a TTY, a CI known to show it. */
export function hasColor(mode: ColorMode, env: Io['env'], isTty: boolean): boolean {
  if (mode !== 'auto') return mode === 'always';
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  if (env['TERM'] === 'dumb') return false;
  return isTty || ANSI_CI.some((name) => (env[name] ?? '') !== '' && env[name] !== 'false');
}

/** Whether standard error can show something that moves. */
export function canSpin({ env, stderr }: Io): boolean {
  const isCi = (env['CI'] ?? '') !== '' && env['CI'] !== 'false';
  // A terminal that nobody gave a size says 0 columns; the spinner would clear lines without end.
  const hasSize = !('columns' in stderr) || stderr.columns !== 0;
  return stderr.isTTY === true && hasSize && !isCi && env['TERM'] !== 'dumb';
}

/** How a report on standard output may be drawn. */
export function styleOf(flags: StyleFlags, io: Io): Style {
  const columns = Number(io.env['COLUMNS']);
  return {
    color: hasColor(flags.color, io.env, io.stdout.isTTY === true),
    ascii: flags.ascii || !isUtf8(io.env),
    width: Number.isInteger(columns) && columns >= 20 ? columns : DEFAULT_WIDTH,
    verbose: flags.verbose,
    quiet: flags.quiet,
    flags: [
      ...(flags.cwd === undefined ? [] : ['--cwd', flags.cwd]),
      ...(flags.config === undefined ? [] : ['--config', flags.config]),
    ],
  };
}

/** How a report in a file is drawn: no colour, whatever the terminal is; read elsewhere, it is the same from every folder. */
export function plainStyle(style: Style): Style {
  return { ...style, color: false, width: DEFAULT_WIDTH, flags: [] };
}

function isUtf8(env: Io['env']): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  // No locale at all is the habit of CI images, whose logs are UTF-8.
  return locale === '' || /utf-?8/i.test(locale);
}
