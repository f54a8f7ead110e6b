/** `gatekeeper completion`: the scripts are asked by the shells they are for. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { runGatekeeper } from '../support/binary.js';
import { needs } from '../support/processes.js';
import { folderWith } from './shop.js';

const run = promisify(execFile);
const scripts = new Map<string, string>();
const COMMANDS = [
  'check',
  'validate',
  'plan',
  'list',
  'init',
  'schema',
  'explain',
  'doctor',
  'completion',
  'help',
];

beforeAll(async () => {
  for (const shell of ['bash', 'zsh', 'fish', 'pwsh']) {
    const { code, stdout, stderr } = await runGatekeeper(['completion', shell]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    scripts.set(shell, stdout);
  }
});

async function scriptFile(shell: string): Promise<string> {
  const file = join(await folderWith({}), `gatekeeper.${shell}`);
  await writeFile(file, scripts.get(shell) ?? '');
  return file;
}

describe.skipIf(!needs('bash'))('bash', () => {
  /** What bash would offer for the last of the words. */
  async function offered(...words: readonly string[]): Promise<readonly string[]> {
    const ask =
      // biome-ignore lint/suspicious/noTemplateCurlyInString: of bash
      'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _gatekeeper; printf "%s\\n" "${COMPREPLY[@]}"';
    const { stdout } = await run('bash', [
      '--norc',
      '-c',
      ask,
      await scriptFile('bash'),
      'gatekeeper',
      ...words,
    ]);
    return stdout.split('\n').filter((line) => line !== '');
  }

  test('registers itself, and falls back on files', async () => {
    const { stdout } = await run('bash', [
      '--norc',
      '-c',
      'source "$0"; complete -p gatekeeper',
      await scriptFile('bash'),
    ]);
    expect(stdout).toBe('complete -o bashdefault -o default -F _gatekeeper gatekeeper\n');
  });

  test.each<[words: readonly string[], offers: readonly string[]]>([
    [['che'], ['check']],
    [['--ver'], ['--version']],
    [
      ['check', '--on-'],
      ['--on-no-data', '--on-backend-error'],
    ],
    [
      ['check', '--on-no-data', ''],
      ['inconclusive', 'fail'],
    ],
    [
      ['check', '--color', 'a'],
      ['auto', 'always'],
    ],
    [
      ['check', '--color', '='],
      ['auto', 'always', 'never'],
    ],
    [['check', '--color', '=', 'ne'], ['never']],
    [
      ['check', '-r', 'j'],
      ['json', 'junit'],
    ],
    [
      ['check', '--annotations', ''],
      ['auto', 'github', 'azure', 'off'],
    ],
    [['-h', 'plan', '--wi'], ['--window']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish', 'pwsh'],
    ],
    [
      ['schema', 'c'],
      ['config', 'catalog'],
    ],
    [
      ['explain', 'backend.d'],
      ['backend.dns', 'backend.driver', 'backend.deadline'],
    ],
    [['help', 'do'], ['doctor']],
    [['check', 'gates/'], []],
    [['check', '--config', 'gate'], []],
  ])('%j', async (words, offers) => {
    expect(await offered(...words)).toEqual(offers);
  });

  test('offers every command', async () => {
    expect(await offered('')).toEqual(expect.arrayContaining(COMMANDS));
  });

  test('offers every flag that the help of a command names', async () => {
    for (const command of COMMANDS.filter((each) => each !== 'help')) {
      const { stdout } = await runGatekeeper([command, '--help']);
      const flags = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, flag]) => flag);
      expect(await offered(command, '-')).toEqual(expect.arrayContaining(flags));
    }
  });
});

describe.skipIf(!needs('fish'))('fish', () => {
  async function offered(line: string): Promise<readonly string[]> {
    const { stdout } = await run('fish', [
      '--no-config',
      '-c',
      'source $argv[1]; complete -C $argv[2]',
      await scriptFile('fish'),
      line,
    ]);
    return stdout.split('\n').flatMap((each) => (each === '' ? [] : [each.split('\t')[0] ?? '']));
  }

  test.each([
    ['gatekeeper che', ['check']],
    ['gatekeeper check --color a', ['always', 'auto']],
    ['gatekeeper schema ', ['catalog', 'config', 'gate', 'manifest', 'result']],
    ['gatekeeper check --on-n', ['--on-no-data']],
    ['gatekeeper completion ', ['bash', 'fish', 'pwsh', 'zsh']],
  ])('%s', async (line, offers) => {
    expect([...(await offered(line))].sort()).toEqual(expect.arrayContaining(offers));
    expect((await offered(line)).length).toBeLessThan(10);
  });
});

describe.skipIf(!needs('zsh'))('zsh', () => {
  test('is read without a complaint, and registers itself', async () => {
    const ask = 'autoload -Uz compinit; compinit -u -D; source "$0"; print -r -- $_comps[gatekeeper]';
    const { stdout, stderr } = await run('zsh', ['-f', '-c', ask, await scriptFile('zsh')]);
    expect({ stdout, stderr }).toEqual({ stdout: '_gatekeeper\n', stderr: '' });
  });

  test.each([
    ['gatekeeper check --on-no-data ', '*fail*inconclusive*'],
    ['gatekeeper ', '*completion*doctor*explain*'],
    ['gatekeeper completion ', '*bash*fish*pwsh*zsh*'],
  ])('on a terminal of its own, "%s" and Tab lists %s', async (line, listed) => {
    const home = await folderWith({});
    // The keys go to a shell behind a pseudo terminal, whose output is read until it matches.
    const ask = `zmodload zsh/zpty
zpty -b z zsh -f -i
zpty -w z "PS1=; autoload -Uz compinit; compinit -u -D; source $1; LISTMAX=1000; print REA""DY"
zpty -r z out '*READY*'
zpty -n -w z "$2"$'\\t\\t'
zpty -r z out "$3" && print seen
zpty -d z`;
    const env = { PATH: process.env['PATH'], HOME: home, TERM: 'dumb' };
    const { stdout } = await run('zsh', ['-f', '-c', ask, 'zsh', await scriptFile('zsh'), line, listed], {
      env,
      timeout: 20_000,
    });
    expect(stdout).toBe('seen\n');
  });
});

describe('pwsh', () => {
  // PowerShell is not to be had everywhere: its script is read here by its brackets and quotes alone.
  test('has every command and flag, and its brackets and quotes close', () => {
    const script = scripts.get('pwsh') ?? '';
    for (const word of [...COMMANDS, '--on-no-data', "@('auto', 'always', 'never')"])
      expect(script).toContain(word);
    const code = script.replace(/^#.*$/gm, '').replace(/'(?:[^']|'')*'/g, "''");
    expect(code.replace(/''|""|"\$command \$previous"|"\$command"|"\$wordToComplete\*"/g, '')).not.toMatch(
      /['"]/,
    );
    for (const [open, close] of ['{}', '()', '[]'] as const)
      expect(count(code, open ?? '')).toBe(count(code, close ?? ''));
  });
});

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}

test.each([
  ['bahs', 'did you mean "bash"?'],
  ['nushell', 'shells are bash, zsh, fish, pwsh'],
])('an unknown shell, %s, exits 2', async (shell, mend) => {
  expect(await runGatekeeper(['completion', shell])).toMatchObject({
    code: 2,
    stdout: '',
    stderr: `no completion for "${shell}"\n   ${mend}\n`,
  });
});
