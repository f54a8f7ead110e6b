import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exec } from '../../src/backends/exec.js';
import type { BackendContext, QueryRequest } from '../../src/contracts/backend.js';
import { SecretValue } from '../../src/contracts/secrets.js';
import { BackendError } from '../../src/model/failure.js';
import {
  contextOf,
  errorOf,
  MINUTE,
  open,
  prepared,
  refusals,
  requestOf,
  TO,
  variablesOf,
  WINDOW,
} from './shared/world.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'exec-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sh = (script: string, ...rest: string[]) => ['/bin/sh', '-c', script, 'sh', ...rest];

function ask(
  source: unknown,
  over: { config?: object; request?: Partial<QueryRequest>; context?: Partial<BackendContext> } = {},
) {
  const query = prepared(open(exec, over.config ?? {}, folder), requestOf(source, over.request));
  return query.fetch(contextOf(over.context));
}
const valuesOf = async (...question: Parameters<typeof ask>) =>
  (await ask(...question)).series.map(({ values }) => values);
const failureOf = async (...question: Parameters<typeof ask>) => (await errorOf(ask(...question))).failure;

/** True while any process of the group lives. */
function lives(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
}

async function isGone(group: number): Promise<boolean> {
  for (let tries = 0; tries < 100 && lives(group); tries += 1)
    await new Promise((done) => setTimeout(done, 20));
  return !lives(group);
}

describe('what a command prints', () => {
  test.each([
    ['0.97', [[0.97]]],
    ['  12\\n', [[12]]],
    ['NaN', [[Number.NaN]]],
    ['"3.5"', [[3.5]]],
    ['null', []],
    ['', []],
    ['\\n', []],
  ])('%s', async (text, values) => {
    expect(await valuesOf(sh(`printf '${text}'`))).toEqual(values);
  });

  test('JSON is read along the path, rows with their times and labels', async () => {
    const rows = [0, 1].map((ago) => ({ at: (TO - ago * MINUTE) / 1000, n: ago, path: 'a' }));
    const answer = await ask(
      {
        run: ['/bin/echo', JSON.stringify({ data: { rows } })],
        json: 'data.rows',
        time: 'at',
        value: 'n',
        labels: ['path'],
      },
      { request: { use: 'counts' } },
    );
    expect(answer).toEqual({
      series: [{ labels: { path: 'a' }, times: [TO - MINUTE, TO], values: [1, 0], newest: TO }],
    });
  });

  test.each([
    ['"up"', 'backend.answer-shape', 'the answer of "shop" should be a number, but is "up"'],
    ['true', 'backend.answer-shape', 'the answer of "shop" should be a number, but is true'],
    [
      '1 2',
      'backend.malformed',
      'the command "/bin/sh" of "shop" printed neither a number nor JSON, but "1 2"',
    ],
    [
      '{"a": 1',
      'backend.malformed',
      'the command "/bin/sh" of "shop" printed neither a number nor JSON, but "{\\"a\\": 1"',
    ],
    [
      '\\377',
      'backend.malformed',
      'the command "/bin/sh" of "shop" printed neither a number nor JSON, but bytes that are no UTF-8',
    ],
  ])('%s is refused', async (text, code, message) => {
    expect(await failureOf(sh(`printf '${text}'`))).toMatchObject({ code, message });
  });
});

describe('how a command ends', () => {
  test('a code other than 0 is a failure, whatever was printed, with its last words', async () => {
    expect(
      await failureOf(sh('echo 5; echo one >&2; printf "\\033[31mtwo\\033[0m\\007\\n" >&2; exit 3')),
    ).toEqual({
      code: 'backend.exec',
      message: 'the command "/bin/sh" of "shop" ended with code 3',
      mend: expect.stringContaining('pass-env'),
      detail: ['one', 'two'],
    });
    expect((await failureOf(sh('exit 1'))).message).toBe(
      'the command "/bin/sh" of "shop" ended with code 1 and said nothing',
    );
    expect((await failureOf(sh('kill -9 $$'))).message).toContain('was ended by SIGKILL');
  });

  test('of a long complaint the end is kept, 2 kB at most', async () => {
    const { detail = [] } = await failureOf(sh('seq 1 20000 >&2; echo last >&2; exit 1'));
    expect(detail.at(-1)).toBe('last');
    expect(detail.join('\n').length).toBeLessThanOrEqual(2048);
  });

  test('a program that is not there, or may not run', async () => {
    expect(await failureOf(['no-such-program-xyz'])).toMatchObject({
      code: 'backend.exec',
      message: 'the command "no-such-program-xyz" of "shop" was not found',
      mend: expect.stringContaining('PATH'),
    });
    writeFileSync(join(folder, 'plain.txt'), 'no program');
    chmodSync(join(folder, 'plain.txt'), 0o644);
    expect((await failureOf(['./plain.txt'])).message).toContain('could not be started (EACCES)');
    expect((await failureOf(['/bin/echo', 'x'.repeat(5_000_000)])).message).toContain(
      'could not be started (E2BIG)',
    );
    expect((await failureOf(['/bin/echo', '1'], { config: { cwd: 'nowhere' } })).mend).toContain(
      join(folder, 'nowhere'),
    );
  });

  test('more output than allowed ends the command', async () => {
    const failure = await failureOf(sh('echo $$ > too-large.pid; yes'), { context: { maxBytes: 10_000 } });
    expect(failure).toMatchObject({
      code: 'backend.too-large',
      message: expect.stringContaining('more than 10000 bytes'),
    });
    expect(await isGone(Number(readFileSync(join(folder, 'too-large.pid'), 'utf8')))).toBe(true);
  });

  test('a timeout ends the command and everything it started, even what ignores SIGTERM', async () => {
    const script = 'trap "" TERM; echo $$ > timeout.pid; (trap "" TERM; sleep 60) & sleep 60; sleep 60';
    const failure = await failureOf(sh(script), { config: { timeout: '200ms' } });
    expect(failure).toMatchObject({
      code: 'backend.timeout',
      message: 'the command "/bin/sh" of "shop" did not end in 200ms',
    });
    expect(await isGone(Number(readFileSync(join(folder, 'timeout.pid'), 'utf8')))).toBe(true);
  });

  test('an abort ends it at once and its reason is what is thrown', async () => {
    const reason = new BackendError({ code: 'backend.deadline', message: 'the run took too long' });
    const controller = new AbortController();
    const asked = errorOf(
      ask(sh('echo $$ > abort.pid; sleep 60'), { context: { signal: controller.signal } }),
    );
    setTimeout(() => controller.abort(reason), 200);
    expect(await asked).toBe(reason);
    expect(await isGone(Number(readFileSync(join(folder, 'abort.pid'), 'utf8')))).toBe(true);
  });

  test('what is aborted before it starts never runs', async () => {
    const reason = new BackendError({ code: 'backend.interrupted', message: 'stopped' });
    const signal = AbortSignal.abort(reason);
    expect(await errorOf(ask(sh('touch started'), { context: { signal } }))).toBe(reason);
    expect(() => readFileSync(join(folder, 'started'))).toThrow('ENOENT');
    expect((await failureOf(sh('true'), { context: { signal: AbortSignal.abort() } })).code).toBe(
      'backend.interrupted',
    );
  });

  test('a child that keeps the pipe open does not hang the run, and is not left behind', async () => {
    const startedAt = performance.now();
    expect(await valuesOf(sh('echo $$ > held.pid; sleep 60 & echo 7'))).toEqual([[7]]);
    expect(performance.now() - startedAt).toBeLessThan(4000);
    expect(await isGone(Number(readFileSync(join(folder, 'held.pid'), 'utf8')))).toBe(true);
  });

  test('a daemon that left the group and keeps the pipe open does not hang the run either', async () => {
    expect(await valuesOf(sh('setsid sleep 6 & echo 7'))).toEqual([[7]]);
  });

  test('a large answer arrives whole', async () => {
    const rows = await valuesOf(sh('printf "[0"; seq -f ",%.0f" 1 50000; printf "]"'), {
      request: { use: 'raw' },
    });
    expect(rows[0]?.length).toBe(50_001);
  });
});

describe('what a command is handed', () => {
  test('the window, in its environment', async () => {
    const script = 'echo "[\\"$GATEKEEPER_FROM\\", \\"$GATEKEEPER_TO\\", \\"$GATEKEEPER_STEP_SECONDS\\"]"';
    const failure = await failureOf({ run: sh(`${script} >&2; exit 1`) });
    expect(failure.detail).toEqual(['["2026-11-20T14:00:00Z", "2026-11-20T14:05:00Z", "60"]']);
  });

  test('of the environment PATH, HOME, LANG, TZ, and what is named', async () => {
    const env = { PATH: '/usr/bin:/bin', HOME: '/h', LANG: 'C', TZ: 'UTC', CI_TOKEN: 'tok', REGION: 'eu' };
    const names = async (config: object) =>
      (
        await failureOf(['/usr/bin/env', 'sh', '-c', 'env | sort >&2; exit 1'], { config, context: { env } })
      ).detail
        ?.map((line) => line.split('=')[0])
        .filter((name) => !/^(_|PWD|SHLVL|OLDPWD|GATEKEEPER_.*)$/.test(name ?? ''));
    expect(await names({})).toEqual(['HOME', 'LANG', 'PATH', 'TZ']);
    expect(await names({ 'pass-env': ['REGION', 'ABSENT'], env: { OWN: 'x' } })).toEqual([
      'HOME',
      'LANG',
      'OWN',
      'PATH',
      'REGION',
      'TZ',
    ]);
  });

  test('a secret reaches the command and no failure', async () => {
    const env = { TOKEN: new SecretValue('TOKEN', 'hunter22correcthorse') };
    expect(await valuesOf(sh('[ "$TOKEN" = hunter22correcthorse ] && echo 1'), { config: { env } })).toEqual([
      [1],
    ]);
    const scripts = [
      'echo "bad token $TOKEN" >&2; exit 1',
      // Cut by every limit: the end of standard error, and the beginning of standard output.
      'printf "%2040s%s" "" "$TOKEN" >&2; exit 1',
      'printf "%s%2040s" "$TOKEN" "" >&2; exit 1',
      'printf "%s%16380s" "$TOKEN" "" >&2; exit 1',
      'printf "%s%16370s" "$TOKEN" "" >&2; exit 1',
      'for i in $(seq 2000); do printf %s "$TOKEN"; done >&2; printf x >&2; exit 1',
      // Coloured in its middle.
      'printf "hunter22\\033[31mcorrecthorse\\033[0m" >&2; exit 1',
      'printf "x%70s%s" "" "$TOKEN"',
      'printf "\\"%s\\"" "$TOKEN"',
      'printf "{\\"%s\\": \\"%s\\"}" "$TOKEN" "$TOKEN"',
    ];
    for (const script of scripts) {
      const error = await errorOf(ask(sh(script), { config: { env } }));
      const forms = inspect(error, { depth: 9 }) + error.stack + JSON.stringify(error.failure);
      for (const part of ['hunter', 'correct', 'horse']) expect(forms).not.toContain(part);
    }
  });

  test('the folder it runs in is relative to the file that configures it', async () => {
    writeFileSync(join(folder, 'value.txt'), '42');
    expect(await valuesOf(['cat', 'value.txt'])).toEqual([[42]]);
  });

  test('a prefix stands in front of every query', async () => {
    const config = { command: ['/bin/echo', '-n'] };
    expect(await valuesOf(['5'], { config })).toEqual([[5]]);
    expect(await valuesOf({ run: [] }, { config })).toEqual([]);
  });

  test('no shell reads the arguments', async () => {
    expect(await valuesOf(sh('printf %s "$#"', '$(touch pwned)', '; touch pwned', '`touch pwned`'))).toEqual([
      [3],
    ]);
    expect(() => readFileSync(join(folder, 'pwned'))).toThrow('ENOENT');
  });
});

describe('variables', () => {
  const refused = (source: unknown, named: Record<string, string>, config = {}) =>
    refusals(open(exec, config, folder), requestOf(source, { variables: variablesOf(named) }));

  test('a value goes into an argument as it is', async () => {
    const variables = variablesOf({ n: '4', odd: `"'; $x \n` });
    expect(await valuesOf(['/bin/echo', '{{n}}2'], { request: { variables } })).toEqual([[42]]);
    expect(await valuesOf(sh('printf %s "$1" | wc -c', '{{odd}}'), { request: { variables } })).toEqual([
      [8],
    ]);
    expect(await valuesOf(['/bin/echo', '-n', '3'], { request: { variables } })).toEqual([[3]]);
  });

  test('a value may not turn an argument into an option', () => {
    const message = (name: string, argument: string) =>
      `gatefile.variable: the value of "{{${name}}}" starts with "-" and would be taken for an option in "${argument}"`;
    expect(refused(['grep', '{{x}}'], { x: '--file=/etc/passwd' })).toEqual([message('x', '{{x}}')]);
    expect(refused(['grep', '{{e}}{{x}}'], { e: '', x: '-f' })).toEqual([message('x', '{{e}}{{x}}')]);
    expect(refused(['grep', '--regexp={{x}}', '-e{{x}}', 'a{{x}}'], { x: '-f' })).toEqual([]);
    const raw = requestOf(['grep', '{{x}}'], { variables: variablesOf({ x: '-f' }, true) });
    expect(refusals(open(exec, {}, folder), raw)).toEqual([]);
  });

  test('a value may become neither the program nor a part of a script', () => {
    expect(refused(['{{x}}', '1'], { x: 'rm' })).toEqual([
      'gatefile.variable: "{{x}}" stands in the name of the program in "{{x}}"',
    ]);
    const script =
      'gatefile.variable: "{{x}}" stands inside a shell script, where its value would be run as code';
    expect(refused(['sh', '-c', 'grep {{x}} log'], { x: 'a' })).toEqual([script]);
    expect(refused(['env', 'A=1', '/bin/bash', '-lc', 'grep "{{x}}" log'], { x: 'a' })).toEqual([script]);
    expect(refused(['-c', '{{x}}'], { x: 'a' }, { command: ['sh'] })).toEqual([script]);
    expect(refused(['sh', '-c', 'grep "$1" log', 'sh', '{{x}}'], { x: 'a' })).toEqual([]);
    expect(refused(['psql', '-c', 'select {{step}}', '-v', 'path={{x}}'], { x: 'a' })).toEqual([]);
  });

  test('an unknown name, a NUL, and a command that is none', () => {
    expect(refused(['echo', '{{treck}}'], { track: 'a' })).toEqual([
      'gatefile.variable: "{{treck}}" names no variable',
    ]);
    expect(refused(['echo', '{{x}}'], { x: 'a\0b' })).toEqual([
      'gatefile.variable: "{{x}}" holds a NUL character, which no argument can',
    ]);
    expect(refused([], {})).toEqual(['gatefile.query: there is no command to run']);
    expect(refused('psql -c 1', {})).toEqual([
      'gatefile.query: run: a command is a list of arguments, such as [psql, -At, -f, orders.sql]; no shell splits it',
    ]);
    expect(refused({ counter: 'up' }, {})[0]).toContain('"counter" needs a backend');
    expect(refused({ run: ['a'], tiem: 'x' }, {})).toEqual(['gatefile.unknown-key: unknown key "tiem"']);
    expect(refusals(open(exec, {}, folder), requestOf(['a'], { use: 'steps' }))[0]).toContain(
      'names no time',
    );
  });
});

describe('what a question is told apart by', () => {
  const of = (source: unknown, over: Partial<QueryRequest> = {}) =>
    prepared(open(exec, { command: ['q'] }, folder), requestOf(source, over));

  test('the text is the command, without the instants of the window', () => {
    const later = { from: WINDOW.from + MINUTE, to: WINDOW.to + MINUTE, stepMs: MINUTE };
    expect(of(['--from={{from}}', '{{step}}']).text).toBe('["q","--from={{from}}","1m"]');
    expect(of(['{{from}}'], { window: later }).text).toBe(of(['{{from}}']).text);
    expect(of(['x'], { window: later }).key).not.toBe(of(['x']).key);
  });

  test('two readings of one output are two questions', () => {
    const [a, b] = ['a', 'b'].map((json) => of({ run: ['x'], json }));
    expect(a?.text).toBe('["q","x"] {"json":"a"}');
    expect(a?.key).not.toBe(b?.key);
    expect(of(['x'], { use: 'raw' }).key).not.toBe(of(['x']).key);
  });
});

describe('probe', () => {
  test('finds the program without running it', async () => {
    const probe = (config: object) => open(exec, config, folder).probe(contextOf());
    expect(await probe({ command: ['sh', '-c', 'touch probed'] })).toMatchObject({
      identity: expect.stringMatching(/\/sh$/),
      newestAgeMs: null,
    });
    expect(() => readFileSync(join(folder, 'probed'))).toThrow('ENOENT');
    expect((await errorOf(probe({ command: ['no-such-program-xyz'] }))).failure).toMatchObject({
      code: 'backend.exec',
      message: 'the command "no-such-program-xyz" of "shop" was not found',
    });
    expect((await probe({})).notes).toHaveLength(1);
  });
});
