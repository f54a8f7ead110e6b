import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import { createBrotliDecompress, createInflateRaw, createUnzip } from 'node:zlib';
import { type Trouble, TroubleError } from './trouble.js';

export interface BodyLimits {
  /** Of the decompressed body. */
  readonly maxBytes: number;
  /** Milliseconds left for this try. */
  readonly remainingMs: () => number;
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
export function readBody(message: IncomingMessage, limits: BodyLimits): Promise<string> {
  return new Promise((resolve, reject) => {
    const { socket } = message;
    const chunks: Buffer[] = [];
    let size = 0;
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
      else chunks.push(chunk);
    };
    const finish = (): void => resolve(textOf(chunks));

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

function textOf(chunks: readonly Buffer[]): string {
  const [only] = chunks;
  const text = (chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks)).toString('utf8');
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
