import type { Completable, CompletableCommand, Flag } from './model.js';

/** For PowerShell 5 and newer. Where it has no answer, PowerShell completes files by itself. */
export function pwsh({ program, flags, commands }: Completable): string {
  return `# PowerShell completion for ${program}. In $PROFILE:  ${program} completion pwsh | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName ${quoted(program)} -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | ForEach-Object { $_.ToString() })
  $previous = if ($wordToComplete -eq '') { $words[-1] } else { $words[-2] }
  $commands = @{
${commands.map(({ name, about }) => `    ${quoted(name)} = ${quoted(about)}`).join('\n')}
  }
  $command = $words | Select-Object -Skip 1 | Where-Object { $commands.ContainsKey($_) } | Select-Object -First 1
  if ($wordToComplete -ne '' -and $command -eq $wordToComplete) { $command = $null }
  $values = @{
${commands.flatMap(valuesOf).join('\n')}
  }
  $flags = @{
    '' = ${flagTable(flags)}
${commands.map(({ name, flags: own }) => `    ${quoted(name)} = ${flagTable(own)}`).join('\n')}
  }
  $arguments = @{
${commands.flatMap(({ name, words }) => (words === null ? [] : [`    ${quoted(name)} = ${list(words)}`])).join('\n')}
  }
  $key = "$command $previous"
  $found = if ($values.ContainsKey($key)) {
    $values[$key] | ForEach-Object { @{ text = $_; about = $_ } }
  } elseif ($wordToComplete -like '-*') {
    $table = $flags["$command"]
    $table.Keys | Sort-Object | ForEach-Object { @{ text = $_; about = $table[$_] } }
  } elseif (-not $command) {
    $commands.Keys | Sort-Object | ForEach-Object { @{ text = $_; about = $commands[$_] } }
  } elseif ($arguments.ContainsKey($command)) {
    $arguments[$command] | ForEach-Object { @{ text = $_; about = $_ } }
  }
  $found | Where-Object { $_ -and $_.text -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_.text, $_.text, 'ParameterValue', $_.about)
  }
}
`;
}

function valuesOf({ name, flags }: CompletableCommand): readonly string[] {
  return flags.flatMap((flag) =>
    flag.words === null
      ? []
      : spellings(flag).map((spelling) => `    ${quoted(`${name} ${spelling}`)} = ${list(flag.words ?? [])}`),
  );
}

function flagTable(flags: readonly Flag[]): string {
  return `@{ ${flags.map(({ long, about }) => `${quoted(long)} = ${quoted(about)}`).join('; ')} }`;
}

function list(words: readonly string[]): string {
  return `@(${words.map(quoted).join(', ')})`;
}

function spellings({ long, short }: Flag): readonly string[] {
  return short === null ? [long] : [short, long];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
