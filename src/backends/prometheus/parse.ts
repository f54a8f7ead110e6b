import type { Result } from '../../model/failure.js';
import type { Promql } from './promql.js';
import { readSelector } from './selector.js';

type Parse = (text: string) => Result<Promql>;

/** What reads any query: 50 kB of tables that a gate of plain selectors does not need. */
let grammar: Parse | undefined;

/** Loads what `parsePromql` needs for queries that are more than a plain selector. */
export async function loadGrammar(): Promise<void> {
  grammar ??= (await import('./grammar.js')).parseByGrammar;
}

/** Whether `parsePromql` can read a text without the grammar. */
export function isPlain(text: string): boolean {
  return readSelector(text) !== undefined;
}

/**
 * @returns a failure with the query and a caret when the grammar refuses it
 * @throws  when it is no plain selector and `loadGrammar` has not been called
 */
export function parsePromql(text: string): Result<Promql> {
  const plain = readSelector(text);
  if (plain !== undefined) return { ok: true, value: plain };
  if (grammar === undefined) throw new Error(`the grammar is not loaded for: ${text}`);
  return grammar(text);
}
