import { suggest } from '../../contracts/suggest.js';
import { readIncidents } from '../../gatefile/incidents.js';
import type { Loaded } from '../../gatefile/load.js';
import { type Failure, ok, type Result } from '../../model/failure.js';
import type { Session } from '../session.js';

/** A warning for each incident that no criterion guards against, and for each that a criterion names in vain. */
export function guardlessIncidents(
  session: Session,
  { gates }: Loaded,
  file: string,
): Result<readonly Failure[]> {
  const source = session.read(file);
  if (!source.ok) return source;
  const listed = readIncidents(source.value);
  if (!listed.ok) return listed;
  const ids = listed.value.map(({ id }) => id);
  const criteria = gates.flatMap((gate) => gate.criteria.map((criterion) => ({ gate, criterion })));
  const unguarded = listed.value.flatMap(({ id, about, gates: meant, span }): Failure[] => {
    const guards = criteria.filter(
      ({ gate, criterion }) =>
        (criterion.fromIncidents ?? []).includes(id) && (meant.length === 0 || meant.includes(gate.id)),
    );
    if (guards.some(({ criterion }) => !criterion.isAdvisory)) return [];
    const what = guards.length > 0 ? 'is guarded by advisory criteria alone' : 'is guarded by no criterion';
    return [
      {
        code: 'gatefile.incident',
        message: `incident "${id}"${about === null ? '' : ` (${about})`} ${what}`,
        span,
        mend: `write "from-incident: ${id}" on the blocking criterion that would have caught it`,
      },
    ];
  });
  const seen = new Set<string>();
  const stray = criteria.flatMap(({ criterion }) =>
    (criterion.fromIncidents ?? []).flatMap((id): Failure[] => {
      // A criterion has an entry for each of its segments.
      const key = `${criterion.source.file}:${criterion.source.line} ${id}`;
      if (ids.includes(id) || seen.has(key)) return [];
      seen.add(key);
      const near = suggest(id, ids);
      return [
        {
          code: 'gatefile.incident',
          message: `criterion "${criterion.id}" is from incident "${id}", which ${file} does not list`,
          span: criterion.source,
          mend: near === undefined ? `add it there` : `did you mean "${near}"?`,
        },
      ];
    }),
  );
  return ok([...unguarded, ...stray]);
}
