import path from 'node:path';
import { fileExists } from '../gatefile/discover.js';
import { failed, ok, type Result } from '../model/failure.js';
import { parseDuration, parseInstant } from '../model/time.js';
import type { RecordedSet } from '../recording/set.js';
import type { ReplayFacts, Session, Sources } from './session.js';

/** A name without a slash may be a set of the config's fixtures folder. */
export function setFolder(session: Session, sources: Sources, name: string): string {
  const direct = path.resolve(session.cwd, name);
  const isName = !name.includes('/') && !name.includes(path.sep);
  return isName && sources.fixtures !== undefined && !fileExists(direct)
    ? path.join(sources.fixtures, name)
    : direct;
}

export function shownFolder(session: Session, folder: string): string {
  return path.relative(session.cwd, folder) || '.';
}

/** The recorded set that `--replay` names; undefined without. */
export async function openSet(
  session: Session,
  sources: Sources,
  options: { readonly replay?: string; readonly at?: number },
): Promise<Result<RecordedSet | undefined>> {
  if (options.replay === undefined) return ok(undefined);
  if (options.at !== undefined)
    return failed({
      code: 'usage',
      message: '--at cannot go with --replay',
      mend: 'a replay stands at the instant of its recording',
    });
  const { readSet } = await import('../recording/set.js');
  return readSet(shownFolder(session, setFolder(session, sources, options.replay)), session.cwd);
}

/** What a set says of the run that made it. */
export function factsOf(set: RecordedSet): ReplayFacts {
  const { since, window, vars, env } = set.manifest;
  return {
    asOf: set.asOf,
    since: since === undefined ? undefined : parseInstant(since),
    windowMs: window === undefined ? undefined : parseDuration(window),
    vars: vars ?? {},
    env: env ?? {},
  };
}
