/** Real servers for tests: is the binary there, a free port, start, wait, and an end that is certain. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A started child process. */
export interface Running {
  readonly pid: number;
  /** What it wrote to stdout and stderr so far, the last 64 KiB. */
  output(): string;
  /** How it ended, or undefined while it lives. */
  ended(): string | undefined;
  /** SIGKILL by process id, then waits until it is gone. Twice is once. */
  stop(): Promise<void>;
}

const OUTPUT_KEPT = 65_536;
const living = new Set<ChildProcess>();
let isExitWatched = false;

/**
 * Whether a test that drives this binary can run; meant for `describe.skipIf(!needs('prometheus'))`.
 *
 * @param binary   looked up in PATH
 * @param skipped  what is lost without it, for the message
 * @throws when the binary is absent and GATEKEEPER_ALLOW_NO_SKIP=1: continuous integration installs what it tests, and a
 *         suite that was skipped there would look like one that passed
 */
export function needs(binary: string, skipped = `every test that drives ${binary}`): boolean {
  return holds(
    pathOf(binary) !== undefined,
    `${binary} is not in PATH, so ${skipped} cannot run · install it (Debian: apt-get install ${binary})`,
  );
}

/** Whether a test that takes another user's place can run. @throws as `needs` */
export function needsRoot(): boolean {
  return holds(process.getuid?.() === 0, 'only root can give files to others, so tests of that cannot run');
}

function holds(isSo: boolean, message: string): boolean {
  if (isSo) return true;
  if (process.env['GATEKEEPER_ALLOW_NO_SKIP'] === '1') {
    throw new Error(`${message} · GATEKEEPER_ALLOW_NO_SKIP=1 forbids skipping`);
  }
  // console.warn would be swallowed or reordered by the test runner; this is to be seen.
  process.stderr.write(`\n!!! SKIPPED: ${message}\n\n`);
  return false;
}

/** @returns the file that would run, or undefined when PATH has none */
function pathOf(binary: string): string | undefined {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, binary);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {}
  }
  return undefined;
}

/** @returns a TCP port of 127.0.0.1 that was free a moment ago; somebody else may still take it first */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port from a TCP server');
  return address.port;
}

/**
 * Starts the binary itself, never through a shell: the process id is then the server's, and killing it is enough.
 *
 * @throws when the binary cannot be started
 */
export async function startProcess(
  binary: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string } = {},
): Promise<Running> {
  const child = spawn(binary, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (text: string) => {
    output = (output + text).slice(-OUTPUT_KEPT);
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  await once(child, 'spawn');
  killAtExit(child);
  const gone = once(child, 'close').then(() => living.delete(child));
  return {
    pid: child.pid ?? -1,
    output: () => output,
    ended: () => {
      if (child.signalCode !== null) return `killed by ${child.signalCode}`;
      return child.exitCode === null ? undefined : `exit code ${child.exitCode}`;
    },
    stop: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** A test runner that dies must not leave servers behind. */
function killAtExit(child: ChildProcess): void {
  living.add(child);
  if (isExitWatched) return;
  isExitWatched = true;
  process.on('exit', () => {
    for (const one of living) one.kill('SIGKILL');
  });
}

/**
 * Asks each 50 ms until the answer is true.
 *
 * @param what  named in the error when time is up
 */
export async function waitUntil(
  check: () => boolean | Promise<boolean>,
  what: string,
  deadlineMs = 20_000,
): Promise<void> {
  const giveUpAt = Date.now() + deadlineMs;
  while (!(await check())) {
    if (Date.now() > giveUpAt) throw new Error(`${what}: not within ${deadlineMs} ms`);
    await sleep(50);
  }
}
