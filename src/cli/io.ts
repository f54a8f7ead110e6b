import type { Readable, Writable } from 'node:stream';

/** The process as the command line sees it, so that it can be run inside a test. */
export interface Io {
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly stdin: Readable;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Calls back on the first SIGINT or SIGTERM; a second one ends the process. Returns what stops listening. */
  readonly onSignal: (listener: (signal: StopSignal) => void) => () => void;
}

export type StopSignal = 'SIGINT' | 'SIGTERM';

/** Writes and waits until it is written; a reader that went away (`| head`) is no trouble. */
export function write(stream: Writable, text: string): Promise<void> {
  if (text === '') return Promise.resolve();
  return new Promise((resolve) => {
    stream.write(text, () => {
      resolve();
    });
  });
}
