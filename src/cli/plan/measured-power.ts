import { powerOfGate } from '../../engine/power/gate.js';
import { ok } from '../../model/failure.js';
import { formatInstant } from '../../model/time.js';
import { EXIT } from '../exit-code.js';
import { write } from '../io.js';
import { measured, replayed } from '../measured.js';
import type { PlanOptions } from '../options.js';
import { withoutUserinfo } from '../page/page.js';
import { factsOf, openSet } from '../recorded.js';
import type { Session, Sources } from '../session.js';
import { powerLegend, powerText } from './power.js';

const MINUTE_MS = 60_000;

/** `plan --power`: from traffic that is measured, recorded or stated, what each criterion can see. */
export async function planPower(session: Session, sources: Sources, options: PlanOptions): Promise<number> {
  const set = await openSet(session, sources, options);
  if (!set.ok) return session.refuse(set.failures);
  const loaded = await session.load(sources, options, [], set.value && factsOf(set.value));
  await session.tell(loaded.warnings);
  if (loaded.failures.length > 0) return session.refuse(loaded.failures);
  const { traffic, rate = 0 } = options;
  const answers =
    traffic !== undefined
      ? ok(new Map<string, never>())
      : set.value !== undefined
        ? await replayed(session, loaded, set.value)
        : ok(await measured(session, loaded, options));
  if (!answers.ok) return session.refuse(answers.failures);
  const from =
    traffic !== undefined
      ? 'traffic as stated'
      : set.value !== undefined
        ? `traffic as recorded, ${formatInstant(set.value.asOf)}`
        : `traffic as of ${formatInstant(loaded.asOf)}`;
  const told = loaded.gates.map((gate) => {
    const minutes = gate.window.stepMs / MINUTE_MS;
    const basis =
      traffic === undefined
        ? { measurements: answers.value }
        : { stated: { own: traffic.own * minutes, other: traffic.other * minutes, rate } };
    return { gate, criteria: powerOfGate(gate, basis) };
  });
  const lines = told.flatMap(({ gate, criteria }) => powerText(gate, criteria));
  const legend = powerLegend(
    told.flatMap(({ criteria }) => criteria),
    options.since !== undefined,
  );
  const text = ['power', from, '', ...lines, ...legend].join('\n').replace('power\n', 'power by ');
  await write(session.io.stdout, session.secrets.mask(withoutUserinfo(`${text}\n`)));
  return EXIT.pass;
}
