import { EXIT } from '../exit-code.js';
import { type Io, write } from '../io.js';
import type { GateOptions } from '../options.js';
import { counted } from '../page/page.js';
import { Session } from '../session.js';

/** Checks gate files without asking any backend: 0, 1 for warnings, 2 for errors. */
export async function validate(paths: readonly string[], options: GateOptions, io: Io): Promise<number> {
  const session = new Session(options, io);
  const sources = await session.sources(paths);
  if (!sources.ok) return session.refuse(sources.failures);
  const loaded = await session.load(sources.value, options);
  await session.tell(loaded.warnings);
  if (loaded.failures.length > 0) return session.refuse(loaded.failures);
  const criteria = loaded.gates.reduce((sum, gate) => sum + gate.criteria.length, 0);
  const warnings = loaded.warnings.length === 0 ? '' : `, ${counted(loaded.warnings.length, 'warning')}`;
  if (!options.quiet)
    await write(
      io.stdout,
      `valid: ${counted(loaded.gates.length, 'gate')} with ${counted(criteria, 'criterion', 'criteria')}${warnings}\n`,
    );
  return loaded.warnings.length === 0 ? EXIT.pass : EXIT.fail;
}
