import type { Command, Option } from 'commander';

/** What a shell can complete: read off the program itself, so that no flag is ever missing. */
export interface Completable {
  readonly program: string;
  readonly flags: readonly Flag[];
  readonly commands: readonly CompletableCommand[];
}

export interface CompletableCommand {
  readonly name: string;
  readonly about: string;
  readonly flags: readonly Flag[];
  /** Words that the first argument may be; null where it is a file. */
  readonly words: readonly string[] | null;
  /** Whether any argument is a file. */
  readonly takesFiles: boolean;
}

export interface Flag {
  readonly long: string;
  readonly short: string | null;
  readonly about: string;
  readonly takesValue: boolean;
  /** Words that the value may be; null where it is free, and files are as good a guess as any. */
  readonly words: readonly string[] | null;
}

/** Words that commander does not know: of the first argument by command, of a value by `command --flag`. */
export type Words = Readonly<Record<string, readonly string[]>>;

const HELP: Flag = { long: '--help', short: '-h', about: 'display help', takesValue: false, words: null };

export function completableOf(program: Command, words: Words): Completable {
  const commands = program.commands.map((command): CompletableCommand => {
    const name = command.name();
    return {
      name,
      about: command.description(),
      flags: [...command.options.map((option) => flagOf(option, words[`${name} ${option.long}`])), HELP],
      words: words[name] ?? null,
      takesFiles: command.registeredArguments.length > (words[name] === undefined ? 0 : 1),
    };
  });
  const help = {
    name: 'help',
    about: 'display help for a command',
    flags: [],
    words: commands.map(({ name }) => name),
    takesFiles: false,
  };
  const flags = [...program.options.map((option) => flagOf(option, undefined)), HELP];
  return { program: program.name(), flags, commands: [...commands, help] };
}

function flagOf(option: Option, words: readonly string[] | undefined): Flag {
  return {
    long: option.long ?? '',
    short: option.short ?? null,
    about: option.description,
    takesValue: option.required || option.optional,
    words: words ?? option.argChoices ?? null,
  };
}
