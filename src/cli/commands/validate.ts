import { counted } from '../../contracts/counted.js';
import type { Loaded } from '../../gatefile/load.js';
import { type Failure, ok, type Result } from '../../model/failure.js';
import { formatDuration } from '../../model/time.js';
import type { RecordedSet } from '../../recording/set.js';
import { EXIT } from '../exit-code.js';
import { withAnySince } from '../inventory/read.js';
import { type Io, write } from '../io.js';
import type { ValidateOptions } from '../options.js';
import { factsOf, openSet } from '../recorded.js';
import { Session } from '../session.js';
import { realClock } from '../wire.js';

/**
 * Checks gate files without asking any backend: 0, 1 for warnings, 2 for errors. With a recorded set it also warns of
 * criteria that could not see their own margin with its traffic, and with a list of incidents of those that no criterion
 * guards against.
 */
export async function validate(paths: readonly string[], options: ValidateOptions, io: Io): Promise<number> {
  const session = new Session(options, io);
  const sources = await session.sources(paths);
  if (!sources.ok) return session.refuse(sources.failures);
  const set = await openSet(session, sources.value, options);
  if (!set.ok) return session.refuse(set.failures);
  const facts = set.value && factsOf(set.value);
  const load = (given: ValidateOptions): Promise<Loaded> => session.load(sources.value, given, [], facts);
  // A file is right or wrong whenever its release began; what a set would be asked hangs on it.
  const loaded = await (facts === undefined
    ? withAnySince(options, options.at ?? realClock.now(), (given) => load({ ...options, ...given }))
    : load(options));
  await session.tell(loaded.warnings);
  if (loaded.failures.length > 0) return session.refuse(loaded.failures);
  const blind = set.value === undefined ? ok([]) : await blindness(session, loaded, set.value);
  if (!blind.ok) return session.refuse(blind.failures);
  const open =
    options.incidents === undefined ? ok([]) : await incidentGaps(session, loaded, options.incidents);
  if (!open.ok) return session.refuse(open.failures);
  await session.tell([...blind.value, ...open.value]);
  const warned = loaded.warnings.length + blind.value.length + open.value.length;
  const criteria = loaded.gates.reduce((sum, gate) => sum + gate.criteria.length, 0);
  const warnings = warned === 0 ? '' : `, ${counted(warned, 'warning')}`;
  if (!options.quiet)
    await write(
      io.stdout,
      `valid: ${counted(loaded.gates.length, 'gate')} with ${counted(criteria, 'criterion', 'criteria')}${warnings}\n`,
    );
  return warned === 0 ? EXIT.pass : EXIT.fail;
}

async function incidentGaps(
  session: Session,
  loaded: Loaded,
  file: string,
): Promise<Result<readonly Failure[]>> {
  const { guardlessIncidents } = await import('../inventory/incidents.js');
  return guardlessIncidents(session, loaded, file);
}

/** One warning for each criterion that could not decide within its window. */
async function blindness(
  session: Session,
  loaded: Loaded,
  set: RecordedSet,
): Promise<Result<readonly Failure[]>> {
  const [{ replayed }, { blindCriteria }] = await Promise.all([
    import('../measured.js'),
    import('../../engine/power/gate.js'),
  ]);
  const measured = await replayed(session, loaded, set);
  if (!measured.ok) return measured;
  return ok(
    loaded.gates.flatMap((gate) =>
      blindCriteria(gate, measured.value).map(
        ({ criterion, key, share }): Failure => ({
          code: 'gatefile.power',
          message: `${key}: with the recorded traffic ${Math.round(share * 100)} of 100 healthy releases would pass within the ${formatDuration(gate.fullStrata * gate.window.stepMs)} window`,
          span: criterion.source,
          mend: 'allow a wider margin, lengthen the window, or give the canary more traffic: gatekeeper plan --power shows how much',
        }),
      ),
    ),
  );
}
