import { type ChildProcessByStdio, spawn } from 'node:child_process';
// A process group can be signalled through process.kill alone.
import { kill } from 'node:process';
import type { Readable } from 'node:stream';
import type { BackendContext } from '../../contracts/backend.js';
import { BackendError } from '../../model/failure.js';
import { formatDuration } from '../../model/time.js';
import { abortReason } from '../shared/abort.js';
import type { AnswerSource } from '../shared/found.js';

/** A command ready to run. */
export interface Order {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The context's limit where there is none. */
  readonly timeoutMs?: number | undefined;
}

export interface Finished {
  readonly code: number | null;
  readonly endedBy: string | null;
  readonly stdout: Buffer;
  /** Its end. */
  readonly stderr: Buffer;
  /** True when the beginning of `stderr` was dropped, so that half a word may stand first. */
  readonly isStderrCut: boolean;
}

/** How long a command may clean up after SIGTERM. */
const TERM_MS = 2000;
/** How long pipes may stay open after the command itself has ended: children of its own may hold them. */
const DRAIN_MS = 500;
/** More than is shown: masking may make it shorter. */
const STDERR_KEPT = 16 * 1024;

/**
 * Runs a command in a process group of its own, and leaves nothing of the group behind.
 *
 * @throws BackendError: `backend.timeout`, `backend.too-large`, `backend.exec`, or the reason of the context's signal
 */
export function runCommand(order: Order, source: AnswerSource, context: BackendContext): Promise<Finished> {
  const { signal, clock, maxBytes } = context;
  const timeoutMs = order.timeoutMs ?? context.timeoutMs;
  return new Promise((settled, rejected) => {
    if (signal.aborted) return rejected(abortReason(signal));
    const child = start(order, source);
    const over = new AbortController();
    const stdout: Buffer[] = [];
    let stdoutBytes = 0;
    let stderr = Buffer.alloc(0);
    let isStderrCut = false;
    let exit: Pick<Finished, 'code' | 'endedBy'> = { code: null, endedBy: null };
    let stopped: { readonly because: unknown } | undefined;

    const after = (ms: number, act: () => void) => {
      clock.sleep(ms, over.signal).then(act, () => undefined);
    };
    const settle = () => {
      if (over.signal.aborted) return;
      over.abort();
      signal.removeEventListener('abort', onAbort);
      child.stdout.destroy();
      child.stderr.destroy();
      killGroup(child, 'SIGKILL');
      if (stopped !== undefined) rejected(stopped.because);
      else settled({ ...exit, stdout: Buffer.concat(stdout), stderr, isStderrCut });
    };
    const killAndSettle = () => {
      killGroup(child, 'SIGKILL');
      after(DRAIN_MS, settle);
    };
    const stop = (because: unknown) => {
      if (stopped !== undefined || over.signal.aborted) return;
      stopped = { because };
      killGroup(child, 'SIGTERM');
      after(TERM_MS, killAndSettle);
    };
    const onAbort = () => stop(abortReason(signal));

    child.on('error', (error: NodeJS.ErrnoException) => {
      stopped ??= { because: notStarted(error, order, source) };
      settle();
    });
    child.on('exit', (code, endedBy) => {
      exit = { code, endedBy };
      after(DRAIN_MS, killAndSettle);
    });
    child.on('close', settle);
    child.stdout.on('data', (chunk: Buffer) => {
      stdoutBytes += chunk.length;
      if (stdoutBytes <= maxBytes) stdout.push(chunk);
      else stop(tooLarge(order, source, maxBytes));
    });
    child.stderr.on('data', (chunk: Buffer) => {
      const whole = Buffer.concat([stderr, chunk]);
      isStderrCut ||= whole.length > STDERR_KEPT;
      stderr = whole.subarray(-STDERR_KEPT);
    });
    signal.addEventListener('abort', onAbort, { once: true });
    after(timeoutMs, () => stop(tookTooLong(order, source, timeoutMs)));
  });
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

function start(order: Order, source: AnswerSource): Child {
  const [program = '', ...rest] = order.argv;
  try {
    return spawn(program, rest, {
      cwd: order.cwd,
      env: { ...order.env },
      shell: false,
      // A group of its own: what the command starts can be killed with it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
  } catch (error) {
    throw notStarted(error as NodeJS.ErrnoException, order, source);
  }
}

/** Signals a command and everything it started; what is gone already is no trouble. */
function killGroup(child: Child, name: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  try {
    kill(-child.pid, name);
  } catch {
    child.kill(name);
  }
}

/** The failure of a program that is not there or that may not run. */
export function notStarted(error: NodeJS.ErrnoException, order: Order, source: AnswerSource): BackendError {
  const isMissing = error.code === 'ENOENT';
  return new BackendError({
    code: 'backend.exec',
    message: isMissing
      ? `${nameOf(order, source)} was not found`
      : `${nameOf(order, source)} could not be started (${error.code ?? 'unknown trouble'})`,
    mend: isMissing
      ? `install it, add its folder to PATH, or write its path; it runs in ${order.cwd}, which must exist`
      : 'check that the file may be executed and that its arguments are not too long',
  });
}

function tooLarge(order: Order, source: AnswerSource, maxBytes: number): BackendError {
  return new BackendError({
    code: 'backend.too-large',
    message: `${nameOf(order, source)} printed more than ${maxBytes} bytes`,
    mend: 'let it print only the rows of GATEKEEPER_FROM to GATEKEEPER_TO',
  });
}

function tookTooLong(order: Order, source: AnswerSource, timeoutMs: number): BackendError {
  return new BackendError({
    code: 'backend.timeout',
    message: `${nameOf(order, source)} did not end in ${formatDuration(timeoutMs)}`,
    mend: 'make it faster, or set "timeout" on the backend',
  });
}

/** How messages name a command: by its program, since arguments may be long or private. */
export function nameOf(order: Order, source: AnswerSource): string {
  return `the command "${order.argv[0] ?? ''}" of "${source.backend}"`;
}
