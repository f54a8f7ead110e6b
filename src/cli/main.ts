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
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
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
  onCrash((error) => {
    io.stderr.write(crashText(error));
    setExitCode(EXIT.internal);
  });
  setExitCode(await main(argv, io));
}
