import { isSecretVariable } from '../contracts/secrets.js';
import type { Failure } from '../model/failure.js';
import { type FileContext, placeOf } from './context.js';
import type { Path } from './yaml-file.js';

/** Keys whose value a backend's own schema wants as a reference. */
const SECRET_KEY = /^(?:password|bearer|token|secret)$/i;
/** Headers and parameters that carry nothing but credentials. */
const SECRET_NAME = /^(?:(?:proxy-)?authorization|cookie|(?:.*[-_])?(?:api|access)[-_]?key|.*[-_]token)$/i;
/** Parts of a request or a command. */
const SENT: ReadonlySet<string> = new Set(['headers', 'params', 'body', 'cookies', 'env']);
/** Text that a secret follows: `Bearer `, `--password=`, `?access_token=`, `"api_key": "`. */
const BEFORE_SECRET =
  /(?:\b(?:bearer|basic)\s+|(?:authorization|cookie|passw(?:or)?d|passphrase|pwd|secret|token|(?:api|access|private)[-_]?key)["']?\s*[=:]\s*["']?)$/i;
const PASSWORD_IN_URL = /^https?:\/\/[^/@\s]*:([^/@\s]+)@/i;

/** True where what the environment gives can be nothing but a secret, whatever the variable is called. */
export function isSecretPlace(path: Path, before: string): boolean {
  if (BEFORE_SECRET.test(before)) return true;
  const key = String(path.at(-1));
  const isSent = path[0] === 'backends' || path.some((step) => SENT.has(String(step)));
  return isSent && (SECRET_KEY.test(key) || SECRET_NAME.test(key) || isSecretVariable(key));
}

/**
 * Finds secrets that stand in a backend's block in plain text, and refuses them.
 *
 * They are masked from then on: a message quotes its line, and a CI keeps its logs. What holds `${NAME}` is written
 * nowhere, and passes.
 */
export function refuseOpenSecrets(context: FileContext, path: Path): void {
  const written = path.reduce<unknown>(
    (node, step) =>
      typeof node === 'object' && node !== null ? (node as Record<string, unknown>)[step] : undefined,
    context.yaml.value,
  );
  walk(written, path, (text, at) => {
    const key = String(at.at(-1));
    const inUrl = PASSWORD_IN_URL.exec(text)?.[1];
    if (inUrl !== undefined) {
      context.secrets.push({ name: 'password', value: inUrl });
      context.trouble.add(
        trouble(
          context,
          at,
          'a password stands in the URL',
          'auth: { basic: { username: NAME, password: { env: NAME } } }',
        ),
      );
    } else if (SECRET_KEY.test(key)) context.secrets.push({ name: key, value: text });
    else if (SECRET_NAME.test(key)) {
      context.secrets.push({ name: key, value: text });
      context.trouble.add(
        trouble(context, at, `"${key}" holds its secret in plain text`, `${key}: { env: NAME }`),
      );
    }
  });
}

function trouble(context: FileContext, path: Path, message: string, instead: string): Failure {
  return { code: 'gatefile.secret', message, span: placeOf(context, path), mend: `write ${instead}` };
}

/** Every text that is no reference to the environment, with its path. */
function walk(node: unknown, path: Path, visit: (text: string, path: Path) => void): void {
  if (typeof node === 'string') {
    if (!node.includes('${')) visit(node, path);
    return;
  }
  if (typeof node !== 'object' || node === null || isReference(node)) return;
  for (const [key, item] of Object.entries(node)) walk(item, [...path, key], visit);
}

/** `{ env: NAME }` and `{ file: path }`. */
function isReference(node: object): boolean {
  const [key, ...others] = Object.keys(node);
  return others.length === 0 && (key === 'env' || key === 'file');
}
