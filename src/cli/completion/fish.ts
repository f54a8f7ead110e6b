import type { Completable, CompletableCommand, Flag } from './model.js';

/** For fish 3 and newer. */
export function fish({ program, flags, commands }: Completable): string {
  const lines = [
    `# fish completion for ${program}. In config.fish:  ${program} completion fish | source`,
    ...commands.map(
      ({ name, about }) =>
        `complete -c ${program} -n __fish_use_subcommand -f -a ${name} -d ${quoted(about)}`,
    ),
    ...flags.map((flag) => `complete -c ${program} -n __fish_use_subcommand ${flagText(flag)}`),
    ...commands.flatMap((command) => linesOf(program, command)),
  ];
  return `${lines.join('\n')}\n`;
}

function linesOf(program: string, { name, flags, words, takesFiles }: CompletableCommand): readonly string[] {
  const start = `complete -c ${program} -n '__fish_seen_subcommand_from ${name}'`;
  return [
    ...(words === null ? [] : [`${start}${takesFiles ? '' : ' -f'} -a ${quoted(words.join(' '))}`]),
    ...(takesFiles ? [`${start} -F`] : []),
    ...flags.map((flag) => `${start} ${flagText(flag)}`),
  ];
}

function flagText({ long, short, about, takesValue, words }: Flag): string {
  const names = `${short === null ? '' : `-s ${short.slice(1)} `}-l ${long.slice(2)}`;
  const value = !takesValue ? '' : words === null ? ' -r -F' : ` -x -a ${quoted(words.join(' '))}`;
  return `${names}${value} -d ${quoted(about)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
