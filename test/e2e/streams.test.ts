/** Streams, signals, terminals and disks: what only the real program on a real system can show. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GateReport } from '../../src/model/report.js';
import { type BinaryResult, runGatekeeper } from '../support/binary.js';
import { type HostileServer, startHostileServer } from '../support/hostile-server.js';
import { needs, waitUntil } from '../support/processes.js';
import { removeSandboxes, type Sandbox, sandbox } from '../support/sandbox.js';
import { toldBy } from './told.js';

const BINARY = fileURLToPath(new URL('../../bin/gatekeeper.js', import.meta.url));
const QUICK = ['--at', '2026-01-01T00:00:00Z', '--retries', '0'];
/** Gives a command a terminal of its own; of util-linux. */
const SCRIPT = 'script';
const ANSI = '\u001b[';

let server: HostileServer;
let place: Sandbox;

beforeAll(async () => {
  server = await startHostileServer({
    handle: (seen, response) => {
      const url = new URL(seen.url, 'http://x');
      if (!url.pathname.startsWith('/prom/')) return false;
      const time = Number(url.searchParams.get('time'));
      const result = [
        { metric: {}, value: [time, '3'] },
        { metric: { gatekeeper_selector: '0' }, value: [time, String(time - 5)] },
      ];
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
      return true;
    },
  });
  place = await sandbox({
    'pass.gate.yaml': gateOf('pass', '/prom', '<= 5 messages'),
    'fail.gate.yaml': gateOf('fail', '/prom', '<= 1 messages'),
    'hang.gate.yaml': gateOf('hang', '/hang', '<= 5 messages'),
    'large.gate.yaml': largeGate(3_600),
    'medium.gate.yaml': largeGate(300),
  });
});
afterAll(async () => {
  await server.close();
  await removeSandboxes();
});

function gateOf(name: string, path: string, limit: string): string {
  return `gate: ${name}
backends:
  metrics: { type: prometheus, url: "${server.url}${path}" }
signals:
  queue: { value: sum(queue), unit: messages }
criteria:
  queue: { pass: "${limit}" }
`;
}

/** One breach and many passes, of one and the same query. */
function largeGate(criteria: number): string {
  const rows = Array.from(
    { length: criteria },
    (_, i) => `  c${i}: { signal: queue, pass: "<= 5 messages" }\n`,
  );
  return gateOf('large', '/prom', '<= 1 messages') + rows.join('');
}

function envOf(more: Readonly<Record<string, string | undefined>> = {}): Record<string, string | undefined> {
  return { XDG_CACHE_HOME: place.folder, ...more };
}

function run(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<BinaryResult> {
  const more = args[0] === 'check' ? QUICK : [];
  return runGatekeeper([...args, ...more], { cwd: place.folder, env: envOf(env) });
}

/** A command line of bash; `$GK` is the program. */
async function bash(script: string, env: Readonly<Record<string, string>> = {}): Promise<BinaryResult> {
  const child = spawn('bash', ['-c', script], {
    cwd: place.folder,
    env: {
      PATH: process.env['PATH'],
      HOME: place.folder,
      GK: `${process.execPath} ${BINARY}`,
      ...envOf(env),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
    });
  }
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code: code ?? undefined, signal: signal ?? undefined, ...texts };
}

const quick = QUICK.join(' ');

/** Starts a check that will not end by itself; resolves once its backends were asked. */
async function startHanging(args: readonly string[]) {
  const before = server.seen.length;
  const child = spawn(
    process.execPath,
    [BINARY, 'check', 'pass.gate.yaml', 'hang.gate.yaml', ...args, ...QUICK],
    {
      cwd: place.folder,
      env: { PATH: process.env['PATH'], HOME: place.folder, ...envOf() },
    },
  );
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  // One for the value and its age, one that is never answered.
  await waitUntil(() => server.seen.length >= before + 2, 'both backends to be asked');
  await sleep(100);
  return { child, ended, stdout: () => stdout, stderr: () => stderr };
}

describe('signals', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s in the middle: what is known so far is reported, exit %i', async (signal, code) => {
    const { child, ended, stdout } = await startHanging(['-r', 'json', '-r', 'pretty:partial.txt']);
    const before = Date.now();
    child.kill(signal);
    expect(await ended).toEqual([code, null]);
    expect(Date.now() - before).toBeLessThan(5_000);
    const report = JSON.parse(stdout()) as GateReport;
    expect(report.exitCode).toBe(code);
    expect(report.gates.map((gate) => [gate.id, gate.verdict, gate.criteria[0]?.reason?.code])).toEqual([
      ['pass', 'pass', undefined],
      ['hang', 'error', 'interrupted'],
    ]);
    expect(readFileSync(place.path('partial.txt'), 'utf8')).toContain(`the run was stopped by ${signal}`);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('%s leaves no set that answers nothing', async (signal) => {
    const { child, ended, stderr } = await startHanging(['--record', `cut-${signal}`]);
    child.kill(signal);
    await ended;
    expect(stderr()).toContain(`stopped by ${signal}: nothing was recorded\n   run it again`);
    expect(existsSync(place.path(`cut-${signal}`))).toBe(false);
  });

  test.each([
    [
      'check',
      ['check', 'pass.gate.yaml', 'hang.gate.yaml', '--record', 'late', ...QUICK],
      '1 of 2 questions',
    ],
    // The gate that answers would pass: the set that is missing must be heard of.
    ['check', ['check', 'hang.gate.yaml', '--exit-zero', '--record', 'late', ...QUICK], '1 of 1 question'],
    ['record', ['record', 'late', 'pass.gate.yaml', 'hang.gate.yaml', ...QUICK], '1 of 2 questions'],
    [
      'backtest',
      ['backtest', 'hang.gate.yaml', '--record', 'late', '--last', '1h', '--every', '1h', '--retries', '0'],
      '2 of 2 questions',
    ],
  ])('nor does the deadline of the run: %s', async (_, args, questions) => {
    const { code, stderr } = await runGatekeeper([...args, '--timeout', '1s'], { cwd: place.folder });
    expect([code, existsSync(place.path('late'))]).toEqual([4, false]);
    expect(stderr).toContain(
      `the whole run took longer than 1s: nothing was recorded\n   ${questions} had no answer by then\n   give it more time`,
    );
  });

  test('the second one ends the program at once, whatever it is busy with', async () => {
    // Nobody reads the other end: the report fills the pipe, and the program waits for the rest to go.
    const { child, ended, stdout } = await startHanging(['medium.gate.yaml', '-r', 'json']);
    child.stdout.pause();
    child.kill('SIGINT');
    await sleep(1_000);
    expect(child.exitCode).toBeNull();
    const before = Date.now();
    child.kill('SIGINT');
    await once(child, 'exit');
    expect(Date.now() - before).toBeLessThan(1_000);
    child.stdout.resume();
    expect(await ended).toEqual([130, null]);
    // The whole is 450,000.
    expect(stdout().length).toBeLessThan(300_000);
  });

  test('a pipe that nobody reads is no place for a report', async () => {
    execFileSync('mkfifo', [place.path('pipe')]);
    expect(toldBy(await run(['check', 'pass.gate.yaml', '-q', '-r', 'json:pipe']))).toMatchInlineSnapshot(`
      "exit 2
      --- stdout
      ✓ PASS  1 passed  exit 2
      --- stderr
      pipe could not be written: it is a pipe that nobody reads
         give another path, or make room"
    `);
    expect(statSync(place.path('pipe')).isFIFO()).toBe(true);
  });
  test('a pipe that somebody reads is', async () => {
    const script = `$GK check pass.gate.yaml -q -r json:>(cat > read.json) ${quick}; sleep 0.2; cat read.json`;
    const { stdout } = await bash(script);
    expect(JSON.parse(stdout.slice(stdout.indexOf('{')))).toMatchObject({ exitCode: 0 });
  });
});

describe('standard output', () => {
  test('a reader that goes away leaves the exit code to the verdict', async () => {
    for (const reader of ['head -c 10 > /dev/null', 'true']) {
      for (const [gate, code] of [
        ['medium', 1],
        ['pass', 0],
      ] as const) {
        const script = `$GK check ${gate}.gate.yaml -r json ${quick} | ${reader}; echo "\${PIPESTATUS[0]}"`;
        expect(await bash(script)).toMatchObject({ stdout: `${code}\n`, stderr: '' });
      }
    }
  });

  test('a closed one, and a closed standard error', async () => {
    expect((await bash(`$GK check fail.gate.yaml ${quick} >&-`)).code).toBe(1);
    expect((await bash(`$GK check fail.gate.yaml ${quick} 2>&-`)).code).toBe(1);
    expect((await bash(`$GK check pass.gate.yaml ${quick} 2>&-`)).code).toBe(0);
  });

  test('five megabytes through a slow pipe come out whole', async () => {
    const child = spawn(process.execPath, [BINARY, 'check', 'large.gate.yaml', '-r', 'json', ...QUICK], {
      cwd: place.folder,
      env: { PATH: process.env['PATH'], HOME: place.folder, ...envOf() },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const ended = once(child, 'exit');
    const chunks: Buffer[] = [];
    await sleep(300);
    for await (const chunk of child.stdout) {
      chunks.push(chunk as Buffer);
      await sleep(5);
    }
    expect(await ended).toEqual([1, null]);
    const text = Buffer.concat(chunks).toString();
    expect(text.length).toBeGreaterThan(5_000_000);
    expect((JSON.parse(text) as GateReport).gates[0]?.criteria).toHaveLength(3_601);
  });

  test('JSON on it is nothing but JSON', async () => {
    for (const env of [{}, { GITHUB_ACTIONS: 'true' }, { TF_BUILD: 'True' }, { FORCE_COLOR: '1' }]) {
      const { stdout } = await run(['check', 'fail.gate.yaml', '-r', 'json', '-v'], env);
      expect((JSON.parse(stdout) as GateReport).verdict).toBe('fail');
      expect(stdout).not.toContain(ANSI);
    }
  });

  test('has one owner', async () => {
    expect(
      toldBy(await run(['check', 'pass.gate.yaml', '-r', 'json', '-r', 'junit:-'])),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      json and junit both want standard output
         give all but one a path: --report junit:report.xml"
    `);
  });
});

describe('reports in files', () => {
  test('folders are made, and nothing is left beside', async () => {
    const result = await run([
      'check',
      'fail.gate.yaml',
      '-q',
      '-r',
      'json:out/a/b/c.json',
      '-r',
      'junit:out/r.xml',
    ]);
    expect(result).toMatchObject({ code: 1, stderr: '' });
    expect(JSON.parse(readFileSync(place.path('out/a/b/c.json'), 'utf8'))).toMatchObject({ exitCode: 1 });
    expect(readdirSync(place.path('out'))).toEqual(['a', 'r.xml']);
    expect(readdirSync(place.path('out/a/b'))).toEqual(['c.json']);
  });

  test('a link stays a link: what it leads to is written', async () => {
    await place.write({ 'real/target.md': 'before' });
    symlinkSync('real/target.md', place.path('link.md'));
    expect((await run(['check', 'pass.gate.yaml', '-q', '-r', 'markdown:link.md'])).code).toBe(0);
    expect(lstatSync(place.path('link.md')).isSymbolicLink()).toBe(true);
    expect(readFileSync(place.path('real/target.md'), 'utf8')).toContain('Release gate passed');
    expect(readdirSync(place.path('real'))).toEqual(['target.md']);
  });

  test('a folder nobody can make, a folder in the place of the file, a file in the place of a folder', async () => {
    const write = async (...paths: string[]): Promise<string> => {
      const before = Date.now();
      const result = await run([
        'check',
        'pass.gate.yaml',
        '-q',
        ...paths.flatMap((path) => ['-r', `json:${path}`]),
      ]);
      // On Node 20 a recursive mkdir never returns below /proc.
      expect(Date.now() - before).toBeLessThan(5_000);
      return toldBy(result);
    };
    await place.write({ 'folder/x': '' });
    expect(await write('/proc/nope/x', 'folder', 'pass.gate.yaml/x')).toMatchInlineSnapshot(`
      "exit 2
      --- stdout
      ✓ PASS  1 passed  exit 2
      --- stderr
      /proc/nope/x could not be written: its folder is not there and cannot be made
         give another path, or make room

      folder could not be written: it is a folder
         give another path, or make room

      pass.gate.yaml/x could not be written: a part of its path is a file
         give another path, or make room"
    `);
    expect(await write('same.json', './same.json')).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      two reports go to same.json
         give each a path of its own; the second would replace the first"
    `);
    expect(await write('./pass.gate.yaml')).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      --report json:./pass.gate.yaml would replace a file that this run reads
         give the report a path of its own, such as --report json:reports/json"
    `);
    expect(readdirSync(place.folder).filter((name) => name.includes('.writing-'))).toEqual([]);
  });

  test('a breach stays one, though its report is lost', async () => {
    expect((await run(['check', 'fail.gate.yaml', '-q', '-r', 'json:/proc/nope/x'])).code).toBe(1);
  });

  test('a limit on the size of files', async () => {
    const script = `ulimit -f 1; $GK check pass.gate.yaml -q -r json:big.json ${quick}`;
    const result = await bash(script, { GATEKEEPER_COMPILE_CACHE: 'off' });
    expect(toldBy(result)).toMatchInlineSnapshot(`
      "exit 2
      --- stdout
      ✓ PASS  1 passed  exit 2
      --- stderr
      big.json could not be written: it is larger than files may be here
         give another path, or make room"
    `);
    expect(readdirSync(place.folder).filter((name) => name.startsWith('big.json'))).toEqual([]);
  });

  // Never /dev/full itself: a mistake would replace the device of the whole machine.
  test.skipIf(!canMakeDevices())('a full disk, behind a file and behind standard output', async () => {
    execFileSync('mknod', [place.path('full'), 'c', '1', '7']);
    symlinkSync('full', place.path('full-link'));
    expect(
      toldBy(await run(['check', 'pass.gate.yaml', '-q', '-r', 'json:full-link'])),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stdout
      ✓ PASS  1 passed  exit 2
      --- stderr
      full-link could not be written: the disk is full
         give another path, or make room"
    `);
    expect(statSync(place.path('full')).isCharacterDevice()).toBe(true);
    expect(toldBy(await bash(`$GK check pass.gate.yaml ${quick} > full`))).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      standard output could not be written: the disk is full
         make room, or write the report elsewhere: --report FORMAT:FILE"
    `);
    expect((await bash(`$GK check fail.gate.yaml ${quick} > full`)).code).toBe(1);
  });
});

function canMakeDevices(): boolean {
  try {
    const probe = join(tmpdir(), `gatekeeper-device-${process.pid}`);
    execFileSync('mknod', [probe, 'c', '1', '7'], { stdio: 'ignore' });
    execFileSync('rm', [probe]);
    return true;
  } catch {
    return false;
  }
}

describe('what it looks like', () => {
  test.each<[name: string, args: string[], env: Record<string, string>, isColored: boolean]>([
    ['nothing said, no terminal', [], {}, false],
    ['--color always', ['--color', 'always'], {}, true],
    [
      '--color always over NO_COLOR and a dumb terminal',
      ['--color', 'always'],
      { NO_COLOR: '1', TERM: 'dumb' },
      true,
    ],
    ['--color never over FORCE_COLOR', ['--color', 'never'], { FORCE_COLOR: '1' }, false],
    ['FORCE_COLOR', [], { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR over NO_COLOR', [], { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    ['FORCE_COLOR=0 over a CI', [], { FORCE_COLOR: '0', GITHUB_ACTIONS: 'true' }, false],
    ['an empty FORCE_COLOR says nothing', [], { FORCE_COLOR: '' }, false],
    ['a CI that shows colours', [], { GITLAB_CI: 'true' }, true],
    ['NO_COLOR over a CI', [], { NO_COLOR: '1', GITLAB_CI: 'true' }, false],
    ['an empty NO_COLOR says nothing', [], { NO_COLOR: '', BUILDKITE: 'true' }, true],
    ['TERM=dumb over a CI', [], { TERM: 'dumb', CIRCLECI: 'true' }, false],
    ['any other CI', [], { CI: 'true' }, false],
  ])('%s', async (_name, args, env, isColored) => {
    const { stdout } = await run(['check', 'fail.gate.yaml', ...args], env);
    expect(stdout).toContain('FAIL');
    expect(stdout.includes(ANSI)).toBe(isColored);
    expect(stdout).not.toContain('\r');
  });

  test('plain', async () => {
    expect(toldBy(await run(['check', 'pass.gate.yaml', 'fail.gate.yaml']))).toMatchInlineSnapshot(`
      "exit 1
      --- stdout
      gatekeeper VERSION   2 gates   as of 2026-01-01 00:00Z

      pass   pass.gate.yaml
      window 2025-12-31 23:49Z-23:59Z (10m, step 1m)   source=live
      note  the deploy time was not given: the window starts at 2025-12-31T23:49:00Z, wherever the deploy
            was

        PASS  queue   3 messages   limit <= 5 messages   margin 2 messages   n 1

      fail   fail.gate.yaml
      window 2025-12-31 23:49Z-23:59Z (10m, step 1m)   source=live
      note  the deploy time was not given: the window starts at 2025-12-31T23:49:00Z, wherever the deploy
            was

        FAIL  queue   3 messages   limit <= 1 messages   over 2 messages   n 1
              why       does not hold: <= 1 messages
              evidence  point; n 1
              query     value: sum(queue)
              spec      fail.gate.yaml:7
              next      gatekeeper explain fail.queue fail.gate.yaml

      ✗ FAIL  1 failed, 1 passed  exit 1
          blocked by         fail.queue: 3 messages, limit <= 1 messages, over 2 messages, n 1
          next               gatekeeper explain fail.queue fail.gate.yaml"
    `);
  });
  test('--quiet: only what is no pass', async () => {
    expect(toldBy(await run(['check', 'pass.gate.yaml', 'fail.gate.yaml', '-q']))).toMatchInlineSnapshot(`
      "exit 1
      --- stdout
      fail   fail.gate.yaml
      window 2025-12-31 23:49Z-23:59Z (10m, step 1m)   source=live

        FAIL  queue   3 messages   limit <= 1 messages   over 2 messages   n 1
              why       does not hold: <= 1 messages
              evidence  point; n 1
              query     value: sum(queue)
              spec      fail.gate.yaml:7
              next      gatekeeper explain fail.queue fail.gate.yaml

      ✗ FAIL  1 failed, 1 passed  exit 1
          blocked by         fail.queue: 3 messages, limit <= 1 messages, over 2 messages, n 1
          next               gatekeeper explain fail.queue fail.gate.yaml"
    `);
    expect(toldBy(await run(['check', 'pass.gate.yaml', '-q']))).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      ✓ PASS  1 passed  exit 0"
    `);
  });
  test('--verbose: the queries, too', async () => {
    const { stdout } = await run(['check', 'pass.gate.yaml', '-v']);
    expect(stdout).toMatch(/value on metrics \(1 series, \d+ ms\): sum\(queue\)/);
  });
  test('40 columns', async () => {
    const result = await run(['check', 'fail.gate.yaml'], { COLUMNS: '40' });
    expect(toldBy(result)).toMatchInlineSnapshot(`
      "exit 1
      --- stdout
      fail
      2025-12-31 23:49Z-23:59Z  10m  step 1m
      note the deploy time was not given: the
      window starts at 2025-12-31T23:49:00Z,
      wherever the deploy was
      FAIL queue
        got 3 messages  limit <= 1 messages
        over 2 messages  n 1
        does not hold: <= 1 messages
        next gatekeeper explain fail.queue
        fail.gate.yaml

      ✗ FAIL  1 failed  exit 1
        blocked by fail.queue: 3 messages,
          limit <= 1 messages, over 2
          messages, n 1
        next gatekeeper explain fail.queue
          fail.gate.yaml"
    `);
    expect(Math.max(...result.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(40);
  });
  test.each<[name: string, args: string[], env: Record<string, string>, isAscii: boolean]>([
    ['--ascii', ['--ascii'], {}, true],
    ['LANG=C', [], { LANG: 'C' }, true],
    ['LC_ALL=C over LANG', [], { LC_ALL: 'C', LANG: 'en_US.UTF-8' }, true],
    ['LANG=C.UTF-8', [], { LANG: 'C.UTF-8' }, false],
    ['no locale, as in an image of a CI', [], {}, false],
  ])('%s', async (_name, args, env, isAscii) => {
    const isAll = (text: string): boolean => /^[\n\x20-\x7e]*$/.test(text);
    expect(isAll((await run(['check', 'fail.gate.yaml', ...args], env)).stdout)).toBe(isAscii);
    const { stderr } = await run(['validate', 'pass.gate.yaml', '--var', 'x=y', ...args], env);
    expect(isAll(stderr)).toBe(true);
    await place.write({ 'odd.gate.yaml': 'gate: odd\nabuot: x\n' });
    expect(isAll((await run(['validate', 'odd.gate.yaml', ...args], env)).stderr)).toBe(isAscii);
  });
});

describe('in a CI', () => {
  test('GitHub: annotations on standard error, the summary added to what is there', async () => {
    await place.write({ 'summary.md': '# Build\n' });
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: place.path('summary.md'), NO_COLOR: '1' };
    const { code, stdout, stderr } = await run(['check', 'fail.gate.yaml', '-r', 'json'], env);
    expect({ code, verdict: (JSON.parse(stdout) as GateReport).verdict }).toEqual({
      code: 1,
      verdict: 'fail',
    });
    expect(stderr).toMatch(
      /^::error file=fail\.gate\.yaml,line=7,col=3,title=FAIL fail\.queue::FAIL fail\.queue /,
    );
    expect(readFileSync(place.path('summary.md'), 'utf8')).toMatch(
      /^# Build\n[\s\S]*Release gate failed: fail/,
    );
    await run(['check', 'pass.gate.yaml'], env);
    expect(readFileSync(place.path('summary.md'), 'utf8')).toMatch(
      /gate failed: fail[\s\S]*gate passed: pass/,
    );
  });
  test('GitHub: --annotations off and --summary off leave both out', async () => {
    await place.write({ 'summary-off.md': '' });
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: place.path('summary-off.md') };
    const args = ['check', 'fail.gate.yaml', '-r', 'json', '--annotations', 'off', '--summary', 'off'];
    expect((await run(args, env)).stderr).toBe('');
    expect(readFileSync(place.path('summary-off.md'), 'utf8')).toBe('');
  });
  test('GitHub: a summary that cannot be written', async () => {
    const env = { GITHUB_STEP_SUMMARY: '/proc/nope/summary.md' };
    expect(toldBy(await run(['check', 'pass.gate.yaml', '-q'], env))).toMatchInlineSnapshot(`
      "exit 2
      --- stdout
      ✓ PASS  1 passed  exit 2
      --- stderr
      /proc/nope/summary.md could not be written: its folder is not there and cannot be made
         give another path, or make room"
    `);
  });
  test('Azure: annotations in standard output, and a note where that is JSON', async () => {
    const env = { TF_BUILD: 'True' };
    const pretty = await run(['check', 'fail.gate.yaml'], env);
    expect(pretty.stdout).toMatch(
      /^##vso\[task\.logissue type=error;sourcepath=fail\.gate\.yaml;linenumber=7;/m,
    );
    const json = await run(['check', 'fail.gate.yaml', '-r', 'json'], env);
    expect(json.stderr).toMatchInlineSnapshot(`
      "annotations for Azure are left out: it reads them from standard output, which holds the json report
      "
    `);
  });
});

describe.skipIf(!needs(SCRIPT, 'the tests of a terminal'))('on a terminal', () => {
  /** The program with a terminal for all three streams. */
  async function onTerminal(
    args: string,
    env: Readonly<Record<string, string>> = {},
    size = 'cols 100 rows 30',
  ): Promise<string> {
    const command = `stty ${size}; ${process.execPath} ${BINARY} ${args} ${quick}`;
    const child = spawn(SCRIPT, ['-qefc', command, '/dev/null'], {
      cwd: place.folder,
      env: { PATH: process.env['PATH'], HOME: place.folder, TERM: 'xterm', LANG: 'C.UTF-8', ...envOf(env) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    await once(child, 'close');
    return output;
  }

  test('a spinner turns while backends are asked, and leaves a clean screen', async () => {
    const args = 'check pass.gate.yaml hang.gate.yaml --backend-timeout 700ms';
    const output = await onTerminal(args);
    expect(output).toMatch(/\d of \d queries answered/);
    expect(output).toContain('\u001b[?25l');
    expect(output.lastIndexOf('\u001b[?25h')).toBeGreaterThan(output.lastIndexOf('\u001b[?25l'));
    expect(output).toContain(`${ANSI}31m`);
    expect(screenOf(output)).not.toContain('queries answered');
    const plain = await run(args.split(' '));
    expect(screenOf(output).trim()).toBe(plain.stdout.trim());
  });
  test('no spinner on a terminal that nobody gave a size', async () => {
    const output = await onTerminal('check hang.gate.yaml --backend-timeout 300ms', {}, 'cols 0 rows 0');
    expect(output).not.toContain('\u001b[?25l');
    expect(output).toContain('ERROR');
  });
  test('no spinner for -q, in a CI, or on a dumb terminal', async () => {
    const args = 'check pass.gate.yaml hang.gate.yaml --backend-timeout 300ms';
    expect(await onTerminal(`${args} -q`)).not.toContain('\u001b[?25l');
    expect(await onTerminal(args, { CI: 'true' })).not.toContain('\u001b[?25l');
    expect(await onTerminal(args, { TERM: 'dumb' })).not.toContain(ANSI);
  });
});

/** The text that stands on a terminal in the end; what a spinner uses of its commands is obeyed. */
function screenOf(output: string): string {
  const lines: string[] = [''];
  let row = 0;
  let col = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: commands to a terminal begin with one
  for (const [token] of output.matchAll(/\u001b\[\??[0-9;]*[A-Za-z]|[\s\S]/gu)) {
    if (token === '\n') {
      row += 1;
      lines[row] ??= '';
    } else if (token === '\r' || token === '\u001b[1G') col = 0;
    else if (token === '\u001b[2K') lines[row] = '';
    else if (token === '\u001b[1A') row = Math.max(0, row - 1);
    else if (!token.startsWith('\u001b')) {
      const line = lines[row] ?? '';
      lines[row] = line.slice(0, col).padEnd(col) + token + line.slice(col + token.length);
      col += token.length;
    }
  }
  return lines.map((line) => line.trimEnd()).join('\n');
}

describe('a bug', () => {
  const PLANTED: Readonly<Record<string, string>> = {
    'thrown in the middle of the run': 'Date.prototype.toISOString = () => { throw new Error("planted"); };',
    'thrown beside the run': 'setTimeout(() => { throw new Error("planted"); }, 400);',
    'a promise that nobody awaits': 'setTimeout(() => { Promise.reject(new Error("planted")); }, 400);',
    'a text thrown in the middle of the run': 'Date.prototype.toISOString = () => { throw "planted"; };',
    'something thrown that cannot even be printed':
      'Date.prototype.toISOString = () => { throw Object.assign(Object.create(null), { planted: 1 }); };',
  };
  test.each(Object.entries(PLANTED))('%s: exit 70, and never a verdict', async (name, code) => {
    const file = `${Object.keys(PLANTED).indexOf(name)}.cjs`;
    await place.write({ [file]: code });
    const args = ['check', 'hang.gate.yaml', '--backend-timeout', '800ms'];
    const result = await run(args, { NODE_OPTIONS: `--require=${place.path(file)}` });
    expect(result.code).toBe(70);
    expect(result.stderr).toMatch(
      /^gatekeeper \S+: internal error, please report it with the lines below\. No verdict was reached\.\n/,
    );
    expect(result.stderr).toContain('planted');
  });
});
