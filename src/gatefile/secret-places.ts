import { isSecretVariable } from '../contracts/secrets.js';
import type { Path } from './yaml-file.js';

/** Keys whose value a backend's own schema wants as a reference. */
export const SECRET_KEY = /^(?:password|bearer|token|secret)$/i;
/** Headers and parameters that carry nothing but credentials. */
export const SECRET_NAME =
  /^(?:(?:proxy-)?authorization|cookie|(?:.*[-_])?(?:api|access)[-_]?key|.*[-_]token)$/i;
/** Parts of a request or a command. */
const SENT: ReadonlySet<string> = new Set(['headers', 'params', 'body', 'cookies', 'env']);
/** Text that a secret follows: `Bearer `, `--password=`, `?access_token=`, `"api_key": "`. */
const BEFORE_SECRET =
  /(?:\b(?:bearer|basic)\s+|(?:authorization|cookie|passw(?:or)?d|passphrase|pwd|secret|token|(?:api|access|private)[-_]?key)["']?\s*[=:]\s*["']?)$/i;

/** True where what the environment gives can be nothing but a secret, whatever the variable is called. */
export function isSecretPlace(path: Path, before: string): boolean {
  if (BEFORE_SECRET.test(before)) return true;
  const key = String(path.at(-1));
  const isSent = path[0] === 'backends' || path.some((step) => SENT.has(String(step)));
  return isSent && (SECRET_KEY.test(key) || SECRET_NAME.test(key) || isSecretVariable(key));
}
