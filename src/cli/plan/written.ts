import type { ConfigFile, GateFile } from '../../gatefile/schema.js';
import { WINDOW_DEFAULTS } from '../../gatefile/window.js';
import { formatDuration } from '../../model/time.js';
import type { Row } from '../page/page.js';

/** What a resolved gate no longer tells: how its window was settled, and what its variables are. */
export interface Written {
  readonly settle: string;
  readonly warmup: string;
  readonly vars: readonly Row[];
}

/** @param given `--var name=value` */
export function writtenOf(
  file: GateFile | undefined,
  config: ConfigFile | undefined,
  given: ReadonlyMap<string, string>,
): Written {
  const window = { ...config?.window, ...file?.window };
  return {
    settle: formatDuration(window.settle ?? WINDOW_DEFAULTS.settleMs),
    warmup: formatDuration(window.warmup ?? WINDOW_DEFAULTS.warmupMs),
    vars: Object.entries(file?.vars ?? {}).map(([name, block]): Row => {
      const value = given.get(name) ?? block.default ?? '';
      const marks = [...(given.has(name) ? ['from --var'] : []), ...(block.raw ? ['raw: not escaped'] : [])];
      return [name, `${JSON.stringify(value)}${marks.length === 0 ? '' : `   ${marks.join(', ')}`}`];
    }),
  };
}

/** `--var name=value`, once it is known to be well written. */
export function givenVars(written: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    written.map((each) => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)]),
  );
}
