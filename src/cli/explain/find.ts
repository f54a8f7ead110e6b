import type { Criterion, Gate } from '../../contracts/gate.js';

/** A criterion with its gate. */
export interface Found {
  readonly gate: Gate;
  readonly criterion: Criterion;
}

/**
 * Criteria that a name stands for: a full key, `gate.criterion` and `criterion` with all their segments, a gate with all
 * its criteria, or the key of one series under `across: each`.
 */
export function findCriteria(name: string, gates: readonly Gate[]): readonly Found[] {
  const all = gates.flatMap((gate) => gate.criteria.map((criterion) => ({ gate, criterion })));
  const exact = all.filter(({ criterion }) => criterion.key === name);
  if (exact.length > 0) return exact;
  const named = all.filter(({ gate, criterion }) => namesOf(gate, criterion).includes(name));
  return named.length > 0 ? named : all.filter(({ criterion }) => isSeriesOf(name, criterion));
}

/** Everything that `findCriteria` answers to, for a suggestion. */
export function namesIn(gates: readonly Gate[]): readonly string[] {
  return gates.flatMap((gate) =>
    gate.criteria.flatMap((criterion) => [...namesOf(gate, criterion), criterion.key]),
  );
}

function namesOf(gate: Gate, { id }: Criterion): readonly string[] {
  return [gate.id, `${gate.id}.${id}`, id];
}

function isSeriesOf(name: string, { key, across }: Criterion): boolean {
  if (across !== 'each') return false;
  return name.startsWith(key.endsWith(']') ? `${key.slice(0, -1)},` : `${key}[`);
}
