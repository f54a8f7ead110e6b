import fs from 'node:fs';
import path from 'node:path';
import { type Failure, failed, ok, type Result } from '../model/failure.js';
import { decode, MAX_FILE_BYTES, type SourceText } from './source.js';
import { parseYaml } from './yaml.js';

export const CONFIG_FILE = 'gatekeeper.config.yaml';
const GATE_ENDING = '.gate.yaml';
const DEFAULT_FOLDER = 'gates';

/** Reads a file as the user named it; every trouble says what to do about it. */
export function readSource(file: string, cwd: string): Result<SourceText> {
  const absolute = path.resolve(cwd, file);
  let bytes: Uint8Array;
  try {
    const stat = fs.statSync(absolute);
    // Read no more than shows that it is too much.
    bytes = stat.size > MAX_FILE_BYTES ? new Uint8Array(stat.size) : fs.readFileSync(absolute);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      return failed({
        code: 'gatefile.not-found',
        message: `${file} is not there`,
        mend: 'check the path; without one, gates/**/*.gate.yaml are read',
      });
    return failed({
      code: 'gatefile.unreadable',
      message: `${file} cannot be read: ${code}`,
      mend: 'check its permissions',
    });
  }
  const text = decode(file, bytes);
  return text.ok ? ok({ file, folder: path.dirname(absolute), text: text.value }) : text;
}

/** Finds the gate files that the arguments name: files, folders and globs. A name that matches nothing is trouble. */
export async function findGateFiles(
  args: readonly string[],
  cwd: string,
): Promise<Result<readonly string[]>> {
  if (args.length === 0) {
    const found = gateFilesIn(DEFAULT_FOLDER, cwd);
    if (found.length > 0) return ok(found);
    return failed({
      code: 'gatefile.not-found',
      message: `no ${DEFAULT_FOLDER}/**/*${GATE_ENDING} below ${cwd}`,
      mend: 'name a gate file, or go where the gates are with --cwd',
    });
  }
  const failures: Failure[] = [];
  const files = new Set<string>();
  for (const arg of args) {
    const found = await expandArgument(arg, cwd);
    if (found.length === 0) {
      failures.push({
        code: 'gatefile.not-found',
        message: `"${arg}" matches no gate file`,
        mend: `gate files end in ${GATE_ENDING}; check the path or the pattern`,
      });
    }
    for (const file of found) files.add(file);
  }
  return failures.length > 0 ? failed(...failures) : ok([...files]);
}

async function expandArgument(arg: string, cwd: string): Promise<readonly string[]> {
  const stat = fs.statSync(path.resolve(cwd, arg), { throwIfNoEntry: false });
  if (stat?.isDirectory()) return gateFilesIn(arg, cwd);
  // A name that is no pattern stands for itself, so that its absence is told with its own words.
  if (stat !== undefined || !/[*?[\]{}!()]/.test(arg)) return [arg];
  const { globSync } = await import('./glob.js');
  return globSync(arg, cwd);
}

function gateFilesIn(folder: string, cwd: string): readonly string[] {
  const root = path.resolve(cwd, folder);
  if (!fs.existsSync(root)) return [];
  const names = fs.readdirSync(root, { recursive: true }) as string[];
  return names
    .filter((name) => name.endsWith(GATE_ENDING) && !name.split(path.sep).includes('node_modules'))
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
