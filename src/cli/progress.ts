import type { CollectProgress } from '../engine/collect.js';
import { type Io, write } from './io.js';
import type { CommonOptions } from './options.js';
import { canSpin, hasColor } from './terminal.js';
import { every } from './wire.js';

/** How often a log is told that the run lives. */
const LINE_EVERY_MS = 15_000;

export interface Progress {
  readonly step: CollectProgress;
  readonly stop: () => void;
}

const SILENT: Progress = { step: () => undefined, stop: () => undefined };

/** A spinner on a terminal, a line per backend every 15 s elsewhere, nothing when quiet; always on standard error. */
export async function startProgress(
  io: Io,
  options: CommonOptions,
  mask: (text: string) => string,
): Promise<Progress> {
  if (options.quiet) return SILENT;
  if (canSpin(io)) {
    const { startSpinner } = await import('./spinner.js');
    return startSpinner(io, mask, hasColor(options.color, io.env, true));
  }
  const waiting = new Map<string, string>();
  const release = every(LINE_EVERY_MS, () => {
    for (const [backend, line] of waiting) void write(io.stderr, mask(`${backend}: ${line}\n`));
  });
  return {
    step: (done, all, backend) => {
      waiting.set(backend, `${done} of ${all} queries answered`);
    },
    stop: release,
  };
}
