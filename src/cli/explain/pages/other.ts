import type { FailureCode } from '../../../model/failure.js';
import type { Page } from '../page.js';

type Other = Exclude<FailureCode, `gatefile.${string}` | `backend.${string}` | `gatetest.${string}`>;

/** Trouble of recorded sets, reports and the command line. */
export const otherPages: Readonly<Record<Other, Page>> = {
  usage: {
    means: 'The command line asks for something that does not exist, or for two things at once.',
    why: 'A mistyped flag must not turn into a run with defaults: exit 2, nothing was asked.',
    mend: 'Read the line under the message.',
    example: ['gatekeeper check --help'],
  },
  'recording.missing': {
    means: 'The recorded set holds no answer to a question of the gate, or is no set at all.',
    why: 'A replay that fell back on the network, or on nothing, would prove nothing.',
    mend: 'Record it again: the query has changed since, or the set is of another gate.',
    example: ['gatekeeper check --record fixtures/healthy'],
  },
  'recording.invalid': {
    means:
      'A file of the recorded set cannot be read, was changed after it was recorded, or leads out of the set; or the set is of the future.',
    why: 'A verdict on edited answers looks like one on real ones.',
    mend: 'Record it again. If the change is meant, remove the line of the file from the manifest, and lower its count.',
  },
  'recording.conflict': {
    means: 'Two answers to one question, two instants in one set, or a folder that holds something else.',
    why: 'A set stands for one moment; a mixture of two never happened.',
    mend: 'Record into a new folder, or at the instant of the set.',
    example: ['gatekeeper check --record fixtures/healthy --at 2026-11-20T14:36:00Z'],
  },
  'recording.write': {
    means: 'The recorded set could not be written.',
    why: 'A pass with --record exits 2 then: a recording that was asked for is not there.',
    mend: 'Check the folder, its permissions, and the room on the disk.',
  },
  'recording.secret': {
    means: 'An answer that was to be stored holds what looks like a secret.',
    why: 'Recorded sets are committed and shared.',
    mend: 'Declare it as { env: NAME } so that it is masked, or keep it out of labels and queries.',
  },
  'recording.stale': {
    means: 'The recorded set is older than it may be: than --max-age, or than its manifest says.',
    why: 'Answers of last year say little of the system of today, and a replay of them looks the same.',
    mend: 'Record it again. Without a limit on the command line a replay warns, and is refused under CI.',
    example: ['gatekeeper record fixtures/healthy --max-age 90d', 'gatekeeper fixture age fixtures/healthy'],
  },
  'report.write': {
    means: 'A report could not be written to its path.',
    why: 'A pass whose report is missing cannot be shown to anybody: it exits 2.',
    mend: 'Check the path, its permissions, and the room on the disk.',
    example: ['gatekeeper check --report junit:out/gate.xml'],
  },
};
