import type { GateVersion, Manifest } from './manifest.js';

/**
 * What has changed in the gates since a set was recorded, a line each.
 *
 * @param now the gates as they are
 */
export function changesSince(
  manifest: Manifest,
  now: Readonly<Record<string, GateVersion>>,
): readonly string[] {
  return Object.entries(manifest.gates ?? {}).flatMap(([id, before]) => {
    const after = now[id];
    if (after === undefined || after.settings === before.settings) return [];
    const changes = criteriaChanges(before.criteria, after.criteria);
    const settings = `gate ${id} was ${before.settings} when it was recorded, and is ${after.settings}`;
    return changes.length > 0 ? [settings, ...changes] : [`${settings}: its window, step or budgets changed`];
  });
}

/** Criteria as they were and are no more, then as they are and were not. */
function criteriaChanges(before: readonly string[], after: readonly string[]): readonly string[] {
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `  was  ${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `  is   ${line}`),
  ];
}
