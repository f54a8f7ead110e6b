/**
 * The compile cache changes nothing but time, whatever state it is in: the real binary, each time against the cache off.
 * A copy of the package without what the build compiled ahead stands for one that another Node built.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { needsRoot } from '../support/processes.js';

const root = join(import.meta.dirname, '../..');
const node = process.env['GATEKEEPER_NODE'] ?? process.execPath;

const DAMAGES: Record<string, (file: string) => void> = {
  'every byte flipped': (file) => flip(file, 0, 1),
  'one byte flipped in the middle': (file) => flip(file, statSync(file).size >> 1, Number.POSITIVE_INFINITY),
  // At growing distances: at equal ones both copies of a payload might be damaged alike.
  'scattered bytes flipped': (file) => {
    for (let k = 0; 64 + k * k < statSync(file).size; k += 1)
      flip(file, 64 + k * k, Number.POSITIVE_INFINITY);
  },
  'the last byte flipped': (file) => flip(file, statSync(file).size - 1, 1),
  'cut in half': (file) => truncateSync(file, statSync(file).size >> 1),
  'cut inside the head': (file) => truncateSync(file, 7),
  empty: (file) => truncateSync(file, 0),
  'a folder in the place of each file': (file) => {
    rmSync(file);
    mkdirSync(file);
  },
};

const RUNS = [['--version'], ['--help'], ['no-such-command']];

/** The package without cached code, and the same with it. */
let bare: string;
let shipped: string;
let home: string;
let expected: unknown[];

beforeAll(() => {
  bare = mkdtempSync(join(tmpdir(), 'gatekeeper-bare-'));
  shipped = mkdtempSync(join(tmpdir(), 'gatekeeper-shipped-'));
  for (const folder of [bare, shipped]) copyPackage(folder);
  for (const file of compiledAhead(bare)) rmSync(file);
  expected = RUNS.map((args) => run(args, { GATEKEEPER_COMPILE_CACHE: 'off' }));
});
afterAll(() => {
  for (const folder of [bare, shipped]) rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'gatekeeper-launcher-'));
  return () => rmSync(home, { recursive: true, force: true });
});

describe('the cache', () => {
  test('a first run writes it, private to the user, and a second run reads it', () => {
    expect(runAll()).toEqual(expected);
    const files = cacheFiles();
    expect(files.length).toBeGreaterThan(0);
    expect(statSync(join(home, 'gatekeeper')).mode & 0o777).toBe(0o700);
    const written = files.map((file) => statSync(file).ino);
    expect(runAll()).toEqual(expected);
    expect(cacheFiles().map((file) => statSync(file).ino)).toEqual(written);
  });

  test.each(Object.entries(DAMAGES))('%s: same output, same exit code', (_name, damage) => {
    runAll();
    for (const file of cacheFiles()) damage(file);
    expect(runAll()).toEqual(expected);
    expect(runAll()).toEqual(expected);
  });

  test('a damaged cache is mended by the next run', () => {
    runAll();
    const sound = cacheFiles().length;
    for (const file of cacheFiles()) truncateSync(file, 20);
    runAll();
    expect(cacheFiles().filter((file) => statSync(file).size > 20)).toHaveLength(sound);
  });

  test("another file's code under a file's name is refused", () => {
    runAll();
    const [first, ...others] = cacheFiles();
    for (const file of others) cpSync(String(first), file);
    expect(runAll()).toEqual(expected);
  });

  test.each([0o777, 0o770, 0o720])(
    'a folder of mode %o, where others may write, is neither read nor written',
    (mode) => {
      const folder = join(home, 'gatekeeper');
      mkdirSync(folder);
      chmodSync(folder, mode);
      expect(runAll()).toEqual(expected);
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  test.runIf(needsRoot())("somebody else's folder is neither read nor written", () => {
    const folder = join(home, 'gatekeeper');
    mkdirSync(folder, { mode: 0o700 });
    execFileSync('chown', ['12345', folder]);
    expect(runAll()).toEqual(expected);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a read-only folder', () => {
    runAll();
    chmodSync(join(home, 'gatekeeper'), 0o500);
    for (const file of cacheFiles()) truncateSync(file, 20);
    expect(runAll()).toEqual(expected);
    chmodSync(join(home, 'gatekeeper'), 0o700);
  });

  test('a file in the place of the folder', () => {
    writeFileSync(join(home, 'gatekeeper'), '');
    expect(runAll()).toEqual(expected);
  });

  test.each([
    ['a home that cannot be written', { XDG_CACHE_HOME: '', HOME: '/proc/nope' }],
    ['a relative cache folder', { XDG_CACHE_HOME: 'cache', HOME: '/proc/nope' }],
    ['no home at all', { XDG_CACHE_HOME: undefined, HOME: undefined }],
  ])('%s', (_name, env) => {
    expect(RUNS.map((args) => run(args, env))).toEqual(expected);
  });

  test('off writes nothing', () => {
    run(['--version'], { GATEKEEPER_COMPILE_CACHE: 'off', XDG_CACHE_HOME: home });
    expect(readdirSync(home)).toEqual([]);
  });
});

describe('code that the build compiled ahead', () => {
  test.runIf(node === process.execPath)('is there for this Node, and no run has to write its own', () => {
    const suffix = `-${process.version}-${process.arch}.bin`;
    const packs = compiledAhead(shipped);
    expect(packs.filter((file) => !file.endsWith(suffix))).toEqual([]);
    expect(packs.map((file) => basename(file).split('.')[0])).toContain('core');
    expect(RUNS.map((args) => runIn(shipped, args, { XDG_CACHE_HOME: home }))).toEqual(expected);
    expect(readdirSync(home)).toEqual([]);
  });

  test.each(Object.entries(DAMAGES))('%s: same output, same exit code', (_name, damage) => {
    const folder = mkdtempSync(join(tmpdir(), 'gatekeeper-damaged-'));
    copyPackage(folder);
    for (const file of compiledAhead(folder)) damage(file);
    const results = RUNS.map((args) => runIn(folder, args, { XDG_CACHE_HOME: home }));
    rmSync(folder, { recursive: true, force: true });
    expect(results).toEqual(expected);
  });

  test('a pack that was changed by hand is never run from older code', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatekeeper-changed-'));
    copyPackage(folder);
    const [path = ''] = packsIn(folder, '.js').filter((name) => name.includes('/core.'));
    const text = readFileSync(path, 'latin1');
    expect(text).toContain('evaluate gates once');
    writeFileSync(path, text.replace('evaluate gates once', 'EVALUATE gates once'), 'latin1');
    utimesSync(path, Date.now() / 1000, Date.now() / 1000 + 1);
    const { stdout } = runIn(folder, ['--help'], { XDG_CACHE_HOME: home });
    rmSync(folder, { recursive: true, force: true });
    expect(stdout).toContain('EVALUATE gates once');
  });
});

describe("Node's own exit codes never read as a verdict", () => {
  let copy: string;
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'gatekeeper-copy-'));
    cpSync(join(root, 'bin'), join(copy, 'bin'), { recursive: true });
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  const BROKEN: Record<string, string> = {
    'throws while it loads': 'throw new Error("planted")',
    'throws no error': 'throw null',
    'is no JavaScript': '}{ planted',
    'has no start': '',
    'needs a file that is gone': 'require("./planted.js")',
    'rejects in start': 'exports.start = async () => { throw new Error("planted") }',
    'throws later':
      'exports.start = async () => { process.exitCode = 0; setTimeout(() => { throw new Error("planted") }) }',
    'rejects later':
      'exports.start = async () => { process.exitCode = 0; setTimeout(() => Promise.reject(new Error("planted"))) }',
    'never settles': 'exports.start = () => new Promise(() => {})',
    'never settles after it set 0':
      'exports.start = () => { process.exitCode = 0; return new Promise(() => {}) }',
    'sets no exit code': 'exports.start = async () => {}',
    'throws later and is overruled':
      'exports.start = () => new Promise((end) => { setTimeout(() => { setTimeout(() => { process.exitCode = 0; end() }, 5); throw new Error("planted") }) })',
  };
  test.each(
    Object.entries(BROKEN).flatMap(([name, text]) =>
      ['off', 'on'].map((cache) => [name, cache, text] as const),
    ),
  )('a main file that %s exits 70, cache %s', (_name, cache, text) => {
    plantMain(text);
    const { stdout, stderr, status } = runIn(copy, ['--version'], {
      GATEKEEPER_COMPILE_CACHE: cache,
      XDG_CACHE_HOME: home,
    });
    expect({ status, stdout }).toEqual({ status: 70, stdout: '' });
    expect(stderr).toMatch(/^gatekeeper: internal error, please report: ./);
  });

  test.each([0, 1, 2, 3, 4, 5])('exit code %i of the run passes through', (code) => {
    plantMain(`exports.start = async () => { process.exitCode = ${code}; process.stdout.write('done') }`);
    expect(runIn(copy, [], { XDG_CACHE_HOME: home })).toMatchObject({
      status: code,
      stdout: 'done',
      stderr: '',
    });
  });

  test('without dist/ it says so in one line and exits 70', () => {
    rmSync(join(copy, 'dist'), { recursive: true, force: true });
    expect(runIn(copy, ['--version'], { XDG_CACHE_HOME: home })).toEqual({
      status: 70,
      stdout: '',
      stderr: 'gatekeeper: not built: run npm ci, or npm run build\n',
    });
  });

  test('a main file that the user changed is never run from an older cache', () => {
    plantMain("exports.start = async () => { process.exitCode = 0; process.stdout.write('one') }");
    expect(runIn(copy, [], { XDG_CACHE_HOME: home }).stdout).toBe('one');
    plantMain("exports.start = async () => { process.exitCode = 0; process.stdout.write('two') }");
    expect(runIn(copy, [], { XDG_CACHE_HOME: home }).stdout).toBe('two');
  });

  function plantMain(text: string): void {
    mkdirSync(join(copy, 'dist/cli'), { recursive: true });
    writeFileSync(join(copy, 'dist/package.json'), '{"type":"commonjs"}');
    writeFileSync(join(copy, 'dist/cli/main.js'), text);
  }
});

function runAll(): unknown[] {
  return RUNS.map((args) => run(args, { XDG_CACHE_HOME: home }));
}

function run(args: readonly string[], env: NodeJS.ProcessEnv) {
  return runIn(bare, args, env);
}

/** What runs, each file as old as it was. */
function copyPackage(folder: string): void {
  for (const name of ['bin', 'dist']) {
    cpSync(join(root, name), join(folder, name), {
      recursive: true,
      preserveTimestamps: true,
      filter: (path) => !path.endsWith('.map'),
    });
  }
}

/** What belongs to this build; what belongs to the one before may still lie beside it. */
function packsIn(folder: string, ending: string): string[] {
  const { id } = JSON.parse(readFileSync(join(folder, 'dist/packs.json'), 'utf8')) as { id: string };
  return readdirSync(join(folder, 'dist/packs'))
    .filter((name) => name.includes(`.${id}`) && name.endsWith(ending))
    .map((name) => join(folder, 'dist/packs', name));
}

const compiledAhead = (folder: string): string[] => packsIn(folder, '.bin');

function runIn(folder: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  const { GATEKEEPER_COMPILE_CACHE: _, NODE_V8_COVERAGE: __, ...inherited } = process.env;
  const { status, stdout, stderr } = spawnSync(node, [join(folder, 'bin/gatekeeper.js'), ...args], {
    encoding: 'utf8',
    timeout: 10_000,
    env: { ...inherited, ...env },
  });
  return { status, stdout, stderr };
}

function cacheFiles(): string[] {
  return readdirSync(join(home, 'gatekeeper'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Inverts the byte at `start` and every `step`th after it. */
function flip(file: string, start: number, step: number): void {
  const bytes = readFileSync(file);
  for (let at = start; at < bytes.length; at += step) bytes.writeUInt8(~bytes.readUInt8(at) & 0xff, at);
  writeFileSync(file, bytes);
}
