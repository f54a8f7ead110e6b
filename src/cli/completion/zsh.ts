import type { Completable, CompletableCommand, Flag } from './model.js';

/** For zsh with compinit; works as a file in $fpath and through `source`. */
export function zsh({ program, flags, commands }: Completable): string {
  const described = commands.map(({ name, about }) => quoted(`${name}:${about.replaceAll(':', '\\:')}`));
  return `#compdef ${program}
# zsh completion for ${program}. In ~/.zshrc, after compinit:  source <(${program} completion zsh)
_${program}() {
  local curcontext="$curcontext" state line
  local -a commands
  typeset -A opt_args
  commands=(
${indented(described, 4)}
  )
  _arguments -C \\
${continued([...flags.map(specOf), quoted('1:command:->command'), quoted('*::argument:->argument')])}
  case $state in
    command)
      _describe -t commands command commands
      ;;
    argument)
      case $words[1] in
${commands.map(caseOf).join('\n')}
      esac
      ;;
  esac
}
if [ "$funcstack[1]" = "_${program}" ]; then
  _${program} "$@"
elif (( $+functions[compdef] )); then
  compdef _${program} ${program}
fi
`;
}

function caseOf({ name, flags, words, takesFiles }: CompletableCommand): string {
  const first = words === null ? [] : [quoted(`1:word:(${words.join(' ')})`)];
  const rest = takesFiles ? [quoted('*:file:_files')] : [];
  return `        ${name})
          _arguments \\
${continued([...flags.map(specOf), ...first, ...rest], 12)}
          ;;`;
}

/** `'(-q --quiet)'{-q,--quiet}'[about]'`; a flag may be given again, since several are repeatable. */
function specOf({ long, short, about, takesValue, words }: Flag): string {
  const text = `[${about.replace(/[[\]:]/g, '\\$&')}]`;
  const value = !takesValue ? '' : words === null ? ':value:_files' : `:value:(${words.join(' ')})`;
  const names = short === null ? quoted(`*${long}`).slice(0, -1) : `'*'{${short},${long}}'`;
  return `${names}${inner(`${text}${value}`)}'`;
}

function continued(specs: readonly string[], depth = 4): string {
  return specs.map((spec) => `${' '.repeat(depth)}${spec}`).join(' \\\n');
}

function indented(lines: readonly string[], depth: number): string {
  return lines.map((line) => `${' '.repeat(depth)}${line}`).join('\n');
}

function quoted(text: string): string {
  return `'${inner(text)}'`;
}

function inner(text: string): string {
  return text.replaceAll("'", `'\\''`);
}
