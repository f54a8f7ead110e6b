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

function criteriaChanges(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => {
    const [was, is] = [before[key], after[key]];
    if (was === is) return [];
    if (was === undefined) return [`  ${key} is new: ${is}`];
    if (is === undefined) return [`  ${key} is gone: ${was}`];
    return [`  ${key} was ${was}, and is ${is}`];
  });
}
