import {
  fileExists,
  findConfig,
  findGateFiles,
  fixturesFolderOf,
  readSource,
} from '../../gatefile/discover.js';
import { failed, ok, type Result } from '../../model/failure.js';
import type { Session, Sources } from '../session.js';

/**
 * The files of a run, where there need not be any gate: a folder without gates is no trouble to a command that lists
 * what there is, as long as none was named.
 */
export async function sourcesOrNone(session: Session, paths: readonly string[]): Promise<Result<Sources>> {
  const sources = await session.sources(paths);
  if (sources.ok || paths.length > 0 || !fileExists(session.cwd)) return sources;
  const gates = await findGateFiles([], session.cwd);
  if (gates.ok) return sources;
  const absent = new Set(gates.failures.map(({ message }) => message));
  const rest = sources.failures.filter(({ message }) => !absent.has(message));
  if (rest.length > 0) return failed(...rest);
  const file = session.options.config ?? findConfig(session.cwd);
  const config = file === undefined ? undefined : readSource(file, session.cwd);
  if (config?.ok === false) return config;
  const text = config?.value ?? null;
  return ok({ cwd: session.cwd, gates: [], config: text, fixtures: fixturesFolderOf(text) });
}
