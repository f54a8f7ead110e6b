/** Runs the real program, for what only it can show: exit codes, streams, signals, environment. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface BinaryOptions {
  /** Added to PATH and HOME, all that is there by default; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Standard input; without it, an empty one. */
  readonly input?: string;
  /** SIGKILL after that; 20 s by default. */
  readonly timeoutMs?: number;
  /** Another Node than the one that runs the tests. */
  readonly node?: string;
}

export interface BinaryResult {
  /** undefined when a signal ended it */
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

const BINARY = fileURLToPath(new URL('../../bin/gatekeeper.js', import.meta.url));

/**
 * Runs bin/gatekeeper.js as a child process to its end. It needs `dist/`, which `npm test` builds first.
 *
 * The environment is bare: no CI variables, no proxies, no colours from the outside, and a HOME of its own that is removed
 * after the run.
 */
export async function runGatekeeper(
  args: readonly string[],
  options: BinaryOptions = {},
): Promise<BinaryResult> {
  const home = await mkdtemp(join(tmpdir(), 'gatekeeper-home-'));
  try {
    return await run(args, options, home);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

function run(args: readonly string[], options: BinaryOptions, home: string): Promise<BinaryResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(options.node ?? process.execPath, [BINARY, ...args], {
      cwd: options.cwd,
      env: { PATH: process.env['PATH'], HOME: home, ...options.env },
      timeout: options.timeoutMs ?? 20_000,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    // The program may end without having read all of its input.
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({ code: code ?? undefined, signal: signal ?? undefined, stdout, stderr });
    });
  });
}
