import { basename } from 'node:path';
import type { Variables } from '../../contracts/backend.js';
import { expandPlaceholders, placeholdersIn } from '../../contracts/placeholders.js';
import { type Failure, failed, ok, type Result } from '../../model/failure.js';

/**
 * Expands the variables of a command's arguments; `prefix` comes from the backend and is taken as it is.
 *
 * Nothing needs quoting, since no shell reads the arguments, but a value may become neither the program, nor an
 * option, nor a part of a script that is handed to a shell.
 */
export function expandArguments(
  written: readonly string[],
  prefix: readonly string[],
  variables: Variables,
): Result<readonly string[]> {
  const whole = [...prefix, ...written];
  const failures: Failure[] = [];
  const argv = written.map((argument, index) => {
    const position = prefix.length + index;
    const expanded = expandPlaceholders(
      argument,
      variables,
      (value, _offset, name) => refusal(value, name, argument, position, whole) ?? ok(value),
    );
    const trouble = expanded.ok ? optionTrouble(argument, expanded.value, variables) : expanded.failures;
    failures.push(...trouble);
    return expanded.ok ? expanded.value : argument;
  });
  return failures.length > 0 ? failed(...failures) : ok([...prefix, ...argv]);
}

/** Where a variable may not stand in a command. */
function refusal(
  value: string,
  name: string,
  argument: string,
  position: number,
  whole: readonly string[],
): Result<never> | undefined {
  if (value.includes('\0')) {
    return failed({
      code: 'gatefile.variable',
      message: `"{{${name}}}" holds a NUL character, which no argument can`,
    });
  }
  if (position === 0) {
    return failed({
      code: 'gatefile.variable',
      message: `"{{${name}}}" stands in the name of the program in ${JSON.stringify(argument)}`,
      mend: 'write the program down, and use variables in its arguments',
    });
  }
  if (isShellScript(whole, position)) {
    return failed({
      code: 'gatefile.variable',
      message: `"{{${name}}}" stands inside a shell script, where its value would be run as code`,
      mend: `hand it over as an argument: [sh, -c, 'query "$1"', sh, "{{${name}}}"]`,
    });
  }
  return undefined;
}

const SHELLS = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh', 'ash', 'fish']);

/** True for SCRIPT in `bash -lc SCRIPT` and `env X=1 sh -c SCRIPT`. */
function isShellScript(argv: readonly string[], position: number): boolean {
  const shell = argv.findIndex((argument) => SHELLS.has(basename(argument)));
  const option = argv[position - 1];
  return shell >= 0 && shell < position - 1 && option !== undefined && /^-[a-z]*c[a-z]*$/i.test(option);
}

/** A value that begins an argument must not turn it into an option: `--var route=--output=/etc/passwd`. */
function optionTrouble(written: string, expanded: string, variables: Variables): readonly Failure[] {
  if (!expanded.startsWith('-') || written.startsWith('-')) return [];
  const first = placeholdersIn(written).find(({ name }) => variables.get(name)?.value !== '');
  if (first === undefined || variables.get(first.name)?.isRaw === true) return [];
  return [
    {
      code: 'gatefile.variable',
      message: `the value of "{{${first.name}}}" starts with "-" and would be taken for an option in ${JSON.stringify(written)}`,
      mend: `write --name={{${first.name}}}, or say "raw: true" on the variable if options are meant`,
    },
  ];
}
