import { Option } from 'commander';
import type { EpochMs } from '../model/time.js';
import type { FoldedVerdict } from '../model/verdict.js';
import {
  collect,
  count,
  duration,
  instant,
  positive,
  settings,
  share,
  timeLimit,
  traffic,
} from './option-values.js';
import { COLOR_MODES, type ColorMode } from './terminal.js';

/** What every command understands. */
export interface CommonOptions {
  readonly config?: string;
  readonly cwd?: string;
  readonly color: ColorMode;
  readonly ascii?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** What decides which gates are read, and what they mean. */
export interface GateOptions extends CommonOptions {
  readonly gate: readonly string[];
  readonly var: readonly string[];
  readonly at?: EpochMs;
  readonly since?: EpochMs;
  readonly window?: number;
}

export interface NetworkOptions {
  readonly timeout: number;
  readonly backendTimeout: number;
  readonly retries: number;
  readonly concurrency: number;
}

export interface ValidateOptions extends GateOptions {
  readonly replay?: string;
  readonly incidents?: string;
}

export interface PlanOptions extends GateOptions, NetworkOptions {
  readonly power?: boolean;
  readonly replay?: string;
  /** Requests a minute, as stated. */
  readonly traffic?: { readonly own: number; readonly other: number };
  /** Share of them that is good in a healthy release, 0..1. */
  readonly rate?: number;
}

export interface TestOptions extends CommonOptions {
  readonly run?: string;
  readonly report: readonly string[];
  readonly coverage?: boolean;
  readonly update?: boolean;
  readonly watch?: boolean;
}

export interface CheckOptions extends GateOptions, NetworkOptions {
  readonly report: readonly string[];
  readonly record?: string;
  readonly replay?: string;
  readonly maxAge?: number;
  readonly failOn?: 'warn';
  readonly maxWarnings?: number;
  readonly onNoData: 'inconclusive' | 'fail';
  readonly onBackendError: 'error' | 'inconclusive' | 'fail';
  readonly exitZero?: boolean;
  readonly waive: readonly string[];
  readonly by?: string;
  readonly because?: string;
  readonly until?: EpochMs;
  readonly summary: string;
  readonly settings?: string;
  readonly annotations: 'auto' | 'github' | 'azure' | 'off';
}

/** What the results of tests can be printed as. */
export const TEST_FORMATS = ['pretty', 'junit', 'tap'] as const;

export interface RecordOptions extends GateOptions, NetworkOptions {
  readonly maxAge?: number;
  readonly onExpired?: 'warn' | 'refuse';
  readonly expect?: FoldedVerdict;
  readonly incidents?: string;
  readonly baseline?: boolean;
}

export interface BacktestOptions extends Omit<GateOptions, 'at' | 'since'>, NetworkOptions {
  readonly from?: EpochMs;
  readonly to?: EpochMs;
  readonly last: number;
  readonly every?: number;
  readonly rollouts?: boolean;
  readonly deploys?: string;
  readonly sinceEvery?: number;
  readonly incidents?: string;
  readonly record?: string;
  readonly replay?: string;
  readonly resume?: string;
  readonly report: readonly string[];
}

export interface FixtureOptions extends CommonOptions {
  readonly maxAge?: number;
  readonly label: readonly string[];
}

export interface InitOptions extends CommonOptions, NetworkOptions {
  readonly url?: string;
  readonly metrics?: string;
  readonly dir?: string;
}

export const commonOptions = (): readonly Option[] => [
  new Option(
    '-c, --config <file>',
    'configuration file (default: gatekeeper.config.yaml up to the repository root)',
  ),
  new Option('--cwd <dir>', 'work in this folder'),
  new Option('--color <when>', 'colour').choices(COLOR_MODES).default('auto'),
  new Option('--ascii', 'ASCII only'),
  new Option('-q, --quiet', 'only what is not a pass; no progress'),
  new Option('-v, --verbose', 'every query in full'),
];

export const gateOptions = (): readonly Option[] => [
  new Option('-g, --gate <glob>', 'only gates whose name matches (repeatable)')
    .argParser(collect)
    .default([], 'all'),
  new Option('--var <name=value>', 'a variable of the gates (repeatable)')
    .argParser(collect)
    .default([], 'none'),
  new Option('--at <instant>', 'evaluate at this instant instead of now').argParser(instant),
  new Option('--since <instant>', 'when the release began to take traffic').argParser(instant),
  new Option('--window <duration>', 'length of the window').argParser(duration),
];

export const networkOptions = (): readonly Option[] => [
  new Option('--timeout <duration>', 'deadline of the whole run')
    .argParser(timeLimit)
    .default(600_000, '10m'),
  new Option('--backend-timeout <duration>', 'deadline of one try at one query')
    .argParser(timeLimit)
    .default(30_000, '30s'),
  new Option('--retries <n>', 'tries after the first').argParser(count).default(3),
  new Option('--concurrency <n>', 'queries under way at once').argParser(positive).default(8),
];

export const initOptions = (): readonly Option[] => [
  new Option('--url <url>', 'Prometheus, or what speaks its API (default: PROMETHEUS_URL)'),
  new Option('--metrics <file|url>', "an exporter's /metrics page instead").conflicts('url'),
  new Option('--dir <dir>', 'write below this folder'),
];

export const planOptions = (): readonly Option[] => [
  new Option('--power', 'ask for traffic, and show what each criterion can see in the window'),
  new Option('--replay <dir>', 'with --power: traffic of a recorded set; no network'),
  new Option(
    '--traffic <canary[:baseline]>',
    'with --power: requests a minute of each arm, as you state them',
  ).argParser(traffic),
  new Option(
    '--rate <percent>',
    'with --traffic: the share of requests that are good in a healthy release',
  ).argParser(share),
];

export const testOptions = (): readonly Option[] => [
  new Option('--run <regexp>', 'only tests whose name matches'),
  new Option(
    '--coverage',
    'name criteria that no test sees fail and policies that decide in none; exit 1 where there are any',
  ),
  new Option('--update', 'write what came in the place of what was expected'),
  new Option('--watch', 'run again whenever a file changes'),
  new Option(
    '-r, --report <format[:path]>',
    'pretty, junit or tap (repeatable); without a path it goes to standard output',
  )
    .argParser(collect)
    .default([], 'pretty'),
];

const maxAgeOption = (about: string): Option => new Option('--max-age <duration>', about).argParser(duration);

export const recordOptions = (): readonly Option[] => [
  maxAgeOption('age from which a replay of the set warns, and under CI is refused'),
  new Option('--on-expired <what>', 'with --max-age: what a replay then does, CI or not').choices([
    'warn',
    'refuse',
  ]),
  new Option('--baseline', 'record what "baseline: { recorded: DIR }" of a crawl names: do not ask for it'),
  new Option('--expect <verdict>', 'judge, too; if the gates say this, write a gate test of the set').choices(
    ['pass', 'warn', 'fail', 'inconclusive', 'error'],
  ),
  new Option('--incidents <file>', 'with --expect: labelled incidents, YAML or CSV, to name and guard'),
];

export const backtestOptions = (): readonly Option[] => [
  new Option('--from <instant>', 'the first look').argParser(instant),
  new Option('--to <instant>', 'no look after this (default: now)').argParser(instant),
  new Option('--last <duration>', 'without --from: how far back to begin')
    .argParser(duration)
    .default(604_800_000, '7d'),
  new Option(
    '--every <duration>',
    'time between two looks (default: 5m; with --replay, that of the recording)',
  ).argParser(duration),
  new Option(
    '--rollouts',
    'judge each look as the last of a rollout, as gates that require --since always are',
  ),
  new Option(
    '--deploys <file>',
    'look at these rollouts as they went on: an instant a line, and a name',
  ).conflicts(['rollouts', 'sinceEvery']),
  new Option('--since-every <duration>', 'the same of rollouts that are pretended to begin so often')
    .argParser(duration)
    .conflicts('rollouts'),
  new Option('--incidents <file>', 'labelled incidents, YAML or CSV, to tell alarms apart by'),
  new Option('--record <dir>', 'store what was answered, to look at it again with other limits'),
  new Option('--replay <dir>', 'look at what was recorded so; no network').conflicts(['record', 'resume']),
  new Option('--resume <file>', 'write answers down as they come, and go on where a run was stopped'),
  new Option(
    '-r, --report <format[:path]>',
    'pretty, json or html (repeatable); without a path it goes to standard output',
  )
    .argParser(collect)
    .default([], 'pretty'),
  ...gateOptions().filter(({ long }) => long !== '--at' && long !== '--since'),
  // A shared backend has other work: few at once, and as long as it takes.
  ...networkOptions().map((option) =>
    option.long === '--concurrency'
      ? option.default(2)
      : option.long === '--timeout'
        ? option.default(86_400_000, '1d')
        : option,
  ),
];

export const fixtureOptions = (): readonly Option[] => [
  maxAgeOption('verify, age: exit 1 for an older set'),
  new Option('--label <name>', 'redact: a label whose values are personal (repeatable)')
    .argParser(collect)
    .default([], 'none'),
];

export const checkOptions = (): readonly Option[] => [
  new Option(
    '-r, --report <format[:path]>',
    'a report (repeatable); without a path it goes to standard output',
  )
    .argParser(collect)
    .default([], 'pretty'),
  new Option('--record <dir>', 'store every answer as a recorded set'),
  new Option('--replay <dir>', 'answer from a recorded set; no network').conflicts('record'),
  maxAgeOption('with --replay: refuse a set that is older'),
  new Option('--fail-on <verdict>', 'exit 5 when there are warnings').choices(['warn']),
  new Option('--max-warnings <n>', 'exit 5 when there are more warnings').argParser(count),
  new Option('--on-no-data <verdict>', 'what missing data are')
    .choices(['inconclusive', 'fail'])
    .default('inconclusive'),
  new Option('--on-backend-error <verdict>', 'what a backend that cannot be asked is')
    .choices(['error', 'inconclusive', 'fail'])
    .default('error'),
  new Option('--exit-zero', 'report only: exit 0 whatever the verdict'),
  new Option('--waive <criterion>', 'turn its fail into a warning (repeatable; with --by and --because)')
    .argParser(collect)
    .default([], 'none'),
  new Option('--by <who>', 'who waives'),
  new Option('--because <text>', 'why'),
  new Option('--until <instant>', 'until when the waiver holds').argParser(instant),
  new Option(
    '--settings <hash>',
    'refuse to look when limits, steps or budgets changed since the look that printed this',
  ).argParser(settings),
  new Option('--summary <auto|off|path>', 'Markdown summary for the CI').default('auto'),
  new Option('--annotations <kind>', 'annotations for the CI')
    .choices(['auto', 'github', 'azure', 'off'])
    .default('auto'),
];
