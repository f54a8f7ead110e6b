import { catalogIn } from '../../gatefile/discover.js';
import { EXIT } from '../exit-code.js';
import { backendLines, gateLines } from '../inventory/gates.js';
import { loadToTell } from '../inventory/read.js';
import { sourcesOrNone } from '../inventory/sources.js';
import { catalogLines, toolLines } from '../inventory/tool.js';
import { type Io, write } from '../io.js';
import type { GateOptions } from '../options.js';
import { withoutUserinfo } from '../page/page.js';
import { Session } from '../session.js';
import { catalogFolder, formats, plugins } from '../wire.js';

/** Lists what there is: gates, criteria, backends; formats, kinds and the catalogue, gates or not. */
export async function list(paths: readonly string[], options: GateOptions, io: Io): Promise<number> {
  const session = new Session(options, io);
  const sources = await sourcesOrNone(session, paths);
  if (!sources.ok) return session.refuse(sources.failures);
  const loaded = await loadToTell(session, sources.value, options);
  await session.tell(loaded.failures);
  const lines = [
    ...gateLines(loaded.gates, loaded.failures.length > 0),
    ...backendLines(loaded.backends),
    ...(await toolLines(formats, plugins)),
    ...catalogLines(catalogIn(catalogFolder)),
  ];
  await write(io.stdout, session.secrets.mask(withoutUserinfo(`${lines.join('\n')}\n`)));
  return loaded.failures.length === 0 ? EXIT.pass : EXIT.config;
}
