import fs, { constants } from 'node:fs/promises';
import path from 'node:path';
import type { Failure } from '../model/failure.js';

/** Writes a file whole or not at all, making its folders; undefined when it went well. */
export async function writeWhole(file: string, text: string, shown: string): Promise<Failure | undefined> {
  try {
    await makeFolder(path.dirname(file));
    const target = await targetOf(file);
    await (target.isReplaceable ? replace(target.path, text) : writeInto(target.path, text));
    return undefined;
  } catch (error) {
    return writeFailure(shown, error);
  }
}

async function replace(file: string, text: string): Promise<void> {
  const staging = `${file}.writing-${process.pid}`;
  try {
    await fs.writeFile(staging, text);
    await fs.rename(staging, file);
  } catch (error) {
    await fs.rm(staging, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Writes into what is there already: a device, or a pipe that somebody reads. */
async function writeInto(file: string, text: string): Promise<void> {
  // Opening a pipe waits for its reader, in a thread that not even process.exit() can end.
  const open = await fs.open(file, constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    await fs.writeFile(file, text);
  } finally {
    // Not before: the reader takes the last writer that goes for the end.
    await open.close();
  }
}

/**
 * Where a path leads. A rename would put a plain file in the place of a link, a pipe or a device: as root, /dev/null
 * itself would be gone.
 */
async function targetOf(file: string): Promise<{ readonly path: string; readonly isReplaceable: boolean }> {
  try {
    // The stat first: /dev/fd/63, as `>(…)` of a shell gives it, has no real path.
    const isReplaceable = (await fs.stat(file)).isFile();
    return { path: isReplaceable ? await fs.realpath(file) : file, isReplaceable };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { path: file, isReplaceable: true };
    throw error;
  }
}

/** Appends to a file that the CI provides. */
export async function append(file: string, text: string, shown: string): Promise<Failure | undefined> {
  try {
    await fs.appendFile(file, text);
    return undefined;
  } catch (error) {
    return writeFailure(shown, error);
  }
}

/** Makes a folder and those above it, one by one: Node's recursive form never returns below /proc. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await fs.mkdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    const parent = path.dirname(folder);
    if (code !== 'ENOENT' || parent === folder) throw error;
    if (await isThere(parent)) throw error;
    await makeFolder(parent);
    await fs.mkdir(folder);
  }
}

function isThere(folder: string): Promise<boolean> {
  return fs.stat(folder).then(
    () => true,
    () => false,
  );
}

function writeFailure(shown: string, error: unknown): Failure {
  const { code, message } = error as NodeJS.ErrnoException;
  const words: Readonly<Record<string, string>> = {
    ENOSPC: 'the disk is full',
    EACCES: 'permission denied',
    EISDIR: 'it is a folder',
    ENOTDIR: 'a part of its path is a file',
    EROFS: 'the file system is read-only',
    ENOENT: 'its folder is not there and cannot be made',
    EFBIG: 'it is larger than files may be here',
    EDQUOT: 'the quota is used up',
    ENAMETOOLONG: 'its name is too long',
    ELOOP: 'its links go in a circle',
    ENXIO: 'it is a pipe that nobody reads',
  };
  return {
    code: 'report.write',
    message: `${shown} could not be written: ${words[code ?? ''] ?? code ?? message}`,
    mend: 'give another path, or make room',
  };
}
