import type { CriterionResult, GateResult } from '../../model/report.js';
import { severityOf } from '../words/verdict.js';

/** Criteria that are told together; never empty. */
export type Group = readonly [CriterionResult, ...CriterionResult[]];

/**
 * Criteria of a gate in the order they are printed: the worst last, next to the prompt.
 *
 * Those that were left open for one and the same reason stand together, so that a backend that is down is told once
 * and not thirty times.
 */
export function groupsOf(gate: GateResult): readonly Group[] {
  const ranked = [...gate.criteria].sort((a, b) => severityOf(a) - severityOf(b));
  const groups = new Map<string, [CriterionResult, ...CriterionResult[]]>();
  for (const criterion of ranked) {
    const name = groupName(criterion);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [criterion]);
    else group.push(criterion);
  }
  return [...groups.values()];
}

function groupName(criterion: CriterionResult): string {
  const { verdict, reason, judged, waiver } = criterion;
  const isOpen = verdict === 'inconclusive' || verdict === 'error' || verdict === 'skipped';
  if (!isOpen || reason === null || judged !== null || waiver !== null) return `key ${criterion.key}`;
  return JSON.stringify([severityOf(criterion), reason.code, reason.text, reason.next]);
}

/** Texts of a group, each once; the rest is counted. */
export function distinct(texts: readonly (string | null)[], most: number): string {
  const all = [...new Set(texts.filter((text) => text !== null))];
  const shown = all.slice(0, most).join(', ');
  return all.length > most ? `${shown} and ${all.length - most} more` : shown;
}
