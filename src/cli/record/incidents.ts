import { touches } from '../../engine/backtest/alarms.js';
import type { Outcome } from '../../engine/report.js';
import { type ListedIncident, readIncidents } from '../../gatefile/incidents.js';
import type { Loaded } from '../../gatefile/load.js';
import { type Failure, ok, type Result } from '../../model/failure.js';
import { formatInstant } from '../../model/time.js';
import type { Session } from '../session.js';

/** The listed incidents that a window of the gates touches; trouble with the list alone is a failure. */
export function incidentsAt(
  session: Session,
  { gates }: Loaded,
  file: string | undefined,
): Result<readonly ListedIncident[]> {
  if (file === undefined) return ok([]);
  const source = session.read(file);
  if (!source.ok) return source;
  const listed = readIncidents(source.value);
  if (!listed.ok) return listed;
  const found = listed.value.filter(({ id, about, from, to, gates: meant }) => {
    if (from === null || to === null) return false;
    const incident = { id, about, from, to, gates: meant };
    return gates.some((gate) => isMeant(meant, gate.id) && touches(gate.window, incident));
  });
  return ok(found);
}

function isMeant(meant: readonly string[], gate: string): boolean {
  return meant.length === 0 || meant.includes(gate);
}

/** What is left to write so that each incident has a guard: a blocking criterion that names it, and failed in it. */
export function guardsToWrite(
  incidents: readonly ListedIncident[],
  file: string,
  { gates }: Loaded,
  report: Outcome,
): readonly Failure[] {
  if (incidents.length === 0)
    return [
      {
        code: 'gatefile.incident',
        message: `no incident of ${file} is in the windows at ${report.asOf}`,
        mend: 'list it with its "from" and "to", or give another --at',
      },
    ];
  const failing = new Set(
    report.gates.flatMap(({ criteria }) =>
      criteria.filter(({ verdict, advisory }) => verdict === 'fail' && !advisory).map(({ key }) => key),
    ),
  );
  return incidents.flatMap(({ id, from, gates: meant, span }): Failure[] => {
    const criteria = gates.filter((gate) => isMeant(meant, gate.id)).flatMap((gate) => gate.criteria);
    const seen = criteria.filter(({ key }) => failing.has(key));
    const guards = criteria.filter(({ fromIncidents = [] }) => fromIncidents.includes(id));
    if (guards.some(({ key }) => failing.has(key))) return [];
    const begin = from === null ? '' : ` of ${formatInstant(from)}`;
    const what =
      guards.length === 0
        ? 'is guarded by no criterion yet'
        : `is named by ${listed(guards)}, which did not fail in it`;
    return [
      {
        code: 'gatefile.incident',
        message: `incident "${id}"${begin} ${what}`,
        span,
        mend:
          seen.length === 0
            ? 'no blocking criterion failed in it: add one that does'
            : `write "from-incident: ${id}" on ${listed(seen)}, which failed`,
      },
    ];
  });
}

function listed(criteria: readonly { readonly key: string }[]): string {
  return criteria.map(({ key }) => key).join(', ');
}
