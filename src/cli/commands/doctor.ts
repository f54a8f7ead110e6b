import type { Backend } from '../../contracts/backend.js';
import { examine } from '../doctor/examine.js';
import { findingsText, probesAloneText, probesOf, probesText } from '../doctor/words.js';
import { EXIT } from '../exit-code.js';
import { withAnySince } from '../inventory/read.js';
import { sourcesOrNone } from '../inventory/sources.js';
import { type Io, write } from '../io.js';
import type { GateOptions, NetworkOptions } from '../options.js';
import { withoutUserinfo } from '../page/page.js';
import { startProgress } from '../progress.js';
import { Session } from '../session.js';
import { createBackendContext, createStopper, realClock } from '../wire.js';

/** Reaches each backend that the gates and the config name: 0 when all answer or none is needed, 4 when any does not answer. */
export async function doctor(
  paths: readonly string[],
  options: GateOptions & NetworkOptions,
  io: Io,
): Promise<number> {
  const session = new Session(options, io);
  const sources = await sourcesOrNone(session, paths);
  if (!sources.ok) return session.refuse(sources.failures);
  const loaded = await withAnySince(options, options.at ?? realClock.now(), (given) =>
    session.load(sources.value, given),
  );
  if (loaded.failures.length > 0) return session.refuse(loaded.failures);
  const probes = probesOf(loaded);
  if (loaded.backends.length > 0) return reach(session, loaded.backends, probesText(probes), options);
  if (probes.size === 0)
    return session.refuse([
      {
        code: 'gatefile.not-found',
        message: 'there is no backend to reach',
        mend: 'name one under "backends:" in a gate file or in gatekeeper.config.yaml',
      },
    ]);
  // These gates need no backend: nothing is missing.
  const { mask } = session.secrets;
  await write(io.stdout, mask(withoutUserinfo(`${probesAloneText(probes).join('\n')}\n`)));
  return EXIT.pass;
}

async function reach(
  session: Session,
  backends: readonly Backend[],
  told: readonly string[],
  options: GateOptions & NetworkOptions,
): Promise<number> {
  const { io } = session;
  const { mask } = session.secrets;
  const stopper = createStopper(io, options.timeout);
  const flags = { backendTimeoutMs: options.backendTimeout, retries: options.retries };
  const progress = await startProgress(io, options, mask);
  let done = 0;
  try {
    const findings = await examine(
      backends,
      createBackendContext(flags, io, stopper.signal, mask),
      ({ id }) => {
        done += 1;
        progress.step(done, backends.length, id);
      },
    );
    progress.stop();
    await write(io.stdout, mask(withoutUserinfo(`${[...findingsText(findings), ...told].join('\n')}\n`)));
    const stopped = stopper.stopped();
    if (stopped !== undefined) return stopped === 'SIGINT' ? EXIT.sigint : EXIT.sigterm;
    return findings.every(({ state }) => state === 'reached') ? EXIT.pass : EXIT.backend;
  } finally {
    progress.stop();
    stopper.release();
  }
}
