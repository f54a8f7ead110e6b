import { Command, CommanderError, Option } from 'commander';
import type { ExplainOptions } from './commands/explain.js';
import { EXIT } from './exit-code.js';
import { type Io, write } from './io.js';
import {
  type BacktestOptions,
  backtestOptions,
  type CheckOptions,
  type CommonOptions,
  checkOptions,
  commonOptions,
  type FixtureOptions,
  fixtureOptions,
  type GateOptions,
  gateOptions,
  type InitOptions,
  initOptions,
  type NetworkOptions,
  networkOptions,
  type PlanOptions,
  planOptions,
  type RecordOptions,
  recordOptions,
  type TestOptions,
  testOptions,
  type ValidateOptions,
} from './options.js';
import { VERSION } from './version.js';

/**
 * Parses the command line and runs the command it names; each command is loaded when it is called.
 *
 * @returns the exit code: 2 for wrong usage, otherwise the command's own
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  let code: number = EXIT.pass;
  const texts: Promise<void>[] = [];
  const program = new Command('gatekeeper')
    .description('Decides from live metrics whether a release may go on.')
    .version(VERSION, '-V, --version', 'print the version')
    .showHelpAfterError('(gatekeeper --help lists commands and flags)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => texts.push(write(io.stdout, text)),
      writeErr: (text) => texts.push(write(io.stderr, text)),
    });
  // Flags are made for the command that is called alone: making all of them takes longer than a replay's verdict.
  const called = argv.find((word) => !word.startsWith('-'));
  const isAll = called === undefined || called === 'help' || called === 'completion';
  const command = (name: string, about: string, options: () => readonly Option[]): Command => {
    const made = program.command(name).description(about);
    if (isAll || `${name} `.startsWith(`${called} `)) for (const option of options()) made.addOption(option);
    return made;
  };
  const done = (result: Promise<number>): Promise<void> =>
    result.then((exitCode) => {
      code = exitCode;
    });
  const gates = (): readonly Option[] => [...gateOptions(), ...commonOptions()];

  command('check [path...]', 'evaluate gates once, report, exit with the verdict', () => [
    ...checkOptions(),
    ...gateOptions(),
    ...networkOptions(),
    ...commonOptions(),
  ])
    .addHelpText('after', EXIT_CODES)
    .action(async (paths: string[], options: CheckOptions) =>
      done((await import('./commands/check.js')).check(paths, options, io)),
    );
  command('validate [path...]', 'check gate files without asking any backend', () => [
    new Option('--replay <dir>', 'warn of criteria that cannot see their margin with this recorded traffic'),
    new Option('--incidents <file>', 'warn of incidents that no criterion guards against'),
    ...gates(),
  ]).action(async (paths: string[], options: ValidateOptions) =>
    done((await import('./commands/validate.js')).validate(paths, options, io)),
  );
  command('plan [path...]', 'show windows, queries and variables; --power: what they can see', () => [
    ...planOptions(),
    ...gates(),
    ...networkOptions(),
  ]).action(async (paths: string[], options: PlanOptions) =>
    done((await import('./commands/plan.js')).plan(paths, options, io)),
  );
  command(
    'test [path...]',
    'run tests of gates (*.gate.test.yaml) on answers written by hand; no network',
    () => [...testOptions(), ...commonOptions()],
  ).action(async (paths: string[], options: TestOptions) =>
    done((await import('./commands/test.js')).test(paths, options, io)),
  );
  command('record <dir> [path...]', 'store every answer as a recorded set, judging nothing', () => [
    ...recordOptions(),
    ...gates(),
    ...networkOptions(),
  ]).action(async (folder: string, paths: string[], options: RecordOptions) =>
    done((await import('./commands/record.js')).record(folder, paths, options, io)),
  );
  command(
    'backtest [path...]',
    'judge the past look by look: false alarms, incidents seen and missed',
    () => [...backtestOptions(), ...commonOptions()],
  ).action(async (paths: string[], options: BacktestOptions) =>
    done((await import('./commands/backtest.js')).backtest(paths, options, io)),
  );
  command('fixture <action> [dir...]', 'recorded sets: verify, show, age or redact them', () => [
    ...fixtureOptions(),
    ...commonOptions(),
  ]).action(async (action: string, folders: string[], options: FixtureOptions) =>
    done((await import('./commands/fixture.js')).fixture(action, folders, options, io)),
  );
  command('list [path...]', 'list gates and criteria, backends, formats and the catalogue', gates).action(
    async (paths: string[], options: GateOptions) =>
      done((await import('./commands/list.js')).list(paths, options, io)),
  );
  command('init', 'write gates for what a Prometheus server or a /metrics page has', () => [
    ...initOptions(),
    ...networkOptions(),
    ...commonOptions(),
  ]).action(async (options: InitOptions) => done((await import('./commands/init.js')).init(options, io)));
  command(
    'schema [kind]',
    'print the JSON Schema of gate, config, catalog, incidents, manifest, result, backtest, rollouts or test',
    commonOptions,
  ).action(async (kind: string | undefined, options: CommonOptions) =>
    done((await import('./commands/schema.js')).schema(kind, options, io)),
  );
  command(
    'explain <code|gate.criterion> [path...]',
    'say what a code means, or what a criterion asks and how it is judged',
    () => [
      new Option('--result <file>', 'tell its verdict too, of what --report json:FILE wrote'),
      ...gates(),
    ],
  ).action(async (subject: string, paths: string[], options: ExplainOptions) =>
    done((await import('./commands/explain.js')).explain(subject, paths, options, io)),
  );
  command('doctor [path...]', 'reach each backend: what it is, how old its newest data are', () => [
    ...gates(),
    ...networkOptions(),
  ]).action(async (paths: string[], options: GateOptions & NetworkOptions) =>
    done((await import('./commands/doctor.js')).doctor(paths, options, io)),
  );
  command('completion <shell>', 'print a completion script: bash, zsh, fish or pwsh', () => []).action(
    async (shell: string) => done((await import('./commands/completion.js')).completion(shell, program, io)),
  );

  try {
    await program.parseAsync(withoutHelpOfNone(argv, program), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander exits 1 for wrong usage, which would read as a failed gate. Help asked for is no error; help
    // shown because no command was given is.
    code = error.exitCode === 0 ? EXIT.pass : EXIT.config;
  }
  await Promise.all(texts);
  return code;
}

/** `help nope` is told what `nope` is told: commander would show all there is, as if nothing were wrong. */
function withoutHelpOfNone(argv: readonly string[], program: Command): string[] {
  const [first, second] = argv;
  const names = ['help', ...program.commands.map((command) => command.name())];
  const isOfNone =
    first === 'help' && second !== undefined && !second.startsWith('-') && !names.includes(second);
  return isOfNone ? argv.slice(1) : [...argv];
}

const EXIT_CODES = `
Exit codes:
  0  pass          every blocking criterion holds (warnings allowed)
  1  fail          a blocking criterion was measured and breached
  2  config        usage, gate file, variables; or a query the server rejects
  3  inconclusive  no, too few, stale or partial data; evidence still open
  4  backend       a backend could not be asked, or the deadline passed
  5  warn          with --fail-on warn or --max-warnings only
  70 internal error   130 SIGINT   143 SIGTERM
`;
