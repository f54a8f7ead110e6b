import { type Io, write } from '../io.js';
import type { CommonOptions } from '../options.js';
import { canSpin, hasColor } from '../terminal.js';
import { every } from '../wire.js';

const LINE_EVERY_MS = 15_000;
const BAR_CELLS = 30;

/** Tells how far a long run is: a bar on a terminal, a line every 15 s elsewhere, nothing when quiet. */
export interface Bar {
  readonly tell: (what: string, done: number, all: number) => void;
  readonly stop: () => void;
}

export async function startBar(io: Io, options: CommonOptions): Promise<Bar> {
  if (options.quiet) return { tell: () => undefined, stop: () => undefined };
  if (canSpin(io)) {
    const { startLine } = await import('../spinner.js');
    const line = startLine(io, hasColor(options.color, io.env, true), 'asking');
    return { tell: (what, done, all) => line.tell(barText(what, done, all)), stop: line.stop };
  }
  let last = '';
  const release = every(LINE_EVERY_MS, () => {
    if (last !== '') void write(io.stderr, `${last}\n`);
  });
  return {
    tell: (what, done, all) => {
      last = `${what}: ${done} of ${all}`;
    },
    stop: release,
  };
}

/** `[######----] 60 %  questions: 6 of 10`. */
export function barText(what: string, done: number, all: number): string {
  const share = all === 0 ? 1 : done / all;
  const full = Math.floor(share * BAR_CELLS);
  const bar = '#'.repeat(full) + '-'.repeat(BAR_CELLS - full);
  return `[${bar}] ${Math.floor(share * 100)} %  ${what}: ${done} of ${all}`;
}
