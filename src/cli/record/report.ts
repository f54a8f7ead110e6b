import type { Measurements } from '../../engine/collect.js';
import { type Outcome, reportOn } from '../../engine/report.js';
import type { Loaded } from '../../gatefile/load.js';
import { VERSION } from '../version.js';

/** What the gates say of what was just asked, as `check` without flags would. */
export function liveReport({ gates, asOf }: Loaded, measurements: Measurements): Outcome {
  return reportOn(gates, measurements, {
    version: VERSION,
    mode: 'live',
    recordedAt: null,
    asOf,
    policy: { onNoData: 'inconclusive', onBackendError: 'error' },
    notes: [],
  });
}
