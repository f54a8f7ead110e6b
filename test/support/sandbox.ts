/** Folders for end-to-end tests: files written from a map, and what lies in a folder read back as one. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export type Files = Readonly<Record<string, string>>;

/** A folder that is removed with all others when the test file is over. */
export interface Sandbox {
  readonly folder: string;
  path(name: string): string;
  write(files: Files): Promise<void>;
}

const made: string[] = [];

export async function sandbox(files: Files = {}): Promise<Sandbox> {
  const folder = await mkdtemp(join(tmpdir(), 'gatekeeper-e2e-'));
  made.push(folder);
  const write = async (more: Files): Promise<void> => {
    for (const [name, text] of Object.entries(more)) {
      const file = join(folder, name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  };
  await write(files);
  return { folder, path: (name) => join(folder, name), write };
}

/** For `afterAll`. */
export async function removeSandboxes(): Promise<void> {
  for (const folder of made.splice(0)) await rm(folder, { recursive: true, force: true });
}

/** Text of every file below a folder by its name there; none when there is no folder. */
export async function filesIn(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files: Record<string, string> = {};
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    files[path.slice(folder.length + 1)] = await readFile(path, 'utf8');
  }
  return files;
}
