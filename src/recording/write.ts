import fs from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import type { Failure } from '../model/failure.js';
import { makeFolder } from './folder.js';
import { sha256 } from './sha256.js';

/** A document of a set as text: one key a line, which the plain reader takes. */
export function print(document: unknown): string {
  return stringify(document, { lineWidth: 0 });
}

/** The hash of each file, by name. */
export function listed(files: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries(
    [...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, text]) => [name, sha256(text)]),
  );
}

/** Trouble with the disk, in words. */
export function writeFailure(folder: string, error: unknown): Failure {
  const { code, message } = error as NodeJS.ErrnoException;
  return {
    code: 'recording.write',
    message: `the recording could not be written to ${folder}: ${code === 'ENOSPC' ? 'the disk is full' : (code ?? message)}`,
    mend: 'check the folder and the room on its disk; the set was left as it was',
  };
}

/**
 * Writes into a folder beside the target and swaps the two, so that a reader sees the old set or the new one, and a
 * recorder that is killed leaves one of them. What else lies in the old folder is kept.
 */
export async function place(target: string, files: ReadonlyMap<string, string>): Promise<void> {
  makeFolder(path.dirname(target));
  const staging = await fs.mkdtemp(`${target}.writing-`);
  try {
    const wasThere = await isThere(target);
    if (wasThere) await fs.cp(target, staging, { recursive: true, verbatimSymlinks: true });
    for (const [name, text] of files) await writeSynced(path.join(staging, name), text);
    await fs.chmod(staging, 0o755);
    await (wasThere ? swap(staging, target) : fs.rename(staging, target));
  } finally {
    await fs.rm(staging, { recursive: true, force: true });
  }
}

/** Synced before the rename: after a power cut a name must not stand for an empty file. */
async function writeSynced(file: string, text: string): Promise<void> {
  makeFolder(path.dirname(file));
  // Never through a link that lies in the set: it may lead out of it.
  await fs.rm(file, { force: true });
  await fs.writeFile(file, text, { mode: 0o644, flush: true });
}

async function swap(staging: string, target: string): Promise<void> {
  const retired = `${staging}.old`;
  await fs.rename(target, retired);
  try {
    await fs.rename(staging, target);
  } catch (error) {
    await fs.rename(retired, target);
    throw error;
  }
  await fs.rm(retired, { recursive: true });
}

/** Whether a folder holds anything: a set may be begun in an empty one alone. */
export async function isOccupied(folder: string): Promise<boolean> {
  return fs.readdir(folder).then(
    (names) => names.length > 0,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
}

function isThere(file: string): Promise<boolean> {
  return fs.stat(file).then(
    () => true,
    () => false,
  );
}
