import type { Readable, Writable } from 'node:stream';

/** What texts are written to. Any stream is one. */
export interface Output {
  /** Calls back when it is written, or lost. */
  write(text: string, done: () => void): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** The process as the command line sees it, so that it can be run inside a test. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly stdin: Readable;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Calls back on the first SIGINT or SIGTERM; a second one ends the process. Returns what stops listening. */
  readonly onSignal: (listener: (signal: StopSignal) => void) => () => void;
}

export type StopSignal = 'SIGINT' | 'SIGTERM';

/** Writes and waits until it is written; a reader that went away (`| head`) is no trouble. */
export function write(output: Output, text: string): Promise<void> {
  if (text === '') return Promise.resolve();
  return new Promise((resolve) => {
    output.write(text, () => {
      resolve();
    });
  });
}
