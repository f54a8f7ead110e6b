import { BackendError } from '../../model/failure.js';
import { wordsOf } from './refusal.js';

/**
 * Loads a package that is installed only where it is used.
 *
 * @throws BackendError with `backend.driver`, which says what to install
 */
export async function loadDriver<T>(
  backend: string,
  type: string,
  name: string,
  load: () => Promise<T>,
): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const { code, message } = wordsOf(error);
    const isMissing = code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND';
    throw new BackendError({
      code: 'backend.driver',
      message: isMissing
        ? `"${backend}" needs the package ${name}, which is not installed`
        : `the package ${name} of "${backend}" cannot be loaded: ${message.split('\n', 1)[0] ?? ''}`,
      mend: isMissing
        ? `install it beside gatekeeper: npm install ${name} (backends of type "${type}" need it)`
        : `install it again for this machine and this Node: npm install ${name}`,
    });
  }
}
