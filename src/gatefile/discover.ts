import fs from 'node:fs';
import path from 'node:path';
import { type Failure, failed, ok, type Result } from '../model/failure.js';
import { CONFIG_FILE, GATE_ENDING } from './names.js';
import { decode, MAX_FILE_BYTES, type SourceText } from './source.js';
import { parseYaml } from './yaml.js';

const DEFAULT_FOLDER = 'gates';
const MEND_PATH = `check the path; without one, ${DEFAULT_FOLDER}/**/*${GATE_ENDING} are read`;

/** Reads a file as the user named it; every trouble says what to do about it. */
export function readSource(file: string, cwd: string): Result<SourceText> {
  const absolute = path.resolve(cwd, file);
  let bytes: Uint8Array;
  try {
    bytes = readBeginning(absolute);
  } catch (error) {
    return failed(unreadable(file, error as NodeJS.ErrnoException));
  }
  const text = decode(file, bytes);
  return text.ok ? ok({ file, folder: path.dirname(absolute), text: text.value }) : text;
}

/** Gate files are smaller. */
const USUAL_BYTES = 64 * 1024;

/** No more than shows that it is too much: a path may lead to a disk image, or to a device without an end. */
function readBeginning(file: string): Uint8Array {
  const handle = fs.openSync(file, 'r');
  try {
    let bytes = new Uint8Array(USUAL_BYTES);
    let length = 0;
    for (;;) {
      const read = fs.readSync(handle, bytes, length, bytes.length - length, null);
      length += read;
      if (read === 0 || length > MAX_FILE_BYTES) return bytes.subarray(0, length);
      if (length < bytes.length) continue;
      const larger = new Uint8Array(MAX_FILE_BYTES + 1);
      larger.set(bytes);
      bytes = larger;
    }
  } finally {
    fs.closeSync(handle);
  }
}

function unreadable(file: string, { code, message }: NodeJS.ErrnoException): Failure {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return {
        code: 'gatefile.not-found',
        message: `${file} is not there`,
        mend: file.endsWith(GATE_ENDING) ? MEND_PATH : 'check the path',
      };
    case 'EISDIR':
      return { code: 'gatefile.unreadable', message: `${file} is a folder`, mend: 'name a file' };
    case 'EACCES':
      return {
        code: 'gatefile.unreadable',
        message: `${file} cannot be read: permission denied`,
        mend: 'check its permissions',
      };
    default:
      return {
        code: 'gatefile.unreadable',
        message: `${file} cannot be read: ${code ?? message}`,
        mend: 'check the path',
      };
  }
}

export interface FoundFiles {
  readonly files: readonly string[];
  readonly failures: readonly Failure[];
}

/** Finds the gate files that the arguments name: files, folders and globs. A name that matches nothing is trouble. */
export async function findGateFiles(
  args: readonly string[],
  cwd: string,
): Promise<Result<readonly string[]>> {
  const { files, failures } = await searchGateFiles(args, cwd);
  return failures.length > 0 ? failed(...failures) : ok(files);
}

/** The same, with what was found beside what was not, so that one run can report both. */
export async function searchGateFiles(
  args: readonly string[],
  cwd: string,
  ending = GATE_ENDING,
): Promise<FoundFiles> {
  const noun = ending === GATE_ENDING ? 'gate' : 'test';
  if (args.length === 0) {
    const isThere = isFolder(path.resolve(cwd, DEFAULT_FOLDER));
    const found = isThere ? await expandArgument(DEFAULT_FOLDER, cwd, ending) : ok([]);
    if (!found.ok) return { files: [], failures: found.failures };
    if (found.value.length > 0) return { files: found.value, failures: [] };
    const failure: Failure = {
      code: 'gatefile.not-found',
      message: `no ${DEFAULT_FOLDER}/**/*${ending} below ${cwd}`,
      mend: `name a ${noun} file, or go where the gates are with --cwd`,
    };
    return { files: [], failures: [failure] };
  }
  const failures: Failure[] = [];
  // By absolute path: a file named twice, once as ./x, is one file, under the name that came first.
  const files = new Map<string, string>();
  for (const arg of args) {
    const found = await expandArgument(arg, cwd, ending);
    if (!found.ok) {
      failures.push(...found.failures);
      continue;
    }
    if (found.value.length === 0) {
      const isThere = isFolder(path.resolve(cwd, arg));
      failures.push({
        code: 'gatefile.not-found',
        message: isThere ? `no *${ending} below the folder "${arg}"` : `"${arg}" matches no ${noun} file`,
        mend: `${noun} files end in ${ending}; check the path${isThere ? '' : ' or the pattern'}`,
      });
    }
    for (const file of found.value) {
      const absolute = path.resolve(cwd, file);
      if (!files.has(absolute)) files.set(absolute, file);
    }
  }
  return { files: [...files.values()], failures };
}

function kindOf(absolute: string): 'folder' | 'file' | undefined {
  try {
    return fs.statSync(absolute).isDirectory() ? 'folder' : 'file';
  } catch {
    return undefined;
  }
}

async function expandArgument(arg: string, cwd: string, ending: string): Promise<Result<readonly string[]>> {
  const kind = kindOf(path.resolve(cwd, arg));
  // A name that is no pattern stands for itself, so that its absence is told with its own words.
  if (kind !== 'folder' && (kind === 'file' || !/[*?[\]{}!()]/.test(arg))) return ok([arg]);
  try {
    if (kind === 'folder') return ok(filesIn(arg, cwd, ending));
    const { globSync } = await import('./glob.js');
    return ok(globSync(arg, cwd));
  } catch (error) {
    // A folder below that may not be read.
    if (error instanceof Error && 'syscall' in error)
      return failed(unreadable(arg, error as NodeJS.ErrnoException));
    throw error;
  }
}

function filesIn(folder: string, cwd: string, ending: string): readonly string[] {
  const names = fs.readdirSync(path.resolve(cwd, folder), { recursive: true }) as string[];
  return names
    .filter((name) => name.endsWith(ending) && !name.split(path.sep).includes('node_modules'))
    .sort()
    .map((name) => path.join(folder, name));
}

/** The nearest gatekeeper.config.yaml from the working folder up to the repository root. */
export function findConfig(cwd: string): string | undefined {
  let folder = cwd;
  for (;;) {
    const file = path.join(folder, CONFIG_FILE);
    if (fs.existsSync(file)) return path.relative(cwd, file) || CONFIG_FILE;
    const parent = path.dirname(folder);
    if (fs.existsSync(path.join(folder, '.git')) || parent === folder) return undefined;
    folder = parent;
  }
}

/** The folder of recorded sets that the config names, absolute. */
export function fixturesFolderOf(config: SourceText | null): string | undefined {
  if (config === null) return undefined;
  const parsed = parseYaml(config);
  const value = parsed.ok ? (parsed.value.value as { fixtures?: unknown } | null)?.fixtures : undefined;
  return typeof value === 'string' ? path.resolve(config.folder, value) : undefined;
}

/** Text of a secret's file, or undefined when it cannot be read. */
export function readSecretFile(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

export function fileExists(file: string): boolean {
  return fs.existsSync(file);
}

export function isFolder(absolute: string): boolean {
  return kindOf(absolute) === 'folder';
}

/** The built-in catalogue, in a folder of the package. */
export interface CatalogFolder {
  readonly read: (name: string) => SourceText | undefined;
  readonly names: () => readonly string[];
}

export function catalogIn(folder: string): CatalogFolder {
  const names = (): readonly string[] =>
    (fs.readdirSync(folder, { recursive: true }) as string[])
      .filter((name) => name.endsWith('.yaml'))
      .map((name) =>
        name
          .replace(/\.yaml$/, '')
          .split(path.sep)
          .join('/'),
      )
      .sort();
  const read = (name: string): SourceText | undefined => {
    if (!/^[a-z0-9-]+(?:\/[a-z0-9-]+)*$/.test(name)) return undefined;
    const file = path.join(folder, `${name}.yaml`);
    const text = readSecretFile(file);
    return text === undefined
      ? undefined
      : { file: `catalog/${name}.yaml`, folder: path.dirname(file), text };
  };
  return { read, names };
}
