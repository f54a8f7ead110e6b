import type { SourceText } from '../../gatefile/source.js';
import { gateFileOf } from '../inventory/read.js';

/** `${NAME}` and `${NAME:?message}`, with what stands before it; what has a default needs no stand-in. */
const REFERENCE = /(^|.)(\$?)\$\{([A-Za-z_]\w*)(?::\?[^}]*)?\}/gm;

/**
 * Values for the environment variables that files cannot do without: a test asks nobody, and must say the same on every
 * machine. Where a reference begins its text it may be a URL, and gets one that leads nowhere.
 */
export function environmentFor(sources: readonly SourceText[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const { text } of sources) {
    for (const [, before = '', escaped, name = ''] of text.matchAll(REFERENCE)) {
      if (escaped === '$') continue;
      const plain = name.toLowerCase().replaceAll('_', '-');
      const isBeginning = before === '' || /["'\s[,]/.test(before);
      values[name] ??= isBeginning ? `http://${plain}.invalid` : plain;
    }
  }
  return values;
}

/** Values for variables without a default: their own names. */
export function variablesFor(
  sources: readonly SourceText[],
  env: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    // Few gates have variables, and finding out by reading them takes as long as loading them.
    sources
      .filter(({ text }) => text.includes('vars'))
      .flatMap((source) =>
        Object.entries(gateFileOf(source, env)?.vars ?? {}).flatMap(([name, { default: given }]) =>
          given === undefined ? [[name, name]] : [],
        ),
      ),
  );
}
