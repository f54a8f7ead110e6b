import chalk from 'chalk';
import ora from 'ora';
import type { CollectProgress } from '../engine/collect.js';
import type { Io } from './io.js';

/** A spinner that counts answers. */
export function startSpinner(
  io: Io,
  mask: (text: string) => string,
  isColored: boolean,
): { readonly step: CollectProgress; readonly stop: () => void } {
  const { tell, stop } = startLine(io, isColored, 'asking backends');
  return {
    step: (done, all, backend) => {
      tell(mask(`${done} of ${all} queries answered, last by ${backend}`));
    },
    stop,
  };
}

/** A line that moves, and says what it is told to. */
export function startLine(
  io: Io,
  isColored: boolean,
  text: string,
): { readonly tell: (text: string) => void; readonly stop: () => void } {
  // ora paints with this one; left alone, it would decide by itself what the terminal can show.
  chalk.level = isColored ? 1 : 0;
  const spinner = ora({
    text,
    stream: io.stderr as NodeJS.WriteStream,
    discardStdin: false,
    hideCursor: true,
  }).start();
  return {
    tell: (said) => {
      spinner.text = said;
    },
    stop: () => {
      spinner.stop();
    },
  };
}
