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
  // ora paints with this one; left alone, it would decide by itself what the terminal can show.
  chalk.level = isColored ? 1 : 0;
  const spinner = ora({
    text: 'asking backends',
    stream: io.stderr as NodeJS.WriteStream,
    discardStdin: false,
    hideCursor: true,
  }).start();
  return {
    step: (done, all, backend) => {
      spinner.text = mask(`${done} of ${all} queries answered, last by ${backend}`);
    },
    stop: () => {
      spinner.stop();
    },
  };
}
