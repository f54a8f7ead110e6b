/** Plants one breach per wall in a copy of the house, and asks that the wall names it: a rule that sees nothing also passes. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import walls from './dependency-cruiser.cjs';

const root = join(import.meta.dirname, '../..');
const cruise = join(import.meta.dirname, 'cruise.mjs');

/** Path of the planted file → the rules that must name it, and its text. */
const BREACHES: Record<string, { rules: string[]; text: string }> = {
  'src/judges/planted-circle/a.ts': { rules: ['no-circle'], text: "export * from './b.js';" },
  'src/judges/planted-circle/b.ts': { rules: [], text: "export * from './a.js';" },
  'src/model/planted.ts': {
    rules: ['slab-sees-nothing'],
    text: "import type { Planted } from '../contracts/planted-kind.js';\nexport type T = Planted;",
  },
  'src/stats/planted.ts': { rules: ['slab-sees-nothing'], text: "import 'node:util';" },
  'src/contracts/planted-kind.ts': {
    rules: ['contracts-see-model'],
    text: "import '../engine/planted.js';\nexport type Planted = 1;",
  },
  'src/engine/planted.ts': {
    rules: ['room-sees-no-room', 'door-clock', 'door-sockets', 'door-chalk', 'door-process'],
    text: [
      "import type { T } from '../gatefile/planted.js';",
      "import 'node:timers/promises';",
      "import 'node:https';",
      "import 'chalk';",
      "import 'node:os';",
      'export type U = T;',
    ].join('\n'),
  },
  'src/gatefile/planted.ts': {
    rules: ['registry-by-wire', 'lazy-through-own-file', 'door-child-process'],
    text: [
      "import '../backends/registry.js';",
      "import 'node:child_process';",
      "export const lazy = () => import('yaml');",
      'export type T = 1;',
    ].join('\n'),
  },
  'src/cli/planted.ts': {
    rules: ['registry-by-wire', 'no-dev-package', 'no-riddle', 'src-sees-src'],
    text: [
      "import '../judges/registry.js';",
      "import 'fast-check';",
      "import './nowhere.js';",
      "import '../../test/planted.js';",
    ].join('\n'),
  },
  'src/planted-room/planted.ts': { rules: ['no-new-room'], text: "import '../model/planted.js';" },
  'src/backends/planted.ts': {
    rules: ['plugin-sees-no-plugin', 'door-yaml', 'door-fs'],
    text: "import './planted-twin.js';\nimport 'yaml';\nimport 'node:fs/promises';",
  },
  'src/backends/planted-twin.ts': { rules: [], text: 'export {};' },
  'src/backends/planted-helper/shared.ts': {
    rules: ['plugin-sees-no-plugin'],
    text: "import type {} from '../planted.js';",
  },
  'src/judges/planted.ts': {
    rules: ['door-http', 'door-terminal', 'room-sees-no-room'],
    text: "import 'axios';\nimport 'ora';\nimport '../gatefile/planted.js';",
  },
  'test/planted.ts': { rules: [], text: 'export {};' },
};

/** Room → files that keep to the walls, and must not be named. */
const CLEAN: Record<string, string> = {
  'src/backends/planted-user.ts':
    "import './planted-shared/shared.js';\nimport type { T } from '../model/planted-noun.js';\nexport type U = T;",
  'src/backends/planted-shared/shared.ts': 'export {};',
  'src/model/planted-noun.ts': 'export type T = 1;',
};

let copy: string;
let output: string;

beforeAll(async () => {
  copy = copyHouse();
  for (const room of ['backends', 'judges']) plant(copy, `src/${room}/registry.ts`, 'export {};');
  for (const [path, { text }] of Object.entries(BREACHES)) plant(copy, path, text);
  for (const [path, text] of Object.entries(CLEAN)) plant(copy, path, text);
  output = await run(process.execPath, [cruise], copy);
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

test.each(
  Object.entries(BREACHES).flatMap(([path, { rules }]) => rules.map((rule) => [rule, path] as const)),
)('%s names %s', (rule, path) => {
  expect(output.split('\n')).toContainEqual(expect.stringMatching(new RegExp(`^ *error ${rule}: ${path} `)));
});

test('every wall has a planted breach', () => {
  const planted = new Set(Object.values(BREACHES).flatMap(({ rules }) => rules));
  expect(walls.forbidden?.filter(({ name }) => !planted.has(name ?? ''))).toEqual([]);
});

test('a plug-in may use a helper folder of its room, and the slabs', () => {
  for (const path of Object.keys(CLEAN)) expect(output).not.toContain(`: ${path} `);
});

test('a cruise that sees no module fails, instead of finding no violation', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'gatekeeper-walls-'));
  mkdirSync(join(empty, 'src'));
  cpSync(join(root, 'tsconfig.json'), join(empty, 'tsconfig.json'));
  expect(await run(process.execPath, [cruise], empty)).toContain('(exit 1)');
  rmSync(empty, { recursive: true });
});

test('biome forbids the outer world in src, but for the doors', async () => {
  const house = copyHouse();
  const world = 'export const seen = [console.log(1), process.pid, Date.now(), setTimeout(() => {}, 1)];\n';
  plant(
    house,
    'src/engine/planted.ts',
    `import { z } from 'zod';\n\nexport const text = z.string();\n${world}`,
  );
  plant(house, 'src/cli/wire.ts', world);
  plant(house, 'src/model/time.ts', world);
  const biome = join(root, 'node_modules/.bin/biome');
  const files = ['src/engine/planted.ts', 'src/cli/wire.ts', 'src/model/time.ts'];
  const lines = (await run(biome, ['lint', '--max-diagnostics=200', ...files], house)).split('\n');
  const named = (path: string) =>
    lines.flatMap((line) => new RegExp(`^${path}:.* lint/\\w+/(\\w+)`).exec(line)?.[1] ?? []).sort();
  expect(named('src/engine/planted.ts')).toEqual([
    'noConsole',
    'noRestrictedGlobals',
    'noRestrictedGlobals',
    'noRestrictedGlobals',
    'noRestrictedImports',
  ]);
  expect(named('src/cli/wire.ts')).toEqual(['noConsole']);
  expect(named('src/model/time.ts')).toEqual(['noConsole', 'noRestrictedGlobals', 'noRestrictedGlobals']);
  rmSync(house, { recursive: true });
});

test('eslint finds a promise that nobody awaits, and chance that was not handed in', async () => {
  const house = copyHouse();
  cpSync(join(root, 'test/house/eslint.config.mjs'), join(house, 'test/house/eslint.config.mjs'));
  plant(house, 'src/engine/planted.ts', 'const f = async () => Math.random();\nf();\n');
  const eslint = join(root, 'node_modules/.bin/eslint');
  const said = await run(
    eslint,
    ['--config', 'test/house/eslint.config.mjs', 'src/engine/planted.ts'],
    house,
  );
  expect(said).toContain('@typescript-eslint/no-floating-promises');
  expect(said).toContain('no-restricted-properties');
  rmSync(house, { recursive: true });
});

function copyHouse(): string {
  const house = mkdtempSync(join(tmpdir(), 'gatekeeper-walls-'));
  for (const name of ['src', 'package.json', 'tsconfig.json', 'biome.json', '.gitignore'])
    cpSync(join(root, name), join(house, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(house, 'node_modules'));
  return house;
}

function plant(house: string, path: string, text: string): void {
  mkdirSync(dirname(join(house, path)), { recursive: true });
  writeFileSync(join(house, path), text);
}

/** Both streams as one text, with the exit code at its end. */
async function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  const options = { cwd, maxBuffer: 64 << 20, env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' } };
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args, options);
    return `${stdout}${stderr}(exit 0)`;
  } catch (error) {
    const { stdout, stderr, code } = error as { stdout: string; stderr: string; code: unknown };
    return `${stdout}${stderr}(exit ${String(code)})`;
  }
}
