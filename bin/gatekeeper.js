#!/usr/bin/env node
// @ts-check
/**
 * Starts dist/cli/main.js, with V8's compiled code where there is some, and stands between Node's own exit codes and a
 * verdict.
 *
 * The code cache changes nothing but time: whatever is wrong with it (absent, cut, flipped bytes, another Node, somebody
 * else's folder, no place to write), the sources in dist/ are compiled as usual and nothing is printed.
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
    // Everything is written by then: what Node would still do is give back memory piece by piece, for 3 ms.
    process.on('exit', () => process.exit());
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

/**
 * A `require()` for the files of dist/. What --version needs lies in files; the rest is packed, many modules in one script,
 * as each script of its own costs a quarter of a millisecond. dist/packs.json says which module lies in which pack.
 *
 * A pack is compiled with the code that V8 kept of an earlier run: the user's own, or else what the build put beside the
 * pack. A cache file holds its payload twice, so that any flipped byte shows: V8 looks at its version, its flags and the
 * length of the source alone, and a checksum would load zlib, for 2 ms. A pack younger than its cache was changed by hand.
 *
 * @returns {{start(): Promise<void>}}
 */
function load() {
  const MAGIC = 0x32434b47; // "GKC2"
  const HEAD_BYTES = 8;
  const OPENING = '(function(exports,require,module,__filename,__dirname){';
  const { GATEKEEPER_COMPILE_CACHE, NODE_V8_COVERAGE } = process.env;
  // Under coverage every function must be compiled from source, or it counts as never run.
  const isOff = GATEKEEPER_COMPILE_CACHE === 'off' || Boolean(NODE_V8_COVERAGE);
  const suffix = `${process.version}-${process.arch}.bin`;
  /** @typedef {(exports: object, require: (name: string) => unknown, module: object, filename: string, dirname: string) => void} Define */
  /** @typedef {{defines: Record<string, Define>, script: import('node:vm').Script, name: string, known: Set<string>, used: string[]}} Pack */
  /** @type {Map<string, Pack>} */
  const packs = new Map();
  const packsText = readText(`${dist}/packs.json`);
  /** @type {{id: string, packOf: Record<string, string>} | undefined} */
  let index;
  if (!isOff) process.on('exit', writeCaches);
  return requireFile(entry);

  /**
   * @param {string} path
   * @returns {any}
   */
  function requireFile(path) {
    const known = require.cache[path];
    if (known !== undefined) return known.exports;
    const define = defineOf(path);
    const module_ = { exports: {} };
    // Where Node keeps its own modules, for tools that look there.
    require.cache[path] = /** @type {NodeModule} */ (module_);
    const directory = path.slice(0, path.lastIndexOf('/'));
    /** @param {string} name */
    const requireFrom = (name) => (name.startsWith('.') ? requireFile(join(directory, name)) : require(name));
    try {
      define(module_.exports, requireFrom, module_, path, directory);
    } catch (error) {
      delete require.cache[path];
      throw error;
    }
    return module_.exports;
  }

  /** @param {string} path */
  function defineOf(path) {
    const name = path.slice(dist.length + 1);
    index ??= packsText === undefined ? undefined : JSON.parse(packsText);
    const packName = index?.packOf[name];
    if (packName !== undefined) {
      const pack = packs.get(packName) ?? loadPack(`${packName}.${index?.id}`);
      packs.set(packName, pack);
      const define = pack.defines[name];
      if (define !== undefined) {
        pack.used.push(name);
        return define;
      }
    }
    // The offset keeps columns true, or no source map would fit the one long line of a minified file.
    return new vm.Script(`${OPENING}${fs.readFileSync(path, 'latin1')}\n})`, {
      filename: path,
      columnOffset: -OPENING.length,
    }).runInThisContext();
  }

  /**
   * @param {string} name
   * @returns {Pack}
   */
  function loadPack(name) {
    const filename = `${dist}/packs/${name}.js`;
    // The build writes ASCII alone, which latin1 reads fastest and V8 keeps as one byte a character.
    const source = fs.readFileSync(filename, 'latin1');
    const cached = isOff ? undefined : readCache(name, filename);
    const script = new vm.Script(source, { filename, ...(cached && { cachedData: cached.code }) });
    const known = cached === undefined || script.cachedDataRejected ? [] : cached.names;
    return { defines: script.runInThisContext(), script, name, known: new Set(known), used: [] };
  }

  /**
   * @param {string} name
   * @param {string} packPath
   * @returns {{names: string[], code: Buffer} | undefined}
   */
  function readCache(name, packPath) {
    const own = cacheFolder();
    for (const folder of own !== undefined && isOurs(own) ? [own, `${dist}/packs`] : [`${dist}/packs`]) {
      const payload = readTwice(`${folder}/${name}-${suffix}`, packPath);
      if (payload === undefined) continue;
      const namesEnd = 8 + payload.readUInt32LE(0);
      return {
        names: payload.toString('latin1', 8, namesEnd).trim().split('\n'),
        code: payload.subarray(namesEnd),
      };
    }
    return undefined;
  }

  /**
   * @param {string} path
   * @param {string} packPath
   * @returns {Buffer | undefined} what the file holds twice; undefined when it is damaged, or older than its pack
   */
  function readTwice(path, packPath) {
    try {
      const bytes = fs.readFileSync(path);
      if (fs.statSync(packPath).mtimeMs > fs.statSync(path).mtimeMs) return undefined;
      if (bytes.length <= HEAD_BYTES + 8 || bytes.readUInt32LE(0) !== MAGIC) return undefined;
      const middle = HEAD_BYTES + bytes.readUInt32LE(4);
      const payload = bytes.subarray(HEAD_BYTES, middle);
      return payload.equals(bytes.subarray(middle)) ? payload : undefined;
    } catch {
      return undefined;
    }
  }

  /** A run that went where no run went before keeps what it compiled, with what the old cache held. */
  function writeCaches() {
    try {
      const grown = [...packs.values()].filter(({ known, used }) => used.some((name) => !known.has(name)));
      const folder = cacheFolder();
      if (grown.length === 0 || folder === undefined) return;
      makeFolder(folder);
      if (!isOurs(folder)) return;
      for (const { script, name, known, used } of grown)
        writeCache(`${folder}/${name}-${suffix}`, script, [...new Set([...known, ...used])]);
      dropOld(folder);
    } catch {}
  }

  /**
   * @param {string} path
   * @param {import('node:vm').Script} script
   * @param {string[]} names
   */
  function writeCache(path, script, names) {
    const list = names.join('\n');
    // V8 wants its code at a multiple of eight bytes.
    const nameBytes = Buffer.from(list.padEnd(Math.ceil(list.length / 8) * 8), 'latin1');
    const length = Buffer.alloc(8);
    length.writeUInt32LE(nameBytes.length, 0);
    const payload = Buffer.concat([length, nameBytes, script.createCachedData()]);
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUInt32LE(MAGIC, 0);
    head.writeUInt32LE(payload.length, 4);
    const draft = `${path}.${process.pid}.tmp`;
    fs.writeFileSync(draft, Buffer.concat([head, payload, payload]), { mode: 0o600, flag: 'wx' });
    fs.renameSync(draft, path);
  }

  /**
   * Files of builds that are gone would pile up; dropping one that is still in use costs that build one slow start.
   *
   * @param {string} folder
   */
  function dropOld(folder) {
    const oldest = Date.now() - 14 * 24 * 3600 * 1000;
    for (const name of fs.readdirSync(folder)) {
      const path = `${folder}/${name}`;
      const stat = fs.statSync(path);
      if (stat.isFile() && !name.includes(`.${index?.id}-`) && stat.mtimeMs < oldest) fs.unlinkSync(path);
    }
  }
}

/**
 * @param {string} path
 * @returns {string | undefined} undefined when it is not there
 */
function readText(path) {
  try {
    return fs.readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

/** @returns {string | undefined} the user's folder for cached code; undefined: do without */
function cacheFolder() {
  const { XDG_CACHE_HOME, HOME } = process.env;
  if (XDG_CACHE_HOME?.startsWith('/')) return `${XDG_CACHE_HOME}/gatekeeper`;
  return HOME?.startsWith('/') ? `${HOME}/.cache/gatekeeper` : undefined;
}

/**
 * Cached code is run, so a folder that somebody else owns or may write to is refused.
 *
 * @param {string} folder
 */
function isOurs(folder) {
  const stat = fs.lstatSync(folder, { throwIfNoEntry: false });
  return stat?.isDirectory() === true && stat.uid === process.getuid?.() && (stat.mode & 0o022) === 0;
}

/**
 * Not `recursive`: on Node 20 that never returns below /proc, where a folder's parent exists and yet mkdir says ENOENT.
 *
 * @param {string} folder
 */
function makeFolder(folder) {
  const base = folder.slice(0, folder.lastIndexOf('/'));
  if (!fs.existsSync(base)) fs.mkdirSync(base, { mode: 0o700 });
  if (!fs.existsSync(folder)) fs.mkdirSync(folder, { mode: 0o700 });
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
