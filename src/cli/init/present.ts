import { counted } from '../../contracts/counted.js';
import { collect } from '../../engine/collect.js';
import { liveTake } from '../../engine/live.js';
import type { Outcome } from '../../engine/report.js';
import { fileExists } from '../../gatefile/discover.js';
import type { Loaded } from '../../gatefile/load.js';
import type { Failure } from '../../model/failure.js';
import type { NetworkOptions } from '../options.js';
import { liveReport } from '../record/report.js';
import { writeReplayTest } from '../record/test-file.js';
import { openRecorder, setFolder, shownFolder } from '../recorded.js';
import type { Session, Sources } from '../session.js';
import { createBackendContext, createStopper } from '../wire.js';

/** What became of a set of the present: lines for people, and trouble. */
export interface Present {
  readonly told: readonly string[];
  readonly failures: readonly Failure[];
}

/**
 * Records what the server answers the new gates now, with a test of it; or says why not: a set that no criterion could
 * be judged by teaches nothing.
 */
export async function recordPresent(
  session: Session,
  sources: Sources,
  loaded: Loaded,
  options: NetworkOptions,
): Promise<Present> {
  const name = sources.fixtures === undefined ? `fixtures/${SET}` : SET;
  const folder = setFolder(session, sources, name);
  const shown = shownFolder(session, folder);
  if (fileExists(folder)) return { told: [`${shown}: left as it is`], failures: [] };
  const { mask } = session.secrets;
  const stopper = createStopper(session.io, options.timeout);
  try {
    const flags = { backendTimeoutMs: options.backendTimeout, retries: options.retries };
    const live = liveTake(createBackendContext(flags, session.io, stopper.signal, mask), session.secrets);
    const asked = { ...session.options, gate: [], var: [] };
    const recorder = await openRecorder(session, sources, loaded, live, asked, name);
    const measurements = await collect(loaded.gates, recorder.take, options.concurrency, () => undefined);
    const report = liveReport(loaded, measurements);
    const undecided = whyNot(report);
    if (undecided !== undefined) return { told: [undecided, RECORD_LATER], failures: [] };
    const written = await recorder.write({ expect: report.verdict });
    if (!written.ok) return { told: [], failures: written.failures };
    const test = await writeReplayTest(session, sources, loaded, report, folder, {
      subject: SET,
      head: HEAD,
    });
    const line = `${shown}: ${counted(written.value.files, 'answer')} as of ${report.asOf}`;
    return { told: [line, ...test.told], failures: test.failures };
  } finally {
    stopper.release();
  }
}

const SET = 'first-look';
const HEAD =
  'Written by "gatekeeper init": what the gates said at first. After moving a limit: gatekeeper test --update.';
const RECORD_LATER = 'On a healthy day with traffic: gatekeeper record fixtures/healthy --expect pass';

/** The first criterion that the present does not decide. */
function whyNot({ gates }: Outcome): string | undefined {
  const open = gates
    .flatMap(({ criteria }) => criteria)
    .filter(({ verdict }) => verdict !== 'pass' && verdict !== 'warn' && verdict !== 'fail');
  const [first] = open;
  if (first === undefined) return undefined;
  const more =
    open.length === 1 ? '' : `, and ${open.length - 1} more ${open.length === 2 ? 'is' : 'are'} no better`;
  const reason = first.reason === null ? '' : `: ${first.reason.text.replace(/\s*\n\s*/g, ' ')}`;
  return `No set was recorded: ${first.key} is ${first.verdict}${reason}${more}.`;
}
