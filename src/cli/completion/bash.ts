import type { Completable, CompletableCommand, Flag } from './model.js';

/** For bash 3.2 and newer, without the bash-completion package. */
export function bash({ program, flags, commands }: Completable): string {
  const names = commands.map(({ name }) => name);
  return `# bash completion for ${program}. In ~/.bashrc:  source <(${program} completion bash)
_${program}() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" command="" word i
  COMPREPLY=()
  # "--color=never" comes as three words.
  if [[ "$cur" == "=" ]]; then
    cur=""
  elif [[ "$prev" == "=" ]]; then
    prev="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    case "$word" in
      ${names.join('|')})
        command="$word"
        break
        ;;
    esac
  done
  case "$command:$prev" in
${commands.flatMap(valueCases).join('\n')}
  esac
  case "$command" in
    "")
      COMPREPLY=($(compgen -W "${[...names, ...flags.flatMap(spellings)].join(' ')}" -- "$cur"))
      ;;
${commands.map(commandCase).join('\n')}
  esac
}
complete -o bashdefault -o default -F _${program} ${program}
`;
}

function valueCases({ name, flags }: CompletableCommand): readonly string[] {
  const valued = flags.filter(({ takesValue }) => takesValue);
  const free = valued.filter(({ words }) => words === null);
  return [
    ...valued.flatMap((flag) => (flag.words === null ? [] : [valueCase(name, flag, words(flag.words))])),
    // No answer of ours: bash completes files by itself.
    ...(free.length === 0
      ? []
      : [`    ${free.flatMap((flag) => patterns(name, flag)).join('|')})\n      return\n      ;;`]),
  ];
}

function valueCase(command: string, flag: Flag, answer: string): string {
  return `    ${patterns(command, flag).join('|')})\n      ${answer}\n      return\n      ;;`;
}

function commandCase({ name, flags, words: first }: CompletableCommand): string {
  const ofFlags = words(flags.flatMap(spellings));
  const ofArgument = first === null ? 'return' : words(first);
  return `    ${name})
      if [[ "$cur" == -* ]]; then
        ${ofFlags}
      else
        ${ofArgument}
      fi
      ;;`;
}

function words(list: readonly string[]): string {
  return `COMPREPLY=($(compgen -W "${list.join(' ')}" -- "$cur"))`;
}

function patterns(command: string, flag: Flag): readonly string[] {
  return spellings(flag).map((spelling) => `${command}:${spelling}`);
}

function spellings({ long, short }: Flag): readonly string[] {
  return short === null ? [long] : [short, long];
}
