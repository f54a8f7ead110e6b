// @ts-check
/**
 * Bundles src/cli/main.ts into dist/: one small hot file plus one module per `await import()`, all CommonJS.
 *
 * Why CommonJS: a start from ESM costs about 20 ms more on Node 20, and only CommonJS can be fed from a V8 code cache
 * (bin/gatekeeper.js). Why two passes: esbuild splits chunks for ESM output only, so pass 1 splits and pass 2 turns each
 * finished file into CommonJS, where `import()` becomes a lazy `require()`. What --version does not need goes into packs:
 * scripts of many modules, as reading and compiling forty scripts takes 10 ms longer than one. Last, a replay is run, and
 * the code that V8 compiled for it is kept beside the packs, for the Node that built it.
 *
 * What the sources may rely on:
 *   __GATEKEEPER_VERSION__            the version in package.json (`declare const` it where it is used)
 *   import.meta.url, .dirname, .filename   point at the built file; every built file lies two folders below the package
 *                                          root, as src/<room>/<file>.ts does, so '../../schema/x.json' works from both
 *
 * A file of the build before stays one round more: a run that began on it may still load a chunk. `--clean` drops it.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';
import { withoutTheUnused } from './unused.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const isClean = process.argv.includes('--clean');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Files that are started by name. Anything behind `await import()` becomes a chunk of its own without being listed. */
const entryPoints = ['src/cli/main.ts'];

/** What is large and few runs need, each behind one `await import()`: source → the pack it gets. All others share one. */
const heavy = {
  'src/http/client.ts': 'http',
  'src/http/proxy-agents.ts': 'proxy',
  'src/cli/spinner.ts': 'spinner',
  'src/gatefile/glob.ts': 'glob',
  'src/backends/prometheus/grammar.ts': 'promql',
  'src/backends/duckdb.ts': 'sql',
  'src/backends/duckdb/lists.ts': 'sql',
  'src/backends/postgres.ts': 'sql',
  'src/backends/mysql.ts': 'sql',
  'src/backends/clickhouse.ts': 'sql',
  'src/signals/crawl/source/probe.ts': 'crawl',
  'src/signals/cache-probe/probe.ts': 'crawl',
  'src/http/fetcher.ts': 'crawl',
};

/** Optional peers that may be absent: left as `require()`, resolved from where gatekeeper is installed. */
const external = ['@duckdb/node-api', 'pg', 'mysql2', 'mysql2/promise'];

/** CommonJS has no import.meta: its three members become names that `importMetaBanner` defines where they are used. */
const importMeta = {
  'import.meta.url': '__importMetaUrl',
  'import.meta.dirname': '__dirname',
  'import.meta.filename': '__filename',
};
const importMetaBanner = 'var __importMetaUrl=require("node:url").pathToFileURL(__filename).href;';

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
/** @type {Map<string, {code: string, map: string}>} the same for what goes into packs */
const modules = new Map();
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
    modules.set(name, out);
  }),
);
const packOf = assignPacks(split.metafile.outputs);
for (const [name, { code, map }] of modules) {
  if (packOf[name] !== undefined) continue;
  files.set(name, code);
  files.set(`${name}.map`, map);
}

const hash = createHash('sha256');
for (const [name, { code }] of [...modules].sort(([a], [b]) => (a < b ? -1 : 1)))
  hash.update(`${name}\0${code}\0`);
const buildId = hash.digest('hex').slice(0, 16);

for (const pack of new Set(Object.values(packOf))) {
  const names = Object.keys(packOf).filter((name) => packOf[name] === pack);
  const { code, map } = packed(names.sort());
  files.set(`packs/${pack}.${buildId}.js`, code);
  files.set(`packs/${pack}.${buildId}.js.map`, map);
}
files.set('package.json', '{"type":"commonjs"}\n');
files.set('meta.json', `${JSON.stringify(split.metafile)}\n`);
files.set('packs.json', `${JSON.stringify({ id: buildId, packOf })}\n`);

const suffix = `.${buildId}-${process.version}-${process.arch}.bin`;
if (isClean || readIndex().id !== buildId || [...files.keys()].some((name) => readText(name) === undefined))
  write();
// A gate that asks something new cannot be replayed before its fixtures are recorded, by what is built here.
if (!process.argv.includes('--uncompiled') && readText(`packs/core${suffix}`) === undefined) compileAhead();

/**
 * Says which pack each module lies in: `core`, or that of the heavy import that alone needs it. What --version needs stays
 * a file of its own.
 *
 * @param {import('esbuild').Metafile['outputs']} outputs
 * @returns {Record<string, string>} name below dist/ → name of the pack
 */
function assignPacks(outputs) {
  const entries = Object.keys(outputs).filter((path) => outputs[path]?.entryPoint !== undefined);
  /** @param {string} path @param {Set<string>} seen */
  const reach = (path, seen) => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const each of outputs[path]?.imports ?? []) {
      if (each.kind === 'import-statement' && !each.external) reach(each.path, seen);
    }
  };
  /** @type {Set<string>} */
  const started = new Set();
  reach('dist/cli/main.js', started);
  /** @type {Set<string>} */
  const core = new Set(started);
  for (const path of entries) if (!Object.hasOwn(heavy, outputs[path]?.entryPoint ?? '')) reach(path, core);
  /** @type {Record<string, string>} */
  const assigned = {};
  for (const path of core) if (!started.has(path)) assigned[path.slice('dist/'.length)] = 'core';
  for (const [source, pack] of Object.entries(heavy)) {
    const path = entries.find((each) => outputs[each]?.entryPoint === source);
    if (path === undefined) throw new Error(`${source} is imported by nobody: take it out of "heavy"`);
    /** @type {Set<string>} */
    const needed = new Set();
    reach(path, needed);
    for (const each of needed) if (!core.has(each)) assigned[each.slice('dist/'.length)] ??= pack;
  }
  return assigned;
}

/**
 * One script whose value holds each module's function by its name, and the source map of it all.
 *
 * @param {readonly string[]} names
 */
function packed(names) {
  const sections = [];
  let code = '(function(){return{';
  let line = 0;
  for (const name of names) {
    const module_ = modules.get(name);
    if (module_ === undefined) throw new Error(`${name} was not built`);
    code += `\n${JSON.stringify(name)}:function(exports,require,module,__filename,__dirname){\n`;
    line += 2;
    sections.push({ offset: { line, column: 0 }, map: JSON.parse(module_.map) });
    code += `${module_.code}},`;
    line += module_.code.split('\n').length - 1;
  }
  return { code: `${code}\n}})()\n`, map: JSON.stringify({ version: 3, sections }) };
}

/** Runs what is built once and keeps what V8 compiled, so that the first run of a user is no slower than the second. */
function compileAhead() {
  const home = mkdtempSync(join(tmpdir(), 'gatekeeper-build-'));
  try {
    const binary = join(root, 'bin/gatekeeper.js');
    const { NODE_OPTIONS: _, NODE_V8_COVERAGE: __, GATEKEEPER_COMPILE_CACHE: ___, ...env } = process.env;
    const run = spawnSync(process.execPath, [binary, 'check', 'gates', '--replay', 'fixtures/regressed'], {
      cwd: root,
      encoding: 'utf8',
      env: { ...env, XDG_CACHE_HOME: home },
    });
    if (run.status !== 1)
      throw new Error(`the replay left with ${run.status}, not 1:\n${run.stdout}${run.stderr}`);
    for (const name of readdirSync(join(home, 'gatekeeper'))) {
      if (!name.endsWith(suffix)) continue;
      copyFileSync(join(home, 'gatekeeper', name), join(dist, 'packs', name));
      // It is private in the user's folder; here it is part of the package.
      chmodSync(join(dist, 'packs', name), 0o644);
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

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
  const { id } = readIndex();
  const before = new Set(Object.keys(readMeta().outputs).map((name) => name.slice('dist/'.length)));
  // Packs first, the entry last: at no moment does a started file name a module that is not there yet.
  const last = new Set(['packs.json', 'cli/main.js']);
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
    const isBefore = before.has(name) || name.includes(`.${id}`);
    if (!entry.isFile() || files.has(name) || isOther || (isBefore && !isClean)) continue;
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

/** @returns {{id: string}} of the build before */
function readIndex() {
  try {
    return JSON.parse(readText('packs.json') ?? '');
  } catch {
    return { id: 'none' };
  }
}

/** @returns {{outputs: Record<string, unknown>}} */
function readMeta() {
  try {
    return JSON.parse(readText('meta.json') ?? '');
  } catch {
    return { outputs: {} };
  }
}
