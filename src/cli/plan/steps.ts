import type { Criterion } from '../../contracts/gate.js';

/** Kinds that are asked once, whatever the window's steps. */
const KINDS_WITHOUT = new Set(['samples', 'crawl', 'cache-probe']);

/** Takes of one answer about a whole, or of the gaps themselves. */
const TAKES_WITHOUT = new Set(['instant', 'age', 'since-crawl', 'new-patterns']);

/** Whether too few steps with data leave the criterion open: only what is asked step by step can have gaps. */
export function isCoverageNeeded({ kind, rule }: Criterion): boolean {
  return !KINDS_WITHOUT.has(kind) && !TAKES_WITHOUT.has(rule.take.kind);
}
