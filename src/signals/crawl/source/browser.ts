import { type ChildProcessByStdio, spawn } from 'node:child_process';
// A process group can be signalled through process.kill alone, and a browser asks who starts it.
import { getuid, kill } from 'node:process';
import type { Readable } from 'node:stream';
import type { BackendContext } from '../../../contracts/backend.js';
import { BackendError } from '../../../model/failure.js';

/** Cap on the document that a browser prints. */
const MOST_BYTES = 20 * 1024 * 1024;

/** What a browser printed, or why it printed nothing. */
export type Printed = string | { readonly trouble: string };

type Child = ChildProcessByStdio<null, Readable, null>;

/** True for root, whom Chromium refuses unless it is told to do without its sandbox. */
export function isRoot(): boolean {
  return getuid?.() === 0;
}

/**
 * Runs a browser in a process group of its own, and leaves nothing of the group behind.
 *
 * @param home  a folder for all that it writes
 * @throws BackendError when the run was stopped
 */
export function printed(
  program: string,
  args: readonly string[],
  home: string,
  { signal, clock, timeoutMs, env }: BackendContext,
): Promise<Printed> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(reasonOf(signal));
    const over = new AbortController();
    const chunks: Buffer[] = [];
    let bytes = 0;
    const child = spawn(program, args, {
      env: { PATH: env['PATH'], LANG: env['LANG'], HOME: home, TMPDIR: home },
      stdio: ['ignore', 'pipe', 'ignore'],
      // A group of its own: a browser is many processes.
      detached: true,
    });
    const settle = (outcome: Printed): void => {
      if (over.signal.aborted) return;
      over.abort();
      signal.removeEventListener('abort', onAbort);
      child.stdout.destroy();
      killGroup(child);
      if (signal.aborted) reject(reasonOf(signal));
      else resolve(outcome);
    };
    const onAbort = (): void => settle({ trouble: 'the run was stopped' });
    signal.addEventListener('abort', onAbort, { once: true });
    clock.sleep(timeoutMs, over.signal).then(
      () => settle({ trouble: `the browser printed no page in ${timeoutMs / 1000} s` }),
      () => undefined,
    );
    child.on('error', (error: NodeJS.ErrnoException) =>
      settle({ trouble: `the browser did not start (${error.code})` }),
    );
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= MOST_BYTES) chunks.push(chunk);
      else settle({ trouble: 'the browser printed more than 20 MiB' });
    });
    child.on('close', (code, killer) => {
      const text = Buffer.concat(chunks).toString('utf8');
      settle(
        code === 0 && text.trim() !== ''
          ? text
          : { trouble: `the browser ended with ${killer ?? `code ${code}`} and no page` },
      );
    });
  });
}

/** What is gone already is no trouble. */
function killGroup(child: Child): void {
  if (child.pid === undefined) return;
  try {
    kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

function reasonOf(signal: AbortSignal): BackendError {
  return signal.reason instanceof BackendError
    ? signal.reason
    : new BackendError({ code: 'backend.interrupted', message: 'the run was interrupted' });
}
