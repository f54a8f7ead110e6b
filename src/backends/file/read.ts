import { open, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import type { BackendContext } from '../../contracts/backend.js';
import { BackendError } from '../../model/failure.js';
import { formatDuration } from '../../model/time.js';
import { abortReason } from '../shared/abort.js';

/** Where a backend reads. */
export interface Place {
  readonly backend: string;
  /** Absolute. */
  readonly folder: string;
}

/** Above this a file is no export of one window. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * The text of a file inside the folder, symlinks followed.
 *
 * @throws BackendError, or an error of the file system
 */
export async function readInside(path: string, place: Place): Promise<string> {
  const root = await realpath(place.folder).catch((error: unknown) => {
    throw isMissing(error) ? noFolder(place) : error;
  });
  const target = await realpath(join(root, path));
  const way = relative(root, target);
  if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)) {
    throw fileError(`"${path}" is a link that leads out of the folder ${place.folder} of "${place.backend}"`);
  }
  // Before it is opened: opening a pipe waits for its writer.
  if (!(await stat(target)).isFile()) throw fileError(`"${path}" in ${place.folder} is no plain file`);
  const handle = await open(target, 'r');
  try {
    const { size } = await handle.stat();
    const bytes = size > MOST_BYTES ? undefined : await handle.readFile();
    if (bytes === undefined || bytes.length > MOST_BYTES) throw tooLarge(path, bytes?.length ?? size);
    return textOf(bytes, path);
  } finally {
    await handle.close();
  }
}

/** UTF-8, with or without a byte order mark. */
function textOf(bytes: Buffer, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new BackendError({
      code: 'backend.malformed',
      message: `"${path}" is not UTF-8`,
      mend: 'let it be written as UTF-8',
    });
  }
}

/** Ends a wait for the file system, which may be a network's, with the run or after the timeout. */
export async function inTime<T>(
  work: Promise<T>,
  path: string,
  place: Place,
  context: BackendContext,
): Promise<T> {
  const { signal, clock, timeoutMs } = context;
  const done = new AbortController();
  const ended = new Promise<never>((_, reject) => {
    const onAbort = () => reject(abortReason(signal));
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    done.signal.addEventListener('abort', () => signal.removeEventListener('abort', onAbort), { once: true });
    clock.sleep(timeoutMs, done.signal).then(
      () => reject(tookTooLong(path, place, timeoutMs)),
      () => undefined,
    );
  });
  try {
    return await Promise.race([ended, work]);
  } catch (error) {
    throw error instanceof BackendError ? error : unreadable(error, path, place);
  } finally {
    done.abort();
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown trouble';
}

export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR';
}

function unreadable(error: unknown, path: string, place: Place): BackendError {
  return isMissing(error)
    ? fileError(`there is no file "${path}" in the folder ${place.folder} of "${place.backend}"`)
    : fileError(`"${path}" in ${place.folder} could not be read (${codeOf(error)})`);
}

export function noFolder(place: Place): BackendError {
  return fileError(`the folder ${place.folder} of "${place.backend}" does not exist`);
}

function fileError(message: string): BackendError {
  return new BackendError({
    code: 'backend.file',
    message,
    mend: 'check "path" in the signal and "folder" on the backend, and whether the file was written',
  });
}

function tooLarge(path: string, bytes: number): BackendError {
  return new BackendError({
    code: 'backend.too-large',
    message: `"${path}" holds ${bytes} bytes; at most ${MOST_BYTES} are read`,
    mend: 'export only the rows around the release',
  });
}

function tookTooLong(path: string, place: Place, timeoutMs: number): BackendError {
  return new BackendError({
    code: 'backend.timeout',
    message: `"${path}" in ${place.folder} could not be read in ${formatDuration(timeoutMs)}`,
    mend: 'check whether the folder lies on a file system that answers',
  });
}
