import { inspect } from 'node:util';
import { EXIT } from './exit-code.js';
import { type Io, write } from './io.js';
import { onCrash, printAtOnce, processIo, setExitCode } from './process.js';
import { VERSION } from './version.js';

/**
 * Runs one command line.
 *
 * @param argv the arguments after the program's name
 * @returns the exit code; never throws
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    // The commonest question of a script is answered before anything is loaded.
    if (asksForVersion(argv)) {
      await write(io.stdout, `${VERSION}\n`);
      return EXIT.pass;
    }
    const { run } = await import('./program.js');
    return await run(argv, io);
  } catch (error) {
    await write(io.stderr, crashText(error));
    return EXIT.internal;
  }
}

function asksForVersion(argv: readonly string[]): boolean {
  return argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V');
}

/** A bug, in the words that help to mend it. */
function crashText(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : inspect(error);
  return `gatekeeper ${VERSION}: internal error, please report it with the lines below. No verdict was reached.\n${stack}\n`;
}

/** Starts the program on the real process. */
export async function start(): Promise<void> {
  const [, , ...argv] = process.argv;
  if (asksForVersion(argv) && printAtOnce(`${VERSION}\n`)) {
    setExitCode(EXIT.pass);
    return;
  }
  const io = processIo();
  let isCrashed = false;
  let isOutputLost = false;
  let code: number | undefined;
  // What goes wrong beside the run may come before its code or after it; no verdict overrules it.
  const settle = (): void => {
    if (isCrashed) setExitCode(EXIT.internal);
    else if (code !== undefined) setExitCode(isOutputLost ? withoutOutput(code) : code);
  };
  onCrash((error) => {
    const isLost = isWriteError(error);
    if (isLost) isOutputLost = true;
    else isCrashed = true;
    io.stderr.write(isLost ? lostText(error) : crashText(error));
    settle();
  });
  code = await main(argv, io);
  settle();
}

/** A full disk behind `> report.txt` is no bug of the program. */
function isWriteError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && error.syscall === 'write';
}

function lostText({ code, message }: NodeJS.ErrnoException): string {
  const why = code === 'ENOSPC' ? 'the disk is full' : (code ?? message);
  return `standard output could not be written: ${why}\n   make room, or write the report elsewhere: --report FORMAT:FILE\n`;
}

/** A pass whose report is lost cannot be shown to anyone. */
function withoutOutput(code: number): number {
  return code === EXIT.pass || code === EXIT.warn ? EXIT.config : code;
}
