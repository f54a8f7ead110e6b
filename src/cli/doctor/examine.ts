import type { Backend, BackendContext, Health } from '../../contracts/backend.js';
import { BackendError, type Failure } from '../../model/failure.js';

/** What became of one backend. */
export type Finding =
  | { readonly state: 'reached'; readonly backend: Backend; readonly health: Health }
  | { readonly state: 'failed'; readonly backend: Backend; readonly failure: Failure };

/** Reaches all backends at once. */
export function examine(
  backends: readonly Backend[],
  context: BackendContext,
  done: (backend: Backend) => void,
): Promise<readonly Finding[]> {
  return Promise.all(
    backends.map(async (backend): Promise<Finding> => {
      const finding = await probe(backend, context);
      done(backend);
      return finding;
    }),
  );
}

async function probe(backend: Backend, context: BackendContext): Promise<Finding> {
  try {
    return { state: 'reached', backend, health: await backend.probe(context) };
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    return { state: 'failed', backend, failure: error.failure };
  }
}
