import type { ExitCode } from '../../exit-code.js';
import type { Page } from '../page.js';

/** Exit codes are public: a pipeline acts on the number alone. */
export const exitPages: Readonly<Record<ExitCode, Page & { readonly name: string }>> = {
  0: {
    name: 'pass',
    means: 'Every blocking criterion holds. Warnings are allowed, and printed.',
    why: 'A pass needs data: what was absent, stale or not answered never exits 0, unless the run was for the report only (--exit-zero).',
    mend: 'Go on. With --fail-on warn, warnings exit 5.',
  },
  1: {
    name: 'fail',
    means: 'A blocking criterion was measured and breached.',
    why: 'It stays 1 whatever else went wrong: another try would not change what was measured.',
    mend: 'Stop or roll back by the runbook; a retry is wrong here.',
    example: [
      'gatekeeper check --report json:result.json || gatekeeper explain GATE.CRITERION --result result.json',
    ],
  },
  2: {
    name: 'config',
    means:
      'Usage, a gate file, a variable or a secret is wrong; or the server rejects a query, or a report could not be written.',
    why: 'Found before anything is asked, for all files at once. Nothing says that the release is bad, or good.',
    mend: 'Mend what standard error says; "gatekeeper validate" finds it before a release does.',
    example: ['gatekeeper validate'],
  },
  3: {
    name: 'inconclusive',
    means:
      'Nothing failed, and there is not enough to decide: no, too few, stale or partial data, or a window that is not full.',
    why: 'Letting it through would pass every release whose metrics are dead.',
    mend: 'Wait and look again, or find out why data are missing. Never let a job that promotes go on with 3.',
    example: ['until gatekeeper check --since "$T"; [ $? -ne 3 ]; do sleep 60; done'],
  },
  4: {
    name: 'backend',
    means: 'Nothing failed, and a backend could not be asked, or the deadline passed.',
    why: 'Its own code, since this alone may mend itself.',
    mend: 'Let the CI try again a few times; then "gatekeeper doctor".',
    example: ['gatekeeper doctor'],
  },
  5: {
    name: 'warn',
    means: 'There are warnings, and --fail-on warn or --max-warnings makes them count.',
    why: 'Its own code, so that 1 stays a breach.',
    mend: 'Read the warnings; map 5 to "unstable" where the CI has that.',
    example: ['gatekeeper check --fail-on warn'],
  },
  70: {
    name: 'internal',
    means: 'A bug in gatekeeper. No verdict was reached.',
    why: "Node's own code for a crash is 1, which would read as a failed gate.",
    mend: 'Report it with the lines on standard error; treat it as no verdict.',
  },
  130: {
    name: 'sigint',
    means: 'The run was stopped by SIGINT (Ctrl-C, or a cancelled job).',
    why: '128 and the number of the signal, as shells do.',
    mend: 'Run it again.',
  },
  143: {
    name: 'sigterm',
    means: 'The run was stopped by SIGTERM.',
    why: '128 and the number of the signal, as shells do.',
    mend: 'Run it again; see what ended it.',
  },
};
