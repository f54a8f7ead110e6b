import type { BackendContext } from '../../contracts/backend.js';
import { BackendError } from '../../model/failure.js';
import { formatDuration } from '../../model/time.js';
import { abortReason } from '../shared/abort.js';

/**
 * Ends work with the run, or when its time is over.
 *
 * @param begin  starts the work; not called when the run is over already
 * @param stop   ends what is under way at the other side: its answer is not waited for
 * @throws BackendError: the reason of the context's signal, or `backend.timeout`; else what the work throws
 */
export async function inTime<T>(
  backend: string,
  context: Pick<BackendContext, 'signal' | 'clock' | 'timeoutMs'>,
  begin: () => Promise<T>,
  stop: () => void,
): Promise<T> {
  const { signal, clock, timeoutMs } = context;
  if (signal.aborted) throw abortReason(signal);
  const done = new AbortController();
  const ended = new Promise<never>((_, reject) => {
    const end = (reason: BackendError) => {
      reject(reason);
      stop();
    };
    const onAbort = () => end(abortReason(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    done.signal.addEventListener('abort', () => signal.removeEventListener('abort', onAbort), { once: true });
    clock.sleep(timeoutMs, done.signal).then(
      () => end(tookTooLong(backend, timeoutMs)),
      () => undefined,
    );
  });
  try {
    return await Promise.race([ended, begin()]);
  } finally {
    done.abort();
  }
}

export function tookTooLong(backend: string, timeoutMs: number): BackendError {
  return new BackendError({
    code: 'backend.timeout',
    message: `"${backend}" did not answer in ${formatDuration(timeoutMs)}`,
    mend: 'narrow the statement to {{from}} and {{to}}, add an index, or give it more time: --backend-timeout',
  });
}
