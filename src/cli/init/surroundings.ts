import path from 'node:path';
import { fileExists, findConfig, readSource } from '../../gatefile/discover.js';
import { failed, ok, type Result } from '../../model/failure.js';
import { configFileOf } from '../inventory/read.js';

/** What is there already, around the files to write. */
export interface Surroundings {
  readonly needsConfig: boolean;
  /** The backend that signals must name; undefined where there is one alone. */
  readonly backend: string | undefined;
  /** Path from a folder below to the schemas of an installed package; undefined where it is not installed. */
  schemas(from: string): string | undefined;
}

const SCHEMAS = 'node_modules/gatekeeper/schema';

/** @param config as `--config` names it, from `cwd`; without it the nearest one above the folder */
export function surroundingsOf(
  folder: string,
  config: string | undefined,
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
): Result<Surroundings> {
  const schemas = (from: string): string | undefined =>
    fileExists(path.join(folder, SCHEMAS)) ? path.posix.join(from === '.' ? '.' : '..', SCHEMAS) : undefined;
  const file = config === undefined ? findConfig(folder) : path.resolve(cwd, config);
  if (file === undefined) return ok({ needsConfig: true, backend: undefined, schemas });
  const source = readSource(file, folder);
  if (!source.ok) return source;
  const backends = Object.entries(configFileOf(source.value, env)?.backends ?? {});
  const [asked] = backends.find(([, { type }]) => type === 'prometheus') ?? [];
  if (asked !== undefined)
    return ok({ needsConfig: false, backend: backends.length === 1 ? undefined : asked, schemas });
  return failed({
    code: 'usage',
    message: `${file} names no prometheus backend, which the new gates would ask`,
    mend: 'add "metrics: { type: prometheus, url: URL }" under its "backends:"',
  });
}
