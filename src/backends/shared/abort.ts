import { BackendError } from '../../model/failure.js';

/** The deadline or interrupt that ended a fetch, as it was given. */
export function abortReason(signal: AbortSignal): BackendError {
  const reason: unknown = signal.reason;
  if (reason instanceof BackendError) return reason;
  return new BackendError({ code: 'backend.interrupted', message: 'the run was interrupted' });
}
