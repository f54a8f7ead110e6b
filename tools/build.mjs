// @ts-check
/**
 * Bundles src/cli/main.ts into dist/: one small hot file plus one chunk per `await import()`, all CommonJS.
 *
 * Why CommonJS: a start from ESM costs about 20 ms more on Node 20, and only CommonJS can be fed from a V8 code cache
 * (bin/gatekeeper.js). Why two passes: esbuild splits chunks for ESM output only, so pass 1 splits and pass 2 turns each
 * finished file into CommonJS, where `import()` becomes a lazy `require()`.
 *
 * What the sources may rely on:
 *   __GATEKEEPER_VERSION__            the version in package.json (`declare const` it where it is used)
 *   import.meta.url, .dirname, .filename   point at the built file; every built file lies two folders below the package
 *                                          root, as src/<room>/<file>.ts does, so '../../schema/x.json' works from both
 *
 * A file of the build before stays one round more: a run that began on it may still load a chunk. `--clean` drops it.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const isClean = process.argv.includes('--clean');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Files that are started by name. Anything behind `await import()` becomes a chunk of its own without being listed. */
const entryPoints = ['src/cli/main.ts'];

/** Optional peers that may be absent: left as `require()`, resolved from where gatekeeper is installed. */
const external = ['@duckdb/node-api', 'pg', 'mysql2', 'mysql2/promise'];

/** CommonJS has no import.meta: its three members become names that `importMetaBanner` defines where they are used. */
const importMeta = {
  'import.meta.url': '__importMetaUrl',
  'import.meta.dirname': '__dirname',
  'import.meta.filename': '__filename',
};
const importMetaBanner = 'var __importMetaUrl=require("node:url").pathToFileURL(__filename).href;';

/**
 * Takes two things out of packages that we never use and that are loaded at each start, for 2 ms each: commander's
 * subcommands in programs of their own, and chalk's look at the terminal, as `--color` decides.
 *
 * @type {import('esbuild').Plugin}
 */
const withoutTheUnused = {
  name: 'without-the-unused',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes(`${sep}commander${sep}`) ? { path: 'child_process', namespace: 'unused' } : undefined,
    );
    onResolve({ filter: /^#supports-color$/ }, () => ({ path: 'supports-color', namespace: 'unused' }));
    onLoad({ filter: /child_process/, namespace: 'unused' }, () => ({ contents: 'module.exports = {}' }));
    onLoad({ filter: /supports-color/, namespace: 'unused' }, () => ({
      contents: 'export default { stdout: false, stderr: false }',
    }));
  },
};

const split = await build({
  absWorkingDir: root,
  entryPoints,
  external,
  outbase: 'src',
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minify: true,
  legalComments: 'none',
  sourcemap: 'external',
  sourcesContent: false,
  metafile: true,
  write: false,
  logLevel: 'warning',
  plugins: [withoutTheUnused],
  define: { __GATEKEEPER_VERSION__: JSON.stringify(version), ...importMeta },
});

/** @type {Map<string, string>} path below dist/ → text */
const files = new Map();
/** @type {Map<string, string>} */
const parts = new Map(
  split.outputFiles.map((file) => [relative(dist, file.path).split(sep).join('/'), file.text]),
);
await Promise.all(
  [...parts].map(async ([name, code]) => {
    if (!name.endsWith('.js')) return;
    const map = Buffer.from(parts.get(`${name}.map`) ?? '{}').toString('base64');
    const out = await transform(`${code}\n//# sourceMappingURL=data:application/json;base64,${map}`, {
      sourcefile: name,
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      supported: { 'dynamic-import': false },
      minify: true,
      legalComments: 'none',
      // External: no comment in the file, so that Node looks for no map at start; dist/<file>.js.map is there to mend stacks.
      sourcemap: 'external',
      sourcesContent: false,
      logLevel: 'warning',
      // ES modules are always strict; a CommonJS file must say so, or a write to a frozen object fails without a word.
      banner: `"use strict";${code.includes('__importMetaUrl') ? importMetaBanner : ''}`,
    });
    refuseWide(name, out.code);
    files.set(name, out.code);
    files.set(`${name}.map`, out.map);
  }),
);

const hash = createHash('sha256');
for (const [name, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(`${name}\0${text}\0`);
const buildId = hash.digest('hex').slice(0, 16);

files.set('package.json', '{"type":"commonjs"}\n');
files.set('meta.json', `${JSON.stringify(split.metafile)}\n`);
files.set('build-id', buildId);

if (isClean || readText('build-id') !== buildId || [...files.keys()].some((name) => !isThere(name))) write();

/**
 * The launcher reads what is built as one byte a character. esbuild escapes what is wider in strings, but not in regular
 * expressions, which would then match something else.
 *
 * @param {string} name
 * @param {string} code
 */
function refuseWide(name, code) {
  const wide = /.{0,40}[^\0-\x7f].{0,40}/.exec(code);
  if (wide !== null)
    throw new Error(`dist/${name} is not ASCII: write \\u escapes in ${JSON.stringify(wide[0])}`);
}

function write() {
  const before = new Set(Object.keys(readMeta().outputs).map((name) => name.slice('dist/'.length)));
  // Chunks first, the entry last: at no moment does a started file name a chunk that is not there yet.
  const last = new Set(['build-id', 'cli/main.js']);
  const order = [...files.keys()].sort(
    (a, b) => Number(last.has(a)) - Number(last.has(b)) || (a < b ? -1 : 1),
  );
  for (const name of order) {
    const path = join(dist, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.${process.pid}.tmp`, files.get(name) ?? '');
    renameSync(`${path}.${process.pid}.tmp`, path);
  }
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const name = relative(dist, join(entry.parentPath, entry.name)).split(sep).join('/');
    const isOther = name.endsWith('.tmp') && !isClean;
    if (!entry.isFile() || files.has(name) || isOther || (before.has(name) && !isClean)) continue;
    rmSync(join(dist, name), { force: true });
  }
}

/** @param {string} name */
function readText(name) {
  try {
    return readFileSync(join(dist, name), 'utf8');
  } catch {
    return undefined;
  }
}

/** @param {string} name */
function isThere(name) {
  return readText(name) !== undefined;
}

/** @returns {{outputs: Record<string, unknown>}} */
function readMeta() {
  try {
    return JSON.parse(readText('meta.json') ?? '');
  } catch {
    return { outputs: {} };
  }
}
