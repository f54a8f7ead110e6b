#!/usr/bin/env node
// @ts-check
/**
 * Starts dist/cli/main.js through a V8 code cache, and stands between Node's own exit codes and a verdict.
 *
 * The cache changes nothing but time: whatever is wrong with it (absent, cut, flipped bytes, another Node, somebody else's
 * folder, no place to write), the sources in dist/ are compiled as usual and nothing is printed.
 * `GATEKEEPER_COMPILE_CACHE=off` leaves it out.
 *
 * Exit codes (cli.md): Node leaves with 1 after a crash, which would read as "gate failed", and with 0 when the event loop
 * runs dry before `start()` settled or set an exit code, which would read as "passed". Both become 70 here.
 *
 * CommonJS by bin/package.json: an ES module here costs 4 ms more before its first line runs.
 */
'use strict';

const fs = require('node:fs');
const vm = require('node:vm');

const INTERNAL_ERROR = 70;
const root = __dirname.slice(0, -'/bin'.length);
const dist = `${root}/dist`;
const entry = `${dist}/cli/main.js`;

/** @type {'loading' | 'running' | 'settled' | 'crashed'} */
let state = 'loading';

process.on('exit', (code) => {
  if (state === 'crashed') process.exitCode = INTERNAL_ERROR;
  else if ((state === 'running' && (code === 0 || code === 13)) || process.exitCode === undefined) {
    say('internal error, please report: the run ended without an exit code of its own\n');
    process.exitCode = INTERNAL_ERROR;
  }
});
process.on('uncaughtException', (error) => {
  // dist/cli/main.js may bring a handler with better words; then this one keeps out of its way.
  if (process.listenerCount('uncaughtException') === 1) crash(error);
});

try {
  const main = load();
  state = 'running';
  main.start().then(() => {
    if (state === 'running') state = 'settled';
  }, crash);
} catch (error) {
  crash(error);
}

/** @param {unknown} error */
function crash(error) {
  state = 'crashed';
  process.exitCode = INTERNAL_ERROR;
  if (!fs.existsSync(entry)) say('not built: run npm ci, or npm run build\n');
  else say(`internal error, please report: ${error instanceof Error ? error.stack : String(error)}\n`);
}

/**
 * Writes at once, as the process may be about to end; a closed stderr is no reason to crash again.
 * @param {string} text
 */
function say(text) {
  try {
    fs.writeSync(2, `gatekeeper: ${text}`);
  } catch {}
}

/** @returns {{start(): Promise<void>}} */
function load() {
  const module_ = /** @type {{enableCompileCache?: (folder: string) => unknown}} */ (require('node:module'));
  const folder = cacheFolder();
  const buildId = readBuildId();
  if (folder === undefined || buildId === undefined) return require(entry);
  if (module_.enableCompileCache === undefined) return loadThroughCache(folder, buildId);
  module_.enableCompileCache(`${folder}/node`);
  return require(entry);
}

/** @returns {string | undefined} the hash over everything in dist/; undefined when the build left none */
function readBuildId() {
  try {
    return fs.readFileSync(`${dist}/build-id`, 'latin1');
  } catch {
    return undefined;
  }
}

/**
 * The folder for cached code, made when absent. Cached code is run, so a folder that somebody else owns or may write to is
 * refused.
 *
 * @returns {string | undefined} undefined: do without
 */
function cacheFolder() {
  const { GATEKEEPER_COMPILE_CACHE, XDG_CACHE_HOME, HOME, NODE_V8_COVERAGE } = process.env;
  // Under coverage every function must be compiled from source, or it counts as never run.
  if (GATEKEEPER_COMPILE_CACHE === 'off' || NODE_V8_COVERAGE || process.getuid === undefined)
    return undefined;
  const base = XDG_CACHE_HOME?.startsWith('/')
    ? XDG_CACHE_HOME
    : HOME?.startsWith('/')
      ? `${HOME}/.cache`
      : undefined;
  if (base === undefined) return undefined;
  const folder = `${base}/gatekeeper`;
  try {
    const stat = fs.lstatSync(folder, { throwIfNoEntry: false }) ?? makeFolder(base, folder);
    const isOurs = stat.isDirectory() && stat.uid === process.getuid() && (stat.mode & 0o022) === 0;
    return isOurs ? folder : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Not `recursive`: on Node 20 that never returns below /proc, where a folder's parent exists and yet mkdir says ENOENT.
 *
 * @param {string} base
 * @param {string} folder
 */
function makeFolder(base, folder) {
  if (!fs.existsSync(base)) fs.mkdirSync(base, { mode: 0o700 });
  fs.mkdirSync(folder, { mode: 0o700 });
  return fs.lstatSync(folder);
}

/**
 * A `require()` for the files of dist/, each compiled with the cached code of an earlier run where there is some. Node 20
 * has no module.enableCompileCache().
 *
 * One cache file per file of dist/: magic, checksum of the code, checksum of the source, then the code. V8 looks at its
 * version, its flags and the length of the source, not at every byte, so both checksums are compared first.
 *
 * @param {string} folder
 * @param {string} buildId
 * @returns {{start(): Promise<void>}}
 */
function loadThroughCache(folder, buildId) {
  // Loaded for the first large file: it takes longer than all that --version does.
  /** @type {(bytes: Uint8Array) => number} */
  const crc32 = (bytes) =>
    /** @type {{crc32(bytes: Uint8Array): number}} */ (/** @type {unknown} */ (require('node:zlib'))).crc32(
      bytes,
    );
  const MAGIC = 0x31434b47; // "GKC1"
  const HEAD_BYTES = 16;
  /** Smaller files are compiled sooner than a second file is read. */
  const SMALL_BYTES = 4096;
  const OPENING = '(function(exports,require,module,__filename,__dirname){';
  const suffix = `${buildId}-${process.version}-${process.arch}.bin`;
  /** @type {Map<string, {exports: any}>} */
  const modules = new Map();
  /** @type {{script: import('node:vm').Script, path: string, sourceSum: number}[]} */
  const compiled = [];
  let hasNew = false;

  process.on('exit', () => {
    // Something was compiled anew, so this run went where no run went before: keep what it compiled in the old files, too.
    if (hasNew) writeCache();
  });
  return requireFile(entry);

  /** @param {string} path */
  function requireFile(path) {
    const known = modules.get(path);
    if (known !== undefined) return known.exports;
    const module_ = { exports: {} };
    modules.set(path, module_);
    const directory = path.slice(0, path.lastIndexOf('/'));
    /** @param {string} name */
    const requireFrom = (name) => (name.startsWith('.') ? requireFile(join(directory, name)) : require(name));
    try {
      compile(path)(module_.exports, requireFrom, module_, path, directory);
    } catch (error) {
      modules.delete(path);
      throw error;
    }
    return module_.exports;
  }

  /** @param {string} path */
  function compile(path) {
    const source = fs.readFileSync(path);
    if (source.length < SMALL_BYTES) return scriptOf(path, source, undefined).runInThisContext();
    const sourceSum = crc32(source);
    const cachePath = `${folder}/${path.slice(path.lastIndexOf('/') + 1, -'.js'.length)}-${suffix}`;
    const cachedData = readCache(cachePath, sourceSum);
    const script = scriptOf(path, source, cachedData);
    if (cachedData === undefined || script.cachedDataRejected) hasNew = true;
    compiled.push({ script, path: cachePath, sourceSum });
    return script.runInThisContext();
  }

  /**
   * @param {string} path
   * @param {Buffer} source
   * @param {Buffer | undefined} cachedData
   */
  function scriptOf(path, source, cachedData) {
    // The build writes ASCII alone, which latin1 reads fastest and V8 keeps as one byte a character.
    const wrapped = `${OPENING}${source.toString('latin1')}\n})`;
    // The offset keeps columns true, or no source map would fit the one long line of a minified file.
    return new vm.Script(wrapped, {
      filename: path,
      columnOffset: -OPENING.length,
      ...(cachedData ? { cachedData } : {}),
    });
  }

  /**
   * @param {string} path
   * @param {number} sourceSum
   */
  function readCache(path, sourceSum) {
    try {
      const bytes = fs.readFileSync(path);
      const code = bytes.subarray(HEAD_BYTES);
      const isSound =
        bytes.length > HEAD_BYTES &&
        bytes.readUInt32LE(0) === MAGIC &&
        bytes.readUInt32LE(4) === sourceSum &&
        bytes.readUInt32LE(8) === code.length &&
        bytes.readUInt32LE(12) === crc32(code);
      return isSound ? code : undefined;
    } catch {
      return undefined;
    }
  }

  function writeCache() {
    try {
      for (const { script, path, sourceSum } of compiled) {
        const code = script.createCachedData();
        const head = Buffer.alloc(HEAD_BYTES);
        head.writeUInt32LE(MAGIC, 0);
        head.writeUInt32LE(sourceSum, 4);
        head.writeUInt32LE(code.length, 8);
        head.writeUInt32LE(crc32(code), 12);
        const draft = `${path}.${process.pid}.tmp`;
        fs.writeFileSync(draft, Buffer.concat([head, code]), { mode: 0o600, flag: 'wx' });
        fs.renameSync(draft, path);
      }
      dropOld();
    } catch {}
  }

  /** Files of builds that are gone would pile up; dropping one that is still in use costs that build one slow start. */
  function dropOld() {
    const oldest = Date.now() - 14 * 24 * 3600 * 1000;
    for (const name of fs.readdirSync(folder)) {
      const path = `${folder}/${name}`;
      if (!name.endsWith(suffix) && !name.endsWith('node') && fs.statSync(path).mtimeMs < oldest)
        fs.unlinkSync(path);
    }
  }
}

/**
 * @param {string} directory  absolute, no trailing slash
 * @param {string} name       './a.js' or '../chunks/a.js', as esbuild writes it
 */
function join(directory, name) {
  let base = directory;
  let rest = name;
  for (;;) {
    if (rest.startsWith('./')) rest = rest.slice(2);
    else if (rest.startsWith('../')) {
      rest = rest.slice(3);
      base = base.slice(0, base.lastIndexOf('/'));
    } else return `${base}/${rest}`;
  }
}
