import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import { createBrotliDecompress, createInflateRaw, createUnzip } from 'node:zlib';
import { type Trouble, TroubleError } from './trouble.js';

export interface BodyLimits {
  /** Of the decompressed body. */
  readonly maxBytes: number;
  /** Milliseconds left for this try. */
  readonly remainingMs: () => number;
  /** How many times its size a packed body may unpack to, past the first megabyte; unlimited without. */
  readonly maxRatio?: number;
}

/** Reads a body of text: UTF-8, without a byte order mark. @throws as `readBytes` */
export async function readBody(message: IncomingMessage, limits: BodyLimits): Promise<string> {
  return withoutMark((await readBytes(message, limits)).text());
}

/**
 * Reads a body to its end, decompressed.
 *
 * axios could do it (`decompress`, `maxContentLength`), but takes a gzip stream that was cut short for a whole one:
 * it flushes with Z_SYNC_FLUSH. And its time limit ends with the headers, so that a server which drips a byte a
 * second would hold a gate for hours.
 *
 * @throws TroubleError timeout, too-large (memory stays flat: reading stops at the cap), malformed; or the socket's error
 */
export function readBytes(message: IncomingMessage, limits: BodyLimits): Promise<Bytes> {
  return new Promise((resolve, reject) => {
    const { socket } = message;
    const bytes = new Bytes(limits.maxBytes);
    let size = 0;
    let received = 0;
    let decoder: Transform | undefined;
    const disarm = (): void => {
      socket.off('timeout', onTimeout);
    };
    const fail = (trouble: Trouble): void => {
      disarm();
      reject(new TroubleError(trouble));
      decoder?.destroy();
      message.destroy();
    };
    const onTimeout = (): void => fail({ kind: 'timeout', phase: 'body' });
    // The socket's timer counts silence; cut to what is left after each chunk, it counts the whole try.
    const rearm = (): void => {
      const left = limits.remainingMs();
      if (left > 0) socket.setTimeout(Math.ceil(left));
      else onTimeout();
    };
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > limits.maxBytes) fail({ kind: 'too-large', maxBytes: limits.maxBytes });
      else if (isBomb()) fail(cut(`it unpacks to more than ${limits.maxRatio} times its size`));
      else bytes.add(chunk);
    };
    const isBomb = (): boolean =>
      decoder !== undefined &&
      limits.maxRatio !== undefined &&
      size > SMALL_BYTES &&
      size > limits.maxRatio * received;
    const finish = (): void => resolve(bytes);

    // An abort may have ended it between its head and here; no event would tell.
    if (message.destroyed) return fail(cut('it was cut off'));
    const encoding = encodingOf(message);
    if (encoding === undefined && Number(message.headers['content-length']) > limits.maxBytes) {
      return fail({ kind: 'too-large', maxBytes: limits.maxBytes });
    }
    if (encoding !== undefined && !ENCODINGS.has(encoding)) {
      return fail(cut(`it is encoded as "${encoding.slice(0, 20)}", which was not asked for`));
    }
    const decode = (chunk: Buffer): void => {
      received += chunk.length;
      if (decoder === undefined) {
        decoder = decoderFor(encoding, chunk);
        decoder.on('data', take);
        decoder.on('end', finish);
        decoder.on('error', () => fail(cut(`it is no whole ${encoding} stream`)));
        decoder.on('drain', () => message.resume());
      }
      if (!decoder.write(chunk)) message.pause();
    };
    socket.on('timeout', onTimeout);
    rearm();
    message.on('data', rearm);
    message.on('data', encoding === undefined ? take : decode);
    message.on('error', () => fail(cut('it was cut off')));
    message.on('close', () => {
      if (!message.complete) fail(cut('it was cut off'));
    });
    message.on('end', () => {
      // From here on the socket may serve another request.
      disarm();
      if (decoder === undefined) finish();
      else decoder.end();
    });
  });
}

/** The first bytes of a body that is shown at most in part, such as an error page; '' when it cannot be read. */
export async function readBeginning(message: IncomingMessage, limits: BodyLimits): Promise<string> {
  try {
    return await readBody(message, limits);
  } catch {
    // What the status says matters more than why its page broke off.
    return '';
  }
}

/** TypeScript's es2023 does not know these yet; Node 20 does. */
interface Growable extends ArrayBuffer {
  resize(bytes: number): void;
}
const Growable = ArrayBuffer as unknown as new (
  bytes: number,
  options: { maxByteLength: number },
) => Growable;

/** Up to this size chunks are kept as they come. */
const SMALL_BYTES = 1024 * 1024;

/**
 * What came so far. The memory of a large answer is given back as soon as it is text, and not when the next collection
 * comes: 50 MB would lie beside what is parsed of them.
 */
export class Bytes {
  readonly #maxBytes: number;
  readonly #chunks: Uint8Array[] = [];
  #large: Growable | undefined;
  #size = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(chunk: Uint8Array): void {
    if (this.#large === undefined) this.#chunks.push(chunk);
    else this.#append(this.#large, chunk);
    this.#size += chunk.length;
    if (this.#large === undefined && this.#size > SMALL_BYTES) this.#large = this.#moved();
  }

  whole(): Uint8Array {
    if (this.#large !== undefined) return new Uint8Array(this.#large, 0, this.#size);
    const [only] = this.#chunks;
    return only !== undefined && this.#chunks.length === 1 ? only : Buffer.concat(this.#chunks);
  }

  text(): string {
    if (this.#large === undefined) return Buffer.concat(this.#chunks).toString('utf8');
    const text = Buffer.from(this.#large, 0, this.#size).toString('utf8');
    this.#large.resize(0);
    return text;
  }

  #moved(): Growable {
    const large = new Growable(this.#size, { maxByteLength: Math.max(this.#size, this.#maxBytes) });
    new Uint8Array(large).set(Buffer.concat(this.#chunks.splice(0)));
    return large;
  }

  #append(large: Growable, chunk: Uint8Array): void {
    const size = this.#size + chunk.length;
    if (size > large.byteLength) large.resize(Math.min(this.#maxBytes, Math.max(size, 2 * large.byteLength)));
    new Uint8Array(large).set(chunk, this.#size);
  }
}

/** Some servers begin with a byte order mark, which no parser of JSON takes. */
function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

function cut(what: string): Trouble {
  return { kind: 'malformed', what };
}

const ENCODINGS: ReadonlySet<string> = new Set(['gzip', 'x-gzip', 'br', 'deflate']);

function encodingOf(message: IncomingMessage): string | undefined {
  const written = message.headers['content-encoding']?.trim().toLowerCase();
  return written === '' || written === 'identity' ? undefined : written;
}

/** "deflate" means zlib, but some servers send the bare stream: its first byte cannot be zlib's. */
function decoderFor(encoding: string | undefined, head: Buffer): Transform {
  if (encoding === 'br') return createBrotliDecompress();
  const isBareDeflate = encoding === 'deflate' && ((head[0] ?? 0) & 0x0f) !== 8;
  return isBareDeflate ? createInflateRaw() : createUnzip();
}
