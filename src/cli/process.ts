import { fstatSync, writeSync } from 'node:fs';
import type { Writable } from 'node:stream';
import type { Io, Output } from './io.js';

/** The real process. Its streams are made when they are first asked for: each takes a millisecond or two. */
export function processIo(): Io {
  const streams: Partial<Record<'stdout' | 'stderr', Writable>> = {};
  const stream = <Name extends 'stdout' | 'stderr'>(name: Name): NodeJS.Process[Name] => {
    streams[name] ??= ignoringClosedPipes(process[name]);
    return process[name];
  };
  let isListening = false;
  let plain: Output | undefined;
  return {
    get stdout() {
      // A listener is called between writes alone: a pipe that nobody reads would keep it from being called.
      if (isListening || streams.stdout !== undefined || !isPlain(1)) return stream('stdout');
      plain ??= plainOutput(() => stream('stdout'));
      return plain;
    },
    get stderr() {
      return stream('stderr');
    },
    get stdin() {
      return process.stdin;
    },
    env: process.env,
    cwd: process.cwd(),
    onSignal: (listener) => {
      isListening = true;
      let isSecond = false;
      const handlers = (['SIGINT', 'SIGTERM'] as const).map((signal) => {
        const handler = (): void => {
          // The second one ends the process at once, whatever is still under way.
          // eslint-disable-next-line no-restricted-properties -- a report cut short is what was asked for
          if (isSecond) process.exit(signal === 'SIGINT' ? 130 : 143);
          isSecond = true;
          listener(signal);
        };
        process.on(signal, handler);
        return { signal, handler };
      });
      return () => {
        for (const { signal, handler } of handlers) process.off(signal, handler);
      };
    },
  };
}

/** A reader that went away is no crash: the exit code still stands. */
function ignoringClosedPipes(stream: Writable): Writable {
  return stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

/** Whether a descriptor leads to a file or a pipe; between two Node processes a pipe is a socket. */
function isPlain(descriptor: number): boolean {
  try {
    const stat = fstatSync(descriptor);
    return stat.isFile() || stat.isFIFO() || stat.isSocket();
  } catch {
    return false;
  }
}

/**
 * Standard output where it is a file or a pipe: written at once, as Node's stream for it takes 3 ms to make.
 *
 * @param stream takes what a pipe has no room for now
 */
function plainOutput(stream: () => Writable): Output {
  const rest = (bytes: Uint8Array): Uint8Array => {
    let at = 0;
    try {
      while (at < bytes.length) at += writeSync(1, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN') return bytes.subarray(at);
      if (code !== 'EPIPE') throw error;
    }
    return new Uint8Array();
  };
  return {
    write: (text, done) => {
      let left: Uint8Array = new Uint8Array();
      try {
        left = rest(Buffer.from(text));
      } catch (error) {
        // Told as the stream would tell it: beside the run, which goes on.
        process.nextTick(() => {
          throw error;
        });
      }
      if (left.length > 0) stream().write(left, done);
      else done();
    },
  };
}

/**
 * Prints a word without a stream, which takes longer to make than Node takes to start the rest.
 *
 * @returns false when it could not be printed so, and nothing was
 */
export function printAtOnce(text: string): boolean {
  try {
    return writeSync(1, text) > 0;
  } catch {
    return false;
  }
}

/** Sets the exit code, for the process to end by itself once its streams are drained. */
export function setExitCode(code: number): void {
  process.exitCode = code;
}

/** Reports what nobody caught; Node's own code for it is 1, which would read as a verdict. */
export function onCrash(report: (error: unknown) => void): void {
  process.on('uncaughtException', report);
  process.on('unhandledRejection', report);
}
