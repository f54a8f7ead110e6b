import type { Backend } from '../../contracts/backend.js';
import type { Criterion, Gate } from '../../contracts/gate.js';
import { tableText } from '../page/page.js';

/** Each gate with its criteria: key, signal, limit, owner. */
export function gateLines(gates: readonly Gate[], isBroken: boolean): readonly string[] {
  if (gates.length === 0) {
    return [
      'gates',
      isBroken ? '  none that can be read' : '  none here; a gate is a file gates/NAME.gate.yaml',
      '',
    ];
  }
  return ['gates', ...gates.flatMap(linesOfGate), ''];
}

export function backendLines(backends: readonly Backend[]): readonly string[] {
  if (backends.length === 0) return [];
  // Gates that each write the same block have one backend for whoever reads the list.
  const rows = new Map(
    backends.map(({ id, type, address }) => [`${id} ${type} ${address}`, [id, type, address]]),
  );
  return ['backends', ...tableText([...rows.values()], 1), ''];
}

function linesOfGate(gate: Gate): readonly string[] {
  const about = gate.about === null ? [] : [gate.about];
  return [...tableText([[gate.id, gate.file, ...about]], 1), ...tableText(gate.criteria.map(rowOf), 2)];
}

function rowOf(criterion: Criterion): readonly string[] {
  const { key, signal, kind, rule, owner, isCritical, isAdvisory } = criterion;
  const take = rule.takeText === null ? '' : `${rule.takeText}: `;
  const marks = [...(isCritical ? ['critical'] : []), ...(isAdvisory ? ['advisory'] : [])];
  return [key, `${signal} (${kind})`, `${take}${rule.pass.text}`, owner ?? '-', marks.join(', ')];
}
