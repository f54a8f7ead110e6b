import { counted } from '../../contracts/counted.js';
import type { Failure } from '../../model/failure.js';
import { formatInstant } from '../../model/time.js';
import { EXIT } from '../exit-code.js';
import { configFileOf, gateFileOf } from '../inventory/read.js';
import { type Io, write } from '../io.js';
import type { PlanOptions } from '../options.js';
import { withoutUserinfo } from '../page/page.js';
import { gatePlan } from '../plan/gate.js';
import { questionCount, worldPlan } from '../plan/world.js';
import { givenVars, writtenOf } from '../plan/written.js';
import { Session } from '../session.js';

/** Shows what a check would ask and how it would judge, asking nobody; with `--power`, what it would be able to see. */
export async function plan(paths: readonly string[], options: PlanOptions, io: Io): Promise<number> {
  const session = new Session(options, io);
  const sources = await session.sources(paths);
  if (!sources.ok) return session.refuse(sources.failures);
  const misuse = misuseOf(options);
  if (misuse !== undefined) return session.refuse([misuse]);
  if (options.power)
    return (await import('../plan/measured-power.js')).planPower(session, sources.value, options);
  const loaded = await session.load(sources.value, options);
  await session.tell(loaded.warnings);
  if (loaded.failures.length > 0) return session.refuse(loaded.failures);
  const config = configFileOf(sources.value.config, io.env);
  const vars = givenVars(options.var);
  const gates = loaded.gates.flatMap((gate) => {
    const source = sources.value.gates.find(({ file }) => file === gate.file);
    return gatePlan(gate, writtenOf(source && gateFileOf(source, io.env), config, vars));
  });
  const criteria = loaded.gates.reduce((sum, gate) => sum + gate.criteria.length, 0);
  const lines = [
    `plan as of ${formatInstant(loaded.asOf)}; nobody was asked`,
    '',
    ...gates,
    ...worldPlan(loaded, io.env),
    ...(gates.some((line) => /\{\{(?:from|to)\}\}/.test(line))
      ? ['{{from}} and {{to}} stand for the ends of the window.']
      : []),
    `${counted(loaded.gates.length, 'gate')}, ${counted(criteria, 'criterion', 'criteria')}, ${questionCount(loaded.gates)}`,
  ];
  await write(io.stdout, session.secrets.mask(withoutUserinfo(`${lines.join('\n')}\n`)));
  return EXIT.pass;
}

/** Flags that say nothing without `--power`, or only in pairs. */
function misuseOf({ power, replay, traffic, rate }: PlanOptions): Failure | undefined {
  const usage = (message: string, mend: string): Failure => ({ code: 'usage', message, mend });
  if (!power && (replay ?? traffic ?? rate) !== undefined)
    return usage('--replay, --traffic and --rate go with --power', 'add --power, or leave them out');
  if ((traffic === undefined) !== (rate === undefined))
    return usage(
      '--traffic and --rate go together',
      'state both: --traffic 200:3800 --rate 97%, requests a minute and the share of them that is good',
    );
  if (replay !== undefined && traffic !== undefined)
    return usage('--traffic cannot go with --replay', 'choose what was recorded or what you state');
  return undefined;
}
