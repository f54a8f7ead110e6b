import fs from 'node:fs';
import path from 'node:path';
import { findConfig, searchGateFiles } from '../../gatefile/discover.js';
import { TEST_ENDING } from '../../gatefile/names.js';
import { EXIT } from '../exit-code.js';
import type { StopSignal } from '../io.js';
import type { Session } from '../session.js';
import { realClock } from '../wire.js';
import type { Ran } from './files.js';

/** How often files are looked at. Events of the file system come late, twice or never, depending on the system. */
const PERIOD_MS = 300;

/**
 * Runs tests, and again whenever one of their files changes, is new or is gone, until the process is told to stop.
 *
 * @param runOnce runs and tells all tests, with a session that has read nothing yet
 */
export async function watch(
  paths: readonly string[],
  runOnce: () => Promise<{ readonly session: Session; readonly ran: Ran }>,
  onStart: (count: number) => Promise<void>,
): Promise<number> {
  const controller = new AbortController();
  let stopped: StopSignal | undefined;
  for (;;) {
    const { session, ran } = await runOnce();
    const stopListening = session.io.onSignal((signal) => {
      stopped = signal;
      controller.abort();
    });
    const before = await stampOf(session, paths, ran);
    await onStart(before.length);
    do await pause(controller.signal);
    while (stopped === undefined && isSame(before, await stampOf(session, paths, ran)));
    stopListening();
    if (stopped !== undefined) return stopped === 'SIGINT' ? EXIT.sigint : EXIT.sigterm;
  }
}

async function pause(signal: AbortSignal): Promise<void> {
  await realClock.sleep(PERIOD_MS, signal).catch(() => undefined);
}

/** Every file that the tests are made of, with the moment and size of its last change. */
async function stampOf(
  { cwd, options }: Session,
  paths: readonly string[],
  ran: Ran,
): Promise<readonly string[]> {
  const found = await searchGateFiles(paths, cwd, TEST_ENDING);
  const config = options.config ?? findConfig(cwd);
  const files = [
    ...found.files,
    ...ran.files.flatMap(({ gates }) => gates),
    ...(config === undefined ? [] : [config]),
  ];
  return [...new Set(files.map((file) => path.resolve(cwd, file)))].map((file) => {
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    return `${file} ${stat?.mtimeMs} ${stat?.size}`;
  });
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each, i) => each === b[i]);
}
