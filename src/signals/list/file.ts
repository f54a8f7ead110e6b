import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { failed, ok, type Result } from '../../model/failure.js';

const MOST_LIST_BYTES = 64 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;

/** A file that a gate names, and what a recording knows it by. */
export interface ListFile {
  /** As a reader finds it from where the run was started. */
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly text: string;
  /** The first 16 hexadecimal digits of its SHA-256. */
  readonly hash: string;
}

/**
 * Reads a file that the gate names.
 *
 * @param at where its name stands in the block of its signal
 */
export type ReadList = (path: string, at: readonly string[]) => Result<ListFile>;

/** Reads each list once: it is asked for by every criterion, arm and segment. */
export function listReader(folder: string): ReadList {
  const known = new Map<string, Result<ListFile>>();
  return (path, at) => {
    const key = JSON.stringify([path, at]);
    const list = known.get(key) ?? read(folder, path, at);
    known.set(key, list);
    return list;
  };
}

function read(folder: string, path: string, at: readonly string[]): Result<ListFile> {
  try {
    const bytes = readUpTo(resolve(folder, path), MOST_LIST_BYTES);
    if (bytes === 'too-large') return unreadable(path, at, 'it is larger than 64 MiB');
    if (bytes === 'no-file') return unreadable(path, at, 'it is no plain file');
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    const file = relative('', resolve(folder, path));
    return ok({ file, bytes, text: bytes.toString('utf8'), hash });
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return unreadable(path, at, why);
  }
}

/**
 * The bytes of a plain file, unless there are more than so many: a size is no promise, since a file may grow while it is read.
 *
 * @throws an error of the file system
 */
export function readUpTo(path: string, most: number): Buffer | 'too-large' | 'no-file' {
  // Before it is opened: opening a pipe waits for its writer.
  if (!statSync(path).isFile()) return 'no-file';
  const handle = openSync(path, 'r');
  try {
    if (fstatSync(handle).size > most) return 'too-large';
    const chunks: Buffer[] = [];
    for (let left = most + 1; left > 0; ) {
      const chunk = Buffer.allocUnsafe(Math.min(left, CHUNK_BYTES));
      const count = readSync(handle, chunk, 0, chunk.length, null);
      if (count === 0) return Buffer.concat(chunks);
      chunks.push(chunk.subarray(0, count));
      left -= count;
    }
    return 'too-large';
  } finally {
    closeSync(handle);
  }
}

function unreadable(path: string, at: readonly string[], why: string): Result<never> {
  return failed({
    code: 'gatefile.invalid',
    message: `"${path}" cannot be read (${why})`,
    path: [...at],
    mend: 'check the path of the list; a relative one starts at the folder of the gate file',
  });
}
