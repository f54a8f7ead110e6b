import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

const PACKED = /\.(?:gz|zst)$/i;
const PATTERN = /[*?[]/;
const CHUNK_BYTES = 1024 * 1024;

/** Texts of a statement that may name packed files within the folders, as a SQL list; undefined for none. */
export function packedTexts(texts: ReadonlySet<string>, folders: readonly string[]): string | undefined {
  const found = [...texts].filter(
    (text) =>
      isAbsolute(text) &&
      (PACKED.test(text) || PATTERN.test(text)) &&
      folders.some((folder) => text.startsWith(join(folder, '/'))),
  );
  return found.length === 0 ? undefined : `[${found.map((text) => `'${text}'`).join(', ')}]`;
}

/**
 * Tells packed files that end before what they hold does, each read once in a run.
 *
 * DuckDB takes what it finds in one that was cut off, while it was copied or packed, for all there is: half a log would look
 * like a whole one.
 */
export class PackedFiles {
  readonly #root: string;
  readonly #known = new Map<string, Promise<boolean>>();

  /** @param root what names of files are shown relative to */
  constructor(root: string) {
    this.#root = root;
  }

  /** @returns a warning for each file that is not whole, in the order of their names */
  async warnings(files: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    const packed = [...new Set(files)].filter((file) => PACKED.test(file)).sort();
    const cut: string[] = [];
    // One after the other: each takes a core as it is.
    for (const file of packed) if (!(await this.#isWhole(file, signal))) cut.push(file);
    return cut.map(
      (file) => `"${relative(this.#root, file)}" is cut off or damaged: what it held behind that is missing`,
    );
  }

  #isWhole(file: string, signal: AbortSignal): Promise<boolean> {
    const before = this.#known.get(file);
    if (before !== undefined) return before;
    const known = /\.gz$/i.test(file) ? isWholeGzip(file, signal) : isWholeZstd(file);
    this.#known.set(file, known);
    // What nobody waited for is looked at by the next who asks.
    known.catch(() => this.#known.delete(file));
    return known;
  }
}

/** Unpacks it and looks at nothing: nothing else tells where the packed data end (RFC 1952). */
async function isWholeGzip(file: string, signal: AbortSignal): Promise<boolean> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  try {
    await pipeline(
      createReadStream(file, { highWaterMark: CHUNK_BYTES }),
      createGunzip({ chunkSize: CHUNK_BYTES }),
      nowhere,
      { signal },
    );
    return true;
  } catch (error) {
    if (signal.aborted) throw error;
    return false;
  }
}

const FRAME = 0xfd2fb528;
const BYTES_OF_DICTIONARY = [0, 1, 2, 4] as const;
const BYTES_OF_SIZE = [0, 2, 4, 8] as const;

/** Goes from block to block, each of which says how long it is, to the last one of each frame (RFC 8878, 3.1). */
async function isWholeZstd(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    let at = 0;
    while (at < size) {
      const end = await endOfFrame(handle, at);
      if (end === undefined || end > size) return false;
      at = end;
    }
    return true;
  } finally {
    await handle.close();
  }
}

async function endOfFrame(handle: FileHandle, start: number): Promise<number | undefined> {
  const magic = await numberAt(handle, start, 4);
  if (magic === undefined) return undefined;
  // What is to be skipped says how long it is.
  if (magic >= 0x184d2a50 && magic <= 0x184d2a5f) {
    const length = await numberAt(handle, start + 4, 4);
    return length === undefined ? undefined : start + 8 + length;
  }
  const descriptor = await numberAt(handle, start + 4, 1);
  if (magic !== FRAME || descriptor === undefined) return undefined;
  const isSingle = (descriptor & 0x20) !== 0;
  const ofSize = BYTES_OF_SIZE[descriptor >> 6] ?? 0;
  let at = start + 5 + (BYTES_OF_DICTIONARY[descriptor & 3] ?? 0);
  at += isSingle ? Math.max(1, ofSize) : 1 + ofSize;
  for (;;) {
    const block = await numberAt(handle, at, 3);
    if (block === undefined) return undefined;
    // A block of one byte that is repeated holds that byte.
    at += 3 + (((block >> 1) & 3) === 1 ? 1 : block >> 3);
    if ((block & 1) === 1) return at + ((descriptor & 4) === 0 ? 0 : 4);
  }
}

/** A number of so many bytes, the least first; undefined where the file ends before. */
async function numberAt(handle: FileHandle, at: number, bytes: number): Promise<number | undefined> {
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(bytes), 0, bytes, at);
  return bytesRead < bytes ? undefined : buffer.readUIntLE(0, bytes);
}
